// <sb-live src>: a region that stays current. The server sends the HTML it would
// have put there (event "html"), words to announce ("say"), or the end ("gone").

/** Fragments come from our own server, over the same session as the page. */
const trusted = globalThis.trustedTypes?.createPolicy("seedbed-live", { createHTML: (/** @type {string} */ s) => s });

class Live extends HTMLElement {
  /** @type {EventSource | undefined} */ #source;
  /** @type {string | undefined} */ #waiting;
  #delay = 2000;
  /** @type {number | undefined} */ #timer;
  #region = document.createElement("div");
  #voice = document.createElement("p");
  #stale = document.createElement("p");

  connectedCallback() {
    if (!this.#region.isConnected) {
      this.#region.append(...this.childNodes);
      this.#voice.className = "sr";
      this.#voice.setAttribute("role", "status");
      this.#stale.className = "live-stale quiet";
      this.#stale.setAttribute("role", "status");
      this.append(this.#voice, this.#stale, this.#region);
      this.addEventListener("focusout", () => setTimeout(() => this.#flush()));
    }
    this.#open();
    document.addEventListener("visibilitychange", this.#turn);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#turn);
    this.#close();
  }

  // A page nobody looks at holds no connection.
  #turn = () => (document.hidden ? this.#close() : this.#open());

  #open() {
    const src = this.getAttribute("src");
    if (!src || this.#source || document.hidden) return;
    const source = (this.#source = new EventSource(src));
    source.addEventListener("open", () => {
      this.#delay = 2000;
      this.#stale.textContent = "";
    });
    source.addEventListener("html", (event) => this.#show(event.data));
    source.addEventListener("say", (event) => (this.#voice.textContent = event.data));
    source.addEventListener("gone", (event) => (event.data ? location.assign(event.data) : location.reload()));
    source.addEventListener("error", () => {
      this.#stale.textContent = this.dataset.stale ?? "";
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      this.#close();
      this.#timer = setTimeout(() => this.#open(), this.#delay);
      this.#delay = Math.min(this.#delay * 2, 60_000);
    });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  /** @param {string} html */
  #show(html) {
    this.#waiting = html;
    this.#flush();
  }

  // Nothing is pulled from under somebody who types or holds a menu open.
  #busy() {
    const active = document.activeElement;
    return this.#region.contains(active) && !!active?.matches("input, textarea, select, [contenteditable], details[open] *");
  }

  #flush() {
    if (this.#waiting === undefined || this.#busy()) return;
    const html = this.#waiting;
    this.#waiting = undefined;
    const focused = this.#region.contains(document.activeElement) ? document.activeElement?.id : "";
    const open = [...this.#region.querySelectorAll("details[open][id]")].map((d) => d.id);
    this.#region.innerHTML = /** @type {any} */ (trusted ? trusted.createHTML(html) : html);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}
customElements.define("sb-live", Live);
