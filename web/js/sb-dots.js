// <sb-dots>: plus and minus beside number fields, and how many dots are left. The
// fields alone say everything, by keyboard and without this script.

class Dots extends HTMLElement {
  connectedCallback() {
    const all = Number(this.dataset.dots), most = Number(this.dataset.per);
    const said = this.querySelector(".said");
    const fields = /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll("input[type=number]")]);
    if (!said || !fields.length) return;
    const value = (/** @type {HTMLInputElement} */ f) => Math.max(0, Math.trunc(Number(f.value) || 0));
    const left = () => all - fields.reduce((sum, f) => sum + value(f), 0);
    const tell = () => {
      said.textContent = (this.dataset.left ?? "").replace("%n", String(left()));
      for (const f of fields) {
        const [less, more] = /** @type {HTMLButtonElement[]} */ ([...(f.parentElement?.querySelectorAll("button") ?? [])]);
        if (!less || !more) continue;
        // Not "disabled": the button that was just pressed would lose the keyboard.
        less.setAttribute("aria-disabled", String(value(f) === 0));
        more.setAttribute("aria-disabled", String(left() <= 0 || value(f) >= most));
      }
    };
    for (const f of fields) {
      const name = this.querySelector(`label[for="${f.id}"]`)?.textContent ?? "";
      const button = (/** @type {string} */ sign, /** @type {string} */ does, /** @type {number} */ by) => {
        const b = document.createElement("button");
        b.type = "button";
        b.className = "button secondary step";
        b.textContent = sign;
        b.setAttribute("aria-label", `${does}: ${name}`);
        b.addEventListener("click", () => {
          if (b.getAttribute("aria-disabled") === "true") return;
          f.value = String(value(f) + by);
          f.dispatchEvent(new Event("input", { bubbles: true }));
        });
        return b;
      };
      f.before(button("−", this.dataset.less ?? "", -1));
      f.after(button("+", this.dataset.more ?? "", 1));
      f.addEventListener("input", tell);
    }
    tell();
  }
}
customElements.define("sb-dots", Dots);
