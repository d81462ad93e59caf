// <sb-guard data-for>: looks at a text while it is typed, on this device, with
// the server's own lists, and shows what must not be written down about a
// person. The rules are those of internal/kit/guard, step by step; its sentences
// and testdata/spans.json hold both to the same answers.

/** @typedef {{forms: string[], full: string, bare: boolean, from: number, to: number, stop: boolean}} Token */
/** @typedef {string | number | Step[][]} Written as the lists come */
/** @typedef {((token: Token) => boolean) | number | Step[][]} Step */
/** @typedef {{kind: number, steps: Step[]}} Phrase */
/** @typedef {{from: number, to: number, kind: string}} Hit */

/** @type {{chars: Record<string, string>, kinds: string[], phrases: Written[][]}} */
let lists = { chars: {}, kinds: [], phrases: [] };
/** Phrases by a first word, by the first two letters of a beginning, and those that begin with a number. @type {Map<string, Phrase[]>} */
const first = new Map(), begins = new Map();
/** @type {Phrase[]} */
const numbers = [];
/** @type {Promise<void> | undefined} */
let loading;

/** @param {string} s */
const start = (s) => [...s].slice(0, 2).join("");

/** @param {Map<string, Phrase[]>} map @param {string} key @param {Phrase} phrase */
function put(map, key, phrase) {
  const list = map.get(key) ?? [];
  if (list.at(-1) !== phrase) list.push(phrase);
  map.set(key, list);
}

/** Words a sequence of steps may begin with. @param {Written[]} steps @returns {string[]} */
function firsts(steps) {
  const step = steps[0];
  if (typeof step === "string") return step.split("|");
  if (!Array.isArray(step)) return [];
  return step.flatMap((alt) => firsts(alt.length ? alt : steps.slice(1)));
}

const bareOf = (/** @type {string} */ full) => [...full.split("'")[0]].map((c) => lists.chars[c] ?? c).join("");

/** Loads the lists, once. */
export function ready() {
  loading ??= import("./guard-words.js").then((words) => {
    lists = words.default;
    for (const [kind, ...written] of lists.phrases) {
      const phrase = { kind: /** @type {number} */ (kind), steps: compile(written) };
      for (const word of firsts(written)) {
        if (word.includes("#")) {
          if (numbers.at(-1) !== phrase) numbers.push(phrase);
        } else if (word.endsWith("*")) put(begins, start(word.slice(0, -1)), phrase);
        else put(first, word.includes("'") ? bareOf(word) : word, phrase);
      }
    }
  });
  return loading;
}

const nameOnly = 16; // is added to the kind of what counts in a name only
const mark = /^\p{Mn}$/u, letter = /^[\p{L}\p{Nd}]$/u, han = /^\p{Script=Han}$/u, joiner = /^\p{Cf}$/u;

/** Words without case, width or marks, and where they stand. @param {string} text @returns {Token[]} */
function tokens(text) {
  /** @type {Token[]} */
  const out = [];
  /** @type {{base: string, full: string, marks: string, since: number, from: number, to: number, stop: boolean} | undefined} */
  let now;
  let stop = false;
  const end = () => {
    if (!now) return;
    const bare = !now.marks && now.base === now.full;
    out.push({ forms: /^\p{Script=Arabic}/u.test(now.base) ? alone(now.base) : [now.base], full: `${now.full}'${now.marks}`, bare, from: now.from, to: now.to, stop: now.stop });
    now = undefined;
  };
  const put = (/** @type {string} */ c, /** @type {number} */ from) => {
    if (!now) {
      now = { base: "", full: "", marks: "", since: 0, from, to: from, stop };
      stop = false;
    }
    now.base += lists.chars[c] ?? c;
    now.full += c;
    now.since++;
  };
  const code = () => /^[a-z]\d\d$/.test(now?.base ?? "");
  for (const found of text.matchAll(/[^]\p{Mn}*/gu)) {
    const to = found.index + found[0].length;
    const next = String.fromCodePoint(text.codePointAt(to) ?? 32);
    for (const c of found[0].normalize("NFKD").toLowerCase()) {
      if (mark.test(c)) {
        if (now) {
          now.marks += c;
          now.to = to;
        }
      } else if (joiner.test(c)) continue;
      else if (han.test(c)) {
        end();
        put(c, found.index);
        if (now) now.to = to;
        end();
      } else if (letter.test(c)) {
        put(c, found.index);
        if (now) now.to = to;
      } else if (c === "." && now?.base && ((now.since === 1 && /\p{L}$/u.test(now.base) && /\p{L}/u.test(next)) || (code() && /[0-9]/.test(next)))) {
        if (code()) {
          now.base += ".";
          now.full += ".";
        }
        now.since = 0;
      } else {
        end();
        stop ||= "!?;\n。…؟".includes(c) || (c === "." && (to >= text.length || /\s/.test(next)));
      }
    }
  }
  end();
  return out;
}

