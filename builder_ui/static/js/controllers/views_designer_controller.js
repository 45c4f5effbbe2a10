// The views designer: a form's views added, moved, changed; every step goes into the draft. What the server makes of the
// saved draft takes the place of the list and the panel, and the view is drawn anew beside them.
import { postJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { ListDragging } from "../lib/list_dragging.js";
import { exchange } from "../lib/parts.js";
import { released } from "../lib/pressing.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { usesOf } from "../lib/uses.js";
import { toast } from "../lib/toast.js";
import * as views from "../model/views.js";

const HTML = { quiet: true, headers: { Accept: "text/html" } };

export default class ViewsDesigner extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.form = this.value("form");
    this.at = this.element.querySelector("[data-view]")?.dataset.view ?? "";
    this.dragging = new ListDragging({
      root: this.element,
      scroll: () => this.element,
      label: (source) => source.dataset.label ?? nameOf(source),
      drop: (source, list, place) => this.dropped(source, list, place),
    });
    this.down = (event) => this.dragging.press(event);
    this.twice = (event) => this.rename(event.target.closest("[data-view-id]"));
    this.saved = () => this.refresh();
    this.shown = (event) => this.choose(event.detail.at[0] ?? "", true);
    this.element.addEventListener("pointerdown", this.down);
    this.element.addEventListener("dblclick", this.twice);
    document.body.addEventListener("draft:saved", this.saved);
    document.body.addEventListener("draft:shown", this.shown);
    this.opening = openDraft();
    this.draft = await this.opening;
    this.look();
  }

  disconnect() {
    this.dragging.cancel();
    this.element.removeEventListener("pointerdown", this.down);
    this.element.removeEventListener("dblclick", this.twice);
    document.body.removeEventListener("draft:saved", this.saved);
    document.body.removeEventListener("draft:shown", this.shown);
  }

  // -- what people do -----------------------------------------------------------------------------

  /** What is done before the draft is here waits for it. */
  async pressed(event) {
    const button = event.target.closest("button[data-do]");
    const part = event.target.closest("[data-view-id]");
    await this.opening;
    if (button) this[`press_${button.dataset.do}`]?.(button);
    else if (part && part.dataset.viewId !== this.at && !event.target.closest("input")) this.choose(part.dataset.viewId);
  }

  async changed(event) {
    const control = event.target.closest("[data-do]");
    await this.opening;
    if (control && this.chosen) this[`change_${control.dataset.do}`]?.(control, event.target);
  }

  press_add(tile) {
    const all = this.all;
    const at = this.at ? all.findIndex((one) => one.id === this.at) + 1 : all.length;
    this.add(tile, at);
  }

  add(tile, at) {
    const view = JSON.parse(tile.dataset.item);
    const id = views.freeId(this.all, view.kind);
    this.step("add", { name: tile.dataset.label }, (d) => views.addView(d, this.form, { ...view, id }, at), id);
    this.focusName = true;
  }

  press_copy() {
    const id = views.freeId(this.all, this.at);
    const was = this.at;
    const label = fill(this.words.copied, { name: this.called });
    this.step("copy", { name: this.called }, (d) => views.copyView(d, this.form, was, label), id);
    this.focusName = true;
  }

  async press_remove() {
    const { at: removed, called: name, all } = this;
    const used = usesOf(`${this.value("base")}/uses`, { at: removed, revision: this.draft.revision });
    const place = all.findIndex((one) => one.id === removed);
    const next = (all[place + 1] ?? all[place - 1])?.id ?? "";
    this.draft.change(fill(this.words.remove, { name }), (d) => views.removeView(d, this.form, removed), { focus: this.address(removed) });
    this.keepFocus = true;
    this.go(next);
    toast([fill(this.words.removed, { name }), ...(await used)].join(" · "), { text: this.words.undo, run: () => this.undo(removed) });
  }

  undo(id) {
    this.draft.undo();
    this.keepFocus = true;
    this.choose(id, true);
  }

  press_up() {
    this.moveBy(this.at, -1);
  }

  press_down() {
    this.moveBy(this.at, 1);
  }

  change_set(control) {
    const { path, key, label } = control.dataset;
    const value = control.type === "checkbox" ? control.checked : control.value.trim();
    this.set(key ? `${path}/${key}` : path, value, label);
  }

  change_become(select) {
    const kind = select.selectedOptions[0].textContent;
    const item = JSON.parse(select.value);
    this.step("kind", { name: this.called, kind }, (d) => views.becomeKind(d, this.form, this.at, item));
  }

  /** Another id, wherever it is named; the server knows where. A blank one restores the one before. */
  async change_identify(input) {
    const { at: view, called: name } = this;
    const wished = input.value.trim();
    input.value = view;
    if (!wished || wished === view || !(await this.draft.flush())) return;
    try {
      const { id, patch } = await postJson(`${this.value("base")}/names`, { revision: this.draft.revision, view, id: wished });
      if (this.draft.edit(fill(this.words.identify, { name, id }), patch, { focus: this.address(id) })) await this.go(id);
    } catch (error) {
      toast(error.message);
    }
  }

  change_filter(holder, text) {
    if (!text.matches("textarea[data-path]")) return;
    const label = holder.querySelector("label")?.textContent ?? "";
    this.set("filter", text.value, label);
  }

  change_role(box) {
    const label = box.closest("fieldset").querySelector("legend").textContent;
    this.step("set", { name: this.called, what: label }, (d) => views.setOpens(d, this.form, this.at, box.value, box.checked));
  }

  // -- lists of fields ----------------------------------------------------------------------------

  change_put(select) {
    if (!select.value) return;
    const { path, label } = select.dataset;
    this.focusOn = `#${select.id}`;
    this.set(path, [...this.listAt(path), select.value], label);
  }

  change_turn(select) {
    this.inList(select, (values, place) => values.with(place, select.value + values[place].replace(/^-/, "")));
  }

  press_drop(button) {
    this.inList(button, (values, place) => values.toSpliced(place, 1));
  }

  press_raise(button) {
    this.inList(button, (values, place) => shifted(values, place, place - 1));
  }

  inList(control, make) {
    const list = control.closest("[data-list]");
    const place = Number(control.closest("[data-place]").dataset.place);
    this.set(list.dataset.list, make(this.listAt(list.dataset.list), place), list.dataset.label);
  }

  listAt(path) {
    return views.valueAt(this.chosen, path) ?? [];
  }

  // -- by dragging and by keys --------------------------------------------------------------------

  dropped(source, list, place) {
    if (!this.draft) return;
    if (source.dataset.item) return this.add(source, place);
    if (source.dataset.viewId) return this.move(source.dataset.viewId, place);
    const from = Number(source.closest("[data-place]").dataset.place);
    this.set(list.dataset.list, shifted(this.listAt(list.dataset.list), from, place > from ? place - 1 : place), list.dataset.label);
  }

  key(event) {
    if (!this.draft) return;
    const entry = event.target.closest("[data-entry]");
    const part = event.target.closest("[data-view-id]");
    const done = entry === event.target && entry ? this.entryKey(event, entry) : part && part === event.target && this.partKey(event, part);
    if (done) event.preventDefault();
  }

  partKey(event, part) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const id = part.dataset.viewId;
    if (by && event.altKey) this.keepFocus = this.moveBy(id, by);
    else if (by) this.focusBy(part, "[data-view-id]", by);
    else if (event.key === "Enter" || event.key === " ") this.choose(id);
    else if (event.key === "F2") this.rename(part);
    else if (event.key === "Delete" || event.key === "Backspace") { this.at = id; this.press_remove(); }
    else if (event.key === "d" && (event.ctrlKey || event.metaKey)) { this.at = id; this.press_copy(); }
    else return false;
    return true;
  }

  entryKey(event, entry) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const list = entry.closest("[data-list]");
    const place = Number(entry.closest("[data-place]").dataset.place);
    const last = list.children.length - 1;
    if (by && event.altKey) {
      const to = Math.max(0, Math.min(last, place + by));
      if (to === place) return true;
      this.focusOn = `[data-list="${list.dataset.list}"] > :nth-child(${to + 1}) [data-entry]`;
      this.say(fill(this.words.moved, { name: nameOf(entry), n: to + 1 }));
      this.inList(entry, (values) => shifted(values, place, to));
    } else if (by) this.focusBy(entry, "[data-entry]", by);
    else if (event.key === "Delete" || event.key === "Backspace") {
      this.focusOn = `[data-list="${list.dataset.list}"] > :nth-child(${Math.min(place, last - 1) + 1}) [data-entry]`;
      this.press_drop(entry);
    } else return false;
    return true;
  }

  focusBy(from, selector, by) {
    const parts = [...this.element.querySelectorAll(selector)];
    parts[parts.indexOf(from) + by]?.focus();
  }

  /** Whether there was anywhere to go. */
  moveBy(id, by) {
    const place = this.all.findIndex((one) => one.id === id);
    if (!this.all[place + by]) return false;
    this.move(id, by > 0 ? place + 2 : place - 1);
    return true;
  }

  move(id, to) {
    const from = this.all.findIndex((one) => one.id === id);
    const place = to > from ? to - 1 : to;
    if (place === from) return;
    const name = this.nameAt(id);
    this.step("move", { name }, (d) => views.moveView(d, this.form, from, to), id);
    this.say(fill(this.words.moved, { name, n: place + 1 }));
  }

  /** The label becomes a box where it stands; Enter and leaving it keep the words, Esc does not. */
  rename(part) {
    const label = part?.querySelector("[data-name]");
    if (!label || label.querySelector("input")) return;
    const id = part.dataset.viewId;
    const before = label.textContent;
    const box = Object.assign(document.createElement("input"), { className: "input", value: before, maxLength: 60 });
    box.setAttribute("aria-label", before);
    label.replaceChildren(box);
    let over = null;
    this.renamed = new Promise((resolve) => { over = resolve; });
    const end = (keep) => {
      if (!over) return;
      over();
      over = null;
      const words = box.value.trim();
      label.textContent = keep && words ? words : before;
      if (keep && words && words !== before) this.set(this.labelPath(id), words, before, id);
      part.focus();
    };
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && !event.isComposing) end(true);
      if (event.key === "Escape") end(false);
    });
    box.addEventListener("change", (event) => event.stopPropagation());
    box.addEventListener("pointerdown", (event) => event.stopPropagation());
    box.addEventListener("blur", () => end(true));
    box.select();
  }

  /** The label in the language of the page, where it has several. */
  labelPath(id) {
    const { label } = views.viewOf(this.draft.document, this.form, id);
    const language = document.documentElement.lang.slice(0, 2);
    return label && typeof label === "object" ? `label/${language in label ? language : Object.keys(label)[0]}` : "label";
  }

  // -- the draft ----------------------------------------------------------------------------------

  get all() {
    return views.viewsOf(this.draft.document, this.form);
  }

  get chosen() {
    return views.viewOf(this.draft.document, this.form, this.at);
  }

  get called() {
    return this.nameAt(this.at);
  }

  nameAt(id) {
    const part = this.element.querySelector(`[data-view-id="${CSS.escape(id)}"]`);
    return part ? nameOf(part) : id;
  }

  set(path, value, what, id = this.at) {
    this.step("set", { name: this.nameAt(id), what }, (d) => views.setView(d, this.form, id, path, value), id, `${id}/${path}`);
  }

  /** One step of the draft, after which `at` is chosen. */
  step(word, values, make, at = this.at, typing = "") {
    this.draft.change(fill(this.words[word], values), make, { focus: this.address(at), typing });
    if (at === this.at) this.draft.flush();
    else this.go(at);
  }

  address(at) {
    return `${this.value("base")}${at ? `?at=${encodeURIComponent(at)}` : ""}`;
  }

  say(text) {
    this.target("said").textContent = text;
  }

  // -- what is shown ------------------------------------------------------------------------------

  async choose(id, flash = false) {
    await this.go(views.viewOf(this.draft.document, this.form, id) ? id : this.all[0]?.id ?? "");
    const part = flash && this.element.querySelector(`[data-view-id="${CSS.escape(this.at)}"]`);
    if (part) part.classList.add("flash");
  }

  async go(at) {
    this.at = at;
    history.replaceState(history.state, "", this.address(at));
    await this.draft.flush();
    await this.refresh();
  }

  async refresh() {
    const { revision } = this.draft;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const response = await send(`${this.value("base")}/body?revision=${revision}&at=${encodeURIComponent(this.at)}`, HTML).catch(() => null);
    await Promise.all([released(), this.renamed]); // a name that is being typed stays
    if (!response?.ok || revision !== this.draft.revision || turn !== this.turn) return;
    const part = document.activeElement?.dataset?.viewId;
    const [list, panel] = pick(await response.text(), ".views-fresh").nodes[0].children;
    exchange(this.target("side"), [...list.childNodes]);
    exchange(this.target("panel"), [...panel.childNodes]);
    this.focusAgain(this.keepFocus ? this.at : part);
    this.look();
  }

  focusAgain(part) {
    if (part) this.element.querySelector(`[data-view-id="${CSS.escape(part)}"]`)?.focus();
    if (this.focusOn) this.element.querySelector(this.focusOn)?.focus();
    if (this.focusName) this.element.querySelector(".view-label")?.select();
    this.focusOn = "";
    this.keepFocus = this.focusName = false;
  }

  /** The view with records: slower than the rest, so it comes by itself. */
  async look() {
    const turn = this.looking = (this.looking ?? 0) + 1;
    const target = this.target("preview");
    target.setAttribute("aria-busy", "true");
    const address = `${this.value("base")}/preview?revision=${this.draft.revision}&view=${encodeURIComponent(this.at)}`;
    const response = await send(address, HTML).catch(() => null);
    if (turn !== this.looking) return;
    target.removeAttribute("aria-busy");
    if (response?.ok) exchange(target, pick(await response.text(), ".view-preview").nodes);
  }
}

const nameOf = (part) => (part.querySelector("[data-name]") ?? part).textContent.trim();

function shifted(values, from, to) {
  if (to < 0 || to >= values.length || to === from) return values;
  return values.toSpliced(from, 1).toSpliced(to, 0, values[from]);
}
