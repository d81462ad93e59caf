// <sb-ballot>: a secret ballot, sealed on this device (RFC 9474,
// RSABSSA-SHA384-PSS-Deterministic). What was chosen and the code that says who
// may choose never leave in one message: the code goes with a blinded number that
// tells nothing, the ballot goes without code and without cookies. Nothing is kept
// on the device.

const saltSize = 48;

/** @param {Uint8Array} b */
const encode = (b) => btoa(String.fromCharCode(...b)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
/** @param {string} s */
const decode = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
/** @param {Uint8Array} b */
const number = (b) => b.reduce((n, x) => (n << 8n) | BigInt(x), 0n);
/** @param {bigint} n @param {number} size */
const bytes = (n, size) => decodeHex(n.toString(16).padStart(2 * size, "0"));
/** @param {string} s */
const decodeHex = (s) => Uint8Array.from(s.match(/../g) ?? [], (x) => parseInt(x, 16));
const random = (/** @type {number} */ n) => crypto.getRandomValues(new Uint8Array(n));
/** @param {...Uint8Array} parts */
const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  parts.reduce((at, p) => (out.set(p, at), at + p.length), 0);
  return out;
};
/** @param {Uint8Array} b */
const sha384 = async (b) => new Uint8Array(await crypto.subtle.digest("SHA-384", /** @type {BufferSource} */ (b)));

/** @param {bigint} base @param {bigint} exp @param {bigint} mod */
function power(base, exp, mod) {
  let out = 1n;
  for (base %= mod; exp > 0n; exp >>= 1n) {
    if (exp & 1n) out = (out * base) % mod;
    base = (base * base) % mod;
  }
  return out;
}