/** An Arabic word with and without what is written together with it. @param {string} word */
function alone(word) {
  const out = [word];
  for (let i = 0; i < out.length; i++) {
    for (const p of ["و", "ف", "ب", "ل", "ك", "ال"]) {
      const rest = out[i].startsWith(p) ? out[i].slice(p.length) : "";
      if ([...rest].length >= 3 && !out.includes(rest) && out.length < 12) out.push(rest);
    }
  }
  return out;
}

/** @param {Written[]} steps @returns {Step[]} */
const compile = (steps) => steps.map((step) => {
  if (typeof step === "number") return step;
  if (Array.isArray(step)) return step.map(compile);
  const words = step.split("|").map(pattern);
  return words.length === 1 ? words[0] : (token) => words.some((fits) => fits(token));
});

/** One word of a list. @param {string} word @returns {(token: Token) => boolean} */
function pattern(word) {
  if (word.includes("#")) return (token) => number(word, token.forms[0]);
  if (word.includes("'")) {
    const bare = bareOf(word);
    return (token) => token.full === word || (token.bare && token.forms[0] === bare);
  }
  if (word.endsWith("*")) {
    const head = word.slice(0, -1);
    return (token) => token.forms.some((f) => f.startsWith(head));
  }
  return (token) => token.forms.includes(word);
}

/** @param {string} pattern @param {string} s */
function number(pattern, s) {
  const [letters, size] = pattern.split("#");
  if (letters === "icd") return s.length > 4 && s.length <= 6 && s[3] === ".";
  const [, head, digits] = /^(\D*)(\d+)$/.exec(s) ?? [];
  if (!digits) return false;
  const n = new TextEncoder().encode(head).length;
  if (letters === "?" ? n < 1 || n > 3 : head !== letters) return false;
  const [low, high = low] = size.split("-");
  return digits.length >= +low && digits.length <= +high;
}

/** Where the steps end that stand at i, or -1. @param {Token[]} toks @param {number} from @param {Step[]} steps @param {number} i @param {(end: number) => number} then @returns {number} */
function match(toks, from, steps, i, then) {
  if (!steps.length) return then(i);
  const [step, ...rest] = steps;
  if (typeof step === "number") {
    for (let skip = 0; skip <= step && i + skip <= toks.length && (skip === 0 || !toks[i + skip - 1].stop); skip++) {
      const end = match(toks, from, rest, i + skip, then);
      if (end >= 0) return end;
    }
  } else if (Array.isArray(step)) {
    for (const alt of step) {
      const end = match(toks, from, alt, i, (j) => match(toks, from, rest, j, then));
      if (end >= 0) return end;
    }
  } else if (typeof step === "function" && i < toks.length && (i === from || !toks[i].stop) && step(toks[i])) {
    return match(toks, from, rest, i + 1, then);
  }
  return -1;
}

/** What is found, in the order of the text. Wants ready(). @param {string} text @param {boolean} [name] it should be a name and nothing else @returns {Hit[]} */
export function check(text, name = false) {
  const toks = tokens(text);
  /** @type {Hit[]} */
  let hits = [];
  /** @type {Hit[]} */
  const fine = [];
  toks.forEach((token, i) => {
    const may = token.forms.flatMap((f) => [...(first.get(f) ?? []), ...(begins.get(start(f)) ?? [])]);
    if (/\d/.test(token.forms[0])) may.push(...numbers);
    for (const { kind, steps } of may) {
      if (kind >= nameOnly && !name) continue;
      const end = match(toks, i, steps, i, (n) => n);
      if (end <= i) continue;
      const word = lists.kinds[kind % nameOnly];
      (word === "fine" ? fine : hits).push({ from: token.from, to: toks[end - 1].to, kind: word });
    }
  });
  hits = hits.filter((h) => !fine.some((f) => f.from < h.to && h.from < f.to)).sort((a, b) => a.from - b.from || b.to - a.to);
  /** @type {Hit[]} */
  const out = [];
  for (const hit of hits) {
    const last = out.at(-1);
    if (!last || hit.from >= last.to) out.push(hit);
    else {
      last.to = Math.max(last.to, hit.to);
      if (lists.kinds.indexOf(hit.kind) < lists.kinds.indexOf(last.kind)) last.kind = hit.kind;
    }
  }
  return out;
}

