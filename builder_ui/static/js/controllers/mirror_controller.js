// A slider or a colour chooser beside an input: each shows what the other says. The input is what is sent.
import { Controller } from "../lib/controller.js";

export default class Mirror extends Controller {
  connect() {
    this.input = document.getElementById(this.value("to"));
    this.follow = () => {
      if (this.input.value) this.element.value = this.input.value;
    };
    this.input?.addEventListener("input", this.follow);
  }

  disconnect() {
    this.input?.removeEventListener("input", this.follow);
  }

  choose() {
    this.input.value = this.element.value;
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  settle() {
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
