// <sb-exit>: leaves at once. A plain link to /exit without this; with it the page
// is blank before anything else happens, and Shift three times does the same.

const within = 3000;

class Exit extends HTMLElement {
  #presses = 0;
  /** @type {number | undefined} */ #timer;
  #voice = document.createElement("span");

  connectedCallback() {
    this.#voice.className = "sr";
    this.#voice.setAttribute("role", "status");
    this.append(this.#voice);
    this.querySelector("a")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.#leave();
    });
    document.addEventListener("keyup", this.#key);
  }

  disconnectedCallback() {
    document.removeEventListener("keyup", this.#key);
  }

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    clearTimeout(this.#timer);
    // Shift held for a capital letter is not a press of Shift alone.
    this.#presses = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey ? this.#presses + 1 : 0;
    if (this.#presses >= 3) return this.#leave();
    if (this.#presses === 2) this.#voice.textContent = this.dataset.more ?? "";
    this.#timer = setTimeout(() => {
      this.#presses = 0;
      this.#voice.textContent = "";
    }, within);
  };

  #leave() {
    const to = this.dataset.to || "/exit";
    document.title = "\u00a0";
    document.body.replaceChildren();
    navigator.sendBeacon("/exit");
    location.replace(to);
  }
}
customElements.define("sb-exit", Exit);

// A page kept by the browser must not come back after leaving.
addEventListener("pageshow", (event) => {
  if (event.persisted && !document.body.childElementCount) location.replace("/exit");
});
