// Choosing records, people, departments or tags: type Chinese, pinyin or initials, arrows and Enter choose.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { OptionList } from "../lib/option_list.js";
import { picked } from "../lib/picking.js";
import { pick } from "../lib/swap.js";

export default class Picker extends Controller {
  connect() {
    this.many = this.value("many") === "true";
    this.free = this.value("free") === "true";
    if (this.box) this.options = new OptionList(this.target("options"), this.box);
  }

  disconnect() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.options?.forget();
  }

  get box() {
    return this.target("search");
  }

  open() {
    this.ask(0);
  }

  search() {
    this.ask(150);
  }

  ask(delay) {
    this.fresh = false;
    this.asking?.abort(); // what it would answer was asked before this was typed
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), delay);
  }

  async fetch() {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = new URL(this.value("url"), location.href);
    url.searchParams.set("q", this.box.value);
    const without = this.without();
    if (without.length) url.searchParams.set("less", without.length);
    try {
      const answer = await send(url, { headers: { Accept: "text/html" }, signal: this.asking.signal });
      if (answer.ok && document.activeElement === this.box) this.list(pick(await answer.text()).nodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  list(nodes) {
    this.fresh = true;
    this.options.show(nodes, [...this.chosen(), ...this.without()], (value, text) => this.take(value, text));
    if (this.box.value || !this.free) this.options.mark(0);
    else this.options.unmark();
    if (this.hurried) this.enter();
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.options.isOpen) this.options.mark(this.options.place + step);
      else this.open();
    } else if (event.key === "Enter" && (this.options.isOpen || this.box.value)) {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape" && this.options.isOpen) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && !this.box.value) {
      this.drop(this.targets("chip").at(-1));
    }
  }

  /** Enter may come before the answer does; then it waits for it. */
  enter() {
    this.hurried = !this.fresh && !this.free;
    if (this.hurried) return;
    const item = this.fresh ? this.options.marked : null;
    const typed = this.box.value.trim();
    if (item && (!this.free || this.options.place > 0 || item.dataset.text.includes(typed))) this.take(item.dataset.value, item.dataset.text);
    else if (this.free && typed) this.take(typed, typed);
  }

  take(value, text) {
    if (!this.many) for (const chip of this.targets("chip")) chip.remove();
    if (!this.chosen().includes(value)) this.target("chips").append(picked(this.element, value, text));
    this.box.value = "";
    this.close();
    this.tell();
  }

  chosen() {
    return this.targets("chip").map((chip) => chip.dataset.value);
  }

  /** What is not offered now, as the server said. */
  without() {
    const { without = "[]", hidden = "[]" } = this.element.dataset;
    return [...JSON.parse(without), ...JSON.parse(hidden)];
  }

  remove(event) {
    this.drop(event.target.closest("[data-value]"));
    this.box.focus();
  }

  drop(chip) {
    if (!chip) return;
    chip.remove();
    this.tell();
  }

  leave() {
    this.close();
    const typed = this.box.value.trim();
    if (this.free && typed) this.take(typed, typed);
    else this.box.value = "";
  }

  close() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.options.hide();
  }

  tell() {
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
