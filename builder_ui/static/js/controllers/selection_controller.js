// Rows chosen in a list: the bar that counts them, "all of this filter", and what to do with them.
import { Controller } from "../lib/controller.js";
import { readJson, send } from "../lib/api.js";
import { bringBack, undoable } from "../lib/undoing.js";
import { toast } from "../lib/toast.js";
import { visit } from "../lib/hypermedia.js";
import { fill } from "../lib/text.js";
import { pick } from "../lib/swap.js";

export default class Selection extends Controller {
  connect() {
    this.last = null;
    this.changed();
  }

  boxes() {
    return this.targets("box");
  }

  toggleAll(event) {
    for (const box of this.boxes()) box.checked = event.target.checked;
    this.changed();
  }

  changed() {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked);
    const all = this.target("all");
    for (const box of boxes) box.closest("tr").classList.toggle("selected", box.checked);
    if (all) [all.checked, all.indeterminate] = [chosen.length > 0 && chosen.length === boxes.length, chosen.length > 0 && chosen.length < boxes.length];
    this.every = false;
    this.show(chosen.length, chosen.length === boxes.length);
  }

  show(count, complete) {
    this.target("bar").hidden = count === 0;
    const text = this.target("count");
    text.textContent = fill(text.dataset.text, { n: count });
    const everything = this.target("everything");
    if (everything) everything.hidden = !complete;
  }

  /** Not the rows of this page but all the filter finds. */
  everything(event) {
    this.every = true;
    this.target("count").textContent = event.actor.textContent;
    event.actor.hidden = true;
  }

  clear() {
    for (const box of this.boxes()) box.checked = false;
    this.changed();
  }

  /** What the server needs to know: the ids, or that it is all of them. */
  fields() {
    const chosen = this.boxes().filter((box) => box.checked).map((box) => ["record", box.value]);
    return this.every ? [["all", "yes"]] : chosen;
  }

  async open(event) {
    const kind = this.param(event, "kind"), path = this.param(event, "path") || "bulk";
    const query = new URLSearchParams([...new URLSearchParams(location.search), ["kind", kind], ...this.fields()]);
    const answer = await send(`${this.value("base")}/${path}?${query}`, { headers: { Accept: "text/html", "HX-Request": "true" } });
    const drawer = document.getElementById("drawer");
    drawer.replaceChildren(...pick(await answer.text()).nodes);
    drawer.showModal();
  }

  /** Deletes the chosen records at once; for ten seconds they can be brought back. */
  async remove(event) {
    const { done, partly, undo, restored } = event.actor.dataset;
    const [restore, here] = [this.param(event, "restore"), location.pathname + location.search];
    event.actor.disabled = true;
    try {
      const body = new URLSearchParams([["kind", "delete"], ...this.fields()]);
      const answer = await readJson(await send(`${this.value("base")}/bulk${location.search}`, { method: "POST", headers: { Accept: "application/json" }, body }));
      await visit(here);
      const { deleted: n, refused, why, together } = answer;
      const text = fill(refused ? partly : done, { n, refused, why });
      if (n) undoable(text, undo, () => bringBack(restore, together, here, restored));
      else toast(text);
    } catch (error) {
      event.actor.disabled = false;
      toast(error.message);
    }
  }

  export(event) {
    event.preventDefault();
    const query = new URLSearchParams([...new URLSearchParams(location.search), ...this.fields()]);
    location.assign(`${this.value("base")}/export?${query}`);
  }
}
