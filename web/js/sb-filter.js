// <sb-filter data-for>: hides what does not contain the typed words. The search
// of the server finds everything; this one only what is on the page.

/** @param {string} s */
const plain = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Filter extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const list = document.getElementById(this.dataset.for ?? "");
    if (!input || !list) return;
    const voice = document.createElement("p");
    voice.setAttribute("role", "status");
    voice.className = "quiet";
    this.append(voice);
    input.addEventListener("input", () => {
      const words = plain(input.value).split(/\s+/).filter(Boolean);
      const items = list.tagName === "TABLE" ? list.querySelectorAll("tbody tr") : list.children;
      let shown = 0;
      for (const item of items) {
        const text = plain(item.textContent ?? "");
        const fits = words.every((w) => text.includes(w));
        /** @type {HTMLElement} */ (item).hidden = !fits;
        if (fits) shown++;
      }
      voice.textContent = shown ? "" : (this.dataset.none ?? "");
    });
  }
}
customElements.define("sb-filter", Filter);
