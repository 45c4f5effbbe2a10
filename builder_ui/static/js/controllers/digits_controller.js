// A number typed in full-width digits becomes one in plain digits when the field is left.
import { Controller } from "../lib/controller.js";
import { foldNumber } from "../lib/text.js";

export default class Digits extends Controller {
  connect() {
    this.tidy = () => {
      const folded = foldNumber(this.element.value);
      if (folded !== this.element.value) this.element.value = folded;
    };
    this.element.addEventListener("blur", this.tidy);
  }

  disconnect() {
    this.element.removeEventListener("blur", this.tidy);
  }
}
