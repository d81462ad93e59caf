// <sb-timekeeper data-now>: a big clock for the item of an agenda that is on. The
// list beside it is complete without this.

class Timekeeper extends HTMLElement {
  /** @type {number | undefined} */ #timer;

  connectedCallback() {
    const item = this.querySelector("[data-started]");
    if (!(item instanceof HTMLElement) || this.querySelector(".clock-face")) return;
    const minutes = Number(item.dataset.minutes);
    // The server's clock counts, whatever this device thinks the time is.
    const ahead = Date.now() - Date.parse(this.dataset.now ?? "");
    const end = Date.parse(item.dataset.started ?? "") + minutes * 60_000 + ahead;
    if (!Number.isFinite(end)) return;
    const face = document.createElement("p");
    face.className = "clock-face";
    face.setAttribute("aria-hidden", "true");
    face.dir = "ltr";
    const voice = document.createElement("p");
    voice.setAttribute("role", "status");
    voice.className = "quiet";
    item.append(face, voice);
    let said = "";
    const tick = () => {
      const left = Math.round((end - Date.now()) / 1000);
      const over = left < 0;
      const s = Math.abs(left);
      face.textContent = (over ? "+" : "") + Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
      face.classList.toggle("over", over);
      face.classList.toggle("last", !over && left <= 120);
      const whole = String(over ? Math.floor(s / 60) : Math.ceil(s / 60));
      // Said once a minute when it is over, once at the last two minutes, and at the beginning.
      const say = over ? (this.dataset.over ?? "").replace("{n}", whole) : left <= 120 ? (this.dataset.last ?? "") : said || (this.dataset.left ?? "").replace("{n}", whole);
      if (say !== said) voice.textContent = said = say;
    };
    tick();
    this.#timer = setInterval(tick, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }
}
customElements.define("sb-timekeeper", Timekeeper);
