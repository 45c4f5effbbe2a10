// The permission designer: what is ticked, chosen and written becomes a step of the draft; what the server makes of
// the saved draft (roles, matrix, cards, who gains and who loses) takes the place of what is shown.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { exchange } from "../lib/parts.js";
import { released } from "../lib/pressing.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { usesOf } from "../lib/uses.js";
import { freeName } from "../model/names.js";
import * as roles from "../model/roles.js";

export default class Permissions extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.saved = () => this.refresh();
    this.shown = (event) => this.show(event.detail.at);
    document.body.addEventListener("draft:saved", this.saved);
    document.body.addEventListener("draft:shown", this.shown);
    this.role = this.target("body").querySelector("[data-role-label]")?.dataset.role ?? "";
    this.opening = openDraft();
    this.draft = await this.opening;
    this.openCard(location.hash.slice(1));
    this.weigh();
  }

  disconnect() {
    document.body.removeEventListener("draft:saved", this.saved);
    document.body.removeEventListener("draft:shown", this.shown);
    this.asking?.abort();
  }

  // -- what people do -----------------------------------------------------------------------------

  /** What is done before the draft is here waits for it. */
  async changed(event) {
    const control = event.target;
    await this.opening;
    const what = control.dataset.do ?? control.closest("[data-do]")?.dataset.do;
    if (typeof this[`do_${what}`] === "function") this[`do_${what}`](control, this.placeOf(control));
  }

  async pressed(event) {
    const button = event.target.closest("button[data-do]");
    await this.opening;
    if (button) this[`press_${button.dataset.do}`]?.(this.placeOf(button));
  }

  do_preset(select, at) {
    const chosen = select.selectedOptions[0];
    const preset = JSON.parse(chosen.dataset.value || "null");
    this.step("preset", { ...at, preset: chosen.textContent.trim() }, (d) => roles.applyPreset(d, at.id, at.form, preset));
  }

  do_action(box, at) {
    this.step("action", at, (d) => roles.setAction(d, at.id, at.form, box.dataset.name, box.checked));
  }

  do_rows(text, at) {
    const key = text.closest("[data-key]").dataset.key;
    this.step("rows", at, (d) => roles.setRows(d, at.id, at.form, key, text.value), `${at.id}/${at.form}/${key}`);
  }

  do_field(radio, at) {
    const { name, rest, label } = radio.dataset;
    const usual = name === "*" ? this.usual(at) : rest;
    const access = radio.value === usual ? "" : radio.value;
    this.step("field", { ...at, field: label }, (d) => roles.setField(d, at.id, at.form, name, access));
  }

  do_view(box, at) {
    const all = [...box.closest("fieldset").querySelectorAll("input")];
    const offered = all.filter((each) => each.checked).map((each) => each.dataset.name);
    this.step("views", at, (d) => roles.setViews(d, at.id, at.form, offered, all));
  }

  do_report(radio, at) {
    this.step("report", { ...at, name: radio.dataset.label }, (d) => roles.setReport(d, at.id, radio.dataset.name, radio.value));
  }

  do_duty(box, at) {
    this.step("duty", at, (d) => roles.setDuty(d, at.id, box.dataset.name, box.checked));
  }

  do_flag(box, at) {
    this.step("role", at, (d) => roles.setRole(d, at.id, box.dataset.key, box.checked));
  }

  do_unmask(box, at) {
    this.step("unmask", at, (d) => roles.setUnmask(d, at.id, box.checked));
  }

  do_glass(box, at) {
    const { forms, alarm } = box.dataset;
    this.step("glass", at, (d) => roles.setEmergency(d, at.id, box.checked, JSON.parse(forms), JSON.parse(alarm)));
  }

  /** A number out of its bounds restores the one before. */
  do_measure(input, at) {
    const { holder, key } = input.dataset;
    if (!input.reportValidity() || input.value === "") {
      input.value = input.defaultValue;
      return;
    }
    this.step(holder === "unmask" ? "unmask" : "glass", at, (d) => roles.setMeasure(d, at.id, holder, key, Number(input.value)), `${at.id}/${holder}/${key}`);
  }

  do_listed(box, at) {
    const { holder, key, name } = box.dataset;
    this.step(holder === "unmask" ? "unmask" : "glass", at, (d) => roles.setListed(d, at.id, holder, key, name, box.checked));
  }

  do_text(input, at) {
    this.step("role", at, (d) => roles.setRole(d, at.id, input.dataset.key, input.value.trim()), `${at.id}/${input.dataset.key}`);
  }

  /** An empty name restores the one before. */
  do_label(input, at) {
    const text = input.value.trim();
    if (!text) {
      input.value = input.defaultValue;
      return;
    }
    const [, language] = input.dataset.key.split("/");
    this.step("rename", { ...at, role: text }, (d) => roles.withRole(d, at.id, (role) => ({ ...role, label: language ? { ...role.label, [language]: text } : text })), `${at.id}/label`);
  }

  async named(event) {
    event.preventDefault();
    const input = event.target.querySelector("input");
    const label = input.value.trim();
    await this.opening;
    if (!label) return;
    const response = await send(`${this.value("base")}/name?label=${encodeURIComponent(label)}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const id = freeName((await response.json()).id, (this.draft.document.roles ?? []).map((role) => role.id));
    input.value = "";
    this.add({ id, label }, "add");
  }

  press_copy(at) {
    const role = roles.roleOf(this.draft.document, at.id);
    const id = freeName(role.id, this.draft.document.roles.map((each) => each.id));
    this.add({ ...role, id, label: fill(this.words.copied, { role: at.role }) }, "copy");
  }

  async add(role, word) {
    this.draft.change(fill(this.words[word], { role: role.label }), (d) => roles.addRole(d, role), { focus: this.address(role.id) });
    await this.open(role.id);
    if (word === "copy") this.element.querySelector("#role-label")?.select();
  }

  async press_remove(at) {
    const used = usesOf(`${this.value("base")}/uses`, { role: at.id, revision: this.draft.revision });
    this.draft.change(fill(this.words.remove, at), (d) => roles.removeRole(d, at.id), { focus: this.address(at.id) });
    toast([fill(this.words.removed, at), ...(await used)].join(" · "), { text: this.words.undo, run: () => { this.draft.undo(); this.open(at.id); } });
    await this.open("");
  }

  // -- where --------------------------------------------------------------------------------------

  /** The role and the form a control is about, with their labels. */
  placeOf(control) {
    const middle = this.target("body").querySelector("[data-role-label]");
    const card = control.closest("[data-form]") ?? control;
    const id = control.dataset.role ?? middle.dataset.role;
    return { id, role: this.labelOf(id) || middle.dataset.roleLabel, formId: card.dataset.form, form: card.dataset.form, label: card.dataset.formLabel ?? "" };
  }

  labelOf(id) {
    const label = roles.roleOf(this.draft.document, id)?.label ?? id;
    return typeof label === "string" ? label : label[document.documentElement.lang.slice(0, 2)] ?? Object.values(label)[0];
  }

  usual({ id, form }) {
    const actions = roles.roleOf(this.draft.document, id)?.forms?.[form]?.actions ?? [];
    return actions.includes("create") || actions.includes("update") ? "write" : "read";
  }

  step(word, at, make, typing = "") {
    const name = fill(this.words[word], { ...at, form: at.label });
    this.draft.change(name, make, { focus: this.address(this.role, at.form), typing });
  }

  address(role, form) {
    const asked = new URLSearchParams({ ...(role && { role }), ...(form && { at: form }) }).toString();
    return this.value("base") + (asked ? `?${asked}` : "");
  }

  async open(role) {
    this.role = role;
    history.pushState({}, "", this.address(role));
    await this.draft.flush();
    await this.refresh();
  }

  // -- what is shown ------------------------------------------------------------------------------

  /** An undone step: the page it was done on, its form flashing. */
  async show(at) {
    if (this.role && !roles.roleOf(this.draft.document, this.role)) {
      this.role = "";
      history.replaceState({}, "", this.address(""));
    }
    await this.draft.flush();
    await this.refresh();
    for (const form of at) this.openCard(`form-${form}`, true);
  }

  openCard(id, flash = false) {
    const card = id && document.getElementById(decodeURIComponent(id));
    if (!card) return;
    card.open = true;
    card.scrollIntoView({ block: "nearest" });
    if (flash) {
      card.classList.remove("flash");
      requestAnimationFrame(() => card.classList.add("flash"));
    }
  }

  /** The role that is wanted now; an answer that is not the newest any more is dropped. */
  async refresh() {
    this.weigh();
    const turn = this.turn = (this.turn ?? 0) + 1;
    const html = await this.part(`body?revision=${this.draft.revision}&role=${encodeURIComponent(this.role)}`);
    await released();
    if (html === null || turn !== this.turn) return;
    const body = this.target("body");
    const open = [...body.querySelectorAll("details[open]")].map((each) => each.id);
    exchange(body, pick(html).nodes);
    for (const id of open) this.openDetails(id);
  }

  openDetails(id) {
    const found = id && document.getElementById(id);
    if (found) found.open = true;
  }

  async weigh() {
    this.asking?.abort();
    this.asking = new AbortController();
    const list = this.target("effects");
    list.setAttribute("aria-busy", "true");
    const html = await this.part(`effects?revision=${this.draft.revision}`, this.asking.signal);
    if (html === null) return;
    list.removeAttribute("aria-busy");
    list.replaceChildren(...pick(html).nodes);
  }

  /** A part of the page as HTML; null where a newer one is asked for, or there was no answer. */
  async part(path, signal) {
    const revision = this.draft.revision;
    try {
      const response = await send(`${this.value("base")}/${path}`, { quiet: true, signal, headers: { Accept: "text/html" } });
      return response.ok && revision === this.draft.revision ? await response.text() : null;
    } catch {
      return null;
    }
  }
}
