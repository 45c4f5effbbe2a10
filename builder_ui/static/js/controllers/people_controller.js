// The organisation's list: people are dragged onto a department, or selected and moved with the key m.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { move } from "../lib/moving.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";

export default class People extends Controller {
  connect() {
    this.dragged = [];
    this.listeners = { dragstart: (event) => this.start(event), dragend: () => this.end() };
    this.key = (event) => this.pressed(event);
    for (const [name, listener] of Object.entries(this.listeners)) this.element.addEventListener(name, listener);
    document.addEventListener("keydown", this.key);
  }

  disconnect() {
    for (const [name, listener] of Object.entries(this.listeners)) this.element.removeEventListener(name, listener);
    document.removeEventListener("keydown", this.key);
    this.ghost?.remove();
  }

  get selected() {
    return this.targets("row").filter((row) => row.querySelector(".select-box").checked);
  }

  start(event) {
    const row = event.target.closest("[data-people-target~=row]");
    if (!row) return;
    this.dragged = this.selected.includes(row) ? this.selected : [row];
    for (const each of this.dragged) each.classList.add("dragged");
    const text = this.dragged.length === 1 ? row.dataset.name : fill(this.element.dataset.several, { n: this.dragged.length });
    this.ghost = Object.assign(document.createElement("div"), { className: "drag-ghost", textContent: text });
    document.body.append(this.ghost);
    event.dataTransfer.setDragImage(this.ghost, 12, 12);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", text);
  }

  end() {
    for (const each of this.dragged) each.classList.remove("dragged");
    this.dragged = [];
    this.ghost?.remove();
    this.ghost = null;
  }

  over(event) {
    if (!this.dragged.length) return;
    event.preventDefault();
    event.actor.classList.add("over");
  }

  out(event) {
    event.actor.classList.remove("over");
  }

  drop(event) {
    event.preventDefault();
    this.out(event);
    const branch = event.actor.closest("[data-people-target~=branch]");
    const people = this.dragged.map((row) => ({ id: row.dataset.id, name: row.dataset.name }));
    if (people.length) move(this.element, people, { id: branch.dataset.id, name: branch.dataset.name });
  }

  pressed(event) {
    const busy = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (event.key !== "m" || busy || event.ctrlKey || event.metaKey || event.altKey || !this.chosen.length) return;
    event.preventDefault();
    this.choose();
  }

  /** Those selected, else the one the focus stands on. */
  get chosen() {
    const row = document.activeElement?.closest("[data-people-target~=row]");
    return this.selected.length ? this.selected : row ? [row] : [];
  }

  async choose() {
    const query = new URLSearchParams(this.chosen.map((row) => ["person", row.dataset.id]));
    const answer = await send(`${this.value("url")}?${query}`, { headers: { Accept: "text/html", "HX-Request": "true" } });
    const drawer = document.getElementById("drawer");
    drawer.replaceChildren(...pick(await answer.text()).nodes);
    drawer.showModal();
    drawer.querySelector("[role=combobox]")?.focus();
  }
}
