// <sb-offline data-kind data-title>: around a form, keeps what is saved on this
// phone until the server has it. Without this, or where nothing can be kept, the
// form is an ordinary one.
import "./outbox-store.js";

/** @type {any} */
export const box = /** @type {any} */ (globalThis).seedbedOutbox;
const words = /** @type {HTMLTemplateElement | null} */ (document.getElementById("outbox-words"));
/** Whose entries are sent from here; empty when nobody is signed in. */
export const device = words?.dataset.device ?? "";

/** A sentence of the page's language. @param {string} name @param {{n?: number | string, r?: string}} [args] */
export function say(name, args = {}) {
  const text = words?.content.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
  return text.replace("{n}", String(args.n ?? "")).replace("{r}", args.r ?? "");
}

/** @param {string} state */
export function pill(state) {
  return words?.content.querySelector(`[data-state="${state}"] > *`)?.cloneNode(true) ?? document.createTextNode(state);
}

/** @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children */
export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

/** @param {string} kind @param {...(Node | string)} children */
export function notice(kind, ...children) {
  return make("div", { class: "notice " + kind }, make("div", {}, ...children));
}

// ---- sending ----

/** @type {number | undefined} */
let timer;

/** Sends what waits, and comes back when it is time to try again. */
export async function send(how = {}) {
  clearTimeout(timer);
  const out = device ? await box.send({ who: device, ...how }) : { why: "signin" };
  const waiting = (await box.list()).filter((/** @type {any} */ i) => i.state === "waiting" && i.who === device);
  if (waiting.length && out.why !== "signin") {
    timer = setTimeout(() => send().catch(() => {}), Math.max(1000, Math.min(...waiting.map((/** @type {any} */ i) => i.after)) - Date.now()));
    const worker = await navigator.serviceWorker?.getRegistration();
    await /** @type {any} */ (worker)?.sync?.register("sb-outbox").catch(() => {});
  }
  return out;
}

/** Registers the worker and asks it to keep the pages that work without a line. @param {string} list */
export async function ready(list) {
  if (!device || !navigator.serviceWorker) return; // never on a page that anybody may have open
  try {
    await navigator.serviceWorker.register("/sw.js");
    const worker = (await navigator.serviceWorker.ready).active;
    worker?.postMessage({ keep: list.split(/\s+/).filter(Boolean) });
  } catch {
    // Without the worker pages need the line; what is saved is kept all the same.
  }
}

/** The way to sign out says how much waits. */
async function count() {
  const n = (await box.list().catch(() => [])).filter(box.waits).length;
  for (const form of document.querySelectorAll('details.account form[action="/sign-out"]')) {
    form.querySelector(".outbox-count")?.remove();
    if (n) form.append(make("span", { class: "outbox-count quiet" }, say("count", { n })));
  }
}

/** @type {Promise<boolean> | undefined} */
let begun;
/** Once a page: is there anything to keep entries in? Sends what waits. */
export function begin() {
  begun ??= (async () => {
    if (!(await box.usable())) return false;
    if (device) await box.owner(device);
    await box.tidy();
    box.channel?.addEventListener("message", count);
    addEventListener("sb-outbox", count);
    addEventListener("online", () => send({ force: true }).catch(() => {}));
    count();
    send({ force: true }).catch(() => {});
    return true;
  })();
  return begun;
}

// ---- forms ----

/** @param {Element | null | undefined} e The words of a label, without "you can skip this". */
function label(e) {
  const copy = /** @type {Element | undefined} */ (e?.cloneNode(true));
  for (const extra of copy?.querySelectorAll(".optional, .sr") ?? []) extra.remove();
  return copy?.textContent?.trim();
}

/** What a form says, as people read it: [question, answer] for each field. @param {HTMLFormElement} form @param {[string, string][]} fields */
function shown(form, fields) {
  /** @type {[string, string][]} */
  const out = [];
  for (const [name, value] of fields) {
    const all = /** @type {HTMLInputElement[]} */ ([...form.elements].filter((e) => /** @type {any} */ (e).name === name));
    const one = all.find((e) => e.value === value && e.type !== "hidden") ?? all[0];
    if (!one || name.startsWith("_") || one.type === "hidden" || !value || one instanceof HTMLButtonElement) continue;
    const choice = one.type === "radio" || one.type === "checkbox";
    const own = label(one.labels?.[0]) ?? name;
    const legend = label(one.closest("fieldset")?.querySelector("legend"));
    const picked = one instanceof HTMLSelectElement ? (one.selectedOptions[0]?.textContent ?? value) : value;
    out.push(choice ? [legend ?? own, own] : [own, picked]);
  }
  return out;
}

/** Puts back what was typed. @param {HTMLFormElement} form @param {[string, string][]} fields */
function fill(form, fields) {
  const left = fields.map(([name, value]) => ({ name, value }));
  const take = (/** @type {(x: {name: string, value: string}) => boolean} */ fits) => {
    const i = left.findIndex(fits);
    return i < 0 ? undefined : left.splice(i, 1)[0];
  };
  for (const e of /** @type {Iterable<HTMLInputElement>} */ (/** @type {unknown} */ (form.elements))) {
    if (!e.name || e.name === "_key" || e instanceof HTMLButtonElement || e.type === "file" || e.matches(":disabled")) continue;
    if (e.type === "radio" || e.type === "checkbox") e.checked = Boolean(take((x) => x.name === e.name && x.value === e.value));
    else e.value = take((x) => x.name === e.name)?.value ?? e.value;
    for (const name of ["input", "change"]) e.dispatchEvent(new Event(name, { bubbles: true }));
  }
}

