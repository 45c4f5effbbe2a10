// A form that asks the server, while somebody types, what is visible, required, writable, computed and wrong.
// Answers older than the last question are dropped; the field in focus, and what was typed since, is never overwritten.
import { Controller } from "../lib/controller.js";
import { Failure, postJson } from "../lib/api.js";
import { released } from "../lib/pressing.js";

const KEEP = 3000; // after the last change

export default class State extends Controller {
  connect() {
    this.seq = 0;
    this.changedFields = new Set();
    this.unasked = new Set(); // changed since the last question: its answer does not know them
    this.touched = new Set([null]); // cells somebody was in: only there something may be missing
    this.typed = (event) => this.noticed(event);
    this.leaving = (event) => { if (this.dirty && !this.sending) event.preventDefault(); };
    this.sent = () => { this.sending = true; this.target("save").setAttribute("aria-busy", "true"); };
    this.stayed = () => { this.sending = false; this.target("save").removeAttribute("aria-busy"); };
    this.element.addEventListener("input", this.typed);
    this.element.addEventListener("change", this.typed);
    this.element.addEventListener("submit", this.sent);
    this.element.addEventListener("stayed", this.stayed);
    addEventListener("beforeunload", this.leaving);
  }

  disconnect() {
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    this.element.removeEventListener("input", this.typed);
    this.element.removeEventListener("change", this.typed);
    this.element.removeEventListener("submit", this.sent);
    this.element.removeEventListener("stayed", this.stayed);
    removeEventListener("beforeunload", this.leaving);
  }

