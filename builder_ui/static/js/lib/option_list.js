// The list below a picker: the server's options without those already chosen, one of them marked.
import { beside } from "./place.js";

export class OptionList {
  constructor(element, box) {
    this.element = element;
    this.box = box;
    this.items = [];
    this.place = -1;
    this.moved = () => { if (this.isOpen) this.put(); };
    addEventListener("scroll", this.moved, { capture: true, passive: true });
  }

  forget() {
    removeEventListener("scroll", this.moved, { capture: true });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  get marked() {
    return this.items[this.place];
  }

  put() {
    beside(this.element, this.box.closest(".control"));
  }

  /** Shows these nodes; `choose(value, text)` is called for a click. */
  show(nodes, chosen, choose) {
    this.element.replaceChildren(...nodes);
    this.items = [...this.element.querySelectorAll("[data-value]")].filter((item) => !chosen.includes(item.dataset.value) || (item.remove(), false));
    this.items.forEach((item, index) => {
      item.id = `${this.element.id}-${index}`;
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(item.dataset.value, item.dataset.text); });
    });
    this.element.hidden = false;
    this.put();
    this.box.setAttribute("aria-expanded", "true");
  }

  mark(place) {
    this.place = this.items.length ? (place + this.items.length) % this.items.length : -1;
    this.items.forEach((item, index) => item.setAttribute("aria-selected", index === this.place));
    this.marked?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", this.marked?.id ?? "");
  }

  unmark() {
    this.place = -1;
  }

  hide() {
    this.element.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
  }
}
