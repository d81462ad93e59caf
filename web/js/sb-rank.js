// <sb-rank>: an order of one's own, by two buttons beside each option or by
// dragging. Both only write the number fields, which say everything by themselves.

class Rank extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ul");
    const said = this.querySelector(".said");
    if (!list || !said) return;
    const rows = /** @type {HTMLLIElement[]} */ ([...list.children]);
    const field = (/** @type {Element} */ row) => /** @type {HTMLInputElement} */ (row.querySelector("input"));
    const name = (/** @type {Element} */ row) => row.querySelector("label")?.textContent ?? "";
    const placed = () => rows.filter((r) => Number(field(r).value) > 0).sort((a, b) => Number(field(a).value) - Number(field(b).value));

    /** Writes an order into the fields and puts the rows in it; the others follow as they were. @param {HTMLLIElement[]} order */
    const write = (order) => {
      rows.forEach((r) => { field(r).value = ""; });
      order.forEach((r, i) => { field(r).value = String(i + 1); });
      const active = document.activeElement;
      list.append(...order, ...rows.filter((r) => !order.includes(r)));
      if (active instanceof HTMLElement && list.contains(active)) active.focus();
    };
    const tell = (/** @type {HTMLLIElement} */ row) => {
      const at = placed().indexOf(row);
      const text = (at < 0 ? this.dataset.out : this.dataset.said) ?? "";
      said.textContent = text.replace("%o", name(row)).replace("%n", String(at + 1));
    };
    /** One place up or down. Up from outside comes last; down from the last place goes out. @param {HTMLLIElement} row @param {number} by */
    const move = (row, by) => {
      const order = placed(), at = order.indexOf(row);
      if (at < 0 && by > 0) return;
      if (at < 0) order.push(row);
      else if (at + by < 0) return;
      else {
        order.splice(at, 1);
        if (at + by <= order.length) order.splice(at + by, 0, row);
      }
      write(order);
      tell(row);
    };
    for (const row of rows) {
      const f = field(row);
      const button = (/** @type {string} */ sign, /** @type {string} */ does, /** @type {number} */ by) => {
        const b = document.createElement("button");
        b.type = "button";
        b.className = "button secondary step";
        b.textContent = sign;
        b.setAttribute("aria-label", `${does}: ${name(row)}`);
        b.addEventListener("click", () => move(row, by));
        return b;
      };
      f.before(button("▲", this.dataset.up ?? "", -1));
      f.after(button("▼", this.dataset.down ?? "", 1));
      f.addEventListener("change", () => { write(placed()); tell(row); });
      this.drag(row, list, () => { write([...list.children].filter((r) => placed().includes(/** @type {HTMLLIElement} */ (r)) || r === row).map((r) => /** @type {HTMLLIElement} */ (r))); tell(row); });
    }
    write(placed());
  }

  /** Dragging by the option's name. @param {HTMLLIElement} row @param {Element} list @param {() => void} done */
  drag(row, list, done) {
    const handle = row.querySelector("label");
    if (!handle) return;
    let from = 0, moving = false;
    // On the window, not captured: the row moves in the document, and would lose the capture.
    const move = (/** @type {PointerEvent} */ event) => {
      if (!moving && Math.abs(event.clientY - from) < 6) return;
      moving = true;
      row.classList.add("dragged");
      const over = [...list.children].find((r) => r !== row && event.clientY > r.getBoundingClientRect().top && event.clientY < r.getBoundingClientRect().bottom);
      if (!over) return;
      const box = over.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) over.before(row);
      else over.after(row);
    };
    const end = () => {
      removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      if (moving) done();
      setTimeout(() => row.classList.remove("dragged"));
    };
    handle.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button || event.pointerType === "touch") return; // on touch the page scrolls; the buttons are there
      [from, moving] = [event.clientY, false];
      addEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
    });
    handle.addEventListener("click", (event) => { if (row.classList.contains("dragged")) event.preventDefault(); });
  }
}
customElements.define("sb-rank", Rank);