/** The inverse modulo n, or undefined. @param {bigint} a @param {bigint} n */
function inverse(a, n) {
  let [r0, r1, t0, t1] = [n, a % n, 0n, 1n];
  while (r1 > 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return r0 === 1n ? (t0 + n) % n : undefined;
}

/** EMSA-PSS-ENCODE of RFC 8017 with SHA-384 and MGF1. @param {Uint8Array} message @param {Uint8Array} salt @param {number} bits */
async function encodePSS(message, salt, bits) {
  const size = Math.ceil(bits / 8);
  const h = await sha384(join(new Uint8Array(8), await sha384(message), salt));
  const db = new Uint8Array(size - h.length - 1);
  db[db.length - salt.length - 1] = 1;
  db.set(salt, db.length - salt.length);
  for (let i = 0; i * h.length < db.length; i++) {
    const mask = await sha384(join(h, new Uint8Array([0, 0, i >> 8, i & 255])));
    for (let j = 0; j < mask.length && i * h.length + j < db.length; j++) db[i * h.length + j] ^= mask[j];
  }
  db[0] &= 0xff >> (8 * size - bits);
  return join(db, h, new Uint8Array([0xbc]));
}

/** @param {string} url @param {unknown} body */
async function post(url, body) {
  const answer = await fetch(url, { method: "POST", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store",
    headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.message ?? "");
  return data;
}

class Ballot extends HTMLElement {
  connectedCallback() {
    const step = (/** @type {string} */ s) => /** @type {HTMLElement} */ (this.querySelector(`[data-step=${s}]`));
    const [mark, check, done] = ["mark", "check", "done"].map(step);
    if (!mark || !check || !done || !globalThis.crypto?.subtle || typeof BigInt !== "function") return; // the words beside say what to do
    this.hidden = false;
    document.getElementById("unsealed")?.remove();
    let choice = "";
    /** @type {{ blinded: string, open: (signed: string) => Promise<object> } | undefined} */
    let sealed;
    let busy = false;
    // Between the signature and the box the ballot is nowhere but here.
    const stay = (/** @type {Event} */ event) => event.preventDefault();

    mark.addEventListener("submit", (event) => {
      event.preventDefault();
      const { text, lines, wrong } = this.read(/** @type {HTMLFormElement} */ (mark));
      fault(mark, wrong ?? "");
      if (wrong || text === undefined) return;
      choice = text;
      sealed = undefined;
      check.querySelector("ul")?.replaceChildren(...lines.map((l) => Object.assign(document.createElement("li"), { textContent: l })));
      show(check, mark);
    });
    check.querySelector("#unseal")?.addEventListener("click", () => show(mark, check));
    check.querySelector("#seal")?.addEventListener("click", async (event) => {
      if (busy) return;
      busy = true;
      const button = /** @type {HTMLElement} */ (event.currentTarget);
      button.setAttribute("aria-disabled", "true");
      fault(check, "");
      try {
        sealed ??= await this.seal(choice); // kept for another try: the same blinded number gets the same answer
        const { signed } = await post(this.dataset.sign ?? "", { code: this.dataset.code, blinded: sealed.blinded });
        check.querySelector("#unseal")?.remove(); // from here on this is the ballot
        addEventListener("beforeunload", stay);
        const entry = await sealed.open(signed);
        await post(this.dataset.box ?? "", entry);
        removeEventListener("beforeunload", stay);
        const receipt = done.querySelector("#receipt"), whole = done.querySelector("#sealed");
        if (receipt) receipt.textContent = /** @type {any} */ (entry).token;
        if (whole) whole.textContent = JSON.stringify(entry);
        delete this.dataset.code;
        mark.remove();
        show(done, check);
      } catch (e) {
        const said = e instanceof Error && !(e instanceof TypeError) ? e.message : "";
        fault(check, [this.dataset.failed, said].filter(Boolean).join(" "));
      } finally {
        busy = false;
        button.removeAttribute("aria-disabled");
      }
    });
  }

  /** What is marked: the choice as it is written, and in words. @param {HTMLFormElement} form */
  read(form) {
    const d = this.dataset, data = new FormData(form);
    const label = (/** @type {string} */ id) => form.querySelector(`label[for="f-${d.method}_${id}"]`)?.textContent ?? id;
    if (d.method === "agree" || d.method === "consent") {
      const text = /** @type {string | null} */ (data.get("choice"));
      if (!text) return { lines: [], wrong: d.choose };
      return { text, lines: [form.querySelector("input:checked")?.closest("label")?.querySelector(".name")?.textContent ?? text] };
    }
    const ids = (d.options ?? "").split(" ");
    const marks = ids.map((id) => ({ id, n: Number(data.get(`${d.method}_${id}`) ?? 0) })).filter((m) => m.n !== 0);
    const whole = marks.every((m) => Number.isInteger(m.n) && m.n > 0);
    const line = (/** @type {string | undefined} */ pattern, /** @type {string} */ id, /** @type {number} */ n) => (pattern ?? "").replace("%o", label(id)).replace("%n", String(n));
    if (!marks.length) return { text: "-", lines: [d.blank ?? ""] };
    if (d.method === "dots") {
      if (!whole || marks.some((m) => m.n > Number(d.per)) || marks.reduce((sum, m) => sum + m.n, 0) > Number(d.dots)) return { lines: [], wrong: d.toomany };
      return { text: marks.map((m) => `${m.id}=${m.n}`).join(","), lines: marks.map((m) => line(d.dotsline, m.id, m.n)) };
    }
    if (!whole || new Set(marks.map((m) => m.n)).size < marks.length) return { lines: [], wrong: d.same };
    marks.sort((a, b) => a.n - b.n);
    return { text: marks.map((m) => m.id).join(">"), lines: marks.map((m, i) => line(d.rank, m.id, i + 1)) };
  }

  /** @param {string} text */
  async seal(text) {
    const n = number(decode(this.dataset.n ?? "")), e = number(decode(this.dataset.e ?? ""));
    const bits = n.toString(2).length, size = Math.ceil(bits / 8);
    if (bits < 2048 || e !== 65537n) throw new Error("");
    const entry = { kind: "online", token: encode(random(32)), choice: text, signature: "" };
    const message = new TextEncoder().encode(["seedbed-ballots-1", this.dataset.decision, entry.kind, entry.token, entry.choice].join("\n"));
    const m = number(await encodePSS(message, random(saltSize), bits - 1));
    let r = 0n, back;
    while (!back) {
      r = number(random(size + 16)) % n; // sixteen bytes more than needed: the remainder leans by less than 2^-128
      back = inverse(r, n);
    }
    const undo = back;
    const blinded = encode(bytes((m * power(r, e, n)) % n, size));
    return {
      blinded,
      /** @param {string} signed */
      open: async (signed) => {
        const s = (number(decode(signed)) * undo) % n;
        if (power(s, e, n) !== m) throw new Error(""); // not a signature under the published key
        return { ...entry, signature: encode(bytes(s, size)) };
      },
    };
  }
}

/** @param {HTMLElement} to @param {HTMLElement} from */
function show(to, from) {
  from.hidden = true;
  to.hidden = false;
  (to.matches("[tabindex]") ? to : /** @type {HTMLElement | null} */ (to.querySelector("input, button")))?.focus();
}

/** @param {HTMLElement} where @param {string} text */
function fault(where, text) {
  const said = /** @type {HTMLElement | null} */ (where.querySelector(":scope > .field-error"));
  if (!said) return;
  said.textContent = text;
  said.hidden = !text;
}
customElements.define("sb-ballot", Ballot);
