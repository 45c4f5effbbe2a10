// Writing an expression: names stand as chips with their labels while the text holds ids, everything is completed by
// label, id and pinyin, signs of an input method become what they mean, and the server says type, problems and value.
import { postJson } from "../lib/api.js";
import { isComposing } from "../lib/composition.js";
import { Controller } from "../lib/controller.js";
import { ExpressionBox } from "../lib/expression_box.js";
import { ExpressionList } from "../lib/expression_list.js";
import { appOf, placeOf } from "../lib/expression_place.js";
import { fold, moved } from "../lib/expression_text.js";

const STEPS = 200;
const PAUSE = 220; // milliseconds without a key before the server is asked what it all means
const AFTER = 60; // the same for what comes next

export default class ExpressionEditor extends Controller {
  connect() {
    this.box = new ExpressionBox(this.target("box"));
    this.list = new ExpressionList(this.target("list"), this.target("hint"), this.target("box"), (item) => this.take(item));
    this.words = JSON.parse(this.value("words", "{}"));
    this.said = this.text = this.target("text").value;
    this.chips = []; // every name the server knows, shown as letters while it is being typed
    this.problems = [];
    this.past = [];
    this.left = (event) => this.leave(event);
    this.element.addEventListener("focusout", this.left);
    this.given = () => this.becomes(this.target("text").value);
    this.element.addEventListener("expression:set", this.given);
    this.tried = () => this.look();
    document.addEventListener("expression:record", this.tried);
    this.target("box").addEventListener("keyup", (event) => this.moved(event));
    for (const type of ["copy", "cut"]) this.target("box").addEventListener(type, (event) => this.copy(event));
    this.box.show(this.text);
    this.box.colour();
    if (this.text) this.look();
  }

  disconnect() {
    clearTimeout(this.timer);
    clearTimeout(this.completing);
    this.box.forget();
    this.element.removeEventListener("focusout", this.left);
    this.element.removeEventListener("expression:set", this.given);
    document.removeEventListener("expression:record", this.tried);
  }

  get place() {
    return placeOf(this.element);
  }

  get base() {
    return `/api/v1/design/${appOf(this.element)}/expressions`;
  }

  // -- typing -------------------------------------------------------------------------------------

  typed() {
    if (isComposing()) return;
    const caret = this.box.selection?.end ?? 0;
    const now = fold(this.box.text, caret);
    this.remember();
    this.become(now.text, now.caret);
    clearTimeout(this.completing);
    this.completing = setTimeout(() => this.complete(), AFTER);
  }

  /** The text is another one now; the caret stands at `caret`. */
  become(text, caret) {
    this.chips = moved(this.chips, this.text, text);
    const same = text === this.box.text;
    this.text = text;
    this.target("text").value = text;
    if (!same || !this.drawn(caret)) this.draw(caret);
    else this.box.colour(this.wrong());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  /** The chips as they are to be seen: a name that is being typed stays letters. */
  shown(caret) {
    const typing = (chip) => chip.kind !== "choice" && !chip.kept && chip.at + chip.length === caret;
    return this.chips.filter((chip) => !typing(chip));
  }

  /** Do as many chips stand there as should, with the caret where it is? */
  drawn(caret) {
    return this.shown(caret).length === this.target("box").querySelectorAll(".expression-chip").length;
  }

  /** The caret went elsewhere: what was being typed is a name now. */
  settled() {
    const caret = this.box.selection?.end;
    if (!isComposing() && caret !== undefined && !this.list.isOpen && !this.drawn(caret)) this.draw(caret);
  }

  draw(caret = this.box.selection?.end) {
    const focused = this.target("box").contains(document.activeElement);
    this.box.show(this.text, this.shown(focused ? caret : undefined));
    this.box.colour(this.wrong());
    if (focused && caret !== undefined && caret !== null) this.box.select(caret);
  }

  /** Another hand (the condition builder, undo) gave the text. */
  becomes(text) {
    if (text === this.text) return;
    this.remember();
    this.chips = [];
    this.said = text;
    this.become(text, text.length);
    this.look();
  }

  remember() {
    if (this.past.at(-1)?.text === this.text) return;
    this.past = [...this.past.slice(-STEPS), { text: this.text, caret: this.box.selection?.end ?? this.text.length, chips: this.chips }];
  }

  undo() {
    const step = this.past.pop();
    if (!step) return false;
    this.chips = step.chips;
    this.text = step.text;
    this.target("text").value = step.text;
    this.draw(step.caret);
    this.look();
    return true;
  }

  key(event) {
    if (isComposing()) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z" && !event.shiftKey) {
      if (this.undo()) stop(event);
      return;
    }
    if (event.altKey && event.key === "Enter") { stop(event); this.mend(); return; }
    if ((event.ctrlKey && event.key === " ") || (event.key === "ArrowDown" && event.altKey)) { stop(event); this.complete(true); return; }
    if (this.list.isOpen && this.chooses(event)) return;
    if (event.key === "Enter") { stop(event); this.tell(); return; }
    const at = this.box.selection;
    if (at && at.start === at.end) this.beside(event, at.start);
  }

