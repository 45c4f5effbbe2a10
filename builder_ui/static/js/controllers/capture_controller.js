// What incoming messages become: a source that is chosen, an expression that is written, a field that is no longer filled
// become steps of the draft; what the server makes of the saved draft takes the place of what is shown.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { exchange } from "../lib/parts.js";
import { released } from "../lib/pressing.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import * as capture from "../model/capture.js";

const WRITTEN = "="; // the choice that says: by an expression

export default class Capture extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.written = new Set(); // rows edited as an expression, whatever they hold
    this.fresh = new Set(); // rows that are to be filled
    this.saved = () => this.refresh();
    this.shown = (event) => this.show(event.detail.at[0] ?? "");
    document.body.addEventListener("draft:saved", this.saved);
    document.body.addEventListener("draft:shown", this.shown);
    this.flash(new URLSearchParams(location.search).get("at") ?? "");
    this.opening = openDraft();
    this.draft = await this.opening;
  }

  disconnect() {
    document.body.removeEventListener("draft:saved", this.saved);
    document.body.removeEventListener("draft:shown", this.shown);
  }

  // -- what people do -----------------------------------------------------------------------------

  /** What is done before the draft is here waits for it. */
  async changed(event) {
    const control = event.target;
    const what = control.dataset.do ?? control.closest("[data-do]")?.dataset.do;
    await this.opening;
    this[`do_${what}`]?.(control, placeOf(control));
  }

  async pressed(event) {
    const button = event.target.closest("button[data-do]");
    await this.opening;
    if (button) this[`press_${button.dataset.do}`]?.(placeOf(button));
  }

  do_source(select, at) {
    const chosen = select.value;
    if (chosen === WRITTEN) this.write(at);
    else if (chosen) {
      this.written.delete(at.row);
      this.fresh.delete(at.row);
      this.step("set", { field: at.label, source: select.selectedOptions[0].textContent }, at, (d) => capture.fill(d, at, at.field, chosen));
    }
  }

  /** A text that was emptied fills nothing: the row waits for its source again. */
  do_write(text, at) {
    const expression = text.value.trim();
    this.written.add(at.row);
    if (expression) this.step("set", { field: at.label, source: shownIn(text) || expression }, at, (d) => capture.fill(d, at, at.field, expression), at.row);
    else if (this.fills(at)) {
      this.fresh.add(at.row);
      this.step("drop", { field: at.label }, at, (d) => capture.leave(d, at, at.field), at.row);
    }
  }

  do_add(select, at) {
    const row = `${at.key}.${select.value}`;
    this.fresh.add(row);
    this.focusOn = `source-${at.key}-${select.value}`;
    this.refresh();
  }

  write(at) {
    this.written.add(at.row);
    if (!this.fills(at)) this.fresh.add(at.row);
    this.focusIn = at.row;
    this.refresh();
  }

  /** A row that was only to be filled goes without a step. */
  press_drop(at) {
    const row = document.getElementById(at.row);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    this.focusOn = next?.querySelector("select")?.id ?? `add-${at.key}`;
    this.written.delete(at.row);
    this.fresh.delete(at.row);
    if (!this.fills(at)) return void this.refresh();
    this.step("drop", { field: at.label }, at, (d) => capture.leave(d, at, at.field));
    toast(fill(this.words.dropped, { field: at.label }), { text: this.words.undo, run: () => { this.draft.undo(); this.show(at.row); } });
  }

  press_start() {
    const rule = JSON.parse(this.element.querySelector("#capture-start").value);
    this.draft.change(fill(this.words.start, { name: rule.label }), (d) => capture.begin(d, rule), { focus: this.value("base") });
    this.draft.flush();
  }

  fills(at) {
    return at.field in (capture.tableOf(this.draft.document, at) ?? {});
  }

  step(word, values, at, make, typing = "") {
    this.draft.change(fill(this.words[word], values), make, { focus: `${this.value("base")}?at=${encodeURIComponent(at.row)}`, typing });
    this.draft.flush();
  }

  // -- what is shown ------------------------------------------------------------------------------

  /** An undone step: its row flashes. */
  async show(row) {
    await this.refresh();
    this.flash(row);
  }

  flash(row) {
    const found = row && (document.getElementById(row) ?? document.getElementById(`capture-${row}`)?.closest(".capture"));
    if (!found) return;
    found.scrollIntoView({ block: "nearest" });
    found.classList.remove("flash");
    requestAnimationFrame(() => found.classList.add("flash"));
  }

  /** As the server draws it once it knows every step: a box drawn before would keep what it showed. */
  async refresh() {
    await this.draft.flush();
    const { revision } = this.draft;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const asked = new URLSearchParams({ revision, written: [...this.written].join(","), fresh: [...this.fresh].join(",") });
    const response = await send(`${this.value("base")}/body?${asked}`, { quiet: true, headers: { Accept: "text/html" } }).catch(() => null);
    await released();
    if (!response?.ok || revision !== this.draft.revision || turn !== this.turn) return;
    const { nodes } = pick(await response.text());
    const held = this.target("body").contains(document.activeElement) ? document.activeElement.id : "";
    exchange(this.target("body"), nodes);
    if (this.focusOn || held) document.getElementById(this.focusOn || held)?.focus();
    if (this.focusIn) document.getElementById(this.focusIn)?.querySelector(".expression-box")?.focus();
    this.focusOn = this.focusIn = "";
  }
}

/** An expression as it stands in its box: labels for ids. */
function shownIn(text) {
  return text.closest(".expression")?.querySelector(".expression-box")?.textContent.replaceAll("\u200b", "").trim();
}

/** The table and the row a control is about. */
function placeOf(control) {
  const table = control.closest("[data-rule]");
  const row = control.closest("[data-field]");
  if (!table) return {};
  const { rule, option } = table.dataset;
  const key = `${rule}-${table.dataset.place}`;
  return { rule, option, key, place: Number(table.dataset.place), field: row?.dataset.field, label: row?.dataset.label, row: `${key}.${row?.dataset.field}` };
}
