// A <details> that opens like a menu: closes on a click elsewhere and on Esc, arrows move inside.
import { Controller } from "../lib/controller.js";

export default class Menu extends Controller {
  connect() {
    this.outside = (event) => { if (!this.element.contains(event.target)) this.element.open = false; };
    this.key = (event) => this.pressed(event);
    document.addEventListener("pointerdown", this.outside);
    this.element.addEventListener("keydown", this.key);
  }

  disconnect() {
    document.removeEventListener("pointerdown", this.outside);
    this.element.removeEventListener("keydown", this.key);
  }

  pressed(event) {
    if (event.key === "Escape" && this.element.open) {
      this.element.open = false;
      this.element.querySelector("summary").focus();
      event.stopPropagation();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = [...this.element.querySelectorAll(".popup .item")];
    if (!step || !items.length || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length].focus();
  }
}
