// The service worker. It answers for two kinds of things only: this version's
// files, and pages that said themselves that they may be kept. In front of this
// text the server puts version, shell and the store of the outbox.

/* global version, shell, seedbedOutbox */
const files = "sb-files-" + version;
const pages = "sb-pages";
/** Somebody else's pages, on a phone that may be shared: never looked at. */
const hands_off = /^\/(me|exit|r|p|g|ticket|invite|sign-in|enrol|setup|static)(\/|$)/;
const patience = 5000; // with a line that is there and carries nothing

const mayKeep = (answer) => answer.ok && answer.type === "basic" && !answer.redirected && answer.headers.get("Seedbed-Keep") === "offline";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(files).then((c) => c.addAll(shell)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await clients.claim();
    // Pages of the version before ask for files of that version: first the new pages, then the old files go.
    const kept = await caches.open(pages);
    const renewed = await Promise.all((await kept.keys()).map((r) => keep(r.url).catch(() => false)));
    if (renewed.every(Boolean)) {
      for (const name of await caches.keys()) if (name.startsWith("sb-files-") && name !== files) await caches.delete(name);
    }
  })());
});

/** Keeps a page, if it allows that; forgets it, if it no longer does. */
async function keep(address) {
  const kept = await caches.open(pages);
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", headers: { "Seedbed-Keep": "ask" } });
  if (answer.status >= 500) throw new Error("trouble at the server says nothing about the page");
  if (mayKeep(answer)) await kept.put(address, answer);
  else await kept.delete(address);
  return true;
}

const forget = () => caches.delete(pages);

/** When a page was last kept: asking at every page view would be too much. */
const fresh = new Map();

async function keepNow(address) {
  if (Date.now() - (fresh.get(address) ?? 0) < 600_000 && (await caches.match(address, { cacheName: pages, ignoreVary: true }))) return;
  fresh.set(address, Date.now());
  await keep(address);
}

addEventListener("message", (event) => {
  const { keep: list } = event.data ?? {};
  if (Array.isArray(list)) event.waitUntil(Promise.allSettled(list.map((path) => keepNow(new URL(path, location.origin).href))));
});

addEventListener("sync", (event) => {
  if (event.tag !== "sb-outbox") return;
  event.waitUntil(seedbedOutbox.send({ force: true }).then(({ why }) => {
    if (why === "no_line" || why === "later") throw new Error(why); // the browser tries again
  }));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === "/exit" || (url.pathname === "/sign-out" && request.method === "POST")) return event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) return event.respondWith(file(request));
  if (request.mode === "navigate" && !hands_off.test(url.pathname)) event.respondWith(page(event, url));
});

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(event, url) {
  const kept = await caches.open(pages);
  const key = url.origin + url.pathname;
  const have = await kept.match(key, { ignoreSearch: true, ignoreVary: true });
  const asked = fetch(event.request).then((answer) => {
    if (mayKeep(answer)) {
      const copy = answer.clone();
      event.waitUntil(kept.put(key, copy));
    } else if (have && answer.status < 500) event.waitUntil(kept.delete(key)); // signed out, or no longer allowed
    return answer;
  });
  try {
    return await (have ? Promise.race([asked, new Promise((_, no) => setTimeout(no, patience))]) : asked);
  } catch {
    asked.catch(() => {});
    if (have) return have;
    const outbox = await kept.match(url.origin + "/outbox", { ignoreVary: true });
    return outbox && url.pathname !== "/outbox" ? Response.redirect("/outbox?page=needs-line") : Response.error();
  }
}
