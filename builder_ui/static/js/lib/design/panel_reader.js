// The property panel: a control with `data-path` and `data-kind` says `change`, and the chosen parts have that value.
import { fill } from "../text.js";
import { toast } from "../toast.js";
import { changePart, parsed, partAt, spanned, valueSet } from "../../model/forms.js";
import { fieldOf, sectionOf, layoutOf, spanOf } from "../../model/layout.js";
import { freeName } from "../../model/names.js";
import { ids } from "../../model/layout.js";
import { parts as pathParts, valueAt } from "../../model/patch.js";
import { partOf } from "./canvas_dom.js";
import { valueOf } from "./values.js";

export class PanelReader {
  constructor(designer) {
    this.designer = designer;
  }

  listen(on) {
    const panel = this.designer.target("panel");
    on(panel, "change", (event) => this.changed(event.target));
    on(panel, "input", (event) => this.typed(event.target));
    on(panel, "click", (event) => this.clicked(event.target.closest("[data-act]")));
    on(document.getElementById("drawer"), "click", (event) => this.become(event.target.closest("[data-become]")));
    on(panel, "focusout", () => this.designer.draft.settle());
    this.panelShown();
  }

  /** The parts the panel is about; the form itself where nothing is chosen. */
  get keys() {
    return this.designer.chosen.length > 0 ? this.designer.chosen : ["form"];
  }

  changed(control) {
    if (control.dataset.act === "rename") return this.designer.identify(this.keys[0], { id: control.value.trim() });
    if (!control.dataset.path) return;
    if (control.dataset.path === "@span") return this.span(Number(control.value));
    if (control.dataset.path === "@opens") return this.opens(control);
    if (control.dataset.path.startsWith("@rule/")) return this.#rule(control);
    try {
      this.set(control);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      control.setAttribute("aria-invalid", "true");
      toast(fill(this.designer.words.bad_json, { text: error.message }));
    }
  }

  /** A type chosen in the drawer. */
  become(button) {
    if (!button) return;
    const { designer, keys } = this;
    document.getElementById("drawer").close();
    const name = fill(designer.words.change, { property: designer.words.type, what: designer.calledAll(keys) });
    const typing = `panel:${keys.join()}:/type`;
    designer.do(name, (form) => changePart(form, designer.implied, keys[0], (part) => ({ ...part, type: button.dataset.become })), keys, { typing });
    this.#suit(keys);
  }

  set(control) {
    const { designer, keys } = this;
    const { path, label = "" } = control.dataset;
    control.removeAttribute("aria-invalid");
    if (path === "/label" && control.dataset.kind === "label" && !control.dataset.lang) {
      const text = control.value.trim();
      return keys[0] === "form" ? this.#write(control, path, label, keys) : designer.relabel(keys[0], text).then(() => designer.showPanel(false));
    }
    this.#write(control, path, label, keys);
    if (path === "/type") this.#suit(keys);
  }

