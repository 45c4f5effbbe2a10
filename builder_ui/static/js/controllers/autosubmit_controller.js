// A form that sends itself as soon as something is chosen in it.
import { Controller } from "../lib/controller.js";

export default class Autosubmit extends Controller {
  connect() {
    this.changed = () => this.element.requestSubmit();
    this.element.addEventListener("change", this.changed);
  }

  disconnect() {
    this.element.removeEventListener("change", this.changed);
  }
}
