// Copies a text and says so on the button.
import { Controller } from "../lib/controller.js";

export default class Copy extends Controller {
  async copy(event) {
    const button = event.actor;
    await navigator.clipboard.writeText(this.target("text").textContent);
    const label = button.lastChild;
    const before = label.textContent;
    label.textContent = button.dataset.done;
    this.timer = setTimeout(() => { label.textContent = before; }, 1600);
  }

  disconnect() {
    clearTimeout(this.timer);
  }
}
