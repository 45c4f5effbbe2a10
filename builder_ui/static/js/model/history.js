// What was done to a draft, step by step: every step has a name people read, the patch, and the patch back.
// Nothing is ever changed in place, so a step can be undone however long ago it was.
import { apply, invert } from "./patch.js";

/** One thing somebody did. `focus`: what to jump to and flash when it is undone. */
export function made(document, name, patch, { focus = "", typing = "" } = {}) {
  return { name, patch, back: invert(document, patch), focus, typing };
}

export class History {
  /** `steps` and `undone` are what survives a reload. */
  constructor(document, { steps = [], undone = [] } = {}) {
    this.document = document;
    this.steps = steps;
    this.undone = undone;
    this.listeners = new Set();
  }

  /** Tells of every new document; returns what stops that. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Do something. Typing in one place is one step: `typing` says in which. Returns the step. */
  do(name, patch, options = {}) {
    if (patch.length === 0) return null;
    const before = this.steps.at(-1);
    const step = made(this.document, name, patch, options);
    if (step.typing && before?.typing === step.typing && !before.closed) {
      this.steps = [...this.steps.slice(0, -1), { ...step, patch: [...before.patch, ...patch], back: [...step.back, ...before.back] }];
    } else {
      this.steps = [...this.steps, step];
    }
    this.undone = [];
    this.#become(apply(this.document, patch), patch, step);
    return step;
  }

  /** What was typed so far is a step of its own: the field was left. */
  settle() {
    const last = this.steps.at(-1);
    if (last?.typing) this.steps = [...this.steps.slice(0, -1), { ...last, closed: true }];
  }

  /** Take the last step back; the step, or null when there is none. */
  undo() {
    const step = this.steps.at(-1);
    if (!step) return null;
    this.steps = this.steps.slice(0, -1);
    this.undone = [...this.undone, step];
    this.#become(apply(this.document, step.back), step.back, step);
    return step;
  }

  redo() {
    const step = this.undone.at(-1);
    if (!step) return null;
    this.undone = this.undone.slice(0, -1);
    this.steps = [...this.steps, { ...step, closed: true }];
    this.#become(apply(this.document, step.patch), step.patch, step);
    return step;
  }

  /** Somebody else's changes came in. Steps whose way back no longer leads anywhere cannot be undone any more. */
  rebase(document) {
    let now = document;
    const kept = [];
    for (const step of [...this.steps].reverse()) {
      try {
        now = apply(now, step.back);
      } catch {
        break;
      }
      kept.unshift(step);
    }
    this.steps = kept;
    this.undone = [];
    this.document = document;
    for (const listener of this.listeners) listener(document, [], null);
  }

  #become(document, patch, step) {
    this.document = document;
    for (const listener of this.listeners) listener(document, patch, step);
  }
}
