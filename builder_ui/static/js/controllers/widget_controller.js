// One widget of a board: fetched by itself, again when the filters change; what comes too late is dropped.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { pick, swap } from "../lib/swap.js";
import { CHANGED } from "./board_controller.js";

export default class Widget extends Controller {
  connect() {
    this.again = () => this.load();
    this.missing = () => this.showTable(true);
    document.addEventListener(CHANGED, this.again);
    this.element.addEventListener("chart:missing", this.missing);
    this.load();
  }

  disconnect() {
    this.asking?.abort();
    document.removeEventListener(CHANGED, this.again);
    this.element.removeEventListener("chart:missing", this.missing);
  }

  async load() {
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    this.element.setAttribute("aria-busy", "true");
    try {
      const headers = { "HX-Request": "true", Accept: "text/html" };
      const answer = await send(this.value("href") + location.search, { headers, signal: asking.signal });
      const html = await answer.text();
      if (this.asking !== asking) return;
      if (answer.status === 401) return location.reload();
      if (answer.ok) this.show(pick(html).nodes);
      else this.fail(pick(html, "h1").nodes[0]?.textContent);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.fail();
    }
    this.element.removeAttribute("aria-busy");
  }

  show(nodes) {
    swap(this.element, nodes);
    this.element.dataset.loaded = "true";
    if (this.tabular) this.showTable(true);
  }

  /** No answer is no reason to lose the frame: it says so, and how to go on. */
  fail(text = "") {
    const failed = this.target("failed")?.content.cloneNode(true) ?? this.failed?.cloneNode(true);
    if (!failed) return;
    this.failed ??= failed.cloneNode(true);
    if (text) failed.querySelector("[data-reason]").textContent = text;
    this.element.replaceChildren(failed);
    this.element.dataset.loaded = "true";
  }

  /** The same numbers as rows: for reading, and for the keyboard. */
  tabulate() {
    this.tabular = !this.tabular;
    this.showTable(this.tabular);
    if (this.tabular) this.target("table")?.focus({ preventScroll: true });
  }

  showTable(shown) {
    const table = this.target("table");
    const chart = this.target("chart");
    if (!table || !chart) return;
    table.hidden = !shown;
    chart.hidden = shown;
    this.target("switch")?.setAttribute("aria-pressed", shown);
    const text = this.target("switch")?.querySelector("span");
    if (text) text.textContent = text.dataset[shown ? "chart" : "table"];
  }
}
