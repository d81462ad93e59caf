// <sb-copy data-for>: copies the text or value of another element and says so.

class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const words = button?.querySelector("span");
    if (!button || !words || !navigator.clipboard) return;
    button.hidden = false;
    const before = words.textContent;
    words.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const from = document.getElementById(this.dataset.for ?? "");
      await navigator.clipboard.writeText(from instanceof HTMLInputElement || from instanceof HTMLTextAreaElement ? from.value : (from?.innerText ?? "").trim());
      words.textContent = this.dataset.done ?? before;
      setTimeout(() => (words.textContent = before), 4000);
    });
  }
}
customElements.define("sb-copy", Copy);
