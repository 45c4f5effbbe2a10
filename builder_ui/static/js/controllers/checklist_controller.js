// Things to tick off: Enter makes the next one, Backspace in an empty one takes it away.
import { Controller } from "../lib/controller.js";

export default class Checklist extends Controller {
  add() {
    this.append(this.targets("item").at(-1));
  }

  append(after) {
    const made = this.target("template").content.firstElementChild.cloneNode(true);
    if (after) after.after(made);
    else this.target("list").append(made);
    words(made).focus();
  }

  remove(event) {
    this.take(event.target.closest("li"));
  }

  take(item) {
    const next = item.previousElementSibling ?? item.nextElementSibling;
    item.remove();
    if (next) words(next).focus();
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    const item = event.target.closest("li");
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.append(item);
    } else if (event.key === "Backspace" && !event.target.value) {
      event.preventDefault();
      this.take(item);
    }
  }

  /** What is sent of an item says both its words and whether it is done. */
  tell(event) {
    const item = event.target.closest("li");
    const done = item.querySelector("[type=checkbox]").checked;
    const text = words(item).value.trim();
    item.querySelector("[type=hidden]").value = text ? `[${done ? "x" : " "}] ${text}` : "";
  }
}

function words(item) {
  return item.querySelector("[type=text]");
}
