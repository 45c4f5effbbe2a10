// The search page: a tip goes into the box where the caret is; choosing a form searches there at once.
import { Controller } from "../lib/controller.js";

export default class Query extends Controller {
  put(event) {
    const box = this.target("box");
    const tip = this.param(event, "text");
    box.value = box.value.trim() ? `${box.value.trim()} ${tip}` : tip;
    box.focus();
    const colon = tip.indexOf(":");
    const end = box.value.length;
    box.setSelectionRange(colon < 0 ? end : end - tip.length + colon + 1, end);
  }

  submit() {
    this.element.requestSubmit();
  }
}
