// Bars over time: dragged as a whole or by an end; with the keyboard by arrows, Shift and an arrow moves the end.
import { Controller } from "../lib/controller.js";
import { put } from "../lib/placing.js";

export default class Gantt extends Controller {
  connect() {
    this.down = (event) => this.take(event);
    this.press = (event) => this.key(event);
    this.element.addEventListener("pointerdown", this.down);
    this.element.addEventListener("keydown", this.press);
  }

  disconnect() {
    this.element.removeEventListener("pointerdown", this.down);
    this.element.removeEventListener("keydown", this.press);
  }

  take(event) {
    const bar = event.target.closest?.("[data-gantt-target~=card]");
    if (!bar || event.button) return;
    event.preventDefault();
    const scale = 1000 / bar.ownerSVGElement.getBoundingClientRect().width / Number(this.value("day"));
    const edge = event.target.dataset.edge ?? "";
    const stood = measure(bar);
    let days = 0;
    const follow = (move) => {
      days = Math.round((move.clientX - event.clientX) * scale);
      this.draw(bar, stood, ...ends(edge, days));
    };
    const stop = (cancelled) => {
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", release);
      removeEventListener("keydown", escape);
      bar.classList.remove("lifted");
      if (cancelled) this.draw(bar, stood, 0, 0);
      else if (days) this.send(bar, stood, ...ends(edge, days));
    };
    const release = () => stop(false);
    const escape = (key) => { if (key.key === "Escape") stop(true); };
    bar.classList.add("lifted");
    addEventListener("pointermove", follow);
    addEventListener("pointerup", release);
    addEventListener("keydown", escape);
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const handle = event.target.closest?.("[data-gantt-target~=handle]");
    if (!by || !handle) return;
    event.preventDefault();
    const bar = this.targets("card").find((each) => each.dataset.record === handle.dataset.record);
    const stood = measure(bar);
    const [start, end] = ends(event.shiftKey ? "end" : "", by);
    this.draw(bar, stood, start, end);
    this.send(bar, stood, start, end);
  }

  /** The bar as it stood, with its ends moved by so many days; never shorter than one. */
  draw(bar, stood, start, end) {
    const day = Number(this.value("day"));
    const x = Math.min(stood.x + start * day, stood.x + stood.width + end * day - day);
    const width = Math.max(day, stood.width + (end - start) * day);
    const [body, first, last] = bar.querySelectorAll("rect");
    for (const [rect, at] of [[body, x], [first, x], [last, x + width - 6]]) rect.setAttribute("x", at);
    body.setAttribute("width", width);
  }

  send(bar, stood, start, end) {
    const days = start || end;
    put(this, bar, { start, end }, { days: days > 0 ? `+${days}` : days }, () => this.draw(bar, stood, 0, 0));
  }
}

const ends = (edge, days) => [edge === "end" ? 0 : days, edge === "start" ? 0 : days];

function measure(bar) {
  const body = bar.querySelector(".body");
  return { x: Number(body.getAttribute("x")), width: Number(body.getAttribute("width")) };
}
