// Pages about an app as a whole: its name, a form nobody can open, going back to a version, fields that were parked,
// tests. Everything is an edit of the one draft and can be undone; then the page is asked for anew.
import { readJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { openDraft } from "../lib/draft.js";
import { given, givenBack, reached, saying, without } from "../model/life.js";

export default class DesignLife extends Controller {
  /** A plain control: `data-path` in the document, `data-step` names what was done. */
  async set(event) {
    const box = event.target.closest("[data-path]");
    if (!box || !box.reportValidity?.()) return;
    const draft = await openDraft();
    const language = document.documentElement.lang.slice(0, 2);
    draft.change(box.dataset.step, (app) => given(app, box.dataset.path, box.value.trim(), language), { focus: location.pathname });
  }

  /** Let people in: the preset for a role, a place in the menu. */
  async reach(event) {
    event.preventDefault();
    const sent = new FormData(event.target.closest("form"));
    const { form, step } = event.target.closest("form").dataset;
    const labels = JSON.parse(this.value("words"));
    await this.edit(step, (app) => reached(app, { form, role: sent.get("role"), permission: JSON.parse(sent.get("preset") ?? "null"), group: sent.get("group"), labels }));
  }

  /** The whole draft becomes what a version was. */
  async restore(event) {
    const found = await readJson(await send(this.param(event, "document"), { headers: { Accept: "application/json" } }));
    await this.edit(this.param(event, "step"), () => found);
  }

  /** What was parked stands in its place again. */
  async giveBack(event) {
    const part = JSON.parse(this.param(event, "part"));
    await this.edit(this.param(event, "step"), (app) => givenBack(app, part));
  }

  async addTest(event) {
    const words = [...this.element.querySelectorAll("[data-test-words]")].map((box) => [box.dataset.testWords, box.value.trim()]);
    const test = saying(JSON.parse(this.param(event, "test")), words);
    const label = this.element.querySelector("[data-test-label]")?.value.trim() || test.label;
    await this.edit(this.param(event, "step"), (app) => ({ ...app, tests: [...(app.tests ?? []), { ...test, label }] }));
    const after = this.param(event, "then");
    if (after) this.element.querySelector(after)?.requestSubmit();
  }

  async dropTest(event) {
    const test = this.param(event, "test");
    await this.edit(this.param(event, "step"), (app) => without(app, "tests", test));
  }

  async edit(step, change) {
    const draft = await openDraft();
    draft.change(step, change, { focus: location.pathname });
    if (await draft.flush()) location.reload();
  }
}
