// The recycle bin: a record goes back to where it was, its line leaves.
import { postJson } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { visit } from "../lib/hypermedia.js";
import { fill } from "../lib/text.js";
import { toast } from "../lib/toast.js";

export default class Restoring extends Controller {
  async back(event) {
    event.preventDefault();
    const [record, title] = [this.param(event, "record"), this.param(event, "title")];
    const button = event.actor.querySelector("button");
    button.disabled = true;
    try {
      const { restored: [outcome] } = await postJson(this.value("url"), { records: [record] });
      if (!outcome.ok) throw new Error(outcome.problems[0].text);
      const said = fill(this.element.dataset.restored, { title });
      await visit(location.pathname + location.search);
      toast(said);
    } catch (error) {
      button.disabled = false;
      toast(error.message);
    }
  }
}
