// The draft of an app in this window: what it is now, what was done, what the server knows. One for all pages of the
// designer; what was done outlives a reload and leads on to the next page.
import { difference } from "./difference.js";
import { History } from "./history.js";
import { Saving } from "./saving.js";

/** `store` keeps a value for this window: `read()` and `write(value)`. `send` as Saving wants it, `load()` answers
 * `{revision, document}` of the newest draft, `newer(revision)` what was changed since. Resolves to a Draft. */
export async function restore({ load, send, store, newer, ...times }) {
  const kept = store.read();
  const unsent = kept?.unsent ?? [];
  if (unsent.length > 0) await sendAgain(send, kept.revision, unsent);
  const { revision, document } = await load();
  const history = new History(document, kept ?? {});
  if (kept && kept.revision !== revision && unsent.length === 0) history.rebase(document);
  return new Draft(history, revision, send, store, { newer, ...times });
}

/** What the page before could not send any more. Sent twice it merges into nothing new; what is refused is lost. */
async function sendAgain(send, on, unsent) {
  try {
    await send({ on, patch: unsent.flatMap((one) => one.patch), note: unsent.map((one) => one.name).join("；").slice(0, 300) });
  } catch {
    // the newest draft is what there is
  }
}

export class Draft {
  constructor(history, revision, send, store, { newer = async () => null, ...times } = {}) {
    Object.assign(this, { history, store, newer });
    this.saving = new Saving(history, revision, send, times);
    history.listen(() => this.#keep());
    this.saving.listen(() => this.#keep());
    this.#keep();
  }

  get document() {
    return this.history.document;
  }

  /** The revision the server last told of. */
  get revision() {
    return this.saving.revision;
  }

  get undoable() {
    return this.history.steps.at(-1) ?? null;
  }

  get redoable() {
    return this.history.undone.at(-1) ?? null;
  }

  /** Do something by its patch. `focus` is the address to jump to when it is undone, `typing` the place one types in. */
  edit(name, patch, options = {}) {
    return this.history.do(name, patch, options);
  }

  /** Do something by what it makes of the document; null where nothing is different then. */
  change(name, make, options = {}) {
    return this.edit(name, difference(this.document, make(this.document)), options);
  }

  undo() {
    return this.history.undo();
  }

  redo() {
    return this.history.redo();
  }

  /** The place one typed in was left. */
  settle() {
    this.history.settle();
  }

  /** Resolves when the server knows everything, or cannot be reached; whether it does. */
  async flush() {
    await this.saving.flush();
    return !this.saving.waiting;
  }

  /** Did somebody else change anything? What is being sent finds that out by itself. */
  async look() {
    if (this.saving.waiting) return;
    const found = await this.newer(this.revision).catch(() => null);
    if (found?.document) this.saving.hear(found);
  }

  /** Of every new document: (document, step). Returns what stops that. */
  onChange(listener) {
    return this.history.listen((document, patch, step) => listener(document, step, patch));
  }

  /** Of saving: (state, {others, conflicts, problems}). */
  onState(listener) {
    return this.saving.listen(listener);
  }

  #keep() {
    const { steps, undone } = this.history;
    this.store.write({ revision: this.revision, steps, undone, unsent: this.saving.unsent });
  }
}
