// A calendar: a record goes to another day by dragging, or by Alt and an arrow (up and down: a week).
import { Controller } from "../lib/controller.js";
import { put } from "../lib/placing.js";

const DAY = 86_400_000;
const BY = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export default class Calendar extends Controller {
  connect() {
    this.listeners = {
      dragstart: (event) => this.lift(event), dragend: () => this.putDown(), keydown: (event) => this.key(event),
      dragover: (event) => this.over(event), drop: (event) => this.dropped(event),
    };
    for (const [type, run] of Object.entries(this.listeners)) this.element.addEventListener(type, run);
  }

  disconnect() {
    for (const [type, run] of Object.entries(this.listeners)) this.element.removeEventListener(type, run);
  }

  lift(event) {
    const entry = event.target.closest?.("[data-calendar-target~=card]");
    if (!entry) return;
    this.lifted = entry;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.dataset.title);
    entry.classList.add("lifted");
  }

  over(event) {
    const day = this.lifted && event.target.closest?.("[data-calendar-target~=day]");
    if (!day) return;
    event.preventDefault();
    for (const each of this.targets("day")) each.classList.toggle("over", each === day);
  }

  dropped(event) {
    const day = event.target.closest?.("[data-calendar-target~=day]");
    if (!this.lifted || !day) return;
    event.preventDefault();
    this.move(this.lifted, day);
    this.putDown();
  }

  putDown() {
    this.lifted?.classList.remove("lifted");
    this.lifted = null;
    for (const each of this.targets("day")) each.classList.remove("over");
  }

  key(event) {
    const entry = event.target.closest?.("[data-calendar-target~=card]");
    if (!event.altKey || !BY[event.key] || !entry) return;
    event.preventDefault();
    const days = this.targets("day");
    const day = days[days.indexOf(entry.closest("[data-calendar-target~=day]")) + BY[event.key]];
    if (!day) return;
    this.move(entry, day);
    entry.querySelector("a").focus();
  }

  /** All the days it covers move by as many. */
  move(entry, day) {
    const from = entry.closest("[data-calendar-target~=day]");
    const by = Math.round((Date.parse(day.dataset.date) - Date.parse(from.dataset.date)) / DAY);
    if (!by) return;
    const days = this.targets("day");
    const all = [...this.element.querySelectorAll(`.entry[data-record="${CSS.escape(entry.dataset.record)}"]`)];
    const stood = all.map((each) => each.closest("[data-calendar-target~=day]"));
    const place = (shift) => all.forEach((each, index) => this.into(each, days[days.indexOf(stood[index]) + shift]));
    place(by);
    put(this, entry, { start: by, end: by }, { day: day.dataset.label }, () => place(0));
  }

  /** On a day of another page it is not shown. */
  into(entry, day) {
    entry.hidden = !day;
    day?.querySelector("ul").append(entry);
    for (const each of this.targets("day")) each.classList.toggle("free", !each.querySelector(".entry:not([hidden])"));
  }
}
