// A list in a property panel that is edited piece by piece: what is done to a piece makes the new list, and the hidden
// text says so as any control does. The panel is drawn anew then, and what an act names as `data-next` has the focus.
import { Controller } from "../lib/controller.js";
import { same } from "../model/difference.js";
import { ACTS } from "../model/pieces.js";

let next = ""; // an id of what is drawn after an act

export default class Pieces extends Controller {
  connect() {
    if (next) document.getElementById(next)?.focus();
    next = "";
  }

  act(event) {
    const { act, at, about } = event.actor.dataset;
    const before = JSON.parse(this.target("text").value);
    const value = about ?? event.actor.value.trim();
    const made = ACTS[this.value("of")][act](before, { at: Number(at), value, language: document.documentElement.lang.slice(0, 2) });
    if (same(before, made)) return;
    next = event.actor.dataset.next ?? "";
    this.target("text").value = JSON.stringify(made);
    this.target("text").dispatchEvent(new Event("change", { bubbles: true }));
  }
}
