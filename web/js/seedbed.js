// On every page: one press is one act, and the first thing to fix gets the focus.

/** How long a form that was sent stays guarded; long enough for a slow line. */
const guard = 10_000;

/** @type {WeakMap<HTMLFormElement, number>} */
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.getAttribute("method")?.toLowerCase() !== "post" || "many" in form.dataset || event.defaultPrevented) return;
  if (!navigator.onLine) {
    event.preventDefault();
    offline(form);
    return;
  }
  const now = Date.now();
  if (now - (sent.get(form) ?? -guard) < guard) {
    event.preventDefault();
    return;
  }
  sent.set(form, now);
  const button = /** @type {SubmitEvent} */ (event).submitter;
  // Not "disabled": that would take its name and value out of what is sent.
  button?.setAttribute("aria-disabled", "true");
  setTimeout(() => button?.removeAttribute("aria-disabled"), guard);
});

/** Without a line the browser would put its own page in place of the form; say so instead, and keep every word. @param {HTMLFormElement} form */
function offline(form) {
  const said = document.createElement("p");
  said.className = "field-error";
  said.setAttribute("role", "alert");
  said.textContent = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=seedbed-offline]"))?.content ?? "";
  form.querySelector(":scope > .offline")?.remove();
  said.classList.add("offline");
  form.append(said);
  addEventListener("online", () => said.remove(), { once: true });
}

// Coming back with the browser's button shows the page as it was left.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
});

document.getElementById("errors")?.focus();

// Menus made of details close when somebody turns to something else.
const menus = "details.langs[open], details.account[open]";
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(menus);
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});
