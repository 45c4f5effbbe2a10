// Dragging parts of lists with a pointer: a line stands where the part would come, a chip follows the pointer. Esc and a
// drop outside change nothing. A press without a move is a click and none of our business.
const START = 5; // pixels until a press is a drag
const EDGE = 48; // pixels from the edge at which the list scrolls

export class ListDragging {
  /** `host`: { root, scroll(), label(source), drop(source, list, place) }. Sources carry `data-drag`, the lists that take
   * them `data-drop` with the same word, their parts `data-place`. */
  constructor(host) {
    this.host = host;
    this.held = null;
    this.listeners = { pointermove: (event) => this.#moved(event), pointerup: () => this.#up(), pointercancel: () => this.cancel(), keydown: (event) => this.#key(event) };
  }

  press(event) {
    const source = event.target.closest("[data-drag]");
    if (!source || event.button !== 0 || event.pointerType === "touch") return;
    this.held = { source, x: event.clientX, y: event.clientY };
    for (const [type, listener] of Object.entries(this.listeners)) document.addEventListener(type, listener, true);
  }

  cancel() {
    for (const [type, listener] of Object.entries(this.listeners)) document.removeEventListener(type, listener, true);
    const { ghost, line, source } = this.held ?? {};
    ghost?.remove();
    line?.remove();
    source?.classList.remove("dragged");
    document.body.classList.remove("list-dragging");
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.held = null;
  }

  #moved(event) {
    const { held } = this;
    if (!held.ghost) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < START) return;
      this.#begin(held);
    }
    event.preventDefault();
    held.at = { x: event.clientX, y: event.clientY };
    this.#follow();
    if (!this.frame) this.#scroll();
  }

  #begin(held) {
    held.ghost = Object.assign(document.createElement("div"), { className: "menu-ghost", textContent: this.host.label(held.source) });
    held.line = Object.assign(document.createElement("li"), { className: "menu-line" });
    document.body.append(held.ghost);
    document.body.classList.add("list-dragging");
    held.source.classList.add("dragged");
  }

  #follow() {
    const { at, ghost, line, source } = this.held;
    ghost.style.transform = `translate(${at.x + 12}px, ${at.y + 10}px)`;
    const under = document.elementFromPoint(at.x, at.y);
    const list = this.#list(under, source.dataset.drag);
    this.held.place = null;
    if (!list) return line.remove();
    const parts = [...list.children].filter((part) => part.dataset.place !== undefined);
    const before = parts.find((part) => at.y < middle(part)) ?? null;
    if (line.parentElement !== list || line.nextElementSibling !== before) list.insertBefore(line, before);
    this.held.place = { list, index: before ? parts.indexOf(before) : parts.length };
  }

  /** The list under the pointer that takes this kind; over a group's head its list. */
  #list(under, kind) {
    if (!under || !this.host.root.contains(under)) return null;
    const near = under.closest(`[data-drop="${kind}"]`) ?? under.closest("[data-place]")?.querySelector(`[data-drop="${kind}"]`);
    if (near) return near;
    return this.host.scroll().contains(under) ? [...this.host.scroll().querySelectorAll(`[data-drop="${kind}"]`)].at(-1) ?? null : null;
  }

  #scroll() {
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      if (!this.held?.ghost) return;
      const scroll = this.host.scroll();
      const box = scroll.getBoundingClientRect();
      const { y } = this.held.at;
      const by = y < box.top + EDGE ? y - box.top - EDGE : y > box.bottom - EDGE ? y - box.bottom + EDGE : 0;
      if (by === 0) return;
      scroll.scrollTop += by / 4;
      this.#follow();
      this.#scroll();
    });
  }

  #up() {
    const { place, source, ghost } = this.held;
    if (ghost) swallowClick();
    this.cancel();
    if (place) this.host.drop(source, place.list, place.index);
  }

  #key(event) {
    if (event.key !== "Escape" || !this.held?.ghost) return;
    event.preventDefault();
    event.stopPropagation();
    this.cancel();
  }
}

function middle(part) {
  const box = part.getBoundingClientRect();
  return box.top + box.height / 2;
}

/** The click that follows a drop is not meant for anybody. */
function swallowClick() {
  const swallow = (event) => { event.stopPropagation(); event.preventDefault(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 0);
}