  clicked(event) {
    this.list.hide();
    this.settled();
    if (!event.target.closest(".expression-chip")) return;
    const place = this.box.selection?.end;
    if (place !== undefined) this.box.select(place);
  }

  moved(event) {
    if (/^(Arrow|Home|End|Page)/.test(event.key)) this.settled();
  }

  chooses(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.list.mark(this.list.place + step);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.list.marked);
    else if (event.key === "Escape") this.list.hide();
    else return false;
    stop(event);
    return true;
  }

  /** A chip is one letter to the keys. */
  beside(event, caret) {
    const before = this.box.chipAt(caret, "before");
    const behind = this.box.chipAt(caret, "behind");
    if (event.key === "Backspace" && before) this.cutOut(event, before);
    else if (event.key === "Delete" && behind) this.cutOut(event, behind);
    else if (event.key === "ArrowLeft" && before && !event.shiftKey) { stop(event); this.box.select(before.start); }
    else if (event.key === "ArrowRight" && behind && !event.shiftKey) { stop(event); this.box.select(behind.end); }
  }

  cutOut(event, { start, end }) {
    stop(event);
    this.remember();
    this.become(this.text.slice(0, start) + this.text.slice(end), start);
    this.draw(start);
  }

  paste(event) {
    event.preventDefault();
    this.insert(event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, " ").trim());
  }

  insert(letters) {
    const { start, end } = this.box.selection ?? { start: this.text.length, end: this.text.length };
    const now = fold(this.text.slice(0, start) + letters + this.text.slice(end), start + letters.length);
    this.remember();
    this.become(now.text, now.caret);
    this.draw(now.caret);
  }

  /** What is copied is the expression, not the labels. */
  copy(event) {
    const { start, end } = this.box.selection ?? {};
    if (start === undefined || start === end) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", this.text.slice(start, end));
    if (event.type === "cut") {
      this.remember();
      this.become(this.text.slice(0, start) + this.text.slice(end), start);
      this.draw(start);
    }
  }

  /** Who leaves has finished: the draft hears of it. */
  leave(event) {
    if (event.target === this.target("box")) this.caret = this.box.selection?.end; // what is drawn later knows no caret
    if (this.element.contains(event.relatedTarget)) return;
    this.list.hide();
    this.list.tell(null);
    this.tell();
    if (this.text && !this.drawn(undefined)) this.draw(undefined);
  }

  tell() {
    if (this.text.trim() === this.said.trim()) return;
    this.said = this.text;
    this.target("text").value = this.text.trim();
    this.target("text").dispatchEvent(new Event("change", { bubbles: true }));
  }

  // -- what comes next ----------------------------------------------------------------------------

  /** Fields or functions, in a list to choose from: nothing needs to be typed. */
  offer(event) {
    this.come();
    this.complete(true, this.param(event, "what") === "function");
  }

  /** A sign of arithmetic where the caret is. */
  put(event) {
    this.come();
    this.list.hide();
    this.insert(this.param(event, "sign"));
    this.box.select(this.box.selection?.end ?? this.text.length);
  }

  /** Into the box, where the caret last was. */
  come() {
    const inside = this.target("box") === document.activeElement;
    const place = (inside ? this.box.selection?.end : this.caret) ?? this.text.length;
    this.target("box").focus({ preventScroll: true });
    this.box.select(Math.min(place, this.text.length));
  }

  async complete(wanted = false, functions = false) {
    const at = this.box.selection?.end;
    if (at === undefined || isComposing()) return;
    const text = this.text;
    const found = await postJson(`${this.base}/complete`, { ...this.place, expression: text, at, ...(functions ? { functions } : {}) }).catch(() => null);
    if (!found || text !== this.text || at !== this.box.selection?.end) return;
    this.list.tell(found.hint);
    const typing = found.end > found.start || text[at - 1] === ".";
    const items = wanted || typing ? found.items.filter((item) => !(found.end === at && item.insert === text.slice(found.start, at))) : [];
    Object.assign(this, functions ? { start: at, end: at } : { start: found.start, end: Math.max(found.end, at) });
    this.list.show(items.length && (wanted || text.slice(found.start, at) || text[at - 1] === ".") ? items : [], this.box.rectangle(this.start));
  }

  take(item) {
    if (!item) return;
    const before = this.text.slice(0, this.start);
    const behind = this.text.slice(this.end);
    const called = item.kind === "function" && behind.startsWith("(");
    const insert = called ? item.insert.replace(/\(\)$/, "") : item.insert;
    const caret = before.length + insert.length - (called ? -1 : item.back);
    this.list.hide();
    this.remember();
    this.become(before + insert + behind, caret);
    if (item.kind === "field" || item.kind === "choice") this.keep(item, before, insert);
    this.draw(caret);
    this.target("box").focus({ preventScroll: true });
    this.box.select(caret);
    if (item.kind === "function" && item.back) this.complete();
  }

  /** What was chosen from the list is a chip at once. */
  keep(item, before, insert) {
    const path = /[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*\.$/u.exec(before)?.[0] ?? "";
    const at = before.length - path.length;
    const behind = this.chips.filter((chip) => chip.at < at || chip.at >= at + path.length + insert.length);
    const former = this.chips.find((chip) => chip.at === at && path)?.label;
    const label = former ? `${former} · ${item.label}` : item.label;
    this.chips = [...behind, { at, length: path.length + insert.length, kind: item.kind, label, title: item.doc || item.detail, kept: true }].sort((one, other) => one.at - other.at);
  }

  // -- what it means ------------------------------------------------------------------------------

  async look() {
    clearTimeout(this.timer);
    const text = this.text;
    const record = sessionStorage.getItem(this.recordKey) ?? "";
    const answer = await postJson(this.base, { ...this.place, expression: text, record: JSON.parse(record || "{}").id ?? "" }).catch(() => null);
    if (!answer || text !== this.text || isComposing()) return;
    const chosen = new Set(this.chips.filter((chip) => chip.kept).map((chip) => chip.at));
    this.chips = answer.shown.filter((chip) => chip.kind !== "function").map((chip) => ({ ...chip, kept: chosen.has(chip.at) }));
    this.problems = answer.problems;
    this.draw();
    this.describe(answer, record && JSON.parse(record));
    this.element.dispatchEvent(new CustomEvent("expression:looked", { bubbles: true, detail: answer }));
  }

  get recordKey() {
    return `try:${this.base}:${this.value("form").split("/")[0]}`;
  }

  wrong() {
    const caret = this.list.isOpen ? this.box.selection?.end : undefined;
    return this.problems.filter(({ at, length }) => at + length <= this.text.length + 1 && at + length !== caret);
  }

  describe(answer, record) {
    const { problems, type, value, sentence } = answer;
    const blank = !this.text.trim();
    this.target("problems").replaceChildren(...(blank ? [] : problems.map((found, index) => this.complaint(found, index))));
    this.target("box").toggleAttribute("data-invalid", problems.some(({ severity }) => severity === "error"));
    this.target("box").setAttribute("aria-invalid", String(problems.length > 0));
    this.target("type").textContent = blank ? "" : type;
    if (this.target("sentence")) this.target("sentence").textContent = sentence && this.words.sentence ? this.words.sentence.replace("{condition}", sentence) : sentence;
    const out = this.target("value");
    if (!out) return;
    out.hidden = !value || blank;
    if (out.hidden) return;
    out.classList.toggle("is-wrong", Boolean(value.problem));
    out.replaceChildren(document.createTextNode(value.problem || (value.text === "" ? this.words.blank : value.text)));
    out.title = record?.label ?? "";
  }

  complaint({ text, fix }, index) {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (fix) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small plain", textContent: this.words.fix.replace("{text}", fix.label) });
      if (index === this.problems.findIndex((each) => each.fix)) button.append(Object.assign(document.createElement("kbd"), { className: "kbd", textContent: "Alt ⏎" }));
      button.addEventListener("click", () => this.mend(fix));
      line.append(button);
    }
    return line;
  }

  /** "Did you mean": the first problem that can be mended is. */
  mend(fix = this.problems.find((each) => each.fix)?.fix) {
    if (!fix) return;
    this.remember();
    const caret = fix.at + fix.text.length;
    this.list.hide();
    this.become(this.text.slice(0, fix.at) + fix.text + this.text.slice(fix.at + fix.length), caret);
    if (/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(fix.text)) this.chips = [...this.chips.filter((chip) => chip.at !== fix.at), { at: fix.at, length: fix.text.length, kind: "field", label: fix.label, kept: true }].sort((one, other) => one.at - other.at);
    this.target("box").focus({ preventScroll: true });
    this.draw(caret);
    this.look();
  }
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}
