// A control that is another on a phone: the one for the screen at hand is there when the page opens.
import { Controller } from "../lib/controller.js";

export default class ByWidth extends Controller {
  connect() {
    const phone = this.target("phone");
    if (phone && matchMedia("(max-width: 800px)").matches) this.element.replaceChildren(phone.content.cloneNode(true));
  }
}
