// A press lasts from pointerdown until its click was heard. What is drawn anew waits for its end: a click counts only
// where its press began, so that of a hand a little slower than the server would be lost.
let press = null; // { ended, end }

export function watchPresses(root = document) {
  root.addEventListener("pointerdown", begin, true);
  for (const type of ["pointerup", "pointercancel"]) root.addEventListener(type, end, true);
  // Lists that open over the page, and other windows, keep the end of a press to themselves.
  root.addEventListener("pointermove", (event) => { if (event.buttons === 0) end(); }, true);
  addEventListener("blur", end);
}

/** Resolves when nothing is pressed: at once, or behind the click. */
export const released = () => press?.ended ?? Promise.resolve();

/** The click that this press ends in is meant for nobody. */
export function dropClick() {
  const drop = (event) => { event.stopPropagation(); event.preventDefault(); };
  document.addEventListener("click", drop, { capture: true, once: true });
  released().then(() => document.removeEventListener("click", drop, { capture: true }));
}

function begin(event) {
  if (press || event.target.closest?.("select")) return;
  press = {};
  press.ended = new Promise((resolve) => { press.end = resolve; });
}

/** The click comes within the same turn as pointerup. */
function end() {
  const ending = press;
  if (ending) setTimeout(() => { if (press === ending) press = null; ending.end(); });
}
