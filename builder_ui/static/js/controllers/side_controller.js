// The menu as a drawer on the phone: a scrim behind it while open, Esc closes it.
import { Controller } from "../lib/controller.js";

export default class Side extends Controller {
  connect() {
    this.watch = new MutationObserver(() => this.changed());
    this.watch.observe(this.element, { attributes: true, attributeFilter: ["class"] });
    this.key = (event) => { if (event.key === "Escape") this.close(); };
    document.addEventListener("keydown", this.key);
  }

  disconnect() {
    this.watch.disconnect();
    document.removeEventListener("keydown", this.key);
    this.scrim?.remove();
  }

  close() {
    this.element.classList.remove("open");
  }

  changed() {
    const open = this.element.classList.contains("open");
    this.scrim?.remove();
    this.scrim = null;
    if (!open) return;
    this.scrim = Object.assign(document.createElement("button"), { className: "scrim", type: "button", tabIndex: -1 });
    this.scrim.addEventListener("click", () => this.close());
    document.body.append(this.scrim);
    this.element.querySelector("nav a")?.focus();
  }
}
