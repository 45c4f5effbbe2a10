// What may be written next, in a list at the caret; and above it how the function around the caret is called.

export class ExpressionList {
  /** `choose(item)` is called for a click. */
  constructor(list, hint, box, choose) {
    Object.assign(this, { list, hint, box, choose, items: [], place: -1 });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get marked() {
    return this.items[this.place] ?? null;
  }

  show(items, rectangle) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    this.list.hidden = items.length === 0;
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.list.hidden) return;
    this.#put(rectangle);
    this.mark(0);
  }

  mark(place) {
    this.place = (place + this.items.length) % this.items.length;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.place)));
    this.list.children[this.place].scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", this.list.children[this.place].id);
  }

  hide() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  /** The signature with the argument that is being written marked; null hides it. */
  tell(hint) {
    this.hint.hidden = !hint;
    if (!hint) return;
    const shown = hint.arguments.flatMap(({ name, takes }, index) => {
      const argument = element("span", index === hint.current ? "now" : "", name);
      argument.title = takes;
      return index ? [", ", argument] : [argument];
    });
    const current = hint.arguments[hint.current];
    const about = current ? `${current.name}: ${current.takes}` : hint.gives;
    const usage = element("code", "");
    usage.append(`${hint.name}(`, ...shown, ")");
    this.hint.replaceChildren(usage, element("span", "takes", about), element("span", "doc", hint.doc), ...(hint.example ? [element("code", "example", hint.example)] : []));
  }

  #row(item, index) {
    const row = element("div", `item is-${item.kind}`);
    row.id = `${this.list.id}-${index}`;
    row.setAttribute("role", "option");
    row.append(element("span", "label", item.label), element("span", "detail", item.detail));
    if (item.doc && item.kind !== "choice") row.append(element("span", "doc", item.doc));
    row.addEventListener("pointerdown", (event) => { event.preventDefault(); this.choose(item); });
    return row;
  }

  #put({ left, top, bottom }) {
    const width = Math.min(420, innerWidth - 16);
    const below = innerHeight - bottom > 260 || bottom < innerHeight / 2;
    Object.assign(this.list.style, {
      width: `${width}px`, left: `${Math.max(8, Math.min(left - 12, innerWidth - width - 8))}px`,
      top: below ? `${bottom + 4}px` : "auto", bottom: below ? "auto" : `${innerHeight - top + 4}px`,
      maxHeight: `${Math.min(320, (below ? innerHeight - bottom : top) - 12)}px`,
    });
  }
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
