// <sb-alike data-url>: while a form about a person is filled in, says who may be
// here already. It only looks; the form works without it.

/** How long nobody types before it asks. */
const pause = 350;

class Alike extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    if (!form || this.dataset.ready) return;
    this.dataset.ready = "yes";
    this.voice = this.querySelector("[role=status]");
    this.list = this.querySelector("ul");
    for (const name of ["called_name", "phone", "email"]) form.elements.namedItem(name)?.addEventListener?.("input", () => this.later(form));
    if (/** @type {HTMLInputElement | null} */ (form.elements.namedItem("called_name"))?.value) this.later(form);
  }

  /** @param {HTMLFormElement} form */
  later(form) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(form), pause);
  }

  /** @param {HTMLFormElement} form */
  async ask(form) {
    const body = new URLSearchParams();
    for (const name of ["called_name", "phone", "email", "lang", "person"]) {
      const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
      if (field?.value) body.set(name, field.value);
    }
    this.stop?.abort();
    this.stop = new AbortController();
    try {
      const answer = await fetch(this.dataset.url ?? "", { method: "POST", body, headers: { Accept: "application/json" }, signal: this.stop.signal });
      if (answer.ok) this.show(await answer.json());
    } catch {
      // without a line the form goes on as it is
    }
  }

  /** @param {{twins: {Name: string, URL: string, Why: string[]}[], more?: string, elsewhere?: string}} found */
  show(found) {
    const any = found.twins.length > 0;
    this.querySelector(".alike-box")?.toggleAttribute("hidden", !any && !found.elsewhere);
    this.list?.replaceChildren(
      ...found.twins.map((t) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = t.URL;
        link.dir = "auto";
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = t.Name;
        item.append(link, ` – ${t.Why.join(" · ")}`);
        return item;
      }),
    );
    if (this.voice) this.voice.textContent = [any ? (this.dataset.maybe ?? "") : "", found.more ?? "", found.elsewhere ?? ""].filter(Boolean).join(" ");
  }
}
customElements.define("sb-alike", Alike);
