// The condition builder: rows the server made of an expression, and the expression it makes of the rows. Nothing here
// knows a field or a comparison; what cannot be shown as rows stays text.
import { postJson } from "../lib/api.js";
import { isComposing } from "../lib/composition.js";
import { treeOf } from "../lib/condition_tree.js";
import { Controller } from "../lib/controller.js";
import { appOf, placeOf } from "../lib/expression_place.js";
import { pick, swap } from "../lib/swap.js";

export default class ConditionBuilder extends Controller {
  connect() {
    this.changed = (event) => this.noticed(event);
    this.target("builder").addEventListener("change", this.changed);
    if (this.text.value.trim() || !this.root) this.show(this.text.value);
    else this.stand(); // nothing is said yet: it came with the page
  }

  disconnect() {
    this.target("builder").removeEventListener("change", this.changed);
  }

  get text() {
    return this.element.querySelector("textarea[data-path]");
  }

  get url() {
    return `/design/${appOf(this.element)}/conditions`;
  }

  showRows() {
    this.show(this.text.value);
  }

  showText() {
    this.asked = (this.asked ?? 0) + 1; // rows that are still on their way come too late
    this.view("formula");
    this.target("note").hidden = true;
    this.element.querySelector(".expression-box").focus();
  }

  /** The rows of an expression; without any that could say it, the text and a note. */
  async show(expression) {
    const answer = await this.ask({ expression });
    if (!answer) return;
    this.view(answer.html === null ? "formula" : "rows");
    this.target("note").hidden = answer.html !== null || !expression.trim();
    if (answer.html !== null) this.draw(answer.html);
  }

  view(name) {
    this.target("builder").hidden = name !== "rows";
    this.element.dataset.view = name;
    for (const tab of ["rows", "formula"]) this.target(tab).setAttribute("aria-selected", String(tab === name));
  }

  /** A value changed: the text does; a field or a comparison changed: the rows do too. */
  noticed(event) {
    event.stopPropagation();
    if (isComposing() || event.target.matches("[data-picker-target~=search]")) return;
    const row = event.target.closest("[data-node]");
    const part = event.target.dataset.part ?? (event.target.matches("[data-source]") ? "source" : "value");
    if (part === "path") delete row.dataset.way;
    this.send(treeOf(this.root, part === "path" ? row : null), { redraw: part !== "value" && part !== "written" });
  }

  add(event) {
    const group = event.actor.closest("[data-node=group]");
    const what = this.param(event, "what");
    this.send(treeOf(this.root), { add: { at: group.dataset.at, what }, focus: (box) => newest(box, group.dataset.at) });
  }

  remove(event) {
    const row = event.target.closest("[data-node]");
    const group = row.parentElement.closest("[data-node=group]");
    row.remove();
    this.send(treeOf(this.root), { focus: (box) => box.querySelector(`[id="c-${group.dataset.at}-add"]`) });
  }

  get root() {
    return this.target("builder").querySelector("[data-node=group]");
  }

  async send(builder, { add = null, redraw = true, focus = null } = {}) {
    const answer = await this.ask({ builder, ...(add ? { add } : {}) });
    if (!answer) return;
    if (redraw || add) this.draw(answer.html);
    focus?.(this.target("builder"))?.focus();
    this.tell(answer.expression);
  }

  async ask(question) {
    this.asked = (this.asked ?? 0) + 1;
    const turn = this.asked;
    const answer = await postJson(this.url, { ...placeOf(this.element), ...question }).catch(() => null);
    return turn === this.asked && this.element.isConnected ? answer : null;
  }

  draw(html) {
    swap(this.target("builder"), pick(html).nodes);
    this.#tellBlank();
  }

  /** The rows as they came with the page. */
  stand() {
    this.view("rows");
    this.target("note").hidden = true;
    this.#tellBlank();
  }

  #tellBlank() {
    const blank = !this.root.querySelector("[data-node]");
    if (blank) this.root.querySelector("footer").dataset.blank = this.element.querySelector(".expression-box").dataset.placeholder;
  }

  tell(expression) {
    if (this.text.value.trim() === expression) return;
    this.text.value = expression;
    this.element.dispatchEvent(new Event("expression:set"));
    this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** The first control of the row that was put last into a group. */
function newest(box, at) {
  const rows = box.querySelectorAll(`[data-node=group][data-at="${at}"] > [data-node]`);
  return rows[rows.length - 1]?.querySelector("select:not(.join)");
}
