// Comments on a record: said, taken back; Ctrl+Enter sends.
import { postJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { visit } from "../lib/hypermedia.js";
import { fill, joined } from "../lib/text.js";
import { toast } from "../lib/toast.js";

export default class Comments extends Controller {
  hurry(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.target("form").requestSubmit();
  }

  async send(event) {
    event.preventDefault();
    const box = this.target("box");
    if (!box.value.trim() || this.busy) return box.focus();
    this.busy = true;
    const { untold } = this.element.dataset;
    const form = new FormData(this.target("form"));
    const said = { text: form.get("text"), field: form.get("field") ?? "", named: form.getAll("named") };
    try {
      const answer = await postJson(this.value("url"), said);
      box.value = ""; // what is typed outlives a swap
      await this.again();
      if (answer.untold.length) toast(fill(untold, { names: joined(answer.untold) }));
    } catch (error) {
      toast(error.message);
    } finally {
      this.busy = false;
    }
  }

  async remove(event) {
    event.preventDefault();
    const { gone } = this.element.dataset;
    const answer = await send(this.param(event, "url"), { method: "DELETE", headers: { Accept: "application/json" } });
    if (!answer.ok) return toast(answer.statusText);
    await this.again();
    toast(gone);
  }

  /** The stream anew, where one was; the box is ready for the next one. */
  async again() {
    const place = scrollY;
    await visit(location.pathname + location.search);
    scrollTo(0, place);
    document.querySelector("[data-comments-target~=box]")?.focus({ preventScroll: true });
  }
}
