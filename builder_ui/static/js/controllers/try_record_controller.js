// The record on which all expressions about a form are tried; kept for as long as the window is open.
import { Controller } from "../lib/controller.js";

export default class TryRecord extends Controller {
  connect() {
    this.element.querySelector(".picker").setAttribute("data-picker-url-value", `/design/${this.app}/forms/${this.value("form")}/records`);
    const known = JSON.parse(sessionStorage.getItem(this.key) ?? "{}");
    if (known.id) this.show(known);
  }

  get app() {
    return this.value("app") || document.body.dataset.designFrameAppValue;
  }

  get key() {
    return `try:/api/v1/design/${this.app}/expressions:${this.value("form")}`;
  }

  show({ id, label }) {
    const chip = this.element.querySelector("template").content.firstElementChild.cloneNode(true);
    chip.dataset.value = id;
    chip.querySelector("span").textContent = label;
    chip.querySelector("input").value = id;
    this.element.querySelector(".chips").replaceChildren(chip);
  }

  choose() {
    const chip = this.element.querySelector(".chips [data-value]");
    if (chip) sessionStorage.setItem(this.key, JSON.stringify({ id: chip.dataset.value, label: chip.querySelector("span").textContent }));
    else sessionStorage.removeItem(this.key);
    document.dispatchEvent(new Event("expression:record"));
  }
}
