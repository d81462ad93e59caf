// <sb-outbox>: everything on this phone that the server does not have yet, and the
// receipts of what it has.
import { begin, box, device, make, notice, pill, ready, say, send } from "./sb-offline.js";

const lang = document.documentElement.lang;
/** @param {number} at */
const when = (at) => new Intl.DateTimeFormat(lang === "ar" ? "ar-u-nu-latn" : lang, { dateStyle: "medium", timeStyle: "short" }).format(at);

/** @param {string} words @param {() => unknown} act @param {string} [kind] @param {string} [at] its name, by which it keeps the focus when the list is drawn again */
function button(words, act, kind = "secondary", at = "") {
  const b = make("button", { type: "button", class: "button " + kind, "data-at": at }, make("span", {}, words));
  b.addEventListener("click", () => Promise.resolve(act()).catch(() => {}));
  return b;
}

/** @param {string} title @param {{label: string, value: string}[]} list */
function facts(title, list) {
  const dl = make("dl", { class: "facts" });
  for (const { label, value } of list) dl.append(make("div", {}, make("dt", {}, label), make("dd", { dir: "auto" }, value)));
  return make("div", {}, make("h4", {}, title), dl);
}

class Outbox extends HTMLElement {
  #voice = make("p", { role: "status", class: "sr" });
  #news = make("p", { role: "status", class: "quiet" });
  #region = make("div", { class: "stack loose", tabindex: "-1" });
  /** @type {string | undefined} */ #why;
  /** @type {Set<string>} */ #open = new Set();
  #asking = 0;
  #leaving = false;
  #waits = 0;
  #drawing = Promise.resolve();

