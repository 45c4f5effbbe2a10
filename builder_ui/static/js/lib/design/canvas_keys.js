// The keys of the canvas: everything a mouse can do there. Space picks a part up, arrows move it, Esc puts it back.
import { fill } from "../text.js";
import { parsed, readingOrder, stepped } from "../../model/forms.js";
import { partOf, partsOf, stand, uncover } from "./canvas_dom.js";

const SIDEWAYS = new Set(["ArrowLeft", "ArrowRight"]);
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

export class CanvasKeys {
  constructor(designer) {
    this.designer = designer;
    this.held = null; // { typing, steps }
  }

  listen(on) {
    on(this.designer.canvas, "keydown", (event) => this.pressed(event));
    on(this.designer.canvas, "focusout", (event) => { if (this.held && !this.designer.canvas.contains(event.relatedTarget) && event.relatedTarget) this.putDown(); });
    on(document, "keydown", (event) => this.anywhere(event));
  }

  anywhere(event) {
    if (event.key === "F6") return this.#nextRegion(event);
    if (event.target.closest("input, textarea, select, [contenteditable], dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      this.designer.element.querySelector(".palette-search input").focus();
    } else if (event.key === "?") this.designer.keys();
  }

  /** Palette, canvas, panel: F6 goes round, with Shift the other way. */
  #nextRegion(event) {
    const { element, canvas } = this.designer;
    const regions = [element.querySelector(".palette"), canvas, element.querySelector(".panel")];
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    const next = regions[(at + (event.shiftKey ? 2 : 1)) % 3];
    event.preventDefault();
    if (next === canvas) this.designer.focus();
    else next.querySelector("input:not([hidden]):not([type=hidden]), select, textarea, [contenteditable]")?.focus();
  }

  pressed(event) {
    if (event.target.matches("input, textarea, select, [role=tab]")) return;
    const act = this.#act(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #act(event) {
    const { designer } = this;
    const step = STEPS[event.key];
    if (event.ctrlKey || event.metaKey) return this.#withControl(event.key.toLowerCase());
    if (step && event.altKey && event.shiftKey) return () => designer.columns.nudge(step);
    if (step && (event.altKey || this.held)) return () => this.move(step, SIDEWAYS.has(event.key));
    if (step) return () => this.go(step, event.shiftKey);
    switch (event.key) {
      case "Enter": return this.held ? () => this.putDown() : () => designer.rename(designer.chosen.at(-1) ?? "form");
      case "F2": return () => designer.rename(designer.chosen.at(-1) ?? "form");
      case " ": return () => (this.held ? this.putDown() : this.pickUp());
      case "Escape": return this.held ? () => this.putBack() : () => designer.choose([]);
      case "Delete": case "Backspace": return () => designer.remove();
      default: return null;
    }
  }

  #withControl(key) {
    const { designer } = this;
    if (key === "d") return () => designer.duplicate();
    if (key === "g") return () => designer.group();
    if (key === "a") return () => designer.choose(readingOrder(designer.form, designer.implied).filter((each) => parsed(each).kind === "field" && !parsed(each).around));
    return null;
  }

  /** To the part before or behind. */
  go(step, further) {
    const { designer } = this;
    const order = partsOf(designer.canvas).map((part) => part.dataset.key);
    const at = order.indexOf(designer.chosen.at(-1) ?? "form");
    const next = order[Math.min(order.length - 1, Math.max(0, at + step))];
    if (!next || next === designer.chosen.at(-1)) return;
    if (further) designer.choose([...designer.chosen.filter((key) => key !== next), next]);
    else designer.choose([next]);
    partOf(designer.canvas, next)?.scrollIntoView({ block: "nearest" });
  }

  pickUp() {
    const { designer } = this;
    if (designer.chosen.length !== 1) return;
    this.held = { typing: `hold:${designer.draft.history.steps.length}`, steps: designer.draft.history.steps.length };
    partOf(designer.canvas, designer.chosen[0]).classList.add("held");
    this.say(fill(designer.words.grabbed, { what: designer.called(designer.chosen[0]) }));
  }

  move(step, sideways = false) {
    const { designer } = this;
    const [key] = designer.chosen;
    if (designer.chosen.length !== 1) return;
    const place = stepped(designer.form, designer.implied, key, step, sideways);
    if (!place) return;
    const part = partOf(designer.canvas, key);
    designer.move([key], place, this.held ? { typing: this.held.typing } : {});
    stand(designer.canvas, part, place);
    uncover(designer.canvas, part);
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
    this.say(fill(designer.words.moved_to, { what: designer.called(designer.chosen[0]), where: designer.calledPlace(place) }));
  }

  putDown() {
    this.#letGo();
    this.designer.draft.settle();
    this.designer.showPanel();
  }

  /** Everything since it was picked up never happened. */
  putBack() {
    const { designer } = this;
    const { steps } = this.held;
    const what = designer.called(designer.chosen[0]);
    this.#letGo();
    while (designer.draft.history.steps.length > steps) designer.draft.undo();
    this.say(fill(designer.words.put_back, { what }));
  }

  #letGo() {
    this.held = null;
    this.designer.canvas.querySelector(".held")?.classList.remove("held");
    this.say("");
  }

  redrawn() {
    if (this.held) partOf(this.designer.canvas, this.designer.chosen[0])?.classList.add("held");
  }

  say(text) {
    this.designer.target("status").textContent = text;
  }
}
