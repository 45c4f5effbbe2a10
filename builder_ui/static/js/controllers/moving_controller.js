// The drawer that moves people: what a drag does, for hands on the keyboard.
import { Controller } from "../lib/controller.js";
import { move } from "../lib/moving.js";

export default class Moving extends Controller {
  send(event) {
    const page = document.querySelector("[data-controller~=people]");
    const chosen = this.element.querySelector("[data-picker-target~=chip]");
    if (!page) return;
    event.preventDefault();
    if (!chosen) return this.element.querySelector("[role=combobox]").focus();
    const people = [...this.element.querySelectorAll("input[name=person]")].map((each) => ({ id: each.value, name: each.dataset.name }));
    this.element.closest("dialog").close();
    move(page, people, { id: chosen.dataset.value, name: chosen.querySelector("span").textContent });
  }
}