  #write(control, path, label, keys) {
    const { designer } = this;
    const name = fill(designer.words.change, { property: label, what: designer.calledAll(keys) });
    const change = (part) => valueSet(part, pathParts(path), valueOf(control, valueAt(part, path)));
    const make = (form) => keys.reduce((made, key) => changePart(made, designer.implied, key, change), form);
    const step = designer.do(name, make, designer.chosen, { typing: `panel:${keys.join()}:${path}` });
    if (step) designer.showPanel(control.dataset.refresh !== undefined);
  }

  /** The button opens this form: its rule is made, or takes the place of the one it had; both in one step. */
  opens(control) {
    const { designer, keys } = this;
    const { rules, rule: before, label } = control.dataset;
    const rule = control.value ? { ...JSON.parse(rules)[control.value], ...(before ? { id: before } : {}) } : null;
    const name = fill(designer.words.change, { property: label, what: designer.calledAll(keys) });
    const pressed = (form) => changePart(form, designer.implied, keys[0], (part) => valueSet(part, ["rule"], rule?.id));
    designer.draft.change(name, (document) => {
      const others = (document.rules ?? []).filter((each) => each.id !== before);
      return {
        ...document,
        rules: rule ? [...others, rule] : others,
        forms: document.forms.map((form) => (form.id === designer.value("form") ? pressed(form) : form)),
      };
    }, { focus: designer.address(keys) });
    designer.showPanel();
  }

  /** A place in the rule that the button presses. */
  #rule(control) {
    const { designer, keys } = this;
    const { path, label } = control.dataset;
    const pressed = partAt(designer.form, designer.implied, keys[0])?.rule;
    const place = pathParts(path.slice("@rule".length));
    const name = fill(designer.words.change, { property: label, what: designer.calledAll(keys) });
    const change = (rule) => (rule.id === pressed ? valueSet(rule, place, valueOf(control, undefined)) : rule);
    designer.draft.change(name, (document) => ({ ...document, rules: (document.rules ?? []).map(change) }), { focus: designer.address(keys), typing: `panel:${keys.join()}:${path}` });
  }

  /** Another type has other options, and rows only where it is made for them. */
  #suit(keys) {
    const { designer } = this;
    const tile = (type) => designer.element.querySelector(`.tile[data-kind="field"][data-name="${CSS.escape(type)}"]`);
    const suited = (part) => {
      const fresh = JSON.parse(tile(part.type)?.dataset.part ?? "{}");
      const { options, fields, ...rest } = part;
      const keeps = (tile(part.type)?.dataset.options ?? "").split(" ");
      const kept = Object.fromEntries(Object.entries(options ?? {}).filter(([key]) => keeps.includes(key)));
      return { ...rest, ...(Object.keys(kept).length > 0 ? { options: kept } : {}), ...(fresh.fields ? { fields: fields ?? [] } : {}) };
    };
    const make = (form) => keys.reduce((made, key) => changePart(made, designer.implied, key, suited), form);
    designer.do(designer.draft.undoable?.name ?? "", make, designer.chosen, { typing: `panel:${keys.join()}:/type` });
    designer.showPanel();
  }

  span(width) {
    const { designer } = this;
    const [key] = this.keys;
    designer.do(fill(designer.words.width, { what: designer.called(key) }), (form) => spanned(form, designer.implied, key, width));
  }

  /** What is typed as a label stands on the canvas at once. */
  typed(control) {
    if (control.dataset.path !== "/label" || control.dataset.lang === "en") return;
    const name = partOf(this.designer.canvas, this.keys[0])?.querySelector("[data-name]");
    if (name && control.value.trim()) {
      name.textContent = control.value;
      name.classList.remove("unnamed");
    }
  }

  clicked(button) {
    const { designer } = this;
    if (button?.dataset.act === "language") this.#language(button);
    if (button?.dataset.act === "tab-add") {
      this.#tabs(designer.words.tab_added, (tabs, taken) => [...tabs, { id: freeName("tab", taken), label: fill(designer.words.tab, { n: tabs.length + 1 }), blocks: [{ id: freeName("section", taken), kind: "section", fields: [] }] }]);
    }
    if (button?.dataset.act === "tab-remove") {
      this.#tabs(designer.words.tab_removed, (tabs) => [...tabs.slice(0, -2), { ...tabs.at(-2), blocks: [...(tabs.at(-2).blocks ?? []), ...(tabs.at(-1).blocks ?? [])] }]);
    }
  }

  /** A label gets a text of its own in the other language. */
  #language(button) {
    const { designer } = this;
    const path = pathParts(button.dataset.for);
    const name = fill(designer.words.change, { property: button.dataset.label, what: designer.calledAll(this.keys) });
    const change = (part) => valueSet(part, path, { zh: valueAt(part, button.dataset.for) ?? "", en: "" });
    designer.do(name, (form) => changePart(form, designer.implied, this.keys[0], change));
    designer.showPanel().then(() => designer.target("panel").querySelector(`[data-path="${button.dataset.for}"][data-lang="en"]`)?.focus());
  }

  #tabs(name, make) {
    const { designer } = this;
    const change = (form) => changePart(form, designer.implied, this.keys[0], (block) => ({ ...block, tabs: make(block.tabs ?? [], ids(layoutOf(form, designer.implied))) }));
    designer.do(name, change);
    designer.showPanel();
  }

  /** How wide a field stands is no property of the field: it is looked up in its section. */
  panelShown() {
    const { designer } = this;
    const box = designer.target("panel").querySelector("[data-span]");
    const { id } = parsed(this.keys[0]);
    const section = sectionOf(layoutOf(designer.form, designer.implied), id);
    if (!box || !section) return;
    const columns = section.columns ?? 2;
    box.hidden = columns < 2;
    const now = spanOf(section.fields.find((each) => fieldOf(each) === id));
    for (const radio of box.querySelectorAll("input")) {
      radio.checked = Number(radio.value) === now;
      radio.closest("label").hidden = Number(radio.value) > columns;
    }
    for (const control of designer.target("panel").querySelectorAll("[data-several]")) control.indeterminate = true;
  }

  /** Is the part still there the panel is about? */
  get stands() {
    return this.keys.every((key) => partAt(this.designer.form, this.designer.implied, key));
  }
}
