// How long a form's records are kept: a rule added, begun with a usual period, changed, removed; every step goes into the
// draft, and what the server makes of the saved draft takes the place of what is shown.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { exchange } from "../lib/parts.js";
import { released } from "../lib/pressing.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import * as retention from "../model/retention.js";

export default class RetentionDesigner extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.form = this.value("form");
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
    const holder = event.target.closest("[data-do]");
    const rule = event.target.closest("[data-rule]")?.dataset;
    await this.opening;
    if (holder && rule) this[`change_${holder.dataset.do}`]?.(rule, holder, event.target);
  }

  async pressed(event) {
    const button = event.target.closest("button[data-do]");
    await this.opening;
    if (button) this[`press_${button.dataset.do}`]?.(button);
  }

  change_set(rule, control) {
    this.set(rule, control.dataset.path, control.value.trim(), control.dataset.label);
  }

  change_term(rule, holder) {
    const [number, unit] = [holder.querySelector("input").value, holder.querySelector("select").value];
    this.set(rule, holder.dataset.path, retention.period(number, unit), holder.dataset.label);
  }

  change_where(rule, holder, text) {
    if (text.matches("textarea[data-path]")) this.set(rule, "where", text.value.trim(), text.dataset.label);
  }

  press_add() {
    this.add(this.words.add, { id: "rule", label: this.words.label });
  }

  press_use(button) {
    this.add(fill(this.words.use, { name: button.dataset.name }), JSON.parse(button.dataset.preset));
  }

  press_remove(button) {
    const { rule: id, name } = button.closest("[data-rule]").dataset;
    this.draft.change(fill(this.words.remove, { name }), (d) => retention.removeRule(d, this.form, id), { focus: this.address(id) });
    this.draft.flush();
    toast(fill(this.words.removed, { name }), { text: this.words.undo, run: () => { this.draft.undo(); this.show(id); } });
  }

  add(words, rule) {
    const id = retention.newId(this.draft.document, this.form, rule.id);
    this.focusOn = `${id}-label`;
    this.draft.change(words, (d) => retention.addRule(d, this.form, rule), { focus: this.address(id) });
    this.draft.flush();
  }

  set({ rule: id, name }, path, value, what) {
    this.draft.change(fill(this.words.set, { what, name }), (d) => retention.setRule(d, this.form, id, path, value), { focus: this.address(id), typing: `${id}/${path}` });
    this.draft.flush();
  }

  address(id) {
    return `${this.value("base")}?at=${encodeURIComponent(id)}`;
  }

  // -- what is shown ------------------------------------------------------------------------------

  /** An undone step: its rule flashes. */
  async show(id) {
    await this.draft.flush();
    await this.refresh();
    this.flash(id);
  }

  flash(id) {
    const found = id && document.getElementById(`rule-${id}`);
    if (!found) return;
    found.scrollIntoView({ block: "nearest" });
    found.classList.remove("flash");
    requestAnimationFrame(() => found.classList.add("flash"));
  }

  async refresh() {
    const { revision } = this.draft;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const response = await send(`${this.value("base")}/body?revision=${revision}`, { quiet: true, headers: { Accept: "text/html" } }).catch(() => null);
    await released();
    if (!response?.ok || revision !== this.draft.revision || turn !== this.turn) return;
    exchange(this.target("body"), pick(await response.text()).nodes);
    if (this.focusOn) document.getElementById(this.focusOn)?.select();
    this.focusOn = "";
  }
}
