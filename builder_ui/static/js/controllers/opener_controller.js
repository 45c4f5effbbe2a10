// Opens something that stands elsewhere on the page: a dialog, the menu, a closed panel.
import { Controller } from "../lib/controller.js";

export default class Opener extends Controller {
  get opened() {
    return document.getElementById(this.element.dataset.opens);
  }

  open() {
    if (!this.opened.open) this.opened.showModal();
  }

  toggle() {
    const open = this.opened.classList.toggle("open");
    for (const each of document.querySelectorAll(`[data-opens="${this.opened.id}"]`)) each.setAttribute("aria-expanded", open);
  }

  panel() {
    const panel = document.querySelector(`[data-keep="${this.element.dataset.opens}"]`);
    panel.open = true;
    panel.querySelector("select, input, button")?.focus();
  }
}
