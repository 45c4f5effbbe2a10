// A label edited in its place: Enter or leaving takes it, Esc and an empty one leave what was.
export class Naming {
  /** `done(text, byKey)` is called once, with '' where nothing changed. */
  constructor(holder, text, placeholder, done) {
    this.done = done;
    this.before = text;
    this.kept = [...holder.childNodes];
    this.holder = holder;
    this.box = Object.assign(document.createElement("input"), { className: "naming", value: text, placeholder, autocomplete: "off" });
    this.box.setAttribute("aria-label", placeholder);
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => this.finish(true));
    for (const type of ["pointerdown", "click", "dblclick"]) this.box.addEventListener(type, (event) => event.stopPropagation());
    holder.replaceChildren(this.box);
    this.box.focus();
    this.box.select();
  }

  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      this.finish(true, true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.finish(false, true);
    }
  }

  finish(taken, byKey = false) {
    if (!this.box) return;
    const text = this.box.value.trim();
    this.box = null;
    const changed = taken && text !== "" && text !== this.before;
    if (changed) this.holder.textContent = text;
    else this.holder.replaceChildren(...this.kept);
    this.holder.classList.toggle("unnamed", !changed && this.before === "");
    this.done(changed ? text : "", byKey);
  }
}
