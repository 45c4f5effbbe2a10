// The menu designer: dragged, pressed or moved by the keyboard, every step goes into the draft; what the server makes
// of the saved draft takes the place of what is shown.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { ListDragging } from "../lib/list_dragging.js";
import { exchange } from "../lib/parts.js";
import { released } from "../lib/pressing.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import * as menu from "../model/menu.js";

export default class MenuDesigner extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.at = new URLSearchParams(location.search).get("at") ?? "";
    this.dragging = new ListDragging({
      root: this.element,
      scroll: () => this.target("scroll"),
      label: (source) => source.dataset.label ?? this.nameAt(source.dataset.part),
      drop: (source, list, place) => this.dropped(source, list, place),
    });
    this.down = (event) => this.dragging.press(event);
    this.saved = () => this.refresh();
    this.shown = (event) => this.choose(event.detail.at[0] ?? "", true);
    this.element.addEventListener("pointerdown", this.down);
    document.body.addEventListener("draft:saved", this.saved);
    document.body.addEventListener("draft:shown", this.shown);
    this.opening = openDraft();
    this.draft = await this.opening;
  }

  disconnect() {
    this.dragging.cancel();
    this.element.removeEventListener("pointerdown", this.down);
    document.body.removeEventListener("draft:saved", this.saved);
    document.body.removeEventListener("draft:shown", this.shown);
  }

  // -- what people do -----------------------------------------------------------------------------

  /** What is done before the draft is here waits for it. */
  async pressed(event) {
    const button = event.target.closest("button[data-do]");
    const part = event.target.closest("[data-part]");
    await this.opening;
    if (button) this[`press_${button.dataset.do}`]?.(button);
    else if (part) this.choose(part.dataset.part);
  }

  press_add(tile) {
    const [group, item] = this.at ? menu.placeOf(this.at) : [menu.groupsOf(this.draft.document).length - 1];
    this.add(tile, [Math.max(0, group), this.at && item !== undefined ? item + 1 : Infinity]);
  }

  add(tile, [group, item]) {
    const before = menu.groupsOf(this.draft.document)[group]?.items?.length ?? 0;
    const part = { ...JSON.parse(tile.dataset.item) };
    this.at = `${group}.${Math.min(item, before)}`;
    this.step("add", { name: tile.dataset.label }, (d) => menu.addItem(d, part, [group, item], this.words.forms));
    this.focusName = true;
  }

  press_group() {
    const at = this.at ? menu.placeOf(this.at)[0] + 1 : menu.groupsOf(this.draft.document).length;
    this.at = String(at);
    this.step("group", {}, (d) => menu.addGroup(d, this.words.new_group, at));
    this.focusName = true;
  }

  press_remove() {
    const name = this.nameAt(this.at);
    const removed = this.at;
    this.step("remove", { name }, (d) => menu.removeAt(d, removed), removed);
    this.at = menu.nearest(this.draft.document, removed);
    this.keepFocus = true;
    toast(fill(this.words.removed, { name }), { text: this.words.undo, run: () => this.undo(removed) });
  }

  press_up() {
    this.moveBy(this.at, -1);
  }

  press_down() {
    this.moveBy(this.at, 1);
  }

  /** A group of all forms, one of all boards: what people have without a menu, to begin with. */
  press_make() {
    this.at = "";
    this.step("make", {}, (d) => {
      const forms = (d.forms ?? []).reduce((made, form) => menu.addItem(made, { form: form.id }, [0, Infinity], this.words.forms), d);
      if (!d.reports?.length) return forms;
      const groups = menu.addGroup(forms, this.words.boards);
      return d.reports.reduce((made, report) => menu.addItem(made, { report: report.id }, [groups.menus.length - 1, Infinity]), groups);
    });
  }

  undo(place) {
    this.draft.undo();
    this.keepFocus = true;
    this.choose(place, true);
  }

  async changed(event) {
    const control = event.target.closest('[data-do="set"]');
    await this.opening;
    if (!control || !this.at) return;
    const [key, language] = control.dataset.key.split("/");
    const text = control.value.trim();
    const value = language ? { ...menu.partAt(this.draft.document, this.at).label, [language]: text } : text;
    const at = this.at;
    this.step("set", { name: this.nameAt(at) }, (d) => menu.setAt(d, at, key, value), at, `${at}/${control.dataset.key}`);
  }

  dropped(source, list, place) {
    if (!this.draft) return;
    const group = Number(list.dataset.group ?? 0);
    if (source.dataset.item) return this.add(source, [group, place]);
    const from = menu.placeOf(source.dataset.part);
    if (from.length === 1) this.moveGroup(from[0], place);
    else this.moveItem(from, [group, place]);
  }

  key(event) {
    const part = event.target.closest("[data-part]");
    if (!part || !this.draft || event.target !== part) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && event.altKey) this.keepFocus = this.moveBy(part.dataset.part, by);
    else if (by) this.focusBy(part, by);
    else if (event.key === "Enter" || event.key === " ") this.choose(part.dataset.part);
    else if (event.key === "Delete" || event.key === "Backspace") {
      this.at = part.dataset.part;
      this.press_remove();
    } else return;
    event.preventDefault();
  }

  /** Whether there was anywhere to go. */
  moveBy(place, by) {
    const to = menu.stepped(this.draft.document, place, by);
    if (!to) return false;
    const from = menu.placeOf(place);
    if (from.length === 1) this.moveGroup(from[0], to[0]);
    else this.moveItem(from, to);
    return true;
  }

  moveItem(from, to) {
    const place = to[0] === from[0] && to[1] > from[1] ? to[1] - 1 : to[1];
    if (to[0] === from[0] && place === from[1]) return;
    const name = this.nameAt(from.join("."));
    const where = this.nameAt(String(to[0]));
    this.at = `${to[0]}.${place}`;
    this.step("move", { name, where }, (d) => menu.moveItem(d, from, to));
    this.say(fill(this.words.moved, { name, where, n: place + 1 }));
  }

  moveGroup(from, to) {
    const place = to > from ? to - 1 : to;
    if (place === from) return;
    const name = this.nameAt(String(from));
    this.at = String(place);
    this.step("move", { name, where: place + 1 }, (d) => menu.moveGroup(d, from, to));
  }

  focusBy(part, by) {
    const parts = [...this.element.querySelectorAll("[data-part]")];
    parts[parts.indexOf(part) + by]?.focus();
  }

  /** One step of the draft. Undone, it leads back to `at`. */
  step(word, values, make, at = this.at, typing = "") {
    this.draft.change(fill(this.words[word], values), make, { focus: `${this.value("base")}${at ? `?at=${at}` : ""}`, typing });
    this.draft.flush();
  }

  nameAt(place) {
    return this.element.querySelector(`[data-part="${CSS.escape(place)}"]`)?.querySelector(".strong, span:last-child")?.textContent.trim() ?? "";
  }

  say(text) {
    this.target("said").textContent = text;
  }

  // -- what is shown ------------------------------------------------------------------------------

  async choose(place, flash = false) {
    this.at = menu.partAt(this.draft.document, place) ? place : "";
    history.replaceState(history.state, "", `${this.value("base")}${this.at ? `?at=${this.at}` : ""}`);
    await this.draft.flush();
    await this.refresh();
    const part = this.at && this.element.querySelector(`[data-part="${CSS.escape(this.at)}"]`);
    if (part && flash) part.classList.add("flash");
  }

  async refresh() {
    const { revision } = this.draft;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const response = await send(`${this.value("base")}/body?revision=${revision}&at=${this.at}`, { quiet: true, headers: { Accept: "text/html" } }).catch(() => null);
    await released();
    if (!response?.ok || revision !== this.draft.revision || turn !== this.turn) return;
    const focus = document.activeElement?.dataset?.part;
    const fresh = pick(await response.text(), ".menu-body").nodes[0];
    exchange(this.target("body"), [...fresh.childNodes]);
    const wanted = this.keepFocus ? this.at : focus;
    if (wanted) this.element.querySelector(`[data-part="${CSS.escape(wanted)}"]`)?.focus();
    if (this.focusName) this.element.querySelector(".menu-panel input.input")?.select();
    this.keepFocus = this.focusName = false;
  }
}
