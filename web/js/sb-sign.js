// <sb-sign>: a signature as a short SVG path in a hidden field. The tick beside
// it says the same by keyboard and without this script.

const longest = 6000;

class Sign extends HTMLElement {
  connectedCallback() {
    const pad = this.querySelector("svg");
    const line = this.querySelector("path");
    const field = /** @type {HTMLInputElement | null} */ (this.querySelector("input"));
    const box = /** @type {HTMLElement | null} */ (this.querySelector(".sign"));
    if (!pad || !line || !field || !box) return;
    box.hidden = false;
    let drawing = false;
    let [x, y] = [0, 0];
    line.setAttribute("d", field.value);

    /** @param {PointerEvent} event */
    const at = (event) => {
      const r = pad.getBoundingClientRect();
      return [Math.round(((event.clientX - r.left) / r.width) * 400), Math.round(((event.clientY - r.top) / r.height) * 140)];
    };
    /** @param {string} more */
    const add = (more) => {
      if (field.value.length + more.length > longest) return;
      field.value += more;
      line.setAttribute("d", field.value);
    };
    pad.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button) return;
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      [x, y] = at(event);
      drawing = true;
      add(`M${x} ${y}l0 0`);
    });
    pad.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      const [nx, ny] = at(event);
      if (Math.abs(nx - x) + Math.abs(ny - y) < 3) return; // a steady hand needs few points
      add(`l${nx - x} ${ny - y}`);
      [x, y] = [nx, ny];
    });
    for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => (drawing = false));
    this.querySelector("button")?.addEventListener("click", () => {
      field.value = "";
      line.setAttribute("d", "");
    });
  }
}
customElements.define("sb-sign", Sign);
