// Deciding a to-do: an answer leaves after eight seconds, meanwhile the next to-do slides in.
// Keys 1 to 9 choose an answer; a reason of one's own is put in by a click; Ctrl+Enter sends it.
import { Controller } from "../lib/controller.js";
import { hold } from "../lib/holding.js";
import { refresh, visit } from "../lib/hypermedia.js";

export default class Decide extends Controller {
  connect() {
    this.key = (event) => this.pressed(event);
    document.addEventListener("keydown", this.key);
  }

  disconnect() {
    document.removeEventListener("keydown", this.key);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const answer = this.targets("answer").find((each) => each.dataset.key === event.key);
    if (!answer) return;
    event.preventDefault();
    answer.click();
  }

  /** The reason's box is open: the cursor goes there. */
  ask(event) {
    const box = event.actor.closest("details").querySelector("textarea");
    setTimeout(() => box.focus());
  }

  put(event) {
    const box = event.actor.closest("form").querySelector("textarea");
    box.value = this.param(event, "text");
    box.focus();
  }

  hurry(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
  }

  send(event) {
    event.preventDefault();
    const form = event.actor;
    const id = this.value("id");
    const [back, next] = [this.value("back"), this.value("next")];
    const list = this.element.closest("[data-controller~=tasks]");
    const say = (name, detail = {}) => list?.dispatchEvent(new CustomEvent(name, { detail: { id, ...detail } }));
    hold({
      url: form.getAttribute("action"),
      fields: [...new FormData(form)],
      text: form.dataset.done,
      undo: this.element.dataset.undo,
      sent: (answer) => { refresh("live"); say("sent", answer); },
      takenBack: () => (list?.isConnected ? say("returned") : visit(back)),
      failed: () => (list?.isConnected ? say("returned") : visit(back)),
    });
    if (list) say("decided");
    else visit(next || "/tasks");
  }
}
