// <sb-readaloud data-for>: reads a text in its own language, on the device
// itself. A voice that would send the text to somebody's server is not used.

class ReadAloud extends HTMLElement {
  connectedCallback() {
    const speech = globalThis.speechSynthesis;
    const text = document.getElementById(this.dataset.for ?? "");
    const button = this.querySelector("button");
    const words = button?.querySelector("span");
    if (!speech || !text || !button || !words) return;
    const lang = /** @type {HTMLElement | null} */ (text.closest("[lang]"))?.lang ?? "";
    const start = words.textContent;
    const voice = () => speech.getVoices().find((v) => v.localService && v.lang.replace("_", "-").split("-")[0] === lang.split("-")[0]);
    const offer = () => (button.hidden = !voice());
    const quiet = () => (words.textContent = start);
    offer();
    speech.addEventListener?.("voiceschanged", offer);
    button.addEventListener("click", () => {
      if (speech.speaking) {
        speech.cancel();
        return quiet();
      }
      const say = new SpeechSynthesisUtterance(text.innerText);
      say.voice = voice() ?? null;
      say.lang = lang;
      say.rate = 0.9;
      say.addEventListener("end", quiet);
      say.addEventListener("error", quiet);
      words.textContent = this.dataset.stop ?? start;
      speech.speak(say);
    });
    addEventListener("pagehide", () => speech.cancel());
  }
}
customElements.define("sb-readaloud", ReadAloud);
