// <sb-proof>: does a little work in the background while somebody types, so that
// ten thousand invented answers cost more than they are worth. Without it the
// form still works: then waiting stands for work.

/** @param {ArrayBuffer} digest @param {number} bits */
const enough = (digest, bits) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0;

class Proof extends HTMLElement {
  connectedCallback() {
    const { challenge = "", bits = "15" } = this.dataset;
    const field = this.querySelector("input");
    if (field && challenge && crypto.subtle) this.#work(field, challenge, Number(bits));
  }

  /** @param {HTMLInputElement} field @param {string} challenge @param {number} bits */
  async #work(field, challenge, bits) {
    const text = new TextEncoder();
    for (let n = 0; this.isConnected; n += 64) {
      const tries = Array.from({ length: 64 }, (_, i) => crypto.subtle.digest("SHA-256", text.encode(`${challenge}:${n + i}`)));
      const found = (await Promise.all(tries)).findIndex((d) => enough(d, bits));
      if (found >= 0) {
        field.value = String(n + found);
        return;
      }
      if (n % 1024 === 0) await new Promise((go) => setTimeout(go)); // typing comes first
    }
  }
}
customElements.define("sb-proof", Proof);
