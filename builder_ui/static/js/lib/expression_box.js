// The box an expression is written in: an editable element in which known names stand as chips with their labels,
// and whose text is the expression itself. Places count in the expression, whatever is shown for it.
import { cut } from "./expression_text.js";

const GAP = "\u200b"; // gives the caret a place beside a chip
const KINDS = ["function", "text", "number", "word", "wrong"];

export class ExpressionBox {
  constructor(element) {
    this.element = element;
    this.ranges = [];
  }

  get text() {
    return [...this.element.childNodes].map(said).join("");
  }

  /** Where the caret is; null when it is not in here. `{start, end}` in the text. */
  get selection() {
    const found = getSelection();
    if (!found.rangeCount || !this.element.contains(found.anchorNode)) return null;
    const range = found.getRangeAt(0);
    const start = this.#place(range.startContainer, range.startOffset);
    return { start, end: range.collapsed ? start : this.#place(range.endContainer, range.endOffset) };
  }

  /** Show a text with its chips `[{at, length, kind, label, title}]`, in order and not overlapping. */
  show(text, chips = []) {
    const nodes = [];
    let at = 0;
    const plain = (end) => { if (end > at) nodes.push(document.createTextNode(text.slice(at, end))); };
    for (const chip of chips) {
      if (chip.at < at || chip.kind === "function") continue;
      plain(chip.at);
      if (!nodes.length || nodes.at(-1).nodeType === 1) nodes.push(document.createTextNode(GAP));
      nodes.push(chipOf(chip, text.slice(chip.at, chip.at + chip.length)));
      at = chip.at + chip.length;
    }
    plain(text.length);
    if (nodes.at(-1)?.nodeType === 1) nodes.push(document.createTextNode(GAP));
    this.element.replaceChildren(...nodes);
  }

  /** Put the caret there; only while the box has the focus. */
  select(start, end = start) {
    const range = document.createRange();
    range.setStart(...this.#node(start));
    range.setEnd(...this.#node(end));
    const found = getSelection();
    found.removeAllRanges();
    found.addRange(range);
  }

  /** The chip that ends (or begins) at a place. */
  chipAt(place, side) {
    let at = 0;
    for (const node of this.element.childNodes) {
      const length = said(node).length;
      if (node.nodeType === 1 && (side === "before" ? at + length === place : at === place)) return { start: at, end: at + length };
      at += length;
    }
    return null;
  }

  /** Colours for what is text, number or function, and a wave under `wrong` stretches, without touching the text. */
  colour(wrong = []) {
    this.forget();
    if (!globalThis.CSS?.highlights) return;
    const marked = cut(this.text).filter(({ kind }) => KINDS.includes(kind));
    for (const { at, length } of wrong) marked.push({ kind: "wrong", at, end: at + Math.max(1, length) });
    for (const { kind, at, end } of marked) {
      const range = new StaticRange(ends(this.#node(at, true), this.#node(end)));
      highlight(kind).add(range);
      this.ranges.push([kind, range]);
    }
  }

  forget() {
    for (const [kind, range] of this.ranges) highlight(kind).delete(range);
    this.ranges = [];
  }

  /** Where a place of the expression is on the screen. */
  rectangle(place) {
    const range = document.createRange();
    range.setStart(...this.#node(place));
    range.collapse(true);
    const found = range.getClientRects()[0];
    return found && found.height ? found : this.element.getBoundingClientRect();
  }

  #place(container, offset) {
    if (container === this.element) return sum([...this.element.childNodes].slice(0, offset));
    const child = [...this.element.childNodes].find((node) => node.contains(container));
    const before = sum([...this.element.childNodes].slice(0, [...this.element.childNodes].indexOf(child)));
    if (child.nodeType === 1 && child.dataset.text !== undefined) return before + (offset > 0 ? child.dataset.text.length : 0);
    return before + (child.nodeType === 3 ? plainText(child.data.slice(0, offset)).length : said(child).length);
  }

  /** [node, offset] of a place; `forward`: at a border the node that begins there. */
  #node(place, forward = false) {
    let at = 0;
    const nodes = [...this.element.childNodes];
    for (const [index, node] of nodes.entries()) {
      const length = said(node).length;
      const last = index === nodes.length - 1;
      if (node.nodeType === 3 && (forward && !last ? place < at + length : place <= at + length)) return [node, offsetIn(node, place - at)];
      if (node.nodeType === 1 && place < at + length) return [this.element, index];
      at += length;
    }
    return [this.element, nodes.length];
  }
}

function chipOf({ kind, label, title }, text) {
  const chip = document.createElement("span");
  chip.className = `expression-chip is-${kind}`;
  chip.contentEditable = "false";
  chip.dataset.text = text;
  chip.title = title || text;
  chip.textContent = label || text;
  return chip;
}

const plainText = (text) => text.replaceAll(GAP, "");
const said = (node) => node.nodeType === 3 ? plainText(node.data) : node.dataset?.text ?? (node.nodeName === "BR" ? "\n" : plainText(node.textContent));
const sum = (nodes) => nodes.reduce((total, node) => total + said(node).length, 0);

/** The offset in a text node, its gaps counted, of so many letters of the expression. */
function offsetIn(node, letters) {
  let left = letters;
  for (let offset = 0; offset < node.data.length; offset += 1) {
    if (node.data[offset] === GAP) continue;
    if (left === 0) return offset;
    left -= 1;
  }
  return node.data.length;
}

function ends([startContainer, startOffset], [endContainer, endOffset]) {
  return { startContainer, startOffset, endContainer, endOffset };
}

function highlight(kind) {
  const name = `expression-${kind}`;
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
}