  noticed(event) {
    const field = event.target.closest("[data-field]")?.dataset.field;
    if (!field || event.target.matches("[data-picker-target~=search]")) return;
    this.touched.add(event.target.closest("td[data-cell]"));
    this.dirty = true;
    this.changedFields.add(field);
    this.unasked.add(field);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), event.type === "change" ? 30 : 250);
    clearTimeout(this.keeping);
    if (this.value("draft")) this.keeping = setTimeout(() => this.keep(), KEEP);
  }

  /** What is typed is kept on the server, for this person alone, until it is saved. */
  async keep() {
    if (this.sending) return;
    const revision = Number(this.element.querySelector("[name=revision]")?.value ?? 0);
    try {
      const { kept } = await postJson(this.value("draft"), { record: this.value("record"), revision, values: this.values() });
      if (kept && !this.sending) this.say(this.value("kept"));
    } catch {
      // it stays in the page; the next change tries again
    }
  }

  async ask() {
    const seq = ++this.seq;
    const changed = [...this.changedFields];
    this.unasked.clear();
    const question = { seq, record: this.value("record"), changed, values: this.values() };
    try {
      const answer = await postJson(this.value("url"), question);
      await released(); // what moves away under a button takes its click with it
      if (answer.seq !== this.seq) return;
      this.say("");
      for (const [name, state] of Object.entries(answer.fields)) this.apply(name, state);
      for (const [key, shown] of Object.entries(answer.blocks ?? {})) this.show(key, shown);
      this.tellWay(answer.way ?? "");
      if (answer.same) this.tellSame(answer.same);
      this.element.dispatchEvent(new CustomEvent("answered", { detail: answer, bubbles: true }));
    } catch (error) {
      if (error instanceof Failure) this.say(error.message);
      else this.say(this.target("status").dataset.offline);
    }
  }

  /** Every field as the form would send it: name -> list of texts. */
  values() {
    const values = {};
    for (const [name, value] of new FormData(this.element)) {
      if (typeof value === "string" && !["_csrf", "revision", "then", "anyway"].includes(name)) (values[name] ??= []).push(value);
    }
    return values;
  }

  apply(name, state) {
    const box = this.targets("field").find((each) => each.dataset.field === name);
    if (!box) return;
    box.classList.toggle("gone", !state.visible);
    const mark = box.querySelector(".required-mark");
    if (mark) mark.hidden = !state.required;
    if (state.html !== undefined && !box.contains(document.activeElement) && !this.unasked.has(name)) replace(box.querySelector(".slot"), state.html);
    if (state.rows) this.applyRows(box, state.rows);
    for (const [column, text] of Object.entries(state.totals ?? {})) {
      const total = box.querySelector(`[data-total="${CSS.escape(column)}"]`);
      if (total) total.textContent = text;
    }
    if (state.withheld) offer(box, state.withheld);
    if (state.problems) this.complain(box, state.problems);
  }

  /** Each cell of a sub-form: shown, needed, open; what is computed as it reads. */
  applyRows(box, rows) {
    const lines = [...box.querySelectorAll("[data-rows-target~=row]")];
    for (const [number, cells] of Object.entries(rows)) {
      for (const [name, state] of Object.entries(cells)) {
        const cell = lines[Number(number)]?.querySelector(`[data-cell="${CSS.escape(name)}"]`);
        if (!cell) continue;
        if (state.text !== undefined) { cell.querySelector("output").textContent = state.text || "–"; continue; }
        if (state.withheld) offer(cell, state.withheld);
        cell.classList.toggle("off", !state.visible);
        cell.classList.toggle("needed", state.required);
        cell.inert = !state.writable;
        cell.classList.toggle("closed", !state.writable);
      }
    }
  }

  /** A block or a tab of the layout, as its condition says. */
  show(key, shown) {
    const block = this.element.querySelector(`[data-block="${CSS.escape(key)}"]`);
    if (!block || block.hidden === !shown) return;
    block.hidden = !shown;
    block.dispatchEvent(new Event("shown", { bubbles: true }));
  }

  /** Who would be asked to approve what is typed. */
  tellWay(text) {
    const way = this.target("way");
    if (!way) return;
    way.hidden = !text;
    way.querySelector("span").textContent = text;
  }

  /** Records that seem to be the same. */
  tellSame(found) {
    const box = this.target("same");
    if (!box) return;
    box.hidden = !found.length;
    box.querySelector("ul").replaceChildren(...found.map(({ title, href, reason }) => {
      const line = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href, target: "_blank", textContent: title });
      line.append(link, " ", Object.assign(document.createElement("span"), { className: "soft", textContent: reason }));
      return line;
    }));
  }

  complain(box, problems) {
    const inCells = problems.filter((each) => each.cell);
    const rows = [...box.querySelectorAll("[data-rows-target~=row]")];
    for (const cell of box.querySelectorAll("td[data-cell].invalid:not([data-unknown])")) this.complainIn(cell, "");
    for (const { cell: [number, name], code, text } of inCells) {
      const cell = rows[number]?.querySelector(`[data-cell="${CSS.escape(name)}"]`);
      if (cell && (code !== "value.required" || this.touched.has(cell))) this.complainIn(cell, text);
    }
    problems = problems.filter((each) => !each.cell);
    const texts = (severity) => problems.filter((each) => (each.severity === "error") === (severity === "error")).map((each) => each.text).join(" ");
    box.querySelector(".errors").textContent = texts("error");
    box.querySelector(".warnings").textContent = texts("other");
    box.classList.toggle("invalid", problems.some((each) => each.severity === "error"));
  }

  complainIn(cell, text) {
    cell.classList.toggle("invalid", text !== "");
    cell.querySelector(".errors").textContent = text;
  }

  say(text) {
    this.target("status").textContent = text ?? "";
  }
}

/** Choices that are not offered now go out of sight; what is chosen stays to be read. */
function offer(box, withheld) {
  for (const option of box.querySelectorAll("select option[value]:not([value=''])")) keepAway(option, withheld.includes(option.value), option.selected);
  for (const input of box.querySelectorAll(".segments input:not([type=hidden])")) keepAway(input.closest("label"), withheld.includes(input.value), input.checked);
  for (const picker of box.querySelectorAll(".picker")) picker.dataset.without = JSON.stringify(withheld);
}

function keepAway(part, away, chosen) {
  part.hidden = away && !chosen;
  if (away) part.dataset.away = chosen ? "chosen" : "";
  else delete part.dataset.away;
}

function replace(slot, html) {
  if (slot.dataset.html === html) return;
  slot.dataset.html = html;
  slot.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}
