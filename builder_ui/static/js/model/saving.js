// The one way edits reach the server: patches in order, one request at a time, each naming the revision it was
// made on. Without a connection they wait here and are sent again; what somebody else changed comes back merged.

export const SAVED = "saved";
const SAVING = "saving";
export const OFFLINE = "offline";
export const REFUSED = "refused";

export class Saving {
  /** `send({on, patch, note})` answers `{revision, document?, others, conflicts}`; it throws `Refused` for what
   * cannot be saved, anything else for no connection. `later(work, milliseconds)` is setTimeout. */
  constructor(history, revision, send, { later = setTimeout, wait = 600, again = 4000 } = {}) {
    Object.assign(this, { history, revision, send, later, wait, again });
    this.pending = [];
    this.state = SAVED;
    this.listeners = new Set();
    this.stop = history.listen((_document, patch, step) => patch.length && this.#queue(patch, step));
  }

  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Is there something the server does not know yet? */
  get waiting() {
    return this.pending.length > 0 || this.busy === true;
  }

  /** What the server has not confirmed: `{patch, name}` in order. */
  get unsent() {
    return [...(this.underWay ?? []), ...this.pending];
  }

  /** Everything now; resolves when nothing waits any more, or the connection is gone. */
  flush() {
    this.flight ??= this.#flush().finally(() => { this.flight = null; });
    return this.flight;
  }

  async #flush() {
    if (this.busy || this.pending.length === 0) return;
    this.busy = true;
    const sent = this.underWay = this.pending;
    this.pending = [];
    this.#tell(SAVING);
    try {
      const answer = await this.send({ on: this.revision, patch: sent.flatMap((one) => one.patch), note: note(sent) });
      this.busy = false;
      this.underWay = null;
      this.#take(answer, sent);
    } catch (error) {
      this.busy = false;
      this.underWay = null;
      this.#failed(error, sent);
      return;
    }
    if (this.pending.length > 0) await this.#flush();
  }

  /** What somebody else did, while nothing of ours is on its way; with it comes the newest draft. */
  hear({ revision, document, others }) {
    if (this.waiting || revision <= this.revision) return;
    this.revision = revision;
    this.history.rebase(document);
    this.#tell(SAVED, { others, heard: true });
  }

  #queue(patch, step) {
    this.pending.push({ patch, name: step?.name ?? "" });
    if (!this.planned) this.#plan(this.wait);
  }

  #plan(milliseconds) {
    this.planned = true;
    this.later(() => {
      this.planned = false;
      this.flush();
    }, milliseconds);
  }

  /** The server's document is another than ours when somebody else's changes are in it. What was done here
   * meanwhile was done on ours: it is sent again with what went before, on the revision both were made on. */
  #take({ revision, document, others = [], conflicts = [] }, sent) {
    if (others.length > 0 && this.pending.length > 0) {
      this.pending = [...sent, ...this.pending];
      return;
    }
    this.revision = revision;
    if (others.length > 0) this.history.rebase(document);
    this.#tell(SAVED, { others, conflicts });
  }

  #failed(error, sent) {
    if (error instanceof Refused) {
      this.#tell(REFUSED, { problems: error.problems });
      return;
    }
    this.pending = [...sent, ...this.pending];
    this.#tell(OFFLINE);
    if (!this.planned) this.#plan(this.again);
  }

  #tell(state, detail = {}) {
    this.state = state;
    for (const listener of this.listeners) listener(state, detail);
  }
}

/** What the server said no to, with its problems. */
export class Refused extends Error {
  constructor(problems) {
    super(problems.map((problem) => problem.text).join("\n"));
    this.problems = problems;
  }
}

function note(sent) {
  return [...new Set(sent.map((one) => one.name).filter(Boolean))].join("；").slice(0, 300);
}
