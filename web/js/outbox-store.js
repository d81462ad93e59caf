// What a phone keeps until the server has it. Loaded by pages (as a module) and by
// the service worker (as a script), so it hangs on one global name.

(() => {
  const day = 86_400_000;
  const receiptsFor = 30 * day;
  const remembered = 80 * day; // the server knows an id for 90 days; after that a second sending would be a second entry
  const longest = 10 * 60_000; // between two tries
  const patience = 30_000; // with one answer
  const channel = globalThis.BroadcastChannel ? new BroadcastChannel("sb-outbox") : undefined;
  /** @type {Promise<IDBDatabase> | undefined} */
  let opened;

  /** @template T @param {IDBRequest<T>} r @returns {Promise<T>} */
  const done = (r) => new Promise((ok, no) => {
    r.onsuccess = () => ok(r.result);
    r.onerror = () => no(r.error);
  });

  function open() {
    opened ??= new Promise((ok, no) => {
      if (!globalThis.indexedDB || !globalThis.crypto?.subtle) return no(new Error("nothing to keep entries in"));
      const r = indexedDB.open("seedbed-outbox", 1);
      r.onupgradeneeded = () => {
        r.result.createObjectStore("items", { keyPath: "seq", autoIncrement: true });
        r.result.createObjectStore("meta");
      };
      r.onsuccess = () => {
        r.result.onclose = () => (opened = undefined); // the person cleared the site's data
        r.result.onversionchange = () => {
          r.result.close();
          opened = undefined;
        };
        ok(r.result);
      };
      r.onerror = () => no(r.error);
    });
    opened.catch(() => (opened = undefined));
    return opened;
  }

  /** One transaction, and it is on disk when this returns. @template T @param {string} name @param {IDBTransactionMode} mode @param {(s: IDBObjectStore) => IDBRequest<T>} fn @returns {Promise<T>} */
  async function store(name, mode, fn) {
    const tx = (await open()).transaction(name, mode, { durability: "strict" });
    const result = done(fn(tx.objectStore(name)));
    const whole = new Promise((ok, no) => {
      tx.oncomplete = () => ok(undefined);
      tx.onabort = () => no(tx.error);
    });
    const [value] = await Promise.all([result, whole]);
    return value;
  }

  /** A key that scripts can use and never read. */
  async function key() {
    const have = await store("meta", "readonly", (s) => s.get("key"));
    if (have) return have;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another tab may be as fast: the first one counts.
    await store("meta", "readwrite", (s) => s.add(made, "key")).catch(() => {});
    const kept = await store("meta", "readonly", (s) => s.get("key"));
    if (!kept) throw new Error("this browser keeps no keys"); // some private windows
    return kept;
  }

  /** The entry it belongs to is bound in, so that texts cannot be exchanged. @param {string} id */
  const bound = (id) => new TextEncoder().encode(id);

  /** @param {string} id @param {unknown} value */
  async function seal(id, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, await key(), new TextEncoder().encode(JSON.stringify(value)));
    return { iv, data };
  }

  /** @param {any} item */
  async function unseal(item) {
    const { iv, data } = item.sealed;
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(item.id) }, await key(), data)));
  }

  /** A UUIDv7: the id of an entry is its idempotency key. */
  function newID() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    let ms = Date.now();
    for (let i = 5; i >= 0; i--, ms = Math.floor(ms / 256)) b[i] = ms % 256;
    b[6] = (b[6] & 0x0f) | 0x70;
    b[8] = (b[8] & 0x3f) | 0x80;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /** @returns {Promise<any[]>} every entry, oldest first */
  const list = () => store("items", "readonly", (s) => s.getAll());
  /** @param {number} seq */
  const get = (seq) => store("items", "readonly", (s) => s.get(seq));

  const open_ = (/** @type {any} */ item) => item.state === "waiting" || item.state === "attention" || item.state === "conflict";

  /** Tells every tab, and the server's sign-out, how many entries wait. */
  async function changed() {
    const n = (await list()).filter(open_).length;
    const text = `sb_outbox=${n}; path=/; max-age=${n ? 31_536_000 : 0}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    if (globalThis.document) document.cookie = text;
    else if (n) await /** @type {any} */ (globalThis).cookieStore?.set({ name: "sb_outbox", value: String(n), path: "/", sameSite: "lax", expires: Date.now() + 365 * day }).catch(() => {});
    else await /** @type {any} */ (globalThis).cookieStore?.delete("sb_outbox").catch(() => {});
    channel?.postMessage("changed");
    globalThis.dispatchEvent(new Event("sb-outbox"));
    return n;
  }

  /** @param {any} item */
  async function put(item) {
    await store("items", "readwrite", (s) => s.put(item));
    await changed();
  }

  /**
   * Keeps an entry; seq names the one it corrects. A corrected entry gets a new id:
   * under the old one the server may have stored what stood there before.
   * @param {{who: string, kind: string, title: string, entry: any, seq?: number}} e
   */
  async function keep({ who, kind, title, entry, seq }) {
    const id = newID();
    const item = { id, who, kind, title, at: Date.now(), state: "waiting", tries: 0, after: 0, sealed: await seal(id, entry) };
    const old = seq && (await get(seq));
    if (old && old.who === who && open_(old)) Object.assign(item, { seq, at: old.at });
    const at = await store("items", "readwrite", (s) => s.put(item));
    await changed();
    globalThis.navigator?.storage?.persist?.().catch(() => {});
    return at;
  }

  /** Removes an entry: only what its writer throws away, and old receipts. @param {number} seq */
  async function drop(seq) {
    await store("items", "readwrite", (s) => s.delete(seq));
    await changed();
  }

  async function emptyReceipts() {
    for (const item of await list()) if (!open_(item)) await store("items", "readwrite", (s) => s.delete(item.seq));
    await changed();
  }

  /** Receipts older than 30 days go; what waits never does. */
  async function tidy() {
    const now = Date.now();
    for (const item of await list()) if (!open_(item) && item.received < now - receiptsFor) await store("items", "readwrite", (s) => s.delete(item.seq));
    return changed();
  }

  /** @param {any} item @param {any} answer The server has it: its text goes, the number stays. */
  function arrived(item, answer) {
    const { seq, id, who, kind, title, at } = item;
    return put({ seq, id, who, kind, title, at, state: "sent", receipt: answer.receipt, received: Date.now() });
  }

  /** Asks what became of an id. @param {any} item */
  async function ask(item) {
    const answer = await fetch("/outbox/receipt?key=" + item.id, { headers: { "Seedbed-Outbox": item.who }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(patience) });
    const told = await answer.json();
    if (told.result === "stored") await arrived(item, told);
    return told.result;
  }

  /** Sends one entry. @param {any} item @param {boolean} now @returns {Promise<{go: boolean, why?: string, url?: string}>} go: the next one may follow */
  async function deliver(item, now) {
    // Written down before it is sent: whoever reads this after a crash knows that it may have arrived.
    item.tries++;
    item.after = Date.now() + Math.min(longest, 2000 * 2 ** Math.min(item.tries, 9)) * (0.75 + Math.random() / 2);
    await put(item);
    const entry = await unseal(item);
    let status, told;
    try {
      const answer = await fetch(entry.action, {
        method: "POST", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(patience),
        headers: { Accept: "application/json", "Seedbed-Outbox": item.who + (now ? "; now" : ""), "Seedbed-Written": String(item.at) },
        body: new URLSearchParams([...entry.fields, ["_key", item.id]]),
      });
      status = answer.status;
      told = await answer.json().catch(() => ({}));
    } catch {
      return { go: false, why: "no_line" };
    }
    switch (told.result) {
      case "stored":
      case "already":
        if (!told.receipt) return { go: false, why: "later" };
        await arrived(item, told);
        return { go: true, url: told.url };
      case "invalid":
      case "conflict":
      case "refused":
        entry.told = told;
        await put({ ...item, state: told.theirs ? "conflict" : "attention", sealed: await seal(item.id, entry) });
        return { go: true };
      case "signin":
      case "other":
        await put({ ...item, after: 0 });
        return { go: false, why: "signin" };
    }
    if (status === 401) return { go: false, why: "signin" };
    // One entry that the server stumbles over must not hold up the others.
    return { go: status === 500, why: "later" };
  }

  /** @param {string} who @param {{force?: boolean, now?: number}} how */
  async function run(who, { force = false, now = 0 }) {
    /** @type {Set<number>} */
    const tried = new Set();
    /** @type {{why?: string, url?: string}} */
    const out = {};
    for (;;) {
      const item = (await list()).find((i) => i.state === "waiting" && i.who === who && !tried.has(i.seq));
      if (!item) return out;
      tried.add(item.seq);
      if (item.tries && item.at < Date.now() - remembered) {
        const entry = await unseal(item);
        await put({ ...item, state: "attention", sealed: await seal(item.id, { ...entry, told: { result: "old" } }) });
        continue;
      }
      if (!force && item.after > Date.now()) return { ...out, why: out.why ?? "later" }; // in order: the oldest first
      const { go, why, url } = await deliver(item, item.seq === now);
      if (item.seq === now) out.url = url;
      out.why = why ?? out.why;
      if (!go) return out;
    }
  }

  /**
   * Sends what waits, oldest first; one tab or worker at a time.
   * @param {{who?: string, force?: boolean, now?: number}} how now: the entry somebody waits for
   * @returns {Promise<{why?: string, url?: string}>}
   */
  async function send(how = {}) {
    const who = how.who ?? (await store("meta", "readonly", (s) => s.get("who")));
    if (!who) return { why: "signin" };
    if (navigator.onLine === false) return { why: "no_line" };
    if (!navigator.locks) return run(who, how);
    return navigator.locks.request("sb-outbox", () => run(who, how));
  }

  /** Whose entries the worker may send. @param {string} who */
  const owner = (who) => store("meta", "readwrite", (s) => s.put(who, "who"));

  /** Whether this browser can keep anything. */
  const usable = () => key().then(() => true, () => false);

  /** @type {any} */ (globalThis).seedbedOutbox = { usable, owner, keep, list, get, put, unseal, seal, drop, ask, send, tidy, emptyReceipts, newID, waits: open_, channel };
})();
