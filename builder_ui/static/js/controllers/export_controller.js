// An export with its progress: the file is read as it comes, its lines (or bytes) are counted, then it is handed over.
import { readJson, send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { toast } from "../lib/toast.js";

export default class Export extends Controller {
  disconnect() {
    this.asking?.abort();
  }

  all() {
    for (const box of this.targets("column")) box.checked = true;
  }

  own() {
    for (const box of this.targets("column")) box.checked = box.dataset.own === "yes";
  }

  async begin(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const address = `${this.element.action}?${new URLSearchParams(new FormData(this.element))}`;
    this.working(true);
    this.asking = new AbortController();
    try {
      const answer = await send(address, { signal: this.asking.signal });
      if (!answer.ok) await readJson(answer);
      this.hand(await this.read(answer), answer);
    } catch (error) {
      if (error.name !== "AbortError") toast(error.message);
    }
    this.working(false);
  }

  working(yes) {
    this.target("progress").hidden = !yes;
    this.target("button").disabled = yes;
    this.target("count").textContent = "";
    this.target("bar").removeAttribute("value");
  }

  /** The bytes of the answer; lines are counted where there are lines, else what has come. */
  async read(answer) {
    const pieces = [], counted = answer.headers.get("content-type")?.startsWith("text/csv");
    const reader = answer.body.getReader();
    let bytes = 0;
    for (let lines = -1, step = await reader.read(); !step.done; step = await reader.read()) {
      pieces.push(step.value);
      this.received(bytes += step.value.length, counted);
      if (counted) this.count(lines += step.value.reduce((sum, byte) => sum + (byte === 10), 0));
    }
    return new Blob(pieces, { type: answer.headers.get("content-type") });
  }

  count(lines) {
    const total = Number(this.value("total")), bar = this.target("bar");
    if (total) [bar.max, bar.value] = [total, Math.min(lines, total)];
    const text = this.target("count").dataset.text;
    this.target("count").textContent = text.replace("{n}", Math.max(0, lines).toLocaleString());
  }

  received(bytes, counted) {
    const line = this.target("count");
    if (!counted) line.textContent = line.dataset.size.replace("{n}", (bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 }));
  }

  hand(blob, answer) {
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "export";
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.element.closest("dialog")?.close();
  }
}
