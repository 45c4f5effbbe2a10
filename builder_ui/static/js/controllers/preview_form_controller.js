// A previewed form: beside every field that a condition hides, closes or requires stands why.
import { Controller } from "../lib/controller.js";

export default class PreviewForm extends Controller {
  connect() {
    this.answered = ({ detail }) => this.tell(detail.reasons ?? {});
    this.element.addEventListener("answered", this.answered);
    this.tell(JSON.parse(this.value("reasons", "{}")));
  }

  disconnect() {
    this.element.removeEventListener("answered", this.answered);
  }

  tell(reasons) {
    for (const box of this.element.querySelectorAll("[data-field]")) {
      const line = box.querySelector(":scope > .why") ?? box.appendChild(Object.assign(document.createElement("p"), { className: "why" }));
      line.textContent = reasons[box.dataset.field] ?? "";
      line.hidden = !line.textContent;
    }
  }
}
