// The form as JSON beside the canvas: the same definition, edited as text, one step a time it is left.
import { fill } from "../text.js";

export class JsonSide {
  constructor(designer) {
    this.designer = designer;
    this.open = false;
  }

  listen(on) {
    on(this.designer.target("text"), "change", () => this.take());
    on(this.designer.target("text"), "keydown", (event) => {
      if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.take();
      }
    });
    this.stop = this.designer.draft.onChange(() => this.redrawn());
  }

  show(open) {
    if (this.open && !open && !this.take()) return;
    this.open = open;
    for (const button of this.designer.targets("mode")) button.setAttribute("aria-pressed", String((button.dataset.designFormModeParam === "json") === open));
    this.designer.target("json").hidden = !open;
    this.designer.canvas.hidden = open;
    if (open) this.write();
    else this.designer.refresh();
  }

  write() {
    this.shown = JSON.stringify(this.designer.form, null, 2);
    this.designer.target("text").value = this.shown;
    this.designer.target("wrong").textContent = "";
  }

  /** What was typed becomes the form; false where it cannot. */
  take() {
    const { value } = this.designer.target("text");
    if (value === this.shown) return true;
    try {
      const form = JSON.parse(value);
      if (form === null || typeof form !== "object" || Array.isArray(form) || form.id !== this.designer.form.id) throw new SyntaxError(`"id": "${this.designer.form.id}"`);
      this.shown = value;
      this.designer.do(this.designer.words.json, () => form);
      this.designer.target("wrong").textContent = "";
      return true;
    } catch (error) {
      this.designer.target("wrong").textContent = fill(this.designer.words.bad_json, { text: error.message });
      return false;
    }
  }

  redrawn() {
    if (this.open && document.activeElement !== this.designer.target("text")) this.write();
  }
}
