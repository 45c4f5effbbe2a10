// Choosing an icon: searched by Chinese, pinyin or English, walked by the arrows, taken by Enter or a click. What is
// chosen stands in a hidden input that says `change`; Esc and a click elsewhere change nothing.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { pick } from "../lib/swap.js";
import { fold } from "../lib/text.js";

const COLUMN_STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const ROW_STEPS = { ArrowDown: 1, ArrowUp: -1 };
let asked = null; // the list, once for all pickers of the page

export default class IconPicker extends Controller {
  connect() {
    this.keys = (event) => this.key(event);
    this.outside = (event) => { if (this.isOpen && !this.element.contains(event.target)) this.close(false); };
    this.element.addEventListener("keydown", this.keys);
    document.addEventListener("pointerdown", this.outside);
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.keys);
    document.removeEventListener("pointerdown", this.outside);
  }

  get isOpen() {
    return !this.target("popup").hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  async open() {
    this.target("popup").hidden = false;
    this.target("button").setAttribute("aria-expanded", "true");
    this.#put();
    this.target("search").focus();
    asked ??= load();
    const html = await asked;
    if (!html) asked = null;
    if (!html || !this.isOpen || !this.element.isConnected) return;
    if (!this.target("list").children.length) this.target("list").replaceChildren(...pick(html).nodes);
    this.find();
    this.mark(this.shown.find((each) => each.dataset.name === this.target("value").value) ?? this.shown[0]);
  }

  close(back = true) {
    this.target("popup").hidden = true;
    this.target("button").setAttribute("aria-expanded", "false");
    this.target("search").value = "";
    if (back) this.target("button").focus();
  }

  /** The popup stands in the window, not in what scrolls around it. */
  #put() {
    const popup = this.target("popup");
    const box = this.target("button").getBoundingClientRect();
    const height = Math.min(380, innerHeight - 24);
    const width = Math.min(328, innerWidth - 16);
    const below = innerHeight - box.bottom > height + 8;
    const top = below ? box.bottom + 4 : Math.max(8, box.top - height - 4);
    Object.assign(popup.style, { width: `${width}px`, maxHeight: `${height}px`, left: `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`, top: `${top}px` });
  }

  get shown() {
    return [...this.target("list").querySelectorAll("[data-name]")].filter((each) => !each.hidden);
  }

  find() {
    const wanted = fold(this.target("search").value).toLowerCase().replace(/\s/g, "");
    for (const each of this.target("list").querySelectorAll("[data-name]")) each.hidden = !each.dataset.find.includes(wanted);
    for (const group of this.target("list").querySelectorAll("[data-icons]")) group.hidden = !group.querySelector("[data-name]:not([hidden])");
    this.target("nothing").hidden = this.shown.length > 0;
    this.mark(this.shown.find((each) => each.dataset.find.split(" ").includes(wanted)) ?? this.shown[0]);
  }

  mark(icon) {
    for (const each of this.target("list").querySelectorAll("[data-name]")) each.setAttribute("aria-selected", String(each === icon));
    this.marked = icon ?? null;
    if (!icon) return this.target("search").removeAttribute("aria-activedescendant");
    icon.id ||= `${this.target("button").id}-${icon.dataset.name}`;
    icon.scrollIntoView({ block: "nearest" });
    return this.target("search").setAttribute("aria-activedescendant", icon.id);
  }

  key(event) {
    if (!this.isOpen) return;
    const acts = { Escape: () => this.close(), Enter: () => this.marked && event.target !== this.target("clear") && this.choose(this.marked.dataset.name) };
    const act = ROW_STEPS[event.key] || COLUMN_STEPS[event.key] ? () => this.step(event.key) : acts[event.key];
    const inText = COLUMN_STEPS[event.key] && event.target.value; // the caret is moved, not the mark
    if (!act || inText || (event.key === "Enter" && event.target === this.target("clear"))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** The next one beside, or the nearest of the row above or below. */
  step(key) {
    const { shown } = this;
    if (!this.marked || COLUMN_STEPS[key]) return this.mark(shown[Math.min(shown.length - 1, Math.max(0, shown.indexOf(this.marked) + (COLUMN_STEPS[key] ?? 0)))]);
    const from = this.marked.getBoundingClientRect();
    const ahead = shown.map((each) => [each, each.getBoundingClientRect()]).filter(([, box]) => (box.top - from.top) * ROW_STEPS[key] > 4);
    const row = Math.min(...ahead.map(([, box]) => Math.abs(box.top - from.top)));
    const near = ahead.filter(([, box]) => Math.abs(Math.abs(box.top - from.top) - row) < 4);
    near.sort(([, one], [, other]) => Math.abs(one.left - from.left) - Math.abs(other.left - from.left));
    return near.length > 0 ? this.mark(near[0][0]) : null;
  }

  clicked(event) {
    const icon = event.target.closest("[data-name]");
    if (icon) this.choose(icon.dataset.name);
  }

  clear() {
    this.choose("");
  }

  choose(name) {
    const value = this.target("value");
    const use = this.target("button").querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name || this.value("usual", "dot")}`));
    if (this.target("name")) this.target("name").textContent = name ? this.marked?.title ?? name : this.target("clear").textContent;
    this.close();
    if (value.value === name) return;
    value.value = name;
    value.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

async function load() {
  const response = await send("/design/new/icons", { headers: { Accept: "text/html" } }).catch(() => null);
  return response?.ok ? response.text() : "";
}
