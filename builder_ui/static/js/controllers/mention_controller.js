// Naming somebody in a text: after an @ people are offered, by Chinese, pinyin or initials; Enter or Tab takes one.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { OptionList } from "../lib/option_list.js";
import { pick } from "../lib/swap.js";

const OPEN = /[@＠]([^\s@＠]{0,20})$/;

export default class Mention extends Controller {
  connect() {
    this.options = new OptionList(this.target("options"), this.box);
  }

  disconnect() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.options.forget();
  }

  get box() {
    return this.target("box");
  }

  /** What stands between the last @ and the cursor, or null. */
  get asked() {
    return this.box.value.slice(0, this.box.selectionStart).match(OPEN)?.[1] ?? null;
  }

  typed() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.asked === null) return this.options.hide();
    this.timer = setTimeout(() => this.ask(), 120);
  }

  async ask() {
    this.asking = new AbortController();
    const query = new URLSearchParams({ q: this.asked ?? "", field: this.target("field")?.value ?? "" });
    try {
      const answer = await send(`${this.value("url")}?${query}`, { headers: { Accept: "text/html" }, signal: this.asking.signal });
      if (!answer.ok || this.asked === null || document.activeElement !== this.box) return;
      this.options.show(pick(await answer.text()).nodes, [], (value, text) => this.take(value, text));
      this.options.mark(0);
      if (!this.options.marked) this.options.hide();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  key(event) {
    if (!this.options.isOpen) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.options.mark(this.options.place + step);
    else if ((event.key === "Enter" || event.key === "Tab") && this.options.marked) this.take(this.options.marked.dataset.value, this.options.marked.dataset.text);
    else if (event.key === "Escape") this.options.hide();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  take(value, text) {
    const { box } = this;
    const end = box.selectionStart;
    const start = end - this.asked.length;
    box.setRangeText(`${text} `, start, end, "end");
    const named = Object.assign(document.createElement("input"), { type: "hidden", name: "named", value });
    this.element.append(named);
    this.options.hide();
    box.focus();
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.options.hide();
  }
}
