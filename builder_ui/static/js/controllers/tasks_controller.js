// The to-do centre: j and k move, Enter opens; beside the list the chosen to-do, where there is room for it.
// What was decided leaves the list at once and comes back when it is taken back.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { waitingFor } from "../lib/holding.js";
import { pick } from "../lib/swap.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

export default class Tasks extends Controller {
  connect() {
    this.gone = new Map(); // id -> the item and where it stood
    this.wide = matchMedia("(min-width: 1101px)");
    this.key = (event) => this.pressed(event);
    this.heard = { decided: (event) => this.leave(event), returned: (event) => this.comeBack(event), sent: () => this.gone.clear() };
    document.addEventListener("keydown", this.key);
    for (const [name, listener] of Object.entries(this.heard)) this.element.addEventListener(name, listener);
    const decided = this.lines.find((line) => waitingFor() === `${line.getAttribute("href")}/close`);
    if (decided) this.take(decided);
    if (this.wide.matches && this.lines.length) this.choose(this.lines[0], false);
  }

  disconnect() {
    this.asking?.abort();
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.key);
    for (const [name, listener] of Object.entries(this.heard)) this.element.removeEventListener(name, listener);
  }

  get lines() {
    return this.targets("line");
  }

  get chosen() {
    return this.lines.find((line) => line.hasAttribute("aria-current"));
  }

  pressed(event) {
    const step = STEPS[event.key];
    const elsewhere = event.target.closest("input, textarea, select, dialog, details[open]");
    if (!step || elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    const within = event.target === document.body || this.target("list").contains(event.target);
    if (event.key.startsWith("Arrow") && !within) return;
    event.preventDefault();
    const lines = this.lines;
    const focused = lines.indexOf(document.activeElement);
    const at = focused < 0 ? lines.indexOf(this.chosen) : focused;
    this.choose(lines[Math.min(lines.length - 1, Math.max(0, at + step))]);
  }

  /** Beside the list where there is room, else as a page of its own. */
  open(event) {
    if (!this.wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.actor.hasAttribute("aria-current")) this.enter();
    else this.choose(event.actor);
  }

  /** From the list into the to-do beside it: to its first answer. */
  enter() {
    const pane = this.target("pane");
    (pane.querySelector(".decide-bar :is(button, summary)") ?? pane.querySelector("a"))?.focus();
  }

  choose(line, focus = true) {
    if (!line) return;
    for (const each of this.lines) each === line ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
    if (focus) line.focus();
    if (!this.wide.matches) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(line.href), focus ? 120 : 0);
  }

  async show(address) {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await send(address, { headers: { Accept: "text/html" }, signal: this.asking.signal });
      const { nodes } = pick(await answer.text(), answer.ok ? "#task" : "h1");
      this.target("pane").replaceChildren(...nodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  leave(event) {
    const { id } = event.detail;
    const line = this.lines.find((each) => each.dataset.id === id);
    if (!line || this.value("state") === "done") return;
    const lines = this.lines;
    const at = lines.indexOf(line);
    this.take(line);
    const next = lines[at + 1] ?? lines[at - 1];
    if (next) this.choose(next);
    else this.target("pane").replaceChildren();
  }

  /** Out of the list, and how it would come back. */
  take(line) {
    const item = line.closest("li");
    this.gone.set(line.dataset.id, { item, list: item.parentElement, before: item.nextElementSibling });
    item.remove();
    this.tidy();
  }

  comeBack(event) {
    const found = this.gone.get(event.detail.id);
    if (!found) return;
    this.gone.delete(event.detail.id);
    found.list.insertBefore(found.item, found.before?.isConnected ? found.before : null);
    this.tidy();
    this.choose(found.item.querySelector("a"));
  }

  /** Groups without to-dos are not shown; when none is left, that is said. */
  tidy() {
    for (const group of this.targets("group")) group.hidden = !group.querySelector("li");
    this.target("nothing").hidden = this.lines.length > 0;
  }
}
