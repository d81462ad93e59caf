// <sb-idle>: on a shared phone a page does not stay open. Asks a minute before,
// and whoever answers stays.

const warning = 60_000;

class Idle extends HTMLElement {
  #last = Date.now();
  /** @type {number | undefined} */ #timer;
  /** @type {HTMLDialogElement | null} */ #dialog = null;

  connectedCallback() {
    this.#dialog = this.querySelector("dialog");
    this.#dialog?.addEventListener("close", () => this.#alive());
    for (const name of ["pointerdown", "keydown", "scroll"]) {
      document.addEventListener(name, this.#alive, { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", this.#check);
    this.#timer = setInterval(this.#check, 5000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#check);
  }

  #alive = () => {
    if (!this.#dialog?.open) this.#last = Date.now();
  };

  // By the clock, not by counting: a phone that slept has still been idle.
  #check = () => {
    const left = this.#last + Number(this.dataset.minutes || 15) * 60_000 - Date.now();
    if (left <= 0) {
      document.body.replaceChildren();
      navigator.sendBeacon("/exit");
      location.replace(this.dataset.to || "/exit");
    } else if (left <= warning && this.#dialog && !this.#dialog.open) this.#dialog.showModal();
  };
}
customElements.define("sb-idle", Idle);
