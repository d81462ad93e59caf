// <sb-combo>: picks from a fieldset of checkboxes by typing two letters and
// Enter. The checkboxes stay what is sent; this only finds them faster.

/** Letters without their marks, so that "renta" finds "rentá" and case never matters. @param {string} s */
const fold = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();

let serial = 0;

class Combo extends HTMLElement {
  /** @type {{box: HTMLInputElement, label: string, words: string[], icon: Element | null}[]} */ #options = [];
  /** @type {typeof this.#options} */ #found = [];
  #at = -1;
  #input = document.createElement("input");
  #list = document.createElement("ul");
  #voice = document.createElement("span");

  connectedCallback() {
    const set = this.querySelector("fieldset");
    if (!set || this.#options.length) return;
    for (const choice of set.querySelectorAll(".choice")) {
      const box = /** @type {HTMLInputElement} */ (choice.querySelector("input"));
      const label = choice.querySelector(".name")?.textContent ?? "";
      const words = fold(label + " " + (/** @type {HTMLElement} */ (choice).dataset.words ?? "")).split(/[\s,/]+/);
      this.#options.push({ box, label, words: [fold(label), ...words], icon: choice.querySelector(".icon") });
    }
    this.#build(set);
  }

  /** @param {HTMLFieldSetElement} set */
  #build(set) {
    const id = "combo-" + ++serial;
    const { label = "", hint = "", all = "", fewer = "" } = this.dataset;
    const box = document.createElement("div");
    box.className = "combo-box";
    this.#list.id = id + "-list";
    this.#list.className = "combo-list";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", label);
    this.#list.hidden = true;
    const input = this.#input;
    input.className = "combo-input";
    input.id = id;
    input.autocomplete = "off";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-label", label);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.#list.id);
    input.setAttribute("aria-describedby", id + "-hint");
    const help = document.createElement("p");
    help.className = "hint";
    help.id = id + "-hint";
    help.textContent = hint;
    this.#voice.className = "sr";
    this.#voice.setAttribute("role", "status");
    box.append(input, this.#list);

    const more = document.createElement("button");
    more.type = "button";
    more.className = "linklike combo-more";
    const folded = (/** @type {boolean} */ on) => {
      set.classList.toggle("combo-folded", on);
      more.textContent = on ? all : fewer;
      more.setAttribute("aria-expanded", String(!on));
    };
    more.addEventListener("click", () => folded(!set.classList.contains("combo-folded")));
    folded(true);

    set.querySelector("legend")?.after(help, box, this.#voice);
    set.append(more);
    input.addEventListener("input", () => this.#search());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#shut());
    set.addEventListener("change", (event) => {
      const option = this.#options.find((o) => o.box === event.target);
      if (option) this.#say(option.box.checked ? this.dataset.added : this.dataset.removed, option.label);
    });
    // A press on the list must not take the focus out of the field first.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const item = /** @type {Element} */ (event.target).closest("[role=option]");
      if (item) this.#take([...this.#list.children].indexOf(item));
    });
    if ("focus" in this.dataset) input.focus({ preventScroll: true });
  }

  #search() {
    const typed = fold(this.#input.value);
    if (!typed) return this.#shut();
    const free = this.#options.filter((o) => !o.box.checked);
    const begins = free.filter((o) => o.words.some((w) => w.startsWith(typed)));
    const holds = typed.length > 2 ? free.filter((o) => !begins.includes(o) && o.words.some((w) => w.includes(typed))) : [];
    this.#found = [...begins, ...holds].slice(0, 8);
    this.#at = this.#found.length ? 0 : -1;
    this.#draw();
    this.#say(this.#found.length ? this.dataset.found : this.dataset.none, String(this.#found.length));
  }

  #draw() {
    this.#list.replaceChildren(
      ...this.#found.map((option, i) => {
        const item = document.createElement("li");
        item.id = `${this.#input.id}-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(i === this.#at));
        if (option.icon) item.append(option.icon.cloneNode(true));
        item.append(option.label);
        return item;
      }),
    );
    if (!this.#found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option"); // a list box must hold options; this one cannot be taken
      none.setAttribute("aria-disabled", "true");
      none.textContent = this.dataset.none ?? "";
      this.#list.append(none);
    }
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    if (this.#at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `${this.#input.id}-${this.#at}`);
    this.#list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const n = this.#found.length;
    const open = !this.#list.hidden;
    if (event.isComposing) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && n && open) {
      this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : n - 1)) % n;
      this.#draw();
    } else if (event.key === "Enter" && this.#input.value) {
      if (open && this.#at >= 0) this.#take(this.#at); // and never sends the form half typed
    } else if (event.key === "Escape" && open) {
      this.#input.value = "";
      this.#shut();
    } else if (event.key === "Backspace" && !this.#input.value) {
      const last = this.#options.findLast((o) => o.box.checked);
      if (!last) return;
      last.box.click();
    } else return;
    event.preventDefault();
  }

  /** @param {number} i */
  #take(i) {
    this.#found[i]?.box.click();
    this.#input.value = "";
    this.#shut();
    this.#input.focus();
  }

  #shut() {
    this.#found = [];
    this.#at = -1;
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  /** @param {string | undefined} pattern @param {string} word */
  #say(pattern, word) {
    this.#voice.textContent = (pattern ?? "").replace("…", word);
  }
}
customElements.define("sb-combo", Combo);
