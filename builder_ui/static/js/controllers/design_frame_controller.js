// The frame of the designer: what is saved, undo and redo by name, problems, and leaving without losing anything.
// Says `draft:saved` and `draft:shown` (with the step's focus) on the body; pages listen there.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { pick } from "../lib/swap.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { REFUSED, SAVED } from "../model/saving.js";
import { freeName } from "../model/names.js";

const LOOKS = 6000; // milliseconds between two looks for what others did, while the page is seen

export default class DesignFrame extends Controller {
  async connect() {
    this.words = JSON.parse(this.value("words"));
    this.key = (event) => this.pressed(event);
    document.addEventListener("keydown", this.key);
    this.seen = () => { if (document.visibilityState === "visible") this.draft?.look(); };
    document.addEventListener("visibilitychange", this.seen);
    this.looking = setInterval(this.seen, LOOKS);
    this.draft = await openDraft();
    this.stops = [this.draft.onChange(() => this.showSteps()), this.draft.onState((state, detail) => this.told(state, detail))];
    this.showSteps();
    if (this.draft.revision !== Number(this.value("revision"))) this.problems();
  }

  disconnect() {
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("visibilitychange", this.seen);
    clearInterval(this.looking);
    for (const stop of this.stops ?? []) stop();
  }

  showSteps() {
    for (const way of ["undo", "redo"]) {
      const step = this.draft[`${way}able`];
      const button = this.target(way);
      button.disabled = !step;
      button.title = step ? fill(this.words[way], { name: step.name }) : this.words[`nothing_to_${way}`];
    }
  }

  told(state, { others = [], conflicts = [], problems = [], heard = false }) {
    const at = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: this.words.zone });
    const text = problems.map((each) => each.text).join(" ");
    const box = this.target("saved");
    box.textContent = fill(this.words[state], { at, text });
    box.dataset.state = state;
    if (state === REFUSED) toast(box.textContent);
    if (state !== SAVED) return;
    if (conflicts.length > 0) this.ask(conflicts[0]);
    else if (others.length > 0) this.tellOthers(others);
    this.problems();
    this.say("draft:saved", { revision: this.draft.revision, others: others.length > 0 || heard });
  }

  /** Both changed the very same thing: ours stands, theirs is one press away. */
  ask({ text, path, theirs }) {
    const take = () => {
      this.draft.edit(this.words.took_theirs, [{ op: "replace", path, value: theirs }], { focus: location.pathname + location.search });
      this.say("draft:shown", { at: new URL(location.href).searchParams.getAll("at") });
    };
    toast(fill(this.words.conflict, { text }), theirs === undefined ? undefined : { text: this.words.take_theirs, run: take }, 12_000);
  }

  tellOthers(others) {
    const { name, by, text } = others[0];
    if (by === this.words.me) return toast(fill(this.words.other_window, { text }));
    return toast(fill(others.length > 1 ? this.words.others_more : this.words.others, { who: name ?? by, text, n: others.length - 1 }));
  }

  /** What the checks say of the newest revision; an answer about an older one is dropped. */
  async problems() {
    const revision = this.draft.revision;
    const response = await send(`/design/${this.value("app")}/problems?revision=${revision}`, { quiet: true, headers: { Accept: "text/html" } });
    if (!response.ok || revision !== this.draft.revision) return;
    const list = this.target("list");
    list.replaceChildren(...pick(await response.text()).nodes);
    const { errors, all } = list.querySelector("[data-errors]").dataset;
    const count = this.target("count");
    Object.assign(count, { textContent: all, hidden: all === "0" });
    count.dataset.errors = errors;
  }

  undo() {
    this.step("undo", "undone");
  }

  redo() {
    this.step("redo", "redone");
  }

  step(way, word) {
    const step = this.draft?.[way]();
    if (!step) return;
    toast(fill(this.words[word], { name: step.name }));
    this.show(step.focus);
  }

  /** Jump to what a step was about: here, or on the page it was done on. */
  async show(focus) {
    const wanted = new URL(focus || location.href, location.href);
    if (wanted.pathname === location.pathname) return this.say("draft:shown", { at: wanted.searchParams.getAll("at") });
    if (await this.draft.flush()) location.assign(wanted);
  }

  /** A click on a link: everything is saved before the next page is asked for. */
  async leave(event) {
    const link = event.target.closest("a[href]");
    if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || !this.draft?.saving.waiting) return;
    event.preventDefault();
    if (await this.draft.flush()) location.assign(link.href);
  }

  async newForm() {
    const forms = this.draft.document.forms ?? [];
    const id = freeName("form", forms.map((form) => form.id));
    const label = this.words.new_form;
    const patch = [{ op: "add", path: "/forms/-", value: { id, label, fields: [] } }];
    const focus = `/design/${this.value("app")}/forms/${id}`;
    if (!this.draft.document.forms) patch.unshift({ op: "add", path: "/forms", value: [] });
    this.draft.edit(fill(this.words.add_form, { label }), patch, { focus: location.pathname });
    if (await this.draft.flush()) location.assign(focus);
  }

  pressed(event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing) return;
    const redo = event.key.toLowerCase() === "y" || (event.shiftKey && event.key.toLowerCase() === "z");
    if (!redo && event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    this.step(...(redo ? ["redo", "redone"] : ["undo", "undone"]));
  }

  say(type, detail) {
    this.element.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
