// Columns of a file and what they stand for: what is left out is grey, a field that is taken twice is marked at once.
import { Controller } from "../lib/controller.js";

export default class Mapping extends Controller {
  connect() {
    this.chose();
  }

  chose() {
    const choices = this.targets("choice");
    const taken = choices.map((choice) => choice.value).filter(Boolean);
    for (const choice of choices) {
      const twice = Boolean(choice.value) && taken.indexOf(choice.value) !== taken.lastIndexOf(choice.value);
      choice.setAttribute("aria-invalid", String(twice));
      choice.closest("tr").classList.toggle("wrong", twice);
      choice.closest("tr").classList.toggle("left-out", !choice.value);
    }
  }
}
