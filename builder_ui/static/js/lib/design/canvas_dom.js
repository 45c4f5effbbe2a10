// The canvas as elements: finding parts by key, showing at once what the server will draw a moment later.
export const partOf = (canvas, key) => canvas.querySelector(`[data-key="${CSS.escape(key)}"]`);

/** Parts in reading order, those of closed tabs left out. */
export const partsOf = (canvas) => [...canvas.querySelectorAll("[data-key]")].filter((part) => part.offsetParent !== null);

const zoneOf = (canvas, zone) => canvas.querySelector(`[data-zone="${CSS.escape(zone)}"]`);

/** The parts that stand directly in a zone. */
export const partsIn = (zone) => [...zone.children].filter((child) => child.matches("[data-key]"));

/** Puts an element where the model has put its part: before the part at `index`, which counts without it. */
export function stand(canvas, element, { zone, index }) {
  const holder = zoneOf(canvas, zone);
  if (!holder || element.contains(holder)) return;
  const others = partsIn(holder).filter((part) => part !== element);
  holder.querySelector(":scope > .zone-hint")?.remove();
  holder.insertBefore(element, others[index] ?? null);
}

/** A part that is not drawn yet: its icon and name. */
export function sketch(kind, label, icon, key) {
  const part = document.createElement(kind === "block" ? "section" : "div");
  part.className = `part ${kind}-part sketch`;
  Object.assign(part.dataset, { key, drag: kind, label });
  part.tabIndex = -1;
  const head = Object.assign(document.createElement("div"), { className: "part-head" });
  if (icon) head.append(icon.cloneNode(true));
  head.append(Object.assign(document.createElement("span"), { className: "name unnamed", textContent: label }));
  head.lastChild.dataset.name = "";
  part.append(head);
  return part;
}

/** Where the focus is: a tab or a total keeps it when the canvas is drawn anew, else the chosen part has it. */
export function heldBy(element) {
  for (const name of ["data-tab", "data-total-of"]) {
    if (element.hasAttribute(name)) return `[${name}="${CSS.escape(element.getAttribute(name))}"]`;
  }
  return null;
}

/** Shows a tab of the canvas, where `id` is one. */
export function openTab(canvas, id) {
  const button = canvas.querySelector(`[data-tab="${CSS.escape(id)}"]`);
  if (!button) return;
  for (const other of button.parentElement.children) {
    const open = other === button;
    other.setAttribute("aria-selected", String(open));
    canvas.querySelector(`[data-tab-body="${CSS.escape(other.dataset.tab)}"]`).hidden = !open;
  }
}

/** Opens the tabs around a part, so that it can be seen. */
export function uncover(canvas, part) {
  for (let body = part?.closest("[data-tab-body][hidden]"); body; body = part.closest("[data-tab-body][hidden]")) openTab(canvas, body.dataset.tabBody);
}
