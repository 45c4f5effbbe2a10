// The columns of a sub-form: how wide each is (dragged at its edge, or Alt+Shift and an arrow), what stands below it.
import { dropClick } from "../pressing.js";
import { fill } from "../text.js";
import { changePart, parsed } from "../../model/forms.js";
import { partOf } from "./canvas_dom.js";

const STEP = 10; // pixels
const NARROWEST = 60;
const WIDEST = 800;

/** As wide as asked, in whole steps, within bounds. */
const snapped = (width) => Math.min(WIDEST, Math.max(NARROWEST, Math.round(width / STEP) * STEP));

export class Columns {
  constructor(designer) {
    this.designer = designer;
    this.held = null;
    this.listeners = { pointermove: (event) => this.#moved(event), pointerup: () => this.#up(), pointercancel: () => this.cancel(), keydown: (event) => this.#key(event) };
  }

  listen(on) {
    const { canvas } = this.designer;
    on(canvas, "pointerdown", (event) => this.press(event));
    on(canvas, "dblclick", (event) => this.usual(event));
    on(canvas, "change", (event) => this.total(event.target));
    this.redrawn();
  }

  /** The canvas was drawn: its columns get the widths they say. */
  redrawn() {
    for (const part of this.designer.canvas.querySelectorAll(".sub-table [data-width]")) stretch(part, Number(part.dataset.width));
  }

  press(event) {
    const edge = event.target.closest("[data-resize]");
    if (!edge || event.button !== 0) return;
    event.preventDefault();
    const key = edge.dataset.resize;
    const part = partOf(this.designer.canvas, key);
    const { width } = part.getBoundingClientRect();
    this.held = { key, x: event.clientX, from: width, before: part.dataset.width, width: 0 };
    for (const [type, listener] of Object.entries(this.listeners)) document.addEventListener(type, listener, true);
  }

  #moved(event) {
    const { held } = this;
    held.width = snapped(held.from + event.clientX - held.x);
    this.show(held.key, held.width, true);
  }

  #up() {
    const { key, width } = this.held;
    this.#letGo();
    dropClick(); // wherever the pointer is by now
    if (width) this.size(key, width);
  }

  #key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    dropClick();
    this.cancel();
  }

  /** As it was. */
  cancel() {
    const { key, before } = this.held;
    this.#letGo();
    this.show(key, Number(before ?? 0));
  }

  #letGo() {
    for (const [type, listener] of Object.entries(this.listeners)) document.removeEventListener(type, listener, true);
    partOf(this.designer.canvas, this.held.key)?.classList.remove("sizing");
    this.held = null;
  }

  /** The column and what is below it, at once. */
  show(key, width, sizing = false) {
    const { canvas } = this.designer;
    const part = partOf(canvas, key);
    part.classList.toggle("sizing", sizing);
    for (const each of [part, canvas.querySelector(`[data-below="${CSS.escape(key)}"]`)]) {
      if (!each) continue;
      if (width) each.dataset.width = width;
      else delete each.dataset.width;
      stretch(each, width);
    }
  }

  /** One step of the draft; `typing` gathers the presses of a key. */
  size(key, width, typing = "") {
    const { designer } = this;
    this.show(key, width);
    const change = ({ width: _, ...column }) => (width ? { ...column, width } : column);
    designer.do(fill(designer.words.column_width, { what: designer.called(key) }), (form) => changePart(form, designer.implied, key, change), [key], { typing });
    if (designer.chosen.includes(key)) designer.showPanel();
  }

  usual(event) {
    const edge = event.target.closest("[data-resize]");
    if (!edge) return;
    event.stopImmediatePropagation();
    this.size(edge.dataset.resize, 0);
  }

  /** A step narrower or wider, of the one column that is chosen; whether there is one. */
  nudge(step) {
    const { designer } = this;
    const [key] = designer.chosen;
    if (designer.chosen.length !== 1 || !parsed(key).around) return false;
    const now = partOf(designer.canvas, key).getBoundingClientRect().width;
    this.size(key, snapped(now + step * STEP), `width:${key}`);
    return true;
  }

  total(select) {
    const key = select.dataset.totalOf;
    if (!key) return;
    const { designer } = this;
    const change = ({ total: _, ...column }) => (select.value ? { ...column, total: select.value } : column);
    designer.do(fill(designer.words.total, { what: designer.called(key) }), (form) => changePart(form, designer.implied, key, change), [key]);
    if (designer.chosen.includes(key)) designer.showPanel();
  }
}

function stretch(element, width) {
  element.style.flex = width ? `0 0 ${width}px` : "";
}
