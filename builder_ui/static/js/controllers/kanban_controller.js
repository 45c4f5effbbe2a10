// A kanban: a card goes to another column by dragging, by Alt and an arrow, or by the list on it.
import { Controller } from "../lib/controller.js";
import { put } from "../lib/placing.js";

export default class Kanban extends Controller {
  connect() {
    this.listeners = {
      dragstart: (event) => this.lift(event), dragend: () => this.drop(null), keydown: (event) => this.key(event),
      dragover: (event) => this.over(event), dragleave: (event) => this.out(event), drop: (event) => this.dropped(event),
    };
    for (const [type, run] of Object.entries(this.listeners)) this.element.addEventListener(type, run);
  }

  disconnect() {
    for (const [type, run] of Object.entries(this.listeners)) this.element.removeEventListener(type, run);
  }

  lift(event) {
    const card = event.target.closest?.("[data-kanban-target~=card]");
    if (!card) return;
    this.lifted = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.title);
    card.classList.add("lifted");
  }

  over(event) {
    const column = this.lifted && event.target.closest?.("[data-kanban-target~=column]");
    if (!column) return;
    event.preventDefault();
    for (const each of this.targets("column")) each.classList.toggle("over", each === column);
  }

  out(event) {
    if (!this.element.contains(event.relatedTarget)) for (const each of this.targets("column")) each.classList.remove("over");
  }

  dropped(event) {
    const column = event.target.closest?.("[data-kanban-target~=column]");
    if (!this.lifted || !column) return;
    event.preventDefault();
    this.move(this.lifted, column);
    this.drop();
  }

  drop() {
    this.lifted?.classList.remove("lifted");
    this.lifted = null;
    for (const each of this.targets("column")) each.classList.remove("over");
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest?.("[data-kanban-target~=card]");
    if (!by || !event.altKey || !card) return;
    event.preventDefault();
    const columns = this.targets("column");
    const column = columns[columns.indexOf(this.columnOf(card)) + by];
    if (!column) return;
    this.move(card, column);
    card.querySelector("a").focus();
    column.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  choose(event) {
    const column = this.targets("column").find((each) => each.dataset.value === event.actor.value);
    if (column) this.move(event.actor.closest("[data-kanban-target~=card]"), column);
  }

  columnOf(card) {
    return card.closest("[data-kanban-target~=column]");
  }

  move(card, column) {
    const from = this.columnOf(card);
    if (from === column) return;
    const next = card.nextElementSibling;
    this.into(card, column, column.querySelector("ul").firstElementChild);
    put(this, card, { to: column.dataset.value }, { column: column.dataset.label }, () => this.into(card, from, next));
  }

  into(card, column, before) {
    const list = column.querySelector("ul");
    list.insertBefore(card, before?.parentElement === list ? before : null);
    const choice = card.querySelector("select");
    if (choice) choice.value = column.dataset.value;
    for (const each of this.targets("column")) {
      const count = each.querySelector("[data-kanban-target~=count]");
      const all = each.querySelector(".more") === null;
      if (all) count.textContent = each.querySelectorAll("li").length;
    }
  }
}
