// <sb-print>: a button that prints, where printing is possible.

class Print extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !globalThis.print) return;
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
customElements.define("sb-print", Print);
