// <sb-tally data-title data-page>: plus and minus at the door. A press counts at
// once on this phone, is kept until the server has it, and is sent when there is a
// line; the numbers of other phones come in between. Without this, or where nothing
// can be kept, each press is an ordinary form.
import { box, device, send, begin, ready } from "./sb-offline.js";

const kind = "turnout_tally";
const every = 15_000; // how often other phones' presses are asked for

class Tally extends HTMLElement {
  /** What was pressed here and is not yet in the server's numbers: entry → press. @type {Map<number, [string, number]>} */
  #mine = new Map();
  /** Entries that the server has, whose numbers have not been asked for since. @type {Set<number>} */
  #there = new Set();
  #busy = Promise.resolve();
  #soon = 0;

  get #cells() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".tally-n")]);
  }

  async connectedCallback() {
    const form = this.querySelector("form");
    if (!form || !device || !(await begin())) return;
    ready("/outbox " + this.dataset.page);
    for (const item of await box.list()) {
      if (item.kind !== kind || item.who !== device || !box.waits(item)) continue;
      const entry = await box.unseal(item);
      const press = entry.action === this.dataset.page && entry.fields.find((/** @type {[string, string]} */ f) => f[0] === "press")?.[1];
      if (press) this.#mine.set(item.seq, this.#read(press));
    }
    form.addEventListener("submit", (event) => this.#press(event, form));
    for (const name of ["sb-outbox", "online"]) addEventListener(name, () => this.#settle());
    box.channel?.addEventListener("message", () => this.#settle());
    setInterval(() => document.hidden || this.#ask(), every);
    this.#show();
    this.#settle();
    this.dataset.ready = "";
  }

  /** @param {string} press @returns {[string, number]} */
  #read(press) {
    const at = press.lastIndexOf(":");
    return [press.slice(0, at), Number(press.slice(at + 1))];
  }

  /** @param {SubmitEvent} event @param {HTMLFormElement} form */
  async #press(event, form) {
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (event.defaultPrevented || !button) return;
    event.preventDefault();
    const [institution, by] = this.#read(button.value);
    const cell = this.#cells.find((c) => c.dataset.of === institution);
    if (!cell || this.#count(cell) + by < 0) return; // nobody there to take back
    const name = cell.closest("li")?.querySelector("bdi")?.textContent ?? "";
    const soon = --this.#soon; // it is shown before the phone has written it down
    this.#mine.set(soon, [institution, by]);
    this.#show();
    this.#say(name + ": " + this.#count(cell));
    try {
      const entry = { action: this.dataset.page, page: this.dataset.page, fields: [["press", button.value]], shown: [[name, (by > 0 ? "+" : "") + by]] };
      const seq = await box.keep({ who: device, kind, title: this.dataset.title ?? "", entry });
      this.#mine.delete(soon);
      this.#mine.set(seq, [institution, by]);
    } catch {
      const press = Object.assign(document.createElement("input"), { type: "hidden", name: "press", value: button.value });
      form.append(press);
      form.submit();
      return;
    }
    this.#busy = this.#busy.then(() => send({ force: true })).then(() => this.#settle(), () => {});
  }

  /** @param {HTMLElement} cell */
  #count(cell) {
    let n = Number(cell.dataset.n);
    for (const [institution, by] of this.#mine.values()) if (institution === cell.dataset.of) n += by;
    return Math.max(0, n);
  }

  #show() {
    let total = 0;
    for (const cell of this.#cells) {
      const n = this.#count(cell);
      cell.textContent = String(n);
      total += n;
    }
    const whole = this.querySelector("[data-total]");
    if (whole) whole.textContent = String(total);
  }

  /** @param {string} text */
  #say(text) {
    const said = this.querySelector("[data-said]");
    if (said) said.textContent = text;
  }

  /** Looks what became of the presses, and says it. */
  async #settle() {
    let waiting = 0;
    let wrong = 0;
    for (const seq of [...this.#mine.keys()].filter((n) => n > 0)) {
      const item = await box.get(seq);
      if (item?.state === "sent" || !item) this.#there.add(seq);
      else if (item.state === "waiting") waiting++;
      else wrong++;
    }
    if (wrong) this.#say(this.dataset.wrong ?? "");
    else if (waiting) this.#say((this.dataset.waiting ?? "").replace("{n}", String(waiting)));
    else if (this.#there.size) this.#say(this.dataset.sent ?? "");
    if (this.#there.size && !waiting) await this.#ask();
  }

  /** Asks for the numbers of all phones, and keeps the page as it is now. */
  async #ask() {
    if (navigator.onLine === false) return;
    const had = [...this.#there];
    try {
      const answer = await fetch(this.dataset.page ?? "", { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(10_000) });
      if (!answer.ok || answer.redirected) return;
      const copy = answer.headers.get("Seedbed-Keep") === "offline" ? answer.clone() : undefined;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const cell of this.#cells) {
        const now = /** @type {HTMLElement | null} */ (page.querySelector(`.tally-n[data-of="${cell.dataset.of}"]`));
        if (now) cell.dataset.n = now.dataset.n;
      }
      for (const seq of had) {
        this.#mine.delete(seq);
        this.#there.delete(seq);
      }
      this.#show();
      if (copy && globalThis.caches) {
        const kept = await caches.open("sb-pages");
        const at = location.origin + this.dataset.page;
        if (await kept.match(at, { ignoreVary: true })) await kept.put(at, copy);
      }
    } catch {
      // Without a line the numbers stay as they are.
    }
  }
}

customElements.define("sb-tally", Tally);
