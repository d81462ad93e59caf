// <sb-kiosk>: a device in a waiting room goes back to the start when nobody has
// touched it for a while, and leaves nothing of the one before to go back to.

/** A page that came by Back or by reloading: the browser sent somebody's form once more. */
const again = () => {
  const [came] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return came?.type === "back_forward" || came?.type === "reload";
};

class Kiosk extends HTMLElement {
  #last = Date.now();
  /** @type {number | undefined} */ #timer;

  connectedCallback() {
    for (const name of ["pointerdown", "keydown", "scroll"]) {
      document.addEventListener(name, this.#alive, { passive: true, capture: true });
    }
    addEventListener("pageshow", this.#shown);
    this.#timer = setInterval(this.#check, 1000);
    if (again()) this.#start();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    removeEventListener("pageshow", this.#shown);
  }

  #alive = () => {
    this.#last = Date.now();
  };

  // Back from the browser's memory: somebody else's page must not come up again.
  /** @param {PageTransitionEvent} event */
  #shown = (event) => {
    if (event.persisted) this.#start();
  };

  #check = () => {
    if (Date.now() - this.#last > Number(this.dataset.seconds || 60) * 1000) this.#start();
  };

  #start() {
    document.body.replaceChildren();
    location.replace(this.dataset.to || "/");
  }
}
customElements.define("sb-kiosk", Kiosk);
