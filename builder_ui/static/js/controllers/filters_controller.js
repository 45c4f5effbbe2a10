// The filter panel of a list: rows of field, operator, value become where=field:operator:value in the URL.
import { Controller } from "../lib/controller.js";
import { send } from "../lib/api.js";
import { visit } from "../lib/hypermedia.js";
import { conditionsOf } from "../lib/conditions.js";
import { pick } from "../lib/swap.js";

export default class Filters extends Controller {
  connect() {
    this.sending = (event) => this.gather(event);
    this.element.addEventListener("formdata", this.sending);
  }

  disconnect() {
    this.element.removeEventListener("formdata", this.sending);
  }

  /** The form says where=…; the controls themselves stay out of the URL. */
  gather(event) {
    const rows = this.targets("row").map(rowOf);
    for (const name of ["f", "o", "v"]) event.formData.delete(name);
    for (const condition of conditionsOf(rows)) event.formData.append("where", condition);
  }

  async add(event) {
    const field = event.target.value;
    if (!field) return;
    event.target.value = "";
    const answer = await send(`${this.param(event, "url")}?f=${encodeURIComponent(field)}`, { headers: { "HX-Request": "true", Accept: "text/html" } });
    const { nodes } = pick(await answer.text(), ".filter-row");
    this.target("rows").append(...nodes);
    nodes[0]?.querySelector(".value input:not([type=hidden]), .value select")?.focus();
  }

  remove(event) {
    event.target.closest(".filter-row").remove();
  }

  columns() {
    const chosen = this.targets("column").filter((box) => box.checked).map((box) => box.value);
    const url = new URL(location.href);
    url.searchParams.set("columns", chosen.join(","));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => visit(url.pathname + url.search), 500);
  }
}

/** Of "between" both edges count, a blank one too; else what is given. */
function rowOf(row) {
  const operator = row.querySelector('[name="o"]').value;
  const controls = [...row.querySelectorAll('[name="v"]')];
  const given = operator === "between" ? controls : controls.filter(isGiven);
  return { field: row.querySelector('[name="f"]').value, operator, values: given.map((each) => each.value) };
}

const isGiven = (control) => control.value !== "" && (!/checkbox|radio/.test(control.type) || control.checked);
