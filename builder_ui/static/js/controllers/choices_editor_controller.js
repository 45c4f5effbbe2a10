// The choices of a field, as a list and as lines of text: renamed, coloured, hidden, sorted, dragged (Alt+↑↓ by keys).
// The hidden text under `data-path` holds them as JSON and says `change`.
import { send } from "../lib/api.js";
import { added, choicesOf, labelOf, linesOf, moved, relabelled, sorted } from "../lib/choice_lines.js";
import { Controller } from "../lib/controller.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";

export default class ChoicesEditor extends Controller {
  connect() {
    this.words = JSON.parse(this.value("words", "{}"));
    this.hues = JSON.parse(this.value("hues", "[]"));
    this.language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    this.used = {};
    this.choices = JSON.parse(this.target("text").value || "[]");
    this.conditioned = (event) => this.takeCondition(event);
    this.element.addEventListener("change", this.conditioned);
    this.draw();
    this.count();
  }

  disconnect() {
    this.element.removeEventListener("change", this.conditioned);
  }

  // -- what is used -------------------------------------------------------------------------------

  get field() {
    const keys = this.element.closest("[data-keys]")?.dataset.keys ?? "";
    return /^field:\S+$/.test(keys) ? keys.slice(6) : this.value("field");
  }

  async count() {
    const app = document.body.dataset.designFrameAppValue ?? "";
    const form = this.value("form") || (location.pathname.match(/\/forms\/([^/]+)/)?.[1] ?? "");
    if (!app || !form || !/^[a-z][\w.]*$/.test(this.field)) return;
    const answer = await send(`/design/${app}/forms/${form}/uses/${this.field}`, { quiet: true, headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !this.element.isConnected) return;
    const { used, merges = true } = await answer.json();
    Object.assign(this, { used, merges });
    for (const row of this.rows) this.tellUse(row, this.choices[this.rows.indexOf(row)]);
  }

  tellUse(row, choice) {
    const times = this.used[choice?.value] ?? 0;
    row.querySelector(".uses").textContent = times ? times.toLocaleString() : "";
  }

  // -- the list -----------------------------------------------------------------------------------

  get rows() {
    return [...this.target("list").children];
  }

  draw(focus = -1) {
    this.target("list").replaceChildren(...this.choices.map((choice) => this.row(choice)));
    this.target("empty").hidden = this.choices.length > 0;
    this.drawConditions();
    if (focus >= 0) this.rows[focus]?.querySelector(".label-of").focus();
  }

  row(choice) {
    const row = this.target("row").content.firstElementChild.cloneNode(true);
    const label = row.querySelector(".label-of");
    label.value = labelOf(choice, this.language);
    row.querySelector(".value-of").textContent = choice.value === label.value ? "" : choice.value;
    row.classList.toggle("is-hidden", choice.hidden === true);
    row.querySelector("[data-hides]").setAttribute("aria-pressed", String(choice.hidden === true));
    row.querySelector(".swatch-of").className = `swatch-of ${choice.color ? `hue-${choice.color}` : "is-plain"}`;
    if (choice.into !== undefined) this.merged(row, choice);
    row.querySelector("[data-grip]").addEventListener("pointerdown", (event) => this.grab(event));
    this.tellUse(row, choice);
    return row;
  }

  /** A choice that goes into another: which, or one to be chosen yet. */
  merged(row, choice) {
    row.classList.add("is-merged");
    row.querySelector(".label-of").disabled = true;
    row.querySelector("[data-hides]").remove();
    const goes = document.createElement("span");
    goes.className = "into-of";
    const into = this.choices.find((each) => each.value === choice.into);
    goes.append("→ ", into ? labelOf(into, this.language) : choice.into);
    row.querySelector(".value-of").replaceWith(goes);
    const remove = row.querySelector("button:last-child");
    if (this.used[choice.value]) for (const name of ["aria-label", "title"]) remove.setAttribute(name, this.words.unmerge);
  }

  /** What a choice may go into. */
  others(choice) {
    const select = Object.assign(document.createElement("select"), { className: "select into-which" });
    select.setAttribute("aria-label", fill(this.words.merge_what, { name: labelOf(choice, this.language) }));
    const fit = this.choices.filter((each) => each !== choice && each.into === undefined);
    select.append(new Option(this.words.merge, ""), ...fit.map((each) => new Option(labelOf(each, this.language), each.value)));
    select.addEventListener("change", (event) => {
      event.stopPropagation();
      const place = this.choices.indexOf(choice);
      if (select.value) this.become(this.choices.with(place, { ...choice, into: select.value }));
    });
    return select;
  }

  placeOf(event) {
    return this.rows.indexOf(event.target.closest("li"));
  }

  become(choices, focus = -1) {
    this.choices = choices;
    this.draw(focus);
    this.tell();
  }

  tell() {
    const text = this.target("text");
    text.value = JSON.stringify(this.choices);
    text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  rename(event) {
    event.stopPropagation();
    const place = this.placeOf(event);
    const text = event.target.value.trim();
    const choice = this.choices[place];
    if (!text) {
      event.target.value = labelOf(choice, this.language);
      return;
    }
    if (text === labelOf(choice, this.language)) return;
    this.choices = this.choices.with(place, relabelled(choice, text, this.language));
    event.target.closest("li").querySelector(".value-of").textContent = choice.value === text ? "" : choice.value;
    this.tell();
  }

  key(event) {
    const place = this.placeOf(event);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      if (place === this.rows.length - 1) this.add();
      else this.rows[place + 1].querySelector(".label-of").focus();
    } else if (step && event.altKey) {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      const to = place + step;
      if (to >= 0 && to < this.choices.length) this.become(moved(this.choices, place, to), to);
    } else if (step) {
      event.preventDefault();
      this.rows[place + step]?.querySelector(".label-of").focus();
    } else if (event.key === "Backspace" && event.target.value === "") {
      event.preventDefault();
      this.take(place);
    }
  }

  add() {
    const name = fill(this.words.fresh, { n: this.choices.length + 1 });
    this.become(added(this.choices, name, this.hues), this.choices.length);
    this.rows.at(-1).querySelector(".label-of").select();
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const place = this.placeOf(event);
    const before = this.choices.slice(0, place + (this.#replaced(event.target, this.choices[place]) ? 0 : 1));
    this.takeIn(`${linesOf(before, this.language)}\n${text}\n${linesOf(this.choices.slice(place + 1), this.language)}`);
  }

  /** Nobody uses it, and all of its label is marked: what is pasted takes its place. */
  #replaced({ value, selectionStart, selectionEnd }, choice) {
    return !value.trim() || (selectionStart === 0 && selectionEnd === value.length && !this.used[choice.value]);
  }

  takeIn(text) {
    const { choices, doubles } = choicesOf(text, this.choices, { language: this.language, hues: this.hues });
    this.become(choices);
    if (doubles) toast(fill(this.words.doubles, { n: doubles }));
  }

  // -- colours, hiding, removing ------------------------------------------------------------------

  colour(event) {
    const place = this.placeOf(event);
    const now = this.hues.indexOf(this.choices[place].color);
    const color = this.hues[now + 1] ?? "";
    const { color: _, ...plain } = this.choices[place];
    this.choices = this.choices.with(place, color ? { ...plain, color } : plain);
    event.target.closest("button").querySelector(".swatch-of").className = `swatch-of ${color ? `hue-${color}` : "is-plain"}`;
    this.tell();
  }

  hide(event) {
    const place = this.placeOf(event);
    const { hidden, ...rest } = this.choices[place];
    this.choices = this.choices.with(place, hidden ? rest : { ...rest, hidden: true });
    const row = this.rows[place];
    row.classList.toggle("is-hidden", !hidden);
    row.querySelector("[data-hides]").setAttribute("aria-pressed", String(!hidden));
    this.tell();
  }

  remove(event) {
    this.take(this.placeOf(event));
  }

  /** Never asks. A used one says by how many records, and what else could be done. */
  take(place) {
    const gone = this.choices[place];
    const before = this.choices;
    const times = this.used[gone.value] ?? 0;
    if (gone.into !== undefined && times) {
      const { into: _, ...own } = gone;
      return this.become(before.with(place, own), place);
    }
    this.become(before.toSpliced(place, 1), Math.max(0, Math.min(place, before.length - 2)));
    const name = labelOf(gone, this.language);
    if (!times) return toast(fill(this.words.removed, { name }), { text: this.words.undo, run: () => this.become(before, place) });
    const hide = { text: this.words.hide, run: () => this.become(before.with(place, { ...gone, hidden: true })) };
    const merge = { text: this.words.merge, run: () => this.askInto(before, place) };
    const undo = { text: this.words.undo, run: () => this.become(before, place) };
    const offered = this.merges && before.length > 1 ? [merge, hide, undo] : [hide, undo];
    return toast(fill(this.words.used, { name, n: times.toLocaleString() }), offered, 12_000);
  }

  /** It stands where it stood, and asks into which it goes. */
  askInto(before, place) {
    this.become(before, place);
    const select = this.others(before[place]);
    this.rows[place].querySelector(".value-of").replaceWith(select);
    select.focus();
  }

  // -- when which is offered ----------------------------------------------------------------------

  /** A condition stands under the label of its choice, and is gone with it. */
  drawConditions() {
    for (const box of this.targets("condition")) {
      const choice = this.choices.find((each) => each.value === box.dataset.choice);
      if (choice) box.querySelector(".label").textContent = labelOf(choice, this.language);
      else box.remove();
    }
    const without = this.choices.filter((each) => !this.targets("condition").some((box) => box.dataset.choice === each.value));
    const select = this.target("conditional");
    select.replaceChildren(select.options[0], ...without.map((each) => new Option(labelOf(each, this.language), each.value)));
    select.hidden = without.length === 0;
  }

  /** A choice gets a condition, blank at first. */
  condition(event) {
    event.stopPropagation();
    const value = event.target.value;
    if (!value) return;
    const number = this.targets("condition").length + 1;
    const box = document.createElement("div");
    box.innerHTML = this.target("blank").innerHTML.replaceAll("-choice-new", `-choice-${number}-${Date.now()}`);
    const made = box.firstElementChild;
    made.dataset.choice = value;
    this.target("conditions").append(made);
    this.drawConditions();
    made.querySelector("button, [contenteditable]")?.focus();
  }

  takeCondition(event) {
    const box = event.target.closest("[data-choice]");
    if (!box || !event.target.matches("textarea[data-path='']")) return;
    event.stopPropagation();
    const place = this.choices.findIndex((each) => each.value === box.dataset.choice);
    if (place < 0) return;
    const { if: _, ...plain } = this.choices[place];
    const text = event.target.value.trim();
    this.choices = this.choices.with(place, text ? { ...plain, if: text } : plain);
    this.tell();
  }

  // -- order --------------------------------------------------------------------------------------

  sort(event) {
    const way = event.target.value;
    event.target.value = "";
    event.stopPropagation();
    if (way) this.become(sorted(this.choices, way, { language: this.language, used: this.used }));
  }

  grab(event) {
    const row = event.target.closest("li");
    const from = this.rows.indexOf(row);
    event.preventDefault();
    row.classList.add("is-moving");
    const over = (each) => {
      const under = document.elementFromPoint(each.clientX, each.clientY)?.closest("li");
      if (!under || under === row || !this.target("list").contains(under)) return;
      const { top, height } = under.getBoundingClientRect();
      under[each.clientY < top + height / 2 ? "before" : "after"](row);
    };
    const stop = (each) => {
      for (const [type, listener] of Object.entries(listeners)) removeEventListener(type, listener, true);
      row.classList.remove("is-moving");
      const to = this.rows.indexOf(row);
      if (each.type === "pointerup" && to !== from) this.become(moved(this.choices, from, to));
      else this.draw();
    };
    const escape = (each) => { if (each.key === "Escape") { each.stopPropagation(); stop(each); } };
    const listeners = { pointermove: over, pointerup: stop, pointercancel: stop, keydown: escape };
    for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener, true);
  }

  // -- as text ------------------------------------------------------------------------------------

  showText() {
    this.target("lines").value = linesOf(this.choices, this.language);
    this.view("lines");
    this.target("lines").focus();
  }

  showList() {
    this.view("list");
  }

  view(name) {
    this.element.dataset.view = name;
    for (const tab of this.targets("tab")) tab.setAttribute("aria-selected", String(tab.dataset.shows === name));
  }

  written(event) {
    event.stopPropagation();
    this.takeIn(event.target.value);
  }
}
