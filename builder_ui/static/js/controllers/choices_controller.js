// A list of values that narrows while one types: Chinese, pinyin or initials; Enter takes the first.
import { Controller } from "../lib/controller.js";
import { matching } from "../lib/choices.js";

export default class Choices extends Controller {
  find(event) {
    const all = this.targets("choice");
    const found = new Set(matching(event.target.value, all.map((each) => each.dataset.find)));
    all.forEach((each, index) => { each.hidden = !found.has(index); });
    this.target("none").hidden = found.size > 0;
  }

  key(event) {
    const first = this.targets("choice").find((each) => !each.hidden)?.querySelector("input");
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.target.value) first?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      first?.focus();
    }
  }
}
