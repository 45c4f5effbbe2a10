// A choice of kinds: the form shows the part of the kind that is chosen.
import { Controller } from "../lib/controller.js";

export default class Kinds extends Controller {
  connect() {
    this.show();
  }

  show() {
    const kind = this.target("choice").value;
    for (const part of this.targets("part")) part.hidden = part.dataset.kind !== kind;
  }
}
