// A record is deleted at once, without asking, and can be brought back for ten seconds by a click.
import { readJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { visit } from "../lib/hypermedia.js";
import { toast } from "../lib/toast.js";
import { bringBack, undoable } from "../lib/undoing.js";

export default class Deleting extends Controller {
  async go(event) {
    event.preventDefault();
    const [back, here, restore] = [this.value("back"), location.pathname + location.search, this.value("restore")];
    const { done, undo, restored } = this.element.dataset;
    try {
      const { together } = await readJson(await send(this.value("url"), { method: "DELETE", headers: { Accept: "application/json" } }));
      await visit(back);
      undoable(done, undo, () => bringBack(restore, together, here, restored));
    } catch (error) {
      toast(error.message);
    }
  }
}
