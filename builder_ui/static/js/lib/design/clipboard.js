// Copying and pasting parts as JSON, across forms, apps and windows; column headings of a spreadsheet become fields.
import { postJson } from "../api.js";
import { fill } from "../text.js";
import { toast } from "../toast.js";
import { behind, pasted } from "../../model/forms.js";

export class Clipboard {
  constructor(designer) {
    this.designer = designer;
  }

  listen(on) {
    on(document, "copy", (event) => this.copy(event));
    on(document, "cut", (event) => { if (this.copy(event)) this.designer.remove(); });
    on(document, "paste", (event) => this.paste(event));
  }

  copy(event) {
    const { designer } = this;
    if (!this.#ours(event) || designer.chosen.length === 0 || !getSelection().isCollapsed) return false;
    event.clipboardData.setData("text/plain", JSON.stringify(designer.copied(), null, 1));
    event.preventDefault();
    if (event.type === "copy") toast(fill(designer.words.copied, { what: designer.calledAll(designer.chosen) }));
    return true;
  }

  async paste(event) {
    if (!this.#ours(event)) return;
    const text = event.clipboardData.getData("text/plain");
    if (!text.trim()) return;
    event.preventDefault();
    const clip = partsOf(text) ?? await this.#headings(text);
    const { designer } = this;
    if (!clip) return toast(designer.words.nothing_pasted);
    designer.again(designer.words.paste, (form) => pasted(form, designer.implied, clip, behind(form, designer.implied, designer.chosen.at(-1) ?? "form")));
  }

  /** Column headings -> fields whose types are guessed. */
  async #headings(text) {
    if (text.length > 20_000) return null;
    try {
      return await postJson(`${this.designer.value("base")}/headings`, { text });
    } catch {
      return null;
    }
  }

  #ours(event) {
    return !event.target.closest?.("input, textarea, select, [contenteditable]") && !this.designer.parts.some((part) => part.open);
  }
}

function partsOf(text) {
  try {
    const value = JSON.parse(text);
    return value?.muniment === "parts" && Array.isArray(value.fields) ? value : null;
  } catch {
    return null;
  }
}
