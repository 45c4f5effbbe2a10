// A choice that may be taken back: a click on the chosen one chooses none.
import { Controller } from "../lib/controller.js";

export default class Radio extends Controller {
  connect() {
    this.was = this.element.checked;
    this.group = () => { for (const each of this.siblings()) each.radioWas = each.checked; };
    this.element.radioWas = this.element.checked;
  }

  siblings() {
    return document.querySelectorAll(`input[type=radio][name="${CSS.escape(this.element.name)}"]`);
  }

  toggle() {
    if (this.element.radioWas && this.element.checked) {
      this.element.checked = false;
      this.element.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.group();
  }
}
