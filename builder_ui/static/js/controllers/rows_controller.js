// A sub-form. On a desk its cells are like a spreadsheet's: Enter and the arrows go down and up, a copied block makes
// rows. On a phone a row is a card that opens as a page of its own, and goes by swiping it away.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { picked } from "../lib/picking.js";
import { blockOf, controlIn, meant, put, renamed, shownIn } from "../lib/rows.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { undoable } from "../lib/undoing.js";

const PHONE = "(max-width: 800px)";
const FAR = 80; // pixels a card is swiped before it goes
const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
let stepped = null; // the sub-form whose row made a place of its own in the history of the browser

export default class Rows extends Controller {
  connect() {
    this.words = JSON.parse(this.value("words", "{}"));
    this.phone = matchMedia(PHONE);
    this.listeners = {
      keydown: (event) => this.pressed(event),
      paste: (event) => this.paste(event),
      change: (event) => this.changed(event),
      answered: () => this.cards(),
      pointerdown: (event) => this.swipe(event),
    };
    for (const [type, listener] of Object.entries(this.listeners)) this.element.addEventListener(type, listener);
    this.resized = () => { if (!this.phone.matches) this.close(); };
    this.phone.addEventListener("change", this.resized);
    this.back = (event) => this.wentBack(event);
    addEventListener("popstate", this.back, true);
    if (history.state?.row) stepped = this; // the page was asked for anew
    this.form = this.element.closest("form");
    this.form?.addEventListener("answered", this.listeners.answered);
    this.number();
  }

  disconnect() {
    for (const [type, listener] of Object.entries(this.listeners)) this.element.removeEventListener(type, listener);
    this.form?.removeEventListener("answered", this.listeners.answered);
    this.phone.removeEventListener("change", this.resized);
    removeEventListener("popstate", this.back, true);
    if (stepped === this) stepped = null;
    for (const each of this.screened ?? []) each.inert = false;
    document.documentElement.classList.remove("row-opened");
  }

  // -- rows ---------------------------------------------------------------------------------------

  add() {
    const row = this.append();
    if (this.phone.matches) this.show(row);
    else this.focus(this.cells(row)[0]);
    this.tell();
  }

  append() {
    const row = this.target("template").content.firstElementChild.cloneNode(true);
    this.target("body").append(row);
    this.number();
    return row;
  }

  remove(event) {
    this.take(event.target.closest("tr") ?? this.opened);
  }

  /** Never asks; for ten seconds it can be taken back, with all that stood in it. */
  take(row) {
    const place = this.targets("row").indexOf(row);
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    if (row === this.opened) this.close();
    row.remove();
    this.number();
    if (neighbour && !this.phone.matches) this.focus(this.cells(neighbour)[0]);
    this.tell();
    undoable(fill(this.words.removed, { n: place + 1 }), this.words.undo, () => {
      if (!this.element.isConnected) return;
      this.target("body").insertBefore(row, this.targets("row")[place] ?? null);
      row.style.transform = "";
      this.number();
      this.tell();
    });
  }

  /** Names and ids say which row they are in; they follow when rows move. */
  number() {
    this.targets("row").forEach((row, index) => {
      row.querySelector(`[data-${this.name}-target~="number"]`).textContent = index + 1;
      for (const each of row.querySelectorAll("[name], [id], [data-picker-name-value]")) {
        for (const attribute of ["name", "id", "aria-describedby", "aria-controls", "data-picker-name-value"]) {
          const value = each.getAttribute(attribute);
          if (value) each.setAttribute(attribute, renamed(value, this.value("name"), index));
        }
      }
    });
    this.cards();
  }

  cells(row) {
    return row ? [...row.querySelectorAll("td[data-cell]")] : [];
  }

  focus(cell) {
    const control = cell && controlIn(cell);
    control?.focus();
    if (control?.matches("input:not([role=combobox]), textarea") && control.select) control.select();
  }

