// Dragging with a pointer: the canvas makes room where the part would stand, a chip follows the pointer. Esc and a
// drop outside change nothing. A press without a move is a click and none of our business.
import { dropClick } from "../pressing.js";
import { openTab, partsIn } from "./canvas_dom.js";

const START = 5; // pixels until a press is a drag
const EDGE = 56; // pixels from the edge at which the canvas scrolls
const OPENS = 500; // milliseconds over a tab until it opens

export class Dragging {
  /** `host`: { canvas, scroll, take(element) -> { kind, elements, label, span } | null, drop(place, taken), end() } */
  constructor(host) {
    this.host = host;
    this.held = null;
    this.listeners = { pointermove: (event) => this.#moved(event), pointerup: (event) => this.#up(event), pointercancel: () => this.cancel(), keydown: (event) => this.#key(event) };
  }

  press(event) {
    const source = event.target.closest("[data-drag]");
    if (!source || event.button !== 0 || event.target.closest("input, textarea, select, [role=tab], [data-resize]")) return;
    this.held = { source, x: event.clientX, y: event.clientY, pointer: event.pointerId, type: event.pointerType };
    for (const [type, listener] of Object.entries(this.listeners)) document.addEventListener(type, listener, true);
  }

  get active() {
    return Boolean(this.held?.taken);
  }

  cancel() {
    const { taken, ghost, line } = this.held ?? {};
    for (const [type, listener] of Object.entries(this.listeners)) document.removeEventListener(type, listener, true);
    ghost?.remove();
    line?.remove();
    for (const element of taken?.elements ?? []) element.classList.remove("dragged");
    document.body.classList.remove("dragging");
    clearTimeout(this.opening);
    cancelAnimationFrame(this.frame);
    this.held = null;
    if (taken) this.host.end();
  }

  #moved(event) {
    const { held } = this;
    if (!held.taken) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < START) return;
      held.taken = this.host.take(held.source);
      if (!held.taken) return this.cancel();
      this.#begin(held);
    }
    event.preventDefault();
    held.at = { x: event.clientX, y: event.clientY };
    this.#follow();
    if (!this.frame) this.#scroll();
  }

  #begin(held) {
    const { label, elements, kind, span } = held.taken;
    held.ghost = Object.assign(document.createElement("div"), { className: "drag-ghost", textContent: label });
    held.line = Object.assign(document.createElement("div"), { className: `drop-line ${kind}-line span-${span ?? 1}` });
    document.body.append(held.ghost);
    document.body.classList.add("dragging");
    for (const element of elements) element.classList.add("dragged");
  }

  #follow() {
    const { ghost, at, line } = this.held;
    ghost.style.transform = `translate(${at.x + 12}px, ${at.y + 10}px)`;
    const under = document.elementFromPoint(at.x, at.y);
    this.#hoverTab(under?.closest("[data-tab]"));
    const zone = this.#zone(under);
    if (!zone) {
      line.remove();
      this.held.place = null;
      return;
    }
    const before = this.#before(zone, at);
    if (line.parentElement !== zone || line.nextElementSibling !== before) zone.insertBefore(line, before);
    const others = partsIn(zone).filter((part) => !part.classList.contains("dragged"));
    this.held.place = { zone: zone.dataset.zone, index: before ? others.indexOf(before) : others.length };
  }

  /** The zone under the pointer that takes what is dragged. */
  #zone(under) {
    const { kind, elements } = this.held.taken;
    for (let zone = under?.closest("[data-zone]"); zone; zone = zone.parentElement.closest("[data-zone]")) {
      const takes = kind === "block" ? zone.dataset.zone.startsWith("blocks:") : !zone.dataset.zone.startsWith("blocks:");
      if (takes && !elements.some((element) => element.contains(zone))) return zone;
    }
    const canvas = this.host.canvas;
    if (!under || !canvas.parentElement.contains(under)) return null;
    const inside = under.closest(".block-part")?.querySelector("[data-zone]");
    if (kind !== "block" && inside && !elements.some((element) => element.contains(inside))) return inside;
    if (kind === "block") return canvas.querySelector('[data-zone="blocks:"]');
    return [...canvas.querySelectorAll('[data-zone^="section:"], [data-zone="rest"]')].filter((zone) => zone.offsetParent).at(-1) ?? canvas.querySelector('[data-zone="blocks:"]');
  }

  /** The part in front of which the pointer is; null behind the last. */
  #before(zone, { x, y }) {
    const across = zone.matches(".grid:not(.columns-1), .sub-head");
    for (const part of partsIn(zone)) {
      if (part.classList.contains("dragged")) continue;
      const box = part.getBoundingClientRect();
      if (y < box.top) return part;
      if (y > box.bottom) continue;
      const down = (y - box.top) / box.height;
      if (across ? (x - box.left) / box.width + down < 1 : down < 0.5) return part; // its upper left half is in front of it
    }
    return null;
  }

  #hoverTab(tab) {
    if (tab === this.over) return;
    clearTimeout(this.opening);
    this.over = tab;
    if (tab) this.opening = setTimeout(() => { openTab(this.host.canvas, tab.dataset.tab); if (this.active) this.#follow(); }, OPENS);
  }

  #scroll() {
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      if (!this.active) return;
      const box = this.host.scroll.getBoundingClientRect();
      const { x, y } = this.held.at;
      const inside = x > box.left && x < box.right;
      const speed = !inside ? 0 : y < box.top + EDGE ? y - box.top - EDGE : y > box.bottom - EDGE ? y - box.bottom + EDGE : 0;
      if (speed === 0) return;
      this.host.scroll.scrollTop += speed / 4;
      this.#follow();
      this.#scroll();
    });
  }

  #up() {
    const { place, taken, line } = this.held;
    if (!taken) return this.cancel();
    const mark = line.isConnected ? line : null;
    dropClick();
    if (place) this.host.drop(place, taken, mark);
    this.cancel();
  }

  #key(event) {
    if (event.key !== "Escape" || !this.active) return;
    event.preventDefault();
    event.stopPropagation();
    dropClick();
    this.cancel();
  }
}
