// <sb-webauthn>: makes or uses a passkey. POST begin → options, the device asks
// the person, POST finish → on. Other ways in stay beside it.

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
/** @param {ArrayBuffer | null | undefined} buffer */
const text = (buffer) => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") : undefined);

/** Options from JSON, for browsers that cannot read them themselves. @param {any} o @param {boolean} create */
function options(o, create) {
  const known = /** @type {any} */ (PublicKeyCredential);
  if (create && known.parseCreationOptionsFromJSON) return known.parseCreationOptionsFromJSON(o);
  if (!create && known.parseRequestOptionsFromJSON) return known.parseRequestOptionsFromJSON(o);
  const ids = (/** @type {any[]} */ list = []) => list.map((c) => ({ ...c, id: bytes(c.id) }));
  const out = { ...o, challenge: bytes(o.challenge) };
  if (create) Object.assign(out, { user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: ids(o.excludeCredentials) });
  else out.allowCredentials = ids(o.allowCredentials);
  return out;
}

/** @param {any} c */
function json(c) {
  if (c.toJSON) return c.toJSON();
  const r = c.response;
  return {
    id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment,
    clientExtensionResults: c.getClientExtensionResults(),
    response: {
      clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports?.(),
      authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle),
    },
  };
}

/** @param {string} url @param {unknown} body */
async function post(url, body) {
  const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.message ?? "");
  return data;
}

class Passkey extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const error = /** @type {HTMLElement | null} */ (this.querySelector(".field-error"));
    if (!button || !error || !globalThis.PublicKeyCredential || !isSecureContext) return;
    button.hidden = false;
    let busy = false;
    button.addEventListener("click", async () => {
      const form = /** @type {HTMLFormElement | null} */ (document.getElementById(this.dataset.from ?? ""));
      if (busy || (form && !form.reportValidity())) return;
      busy = true;
      button.setAttribute("aria-disabled", "true");
      error.hidden = true;
      try {
        const create = this.dataset.mode === "create";
        const begun = await post(this.dataset.begin ?? "", form ? Object.fromEntries(new FormData(form)) : {});
        const publicKey = options(begun.publicKey ?? begun, create);
        const made = await (create ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
        const done = await post(this.dataset.finish ?? "", json(made));
        location.assign(done.location ?? this.dataset.next ?? "/");
      } catch (e) {
        const refused = e instanceof DOMException; // the person said no, or time ran out
        error.textContent = (refused ? this.dataset.none : e instanceof Error && e.message) || this.dataset.failed || "";
        error.hidden = false;
        button.removeAttribute("aria-disabled");
      } finally {
        busy = false;
      }
    });
  }
}
customElements.define("sb-webauthn", Passkey);
