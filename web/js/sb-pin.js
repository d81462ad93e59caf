// <sb-pin>: the scribe's five buttons by the keys 1 to 5. What was pressed stays
// marked when there is no line, and goes along with the words that are typed after.
// Without this the buttons and the form below them do the same.

class Pin extends HTMLElement {
  connectedCallback() {
    // Everything written on this device is of one pen: its later word replaces its own earlier one.
    const pen = penOfDevice();
    if (pen) for (const field of this.querySelectorAll('input[name="pen"]')) /** @type {HTMLInputElement} */ (field).value = pen;
    document.addEventListener("keydown", this.#key);
    this.addEventListener("click", this.#mark);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#key);
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const at = /** @type {HTMLElement | null} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || at?.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const button = /** @type {HTMLElement | null} */ (this.querySelector(`.pins button[data-key="${CSS.escape(event.key)}"]`));
    if (!button) return;
    event.preventDefault();
    button.focus();
    button.click();
  };

  /** @param {Event} event */
  #mark = (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest(".pins button");
    if (!(button instanceof HTMLButtonElement)) return;
    for (const other of this.querySelectorAll(".pins button")) other.setAttribute("aria-pressed", String(other === button));
    const choice = this.querySelector(`input[type="radio"][name="answer"][value="${CSS.escape(button.value)}"]`);
    if (!(choice instanceof HTMLInputElement)) return;
    for (const other of this.querySelectorAll('input[type="radio"][name="answer"]')) /** @type {HTMLInputElement} */ (other).defaultChecked = other === choice;
    choice.checked = true;
  };
}

/** A random name for this device, so that it can be told from another scribe's. */
function penOfDevice() {
  try {
    let pen = localStorage.getItem("sb-pen");
    if (!pen) localStorage.setItem("sb-pen", (pen = crypto.randomUUID()));
    return pen;
  } catch {
    return ""; // a private window: the page's own pen
  }
}

customElements.define("sb-pin", Pin);
