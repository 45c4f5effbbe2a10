// Choosing records, people, departments or tags: type Chinese, pinyin or initials, arrows and Enter choose.
import { Controller } from "../lib/controller.js";
import { send } from "../lib/api.js";
import { beside } from "../lib/place.js";
import { pick } from "../lib/swap.js";

export default class Picker extends Controller {
  connect() {
    this.moved = () => { if (!this.target("options").hidden) beside(this.target("options"), this.box.closest(".control")); };
    addEventListener("scroll", this.moved, { capture: true, passive: true });
    this.many = this.value("many") === "true";
    this.free = this.value("free") === "true";
  }

  disconnect() {
    removeEventListener("scroll", this.moved, { capture: true });
    clearTimeout(this.timer);
    this.asking?.abort();
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), delay);
  }

  async fetch() {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = new URL(this.value("url"), location.href);
    url.searchParams.set("q", this.box.value);
    try {
      const answer = await send(url, { headers: { Accept: "text/html" }, signal: this.asking.signal });
      if (answer.ok && document.activeElement === this.box) this.list(pick(await answer.text()).nodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  list(nodes) {
    this.fresh = true;
    const options = this.target("options");
    options.replaceChildren(...nodes);
    const chosen = new Set(this.chosen());
    this.items = [...options.querySelectorAll("[data-value]")].filter((item) => !chosen.has(item.dataset.value) || (item.remove(), false));
    this.items.forEach((item, index) => {
      item.id = `${options.id}-${index}`;
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); this.take(item.dataset.value, item.dataset.text); });
    });
    options.hidden = false;
    beside(options, this.box.closest(".control"));
    this.box.setAttribute("aria-expanded", "true");
    this.mark(this.items.length && (this.box.value || !this.free) ? 0 : -1);
    if (this.hurried) this.enter();
  }

  mark(place) {
    this.place = place;
    this.items.forEach((item, index) => item.setAttribute("aria-selected", index === place));
    this.items[place]?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", this.items[place]?.id ?? "");
  }

  key(event) {
    const open = !this.target("options").hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) this.open();
      else if (this.items.length) this.mark((this.place + step + this.items.length) % this.items.length);
    } else if (event.key === "Enter" && (open || this.box.value)) {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape" && open) {
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
    const item = this.items?.[this.place];
    const typed = this.box.value.trim();
    if (item && (!this.free || this.place > 0 || item.dataset.text.includes(typed))) this.take(item.dataset.value, item.dataset.text);
    else if (this.free && typed) this.take(typed, typed);
  }

  take(value, text) {
    if (!this.many) for (const chip of this.targets("chip")) chip.remove();
    if (!this.chosen().includes(value)) this.target("chips").append(this.chip(value, text));
    this.box.value = "";
    this.close();
    this.tell();
  }

  chip(value, text) {
    const made = this.target("template").content.firstElementChild.cloneNode(true);
    made.dataset.value = value;
    made.querySelector("span").textContent = text;
    made.querySelector("input").value = value;
    return made;
  }

  chosen() {
    return this.targets("chip").map((chip) => chip.dataset.value);
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
    if (this.free && this.box.value.trim()) this.take(this.box.value.trim(), this.box.value.trim());
    else this.box.value = "";
  }

  close() {
    this.asking?.abort();
    clearTimeout(this.timer);
    this.target("options").hidden = true;
    this.box.setAttribute("aria-expanded", "false");
  }

  tell() {
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