  tell() {
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // -- like a spreadsheet -------------------------------------------------------------------------

  pressed(event) {
    const step = STEPS[event.key];
    if (event.key === "Escape" && this.opened) {
      event.preventDefault();
      this.close();
    }
    if (!step || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const cell = event.target.closest("td[data-cell]");
    const arrows = event.key !== "Enter" && !event.target.matches("input[type=text], input[type=tel], input[type=email], input[type=url]");
    if (!cell || !event.target.matches("input, select") || arrows || (event.key !== "Enter" && event.target.matches("[role=combobox]"))) return;
    event.preventDefault();
    const row = cell.closest("tr");
    const column = this.cells(row).indexOf(cell);
    if (row === this.opened) return this.focus(this.cells(row).slice(column + 1).find((each) => controlIn(each)) ?? cell);
    const rows = this.targets("row");
    const there = rows[rows.indexOf(row) + step] ?? (event.key === "Enter" ? this.append() : row);
    this.focus(this.cells(there)[column]);
  }

  paste(event) {
    const cell = event.target.closest("td[data-cell]");
    const text = event.clipboardData.getData("text/plain");
    const block = blockOf(text);
    const one = block.length < 2 && (block[0]?.length ?? 0) < 2;
    if (!cell || one || (event.target.matches("textarea") && !text.includes("\t"))) return;
    event.preventDefault();
    const row = cell.closest("tr");
    const column = this.cells(row).indexOf(cell);
    let at = this.targets("row").indexOf(row);
    const asked = [];
    for (const line of block) {
      const here = this.cells(this.targets("row")[at++] ?? this.append());
      line.forEach((each, index) => { if (here[column + index]) asked.push(this.put(here[column + index], each)); });
    }
    Promise.all(asked).then(() => { this.cards(); this.tell(); });
  }

  async put(cell, text) {
    const picker = cell.querySelector(".picker");
    const fits = picker ? await this.choose(picker, text) : put(cell, text);
    this.complain(cell, fits ? "" : fill(this.words.unknown, { text }));
  }

  /** What a picker's list has under this very name. */
  async choose(picker, text) {
    const chips = picker.querySelector("[data-picker-target~=chips]");
    if (!picker.querySelector("[role=combobox]")) return true;
    const many = picker.dataset.pickerManyValue === "true";
    const names = (many ? text.split(/[、,，;；]/) : [text]).map((each) => each.trim()).filter(Boolean);
    const made = await Promise.all(names.map((name) => this.named(picker, name)));
    chips.replaceChildren(...made.filter(Boolean));
    return !made.includes(null);
  }

  async named(picker, name) {
    const url = new URL(picker.dataset.pickerUrlValue, location.href);
    url.searchParams.set("q", name);
    const answer = await send(url, { quiet: true, headers: { Accept: "text/html" } }).catch(() => null);
    const found = answer?.ok ? [...pick(await answer.text()).nodes].filter((each) => each.dataset?.value) : [];
    const place = meant(name, found.map((each) => each.dataset.text));
    const item = found[place] ?? (found.length === 1 ? found[0] : null);
    if (item) return picked(picker, item.dataset.value, item.dataset.text);
    return picker.dataset.pickerFreeValue === "true" ? picked(picker, name, name) : null;
  }

  /** What could not be put into a cell is said there until somebody fills it in. */
  complain(cell, text) {
    if (text) cell.dataset.unknown = "";
    else delete cell.dataset.unknown;
    cell.classList.toggle("invalid", text !== "");
    cell.querySelector(".errors").textContent = text;
  }

  changed(event) {
    const cell = event.target.closest("td[data-unknown]");
    if (cell) this.complain(cell, "");
    const row = event.target.closest("tr");
    if (row) this.card(row);
  }

  // -- on a phone: cards, and a page for one row --------------------------------------------------

  cards() {
    for (const row of this.targets("row")) this.card(row);
    if (this.opened) this.place();
  }

  /** What a card says: the chosen columns, else the first two that hold something. */
  card(row) {
    const cells = this.cells(row).filter((cell) => !cell.classList.contains("off"));
    const chosen = JSON.parse(this.value("card", "[]"));
    const wanted = chosen.length ? cells.filter((cell) => chosen.includes(cell.dataset.cell)) : cells;
    const texts = wanted.map((cell) => [cell.dataset.label, shownIn(cell)]).filter(([, text]) => text);
    const [first, ...more] = chosen.length ? texts : texts.slice(0, 2);
    const card = row.querySelector("[data-rows-target~=card]");
    const line = (kind, text) => Object.assign(document.createElement("span"), { className: kind, textContent: text });
    card.replaceChildren(
      line("card-title", first?.[1] ?? this.words.blank),
      ...more.map(([label, text]) => line("card-more", `${label} ${text}`)),
    );
    card.classList.toggle("invalid", Boolean(row.querySelector("td.invalid")));
  }

  get opened() {
    return this.target("body").querySelector(":scope > tr.row-page");
  }

  open(event) {
    if (!this.swiped) this.show(event.target.closest("tr"));
  }

  show(row) {
    this.opened?.classList.remove("row-page");
    if (!history.state?.row) history.pushState({ row: true }, "");
    stepped = this;
    row.classList.add("row-page");
    document.documentElement.classList.add("row-opened");
    this.target("bar").hidden = false;
    this.place();
    row.scrollTop = 0;
    this.screen();
    this.focus(this.cells(row).find((cell) => controlIn(cell)));
  }

  /** What lies behind the page of a row is out of reach. */
  screen() {
    for (const each of this.screened ?? []) each.inert = false;
    this.screened = [];
    for (let node = this.opened; node && node !== document.body; node = node.parentElement) {
      for (const each of node.parentElement.children) {
        if (each === node || each.inert || each.id === "toasts" || each === this.target("bar")) continue;
        each.inert = true;
        this.screened.push(each);
      }
    }
  }

  place() {
    const rows = this.targets("row");
    const at = rows.indexOf(this.opened);
    this.target("where").textContent = fill(this.words.where, { n: at + 1, all: rows.length });
    this.target("previous").disabled = at <= 0;
    this.target("next").disabled = at >= rows.length - 1;
  }

  previous() {
    this.show(this.opened.previousElementSibling ?? this.opened);
  }

  next() {
    this.show(this.opened.nextElementSibling ?? this.opened);
  }

  another() {
    this.show(this.append());
    this.tell();
  }

  close() {
    const row = this.opened;
    if (!row) return;
    row.classList.remove("row-page");
    document.documentElement.classList.remove("row-opened");
    this.target("bar").hidden = true;
    this.screen();
    this.card(row);
    row.querySelector("[data-rows-target~=card]").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** "Back" closes the page of a row, and leaves the form only from the form itself. */
  wentBack(event) {
    if (stepped !== this || history.state?.row) return;
    stepped = null;
    event.stopImmediatePropagation();
    if (this.opened) this.close();
    else history.back(); // the row was closed by hand: its place is stepped over
  }

  /** To the left and far enough: the card goes. */
  swipe(event) {
    const card = event.target.closest("[data-rows-target~=card]");
    this.swiped = false;
    if (!card || event.pointerType === "mouse" || !this.target("template")) return;
    const row = card.closest("tr");
    const from = { x: event.clientX, y: event.clientY };
    const moved = (each) => {
      const [x, y] = [each.clientX - from.x, each.clientY - from.y];
      if (!this.swiped && (x > -12 || Math.abs(y) > -x)) return;
      this.swiped = true;
      row.style.transform = `translateX(${Math.min(0, x)}px)`;
    };
    const left = (each) => {
      for (const type of ["pointermove", "pointerup", "pointercancel"]) removeEventListener(type, type === "pointermove" ? moved : left);
      if (!this.swiped) return;
      if (each.type === "pointerup" && from.x - each.clientX >= FAR) this.take(row);
      else row.style.transform = "";
      setTimeout(() => { this.swiped = false; });
    };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", left);
    addEventListener("pointercancel", left);
  }
}
