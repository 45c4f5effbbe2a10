// Keys for the whole page: / goes to the search, [ and ] (or k and j) to the record before and after.
import { Controller } from "../lib/controller.js";

const STEPS = { "[": "previous", k: "previous", "]": "next", j: "next" };

export default class Shortcuts extends Controller {
  connect() {
    this.key = (event) => this.pressed(event);
    document.addEventListener("keydown", this.key);
  }

  disconnect() {
    document.removeEventListener("keydown", this.key);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/") {
      event.preventDefault();
      this.target("search")?.select();
    }
    if (event.key in STEPS) this.target(STEPS[event.key])?.click();
  }
}