class Offline extends HTMLElement {
  /** @type {number | undefined} */ #seq;
  #said = make("div", { role: "status", class: "outbox-said", tabindex: "-1" });
  #busy = false;

  async connectedCallback() {
    const form = this.querySelector("form");
    if (!form || this.#said.isConnected || !device) return;
    this.prepend(this.#said);
    ready(this.dataset.pages ?? "");
    if (!(await begin())) {
      this.#tell("wait", make("p", {}, say("cannot")));
      return;
    }
    form.addEventListener("submit", (event) => this.#submit(event, form));
    const seq = Number(location.hash.match(/^#outbox-(\d+)$/)?.[1]);
    if (seq) await this.#reopen(form, seq);
    this.dataset.ready = "";
  }

  /** @param {string} kind @param {...Node} children */
  #tell(kind, ...children) {
    this.#said.replaceChildren(notice(kind, ...children));
  }

  /** @param {HTMLFormElement} form @param {number} seq */
  async #reopen(form, seq) {
    const item = await box.get(seq);
    if (!item || item.who !== device || item.kind !== this.dataset.kind || !box.waits(item)) return;
    // An entry that may be on its way is not changed under way.
    if (item.state === "waiting") return;
    const entry = await box.unseal(item);
    this.closest("details")?.setAttribute("open", "");
    fill(form, entry.fields);
    this.#seq = seq;
    this.#wrong(form, entry.told ?? {});
  }

  /** Says what is wrong, at the fields and above them. @param {HTMLFormElement} form @param {any} told */
  #wrong(form, told) {
    for (const old of form.querySelectorAll(".outbox-error")) old.remove();
    for (const old of form.querySelectorAll("[data-outbox-wrong]")) {
      old.removeAttribute("data-outbox-wrong");
      old.removeAttribute("aria-invalid");
    }
    const list = make("ul");
    for (const { name, message } of told.fields ?? []) {
      const field = /** @type {HTMLElement | undefined} */ ([...form.elements].find((e) => /** @type {any} */ (e).name === name));
      if (!field) {
        list.append(make("li", {}, message));
        continue;
      }
      if (!field.id) field.id = "outbox-field-" + name;
      list.append(make("li", {}, make("a", { href: "#" + field.id }, message)));
      field.setAttribute("aria-invalid", "true");
      field.dataset.outboxWrong = "";
      const place = field.closest(".field, fieldset");
      place?.querySelector("legend, label")?.after(make("p", { class: "field-error outbox-error" }, message));
    }
    if (!list.childElementCount && told.message) list.append(make("li", {}, told.message));
    if (!list.childElementCount) return;
    this.#said.replaceChildren(make("div", { class: "errors" }, make("h2", {}, say("fix")), list));
    this.#said.focus();
  }

  /** @param {SubmitEvent} event @param {HTMLFormElement} form */
  async #submit(event, form) {
    if (event.defaultPrevented) return;
    const data = new FormData(form, event.submitter);
    /** @type {[string, string][]} */
    const fields = [];
    for (const [name, value] of data) {
      if (typeof value !== "string") return; // a file goes the ordinary way
      if (name !== "_key") fields.push([name, value]);
    }
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    this.#said.replaceChildren(); // so that the same sentence is said again
    const { kind = "", title = "" } = this.dataset;
    try {
      const entry = { action: form.getAttribute("action") || location.pathname, page: location.pathname + location.search, fields, shown: shown(form, fields) };
      this.#seq = await box.keep({ who: device, kind, title, entry, seq: this.#seq });
    } catch {
      this.#busy = false;
      this.#notKept(form, event.submitter);
      return;
    }
    const { why, url } = await send({ force: true, now: this.#seq }).catch(() => ({ why: "later", url: undefined }));
    await this.#after(form, why, url);
    this.#busy = false;
  }

  /** @param {HTMLFormElement} form @param {string | undefined} why @param {string | undefined} url */
  async #after(form, why, url) {
    const item = await box.get(this.#seq);
    if (item?.state === "sent" && url && !("stay" in this.dataset)) return location.assign(url);
    if (item?.state === "attention") return this.#wrong(form, (await box.unseal(item)).told ?? {});
    const see = make("p", {}, make("a", { href: "/outbox" }, say("see")));
    if (item?.state === "conflict") {
      this.#tell("late", make("p", {}, pill("conflict")), see);
    } else {
      this.#seq = undefined; // the next save is another entry
      form.reset();
      if (item?.state === "sent") this.#tell("ok", make("p", {}, say("sent", { r: item.receipt })), see);
      else this.#tell("wait", make("p", {}, say(why === "signin" ? "saved_signin" : "saved")), see);
    }
    this.#said.focus();
  }

  /** @param {HTMLFormElement} form @param {HTMLElement | null} submitter No room: with a line the form goes the ordinary way. */
  #notKept(form, submitter) {
    if (!navigator.onLine) {
      this.#tell("late", make("p", {}, say("full")));
      this.#said.focus();
      return;
    }
    if (submitter instanceof HTMLButtonElement && submitter.name) form.append(make("input", { type: "hidden", name: submitter.name, value: submitter.value }));
    form.submit();
  }
}
customElements.define("sb-offline", Offline);