  async connectedCallback() {
    if (this.#region.isConnected) return;
    this.append(this.#voice, this.#news, this.#region);
    ready(this.dataset.pages ?? "");
    if (!(await begin())) {
      this.#region.append(notice("wait", make("p", {}, say("cannot"))));
      return;
    }
    const draw = () => this.#draw();
    addEventListener("sb-outbox", draw);
    addEventListener("online", draw);
    addEventListener("offline", draw);
    box.channel?.addEventListener("message", draw);
    // Going on within the site loses nothing; closing the page while something waits is worth a question.
    document.addEventListener("click", (e) => (this.#leaving = Boolean(/** @type {Element} */ (e.target).closest("a[href^='/'], form button"))));
    addEventListener("beforeunload", (e) => {
      if (this.#waits && !this.#leaving) e.preventDefault();
    });
    await this.#send();
    this.dataset.ready = "";
  }

  async #send() {
    this.#why = (await send({ force: true })).why;
    await this.#draw();
  }

  // One after the other: two at once would put things in twice.
  #draw() {
    this.#drawing = this.#drawing.then(() => this.#show()).catch(() => {});
    return this.#drawing;
  }

  async #show() {
    const all = await box.list();
    const mine = all.filter((/** @type {any} */ i) => i.who === device);
    const open = mine.filter(box.waits), closed = mine.filter((/** @type {any} */ i) => !box.waits(i)).reverse();
    const others = all.filter((/** @type {any} */ i) => i.who !== device && box.waits(i));
    this.#waits = open.length;
    this.#persisted ??= await navigator.storage?.persisted?.();
    const parts = [...this.#notices(open, others)];
    if (open.length) {
      const items = await Promise.all(open.map((/** @type {any} */ i) => this.#entry(i)));
      parts.push(make("section", { class: "stack", "aria-labelledby": "outbox-waiting" }, make("h2", { id: "outbox-waiting" }, say("waiting_title")), make("ol", { class: "outbox-list stack" }, ...items)));
      if (device && open.some((/** @type {any} */ i) => i.state === "waiting")) parts.push(make("div", { class: "actions" }, button(say("send"), () => this.#send(), "primary", "send")));
    } else if (!others.length) {
      parts.push(make("div", { class: "empty" }, make("p", { class: "empty-title" }, say("none")), make("p", {}, say("none_text"))));
    }
    if (closed.length) {
      parts.push(make("section", { class: "stack", "aria-labelledby": "outbox-sent" }, make("h2", { id: "outbox-sent" }, say("sent_title")),
        make("ul", { class: "outbox-list stack" }, ...closed.map((/** @type {any} */ i) => this.#receipt(i))), make("div", { class: "actions" }, button(say("empty"), () => box.emptyReceipts(), "quiet", "empty"))));
    }
    const at = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.at;
    this.#region.replaceChildren(...parts);
    this.#focus(at);
    const told = open.length ? say("count", { n: open.length }) : say("none");
    if (this.#voice.textContent !== told) this.#voice.textContent = told;
  }

  /** @param {any[]} open @param {any[]} others */
  *#notices(open, others) {
    if (location.search.includes("needs-line") && !navigator.onLine) yield notice("wait", make("p", {}, say("needs_line")));
    const signedOut = !device || this.#why === "signin";
    if (signedOut && (open.length || others.length)) yield notice("late", make("p", {}, say("signin")), make("p", {}, make("a", { href: "/sign-in?next=/outbox" }, say("signin_go"))));
    const waiting = open.some((i) => i.state === "waiting");
    if (!navigator.onLine || (this.#why === "no_line" && waiting)) yield notice("wait", make("p", {}, say("no_line")));
    else if (this.#why === "later" && waiting) yield notice("wait", make("p", {}, say("later")));
    if (others.length && device) yield notice("info", make("p", {}, say("others", { n: others.length })));
    else if (others.length) yield notice("info", make("p", {}, say("count", { n: others.length })));
    if (open.length && this.#persisted === false) yield notice("info", make("p", {}, say("may_clear")));
  }

  /** @type {boolean | undefined} */ #persisted;

  /** @param {any} item */
  async #entry(item) {
    const entry = await box.unseal(item);
    const told = entry.told ?? {};
    if (told.result === "old") told.message = say("old");
    const li = make("li", { class: "panel-box", "data-seq": String(item.seq) }, make("h3", {}, item.title), make("p", {}, pill(item.state), " ", make("span", { class: "quiet" }, when(item.at))));
    for (const line of told.fields?.length ? told.fields.map((/** @type {any} */ f) => f.message) : [told.message]) if (line) li.append(make("p", {}, line));
    const mine = entry.shown.map((/** @type {[string, string]} */ [label, value]) => ({ label, value }));
    if (item.state === "conflict") li.append(make("div", { class: "bilingual" }, facts(say("mine"), mine), facts(say("there"), told.theirs)));
    else li.append(this.#more(item, mine));
    const acts = make("div", { class: "actions" });
    if (item.state === "conflict") {
      acts.append(button(say("keep_mine"), () => this.#keepMine(item, entry), "secondary", `mine-${item.seq}`), button(say("keep_theirs"), () => this.#keepTheirs(item), "secondary", `theirs-${item.seq}`));
    }
    if (item.state !== "waiting") acts.append(make("a", { class: "button secondary", "data-at": `open-${item.seq}`, href: `${entry.page}#outbox-${item.seq}` }, make("span", {}, say("open"))));
    if (item.state !== "conflict") acts.append(...this.#thrower(item));
    li.append(acts);
    return li;
  }

  /** @param {any} item @param {{label: string, value: string}[]} mine */
  #more(item, mine) {
    const more = /** @type {HTMLDetailsElement} */ (make("details", { class: "more" }, make("summary", {}, make("span", {}, say("mine"))), make("div", { class: "more-body" }, facts(item.title, mine))));
    more.open = this.#open.has(item.id);
    more.addEventListener("toggle", () => (more.open ? this.#open.add(item.id) : this.#open.delete(item.id)));
    return more;
  }

  /** @param {any} item @param {any} entry */
  async #keepMine(item, entry) {
    const fields = entry.fields.filter((/** @type {[string, string]} */ [name]) => name !== "_version");
    if (entry.told.version) fields.push(["_version", entry.told.version]);
    await box.keep({ who: device, kind: item.kind, title: item.title, entry: { ...entry, fields, told: undefined }, seq: item.seq });
    await this.#send();
  }

  /** @param {any} item */
  #keepTheirs({ seq, id, who, kind, title, at }) {
    return box.put({ seq, id, who, kind, title, at, state: "theirs", received: Date.now() });
  }

  /** Two presses throw away. The question stays while the list is drawn again. @param {any} item */
  #thrower(item) {
    const turn = (/** @type {number} */ seq, /** @type {string} */ at) => {
      this.#asking = seq;
      return this.#draw().then(() => this.#focus(`${at}-${item.seq}`));
    };
    if (this.#asking !== item.seq) return [button(say("drop"), () => turn(item.seq, "sure"), "quiet", `drop-${item.seq}`)];
    return [
      make("p", { tabindex: "-1", "data-at": `sure-${item.seq}` }, say("drop_sure")),
      button(say("drop_yes"), () => this.#throw(item), "danger", `yes-${item.seq}`),
      button(say("drop_no"), () => turn(0, "drop"), "secondary", `no-${item.seq}`),
    ];
  }

  /** @param {string | undefined} at */
  #focus(at) {
    if (at) /** @type {HTMLElement | null} */ (this.#region.querySelector(`[data-at="${at}"]`))?.focus();
  }

  /** @param {any} item */
  async #throw(item) {
    this.#asking = 0;
    const known = item.tries && navigator.onLine ? await box.ask(item).catch(() => "") : "";
    if (known === "stored") this.#news.textContent = say("arrived");
    else {
      await box.drop(item.seq);
      this.#news.textContent = say("gone");
    }
    this.#region.focus();
  }

  /** @param {any} item */
  #receipt(item) {
    const li = make("li", { class: "panel-box" }, make("h3", {}, item.title), make("p", {}, pill(item.state), " ", make("span", { class: "quiet" }, when(item.received))));
    if (!item.receipt) return li;
    const copy = button(say("copy"), async () => {
      await navigator.clipboard.writeText(item.receipt);
      this.#voice.textContent = say("copied");
      /** @type {HTMLElement} */ (copy.firstElementChild).textContent = say("copied");
    }, "quiet", "copy-" + item.seq);
    li.append(make("p", {}, make("span", { class: "quiet" }, say("receipt")), " ", make("span", { class: "code", dir: "ltr" }, item.receipt)));
    if (navigator.clipboard) li.append(make("div", { class: "actions" }, copy));
    return li;
  }
}
customElements.define("sb-outbox", Outbox);
