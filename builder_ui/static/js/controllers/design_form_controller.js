// The form designer: what is chosen, what is done to it, and the canvas and panel the server draws of it.
// What can be done to a form is in model/forms.js; dragging, naming and the keys of the canvas in lib/design/.
import { postJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { CanvasKeys } from "../lib/design/canvas_keys.js";
import { heldBy, openTab, partOf, partsOf, sketch, stand, uncover } from "../lib/design/canvas_dom.js";
import { Clipboard } from "../lib/design/clipboard.js";
import { Columns } from "../lib/design/columns.js";
import { Dragging } from "../lib/design/dragging.js";
import { JsonSide } from "../lib/design/json_side.js";
import { Naming } from "../lib/design/naming.js";
import { PanelReader } from "../lib/design/panel_reader.js";
import { PhoneSide } from "../lib/design/phone_side.js";
import { openDraft } from "../lib/draft.js";
import { released } from "../lib/pressing.js";
import { pick, swap } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { usesOf } from "../lib/uses.js";
import { added, behind, changePart, copied, duplicated, grouped, moved, neighbour, parsed, partAt, readingOrder, removed } from "../model/forms.js";
import { fieldOf } from "../model/layout.js";

const UNSETTLED = /^field(_\d+)?$/; // an id nobody made of a label yet

export default class DesignForm extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.chosen = new URLSearchParams(location.search).getAll("at");
    this.draft = await openDraft();
    if (!this.element.isConnected) return;
    this.canvas = this.target("canvas");
    this.dragging = new Dragging({ canvas: this.canvas, scroll: this.target("scroll"), take: (source) => this.take(source), drop: (...dropped) => this.drop(...dropped), end: () => this.refresh() });
    this.columns = new Columns(this);
    this.parts = [this.columns, new CanvasKeys(this), new Clipboard(this), new PanelReader(this), new JsonSide(this), new PhoneSide(this)];
    this.listen();
    this.mark();
    if (this.draft.revision !== this.shownRevision) this.refresh();
    if (this.chosen.length > 0) this.reveal();
  }

  disconnect() {
    this.left?.abort();
    this.dragging?.cancel();
    for (const part of this.parts ?? []) part.leave?.();
  }

  listen() {
    this.left = new AbortController();
    const { signal } = this.left;
    const on = (target, type, act) => target.addEventListener(type, act, { signal });
    on(this.element, "pointerdown", (event) => this.dragging.press(event));
    on(this.canvas, "click", (event) => this.clicked(event));
    on(this.canvas, "dblclick", (event) => this.rename(event.target.closest("[data-key]")?.dataset.key));
    on(this.element, "design:add", (event) => this.add(event.detail.tile));
    on(document.body, "draft:shown", (event) => this.jumped(event.detail.at));
    on(document.body, "draft:saved", (event) => { if (event.detail.others) this.othersCame(); else if (this.owed) this.showPanel(); });
    on(this.target("panel"), "focusout", (event) => { if (this.stale && !this.target("panel").contains(event.relatedTarget)) this.showPanel(); });
    for (const part of this.parts) part.listen(on);
    this.stop = this.draft.onChange(() => this.refresh());
    signal.addEventListener("abort", this.stop);
  }

  /** Somebody else's changes are in the draft: canvas and panel show them, the panel not under the hands of who types. */
  othersCame() {
    if (!this.form) return location.assign(this.value("base").replace(/\/forms\/.*/, ""));
    this.stale = this.target("panel").contains(document.activeElement);
    if (!this.stale) this.showPanel();
    return this.refresh();
  }

  // -- the form ----------------------------------------------------------------------------------

  get form() {
    return this.draft.document.forms.find((form) => form.id === this.value("form"));
  }

  /** The layout that stands for a form without one, with the fields there are now. */
  get implied() {
    const [first, ...rest] = JSON.parse(this.canvas.querySelector(".paper").dataset.implied);
    const fields = this.form.fields ?? [];
    const known = (first.fields ?? []).filter((each) => fields.some((field) => field.id === fieldOf(each)));
    const added = fields.filter((field) => !known.some((each) => fieldOf(each) === field.id)).map((field) => field.id);
    return [{ ...first, fields: [...known, ...added] }, ...rest];
  }

  /** One step: `make(form)` is the form afterwards. Choosing `keys` shows what it was about when it is undone. */
  do(name, make, keys = this.chosen, options = {}) {
    const change = (document) => ({ ...document, forms: document.forms.map((form) => (form.id === this.value("form") ? make(form) : form)) });
    return this.draft.change(name, change, { focus: this.address(keys), ...options });
  }

  address(keys) {
    return `${this.value("base")}${keys.length > 0 ? `?${new URLSearchParams(keys.slice(0, 40).map((key) => ["at", key]))}` : ""}`;
  }

  /** What people call a part. */
  called(key) {
    if (key === "form") return this.words.the_form;
    return partOf(this.canvas, key)?.dataset.label ?? partAt(this.form, this.implied, key)?.id ?? key;
  }

  calledAll(keys) {
    return keys.length === 1 ? this.called(keys[0]) : fill(this.words.parts, { n: keys.length });
  }

  /** What people call a place. */
  calledPlace({ zone, index }) {
    if (zone === "rest") return this.words.rest;
    const [kind, id] = zone.split(/:(.*)/s);
    const where = kind === "sub" ? this.called(`field:${id}`) : kind === "section" ? this.called(`block:${id}`) : this.words.the_form;
    return fill(this.words.place_in, { where, n: index + 1 });
  }

  // -- choosing ----------------------------------------------------------------------------------

  clicked(event) {
    if (event.target.closest("[data-total-of], [data-resize]")) return;
    const tab = event.target.closest("[data-tab]");
    if (tab) openTab(this.canvas, tab.dataset.tab);
    const key = event.target.closest("[data-key]")?.dataset.key ?? "form";
    if (event.ctrlKey || event.metaKey) return this.choose(this.chosen.includes(key) ? this.chosen.filter((each) => each !== key) : [...this.chosen, key]);
    if (event.shiftKey && this.chosen.length > 0) return this.chooseTo(key);
    this.choose(key === "form" ? [] : [key]);
  }

  /** Everything between what was chosen first and this part. */
  chooseTo(key) {
    const order = partsOf(this.canvas).map((part) => part.dataset.key).filter((each) => each.split(":")[0] === key.split(":")[0]);
    const [from, to] = [order.indexOf(this.chosen[0]), order.indexOf(key)];
    if (from < 0 || to < 0) return this.choose([key]);
    const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.choose(from <= to ? range : range.reverse());
  }

  choose(keys, { focus = true, panel = true } = {}) {
    this.naming?.finish(true);
    this.chosen = keys.filter((key) => key !== "form");
    this.mark();
    if (focus) this.focus();
    history.replaceState(history.state, "", this.address(this.chosen));
    if (panel) this.showPanel();
  }

  /** Classes and tab order follow what is chosen. */
  mark() {
    for (const part of this.canvas.querySelectorAll("[data-key]")) {
      const chosen = this.chosen.includes(part.dataset.key);
      part.classList.toggle("chosen", chosen);
      if (part.hasAttribute("aria-pressed")) part.setAttribute("aria-pressed", String(chosen));
      part.tabIndex = -1;
    }
    const first = partOf(this.canvas, this.chosen.at(-1) ?? "form") ?? partOf(this.canvas, "form");
    first.tabIndex = 0;
    for (const act of this.targets("act")) act.disabled = this.chosen.length === 0;
    this.target("status").textContent = this.chosen.length > 1 ? this.calledAll(this.chosen) : "";
  }

  focus() {
    partOf(this.canvas, this.chosen.at(-1) ?? "form")?.focus({ preventScroll: true });
  }

  /** What is chosen comes into sight and flashes. */
  reveal() {
    for (const key of this.chosen) {
      const part = partOf(this.canvas, key);
      uncover(this.canvas, part);
      part?.scrollIntoView({ block: "nearest" });
      part?.classList.remove("flash");
      requestAnimationFrame(() => part?.classList.add("flash"));
    }
  }

  /** Undone or redone: what it was about is chosen and flashes, once the canvas shows it. */
  async jumped(keys) {
    await this.refresh();
    this.chosen = keys.filter((key) => partOf(this.canvas, key));
    this.mark();
    this.reveal();
    this.showPanel();
  }

  // -- adding, moving, removing --------------------------------------------------------------------

  /** A tile was clicked: below what is chosen, chosen, its label ready to type. */
  add(tile) {
    this.put(tile, behind(this.form, this.implied, this.chosen.at(-1) ?? "form"), null);
  }

  put(tile, place, mark) {
    const { kind, label } = tile.dataset;
    let key;
    this.quietly(() => this.do(fill(this.words.add, { what: label }), (form) => {
      const [made, name] = added(form, this.implied, kind, JSON.parse(tile.dataset.part), place);
      key = name;
      return made;
    }, this.chosen));
    const name = kind === "field" ? fill(this.words.untitled, { type: label }) : label;
    const part = sketch(kind, name, tile.querySelector("svg"), key);
    if (mark) mark.replaceWith(part);
    else stand(this.canvas, part, behindPlace(place, this.canvas));
    this.canvas.querySelector(".canvas-empty")?.remove();
    this.choose([key], { panel: false, focus: false });
    part.scrollIntoView({ block: "nearest" });
    if (kind === "field") this.rename(key, name);
    else {
      this.focus();
      this.refresh();
    }
    this.showPanel();
  }

  /** What a drag takes up: a tile of the palette, or what is chosen together with what was pressed. */
  take(source) {
    if (source.dataset.drag === "new") return { kind: source.dataset.kind, elements: [], label: source.dataset.label, tile: source };
    const part = source.closest("[data-key]");
    const key = part.dataset.key;
    const kind = source.dataset.drag;
    const together = this.chosen.includes(key) ? this.chosen.filter((each) => parsed(each).kind === kind) : [key];
    const elements = readingOrder(this.form, this.implied).filter((each) => together.includes(each)).map((each) => partOf(this.canvas, each)).filter(Boolean);
    const span = Number(/span-(\d)/.exec(part.className)?.[1] ?? 1);
    return { kind, elements, label: this.calledAll(together), keys: elements.map((each) => each.dataset.key), span };
  }

  drop(place, taken, mark) {
    if (taken.tile) return this.put(taken.tile, place, mark);
    if (mark) mark.before(...taken.elements);
    this.move(taken.keys, place);
  }

  move(keys, place, options = {}) {
    let names = keys;
    const step = this.do(fill(this.words.move, { what: this.calledAll(keys), where: this.calledPlace(place) }), (form) => {
      const [made, now] = moved(form, this.implied, keys, place);
      names = now;
      return made;
    }, keys, options);
    keys.forEach((key, at) => { if (key !== names[at]) partOf(this.canvas, key)?.setAttribute("data-key", names[at]); });
    if (step || names.some((name, at) => name !== keys[at])) this.choose(names, { panel: options.typing === undefined });
    return step;
  }

  /** At once, and never asked; who used it is added as soon as that is known. */
  async remove() {
    if (this.chosen.length === 0) return;
    const keys = this.chosen;
    const what = this.calledAll(keys);
    const asked = this.usesOf(keys);
    const next = neighbour(this.form, this.implied, keys);
    this.quietly(() => this.do(fill(this.words.remove, { what }), (form) => removed(form, this.implied, keys)));
    for (const key of keys) partOf(this.canvas, key)?.remove();
    this.choose(next === "form" ? [] : [next], { panel: false });
    const told = toast(fill(this.words.removed, { what }), { text: this.words.undo, key: "Ctrl+Z", run: () => this.undo() });
    const [used] = await asked; // before the server is told, which then would know nobody
    if (used) told.firstChild.data = fill(this.words.removed_used, { what, used });
    this.refresh();
    this.showPanel();
  }

  /** As their panel says it, where it has come already. */
  usesOf(keys) {
    const panel = this.target("panel").querySelector("[data-used]");
    if (panel?.dataset.keys === keys.join(" ")) return [panel.dataset.used];
    return usesOf(`${this.value("base")}/panel`, [["revision", this.draft.revision], ...keys.map((key) => ["at", key])]);
  }

  undo() {
    const step = this.draft.undo();
    if (step) this.jumped(new URL(step.focus, location.href).searchParams.getAll("at"));
  }

  duplicate() {
    this.again(this.words.duplicate, (form) => duplicated(form, this.implied, this.chosen));
  }

  group() {
    this.again(this.words.group, (form) => {
      const [made, key] = grouped(form, this.implied, this.chosen);
      return [made, [key]];
    });
  }

  /** A step that makes new parts, which are chosen then. */
  again(word, make) {
    if (this.chosen.length === 0 && word !== this.words.paste) return;
    let keys = [];
    this.do(fill(word, { what: this.calledAll(this.chosen) }), (form) => {
      const [made, names] = make(form);
      keys = names;
      return made;
    });
    this.chosen = keys;
    this.refresh().then(() => { this.reveal(); this.focus(); this.showPanel(); });
  }

  copied() {
    return copied(this.form, this.implied, this.chosen);
  }

  // -- naming --------------------------------------------------------------------------------------

  rename(key, placeholder) {
    const holder = key && partOf(this.canvas, key)?.querySelector("[data-name]");
    if (!holder) return;
    const part = partAt(this.form, this.implied, key);
    const text = labelText(part?.label);
    this.naming = new Naming(holder, text, placeholder ?? this.called(key), (label, byKey) => this.named(key, label, byKey));
  }

  /** The chosen one is called as another is: here it gets another name. */
  another() {
    this.rename(this.chosen[0]);
  }

  async named(key, label, byKey) {
    this.naming = null;
    if (byKey) this.focus();
    if (!label) return this.refresh();
    await this.relabel(key, label);
    this.showPanel();
    if (document.activeElement === document.body) this.focus();
    return null;
  }

  /** Another label; a field that was not named yet gets its id from it. */
  async relabel(key, label) {
    const typing = `label:${key}`;
    const what = this.called(key);
    this.do(fill(this.words.rename, { what, label }), (form) => changePart(form, this.implied, key, (part) => ({ ...part, label: withText(part.label, label) })), [key], { typing });
    const { kind, id } = parsed(key);
    if (kind === "field" && UNSETTLED.test(id)) await this.identify(key, { label }, { name: fill(this.words.rename, { what, label }), typing });
    this.draft.settle();
  }

  /** Another id, everywhere it stands; the server knows where. */
  async identify(key, wish, { name, typing = "" } = {}) {
    if (!(await this.draft.flush())) return;
    try {
      const { id, patch } = await postJson(`${this.value("base")}/names`, { revision: this.draft.revision, field: key.slice(6), ...wish });
      const renamed = key.replace(/[^:.]+$/, id);
      if (this.draft.edit(name ?? fill(this.words.rename_id, { what: this.called(key), id }), patch, { focus: this.address([renamed]), typing })) {
        this.chosen = this.chosen.map((each) => (each === key ? renamed : each));
        partOf(this.canvas, key)?.setAttribute("data-key", renamed);
        this.refresh();
        this.showPanel();
      }
    } catch (error) {
      toast(error.message);
    }
  }

  // -- what the server draws -------------------------------------------------------------------------

  get shownRevision() {
    return Number(this.canvas.querySelector(".paper").dataset.revision);
  }

  /** Changes made by `work` do not ask for the canvas: it is shown already, or comes later. */
  quietly(work) {
    this.quiet = true;
    work();
    this.quiet = false;
  }

  /** The canvas of the newest revision; what is chosen, focused and scrolled to stays. Waits while somebody names. */
  refresh() {
    if (this.quiet) return Promise.resolve();
    this.canvas.setAttribute("aria-busy", "true");
    const drawn = (this.refreshing ?? Promise.resolve()).then(() => this.#redraw()).catch(() => toast(this.words.not_saved_yet))
      .then(() => { if (this.refreshing === drawn) this.canvas.removeAttribute("aria-busy"); });
    this.refreshing = drawn;
    return drawn;
  }

  async #redraw() {
    if (!(await this.draft.flush()) || this.naming || this.dragging.active || this.shownRevision === this.draft.revision) return;
    const revision = this.draft.revision;
    const response = await send(`${this.value("base")}/canvas?revision=${revision}`, { headers: { Accept: "text/html" } });
    const { nodes } = pick(await response.text());
    await released();
    const late = this.draft.saving.waiting || revision !== this.draft.revision; // what came since asks again
    if (!response.ok || late || this.naming || this.dragging.active) return;
    const focused = this.canvas.contains(document.activeElement);
    const held = focused && heldBy(document.activeElement);
    const open = [...this.canvas.querySelectorAll('[data-tab][aria-selected="true"]')].map((tab) => tab.dataset.tab);
    const { scrollTop } = this.target("scroll");
    this.canvas.replaceChildren(...nodes);
    for (const tab of open) openTab(this.canvas, tab);
    this.target("scroll").scrollTop = scrollTop;
    this.chosen = this.chosen.filter((key) => partAt(this.form, this.implied, key));
    this.mark();
    const holder = held && this.canvas.querySelector(held);
    if (holder) holder.focus({ preventScroll: true });
    else if (focused) this.focus();
    for (const part of this.parts) part.redrawn?.();
  }

  /** The panel of what is chosen; only what is wrong with it where `whole` is false and it is about that already. */
  async showPanel(whole = true) {
    const asked = (this.asked = (this.asked ?? 0) + 1);
    this.owed = !(await this.draft.flush()); // without a connection it is shown when there is one again
    if (this.owed || asked !== this.asked) return;
    const query = new URLSearchParams([["revision", this.draft.revision], ...this.chosen.map((key) => ["at", key])]);
    const response = await send(`${this.value("base")}/panel?${query}`, { headers: { Accept: "text/html" } });
    const { nodes } = pick(await response.text());
    await released();
    if (!response.ok || asked !== this.asked) return;
    this.stale = false;
    const panel = this.target("panel");
    if (whole || panel.querySelector(".panel-of")?.dataset.keys !== keysOf(nodes)) this.#swapPanel(panel, nodes);
    else for (const selector of ["#panel-problems", ".panel-head"]) panel.querySelector(selector)?.replaceWith(nodes.map((node) => node.querySelector?.(selector)).find(Boolean) ?? "");
    for (const part of this.parts) part.panelShown?.();
  }

  #swapPanel(panel, nodes) {
    const same = panel.querySelector(".panel-of")?.dataset.keys === keysOf(nodes);
    const closed = [...panel.querySelectorAll("details")].map((group) => [group.dataset.group, group.open]);
    const { scrollTop } = panel;
    swap(panel, nodes);
    for (const [group, open] of closed) panel.querySelector(`[data-group="${group}"]`)?.toggleAttribute("open", open);
    panel.scrollTop = same ? scrollTop : 0;
  }

  // -- the rest of the page --------------------------------------------------------------------------

  mode(event) {
    this.parts.find((part) => part instanceof JsonSide).show(this.param(event, "mode") === "json");
  }

  phone() {
    this.parts.find((part) => part instanceof PhoneSide).toggle();
  }

  keys() {
    const dialog = this.target("keys");
    dialog.replaceChildren(this.target("keylist").content.cloneNode(true));
    dialog.showModal();
  }
}

const keysOf = (nodes) => nodes.find((node) => node.dataset)?.dataset.keys;

/** A label's words in the language of the page. */
function labelText(label) {
  if (typeof label === "string" || !label) return label ?? "";
  return label[document.documentElement.lang.slice(0, 2)] ?? Object.values(label)[0] ?? "";
}

function withText(label, text) {
  return label && typeof label === "object" ? { ...label, [document.documentElement.lang.slice(0, 2)]: text } : text;
}

/** A place between blocks, where the canvas shows none yet, is the end of what it shows. */
function behindPlace(place, canvas) {
  const shown = canvas.querySelector(`[data-zone="${CSS.escape(place.zone)}"]`);
  return shown ? place : { zone: "blocks:", index: Infinity };
}