/** The text without what is found in it. @param {string} text @param {boolean} [name] */
export function clean(text, name = false) {
  for (let hits = check(text, name); hits.length; hits = check(text, name)) {
    let out = "", at = 0;
    for (const hit of hits) {
      out += text.slice(at, hit.from).replace(/[ \t]+$/, "") + " …";
      at = hit.to;
    }
    text = (out + text.slice(at)).replace(/…(?: ?…)+/g, "…").replace(/^[ \t\r\n…,;]+|[ \t\r\n…,;]+$/g, "");
  }
  return text;
}

class Guard extends HTMLElement {
  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ #field = null;
  /** @type {HTMLFieldSetElement | null} */ #box = null;
  /** @type {HTMLElement | null} */ #voice = null;
  #timer = 0;
  #said = "";
  #person = this.hasAttribute("data-person");

  connectedCallback() {
    this.#field = /** @type {any} */ (document.getElementById(this.dataset.for ?? ""));
    this.#box = this.querySelector("fieldset.guard");
    this.#voice = this.querySelector("[role=status]");
    const now = this.querySelector("[data-now]");
    if (!this.#field || !this.#box || !now) return;
    /** @type {HTMLElement} */ (now).hidden = false;
    now.querySelector("button")?.addEventListener("click", () => this.#remove());
    this.#field.addEventListener("focus", () => void ready());
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#look(), 400);
    });
    this.#field.addEventListener("change", () => void this.#look());
    if (this.#field.value && this.#box.hidden) void this.#look(); // a page that was come back to
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async #look() {
    const field = this.#field;
    if (!field) return;
    await ready();
    this.#show(field.value, check(field.value, this.#person));
  }

  /** @param {string} text @param {Hit[]} hits */
  #show(text, hits) {
    const box = this.#box;
    if (!box) return;
    const shown = hits.map((h) => text.slice(h.from, h.to).trim().split(/\s+/).join(" ")).join(" · ");
    box.hidden = box.disabled = !hits.length;
    /** @type {HTMLInputElement} */ (box.querySelector("input[type=hidden]")).value = shown;
    const copy = /** @type {HTMLElement} */ (box.querySelector(".guard-text"));
    copy.replaceChildren();
    let at = 0;
    for (const hit of hits) {
      const words = document.createElement("mark");
      words.textContent = text.slice(hit.from, hit.to);
      copy.append(text.slice(at, hit.from), words);
      at = hit.to;
    }
    copy.append(text.slice(at));
    for (const why of box.querySelectorAll("[data-kind]")) {
      /** @type {HTMLElement} */ (why).hidden = !hits.some((h) => h.kind === why.getAttribute("data-kind"));
    }
    const keeps = (this.dataset.keeps ?? "").split(" ");
    const may = hits.every((h) => keeps.includes(h.kind));
    for (const part of box.querySelectorAll(".guard-keep")) /** @type {HTMLElement} */ (part).hidden = !may;
    const keep = /** @type {HTMLInputElement | null} */ (box.querySelector("input[value=keep]"));
    if (!may && keep?.checked) /** @type {HTMLInputElement} */ (box.querySelector("input[value=rephrase]")).checked = true;
    if (shown === this.#said) return;
    const why = [...box.querySelectorAll("[data-kind]:not([hidden])")].map((w) => w.textContent).join(" ");
    this.#say(shown ? `${(this.dataset.found ?? "").replace("…", shown)}. ${why}` : (this.dataset.clear ?? ""));
    this.#said = shown;
  }

  #remove() {
    const field = this.#field;
    if (!field) return;
    field.value = clean(field.value, this.#person);
    this.#said = "";
    this.#show(field.value, []);
    field.focus();
    this.#say(this.dataset.gone ?? "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {string} words */
  #say(words) {
    if (this.#voice) this.#voice.textContent = words;
  }
}
customElements.define("sb-guard", Guard);
