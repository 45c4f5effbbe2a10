// Input methods: between compositionstart and compositionend what stands in a field is not yet text.
// Nothing is sent, completed or submitted meanwhile; the field says "input" once when it is done.
let composing = null;

export const isComposing = () => composing !== null;

export function watchComposition(root = document) {
  root.addEventListener("compositionstart", (event) => { composing = event.target; }, true);
  root.addEventListener("compositionend", finish, true);
  for (const type of ["input", "change", "submit"]) root.addEventListener(type, hold, true);
  root.addEventListener("keydown", holdKey, true);
  root.addEventListener("blur", (event) => { if (event.target === composing) finish(event); }, true);
}

function finish(event) {
  composing = null;
  const field = event.target;
  queueMicrotask(() => field.dispatchEvent?.(new Event("input", { bubbles: true })));
}

function hold(event) {
  if (!isComposing()) return;
  event.stopImmediatePropagation();
  if (event.type === "submit") event.preventDefault();
}

/** Enter, arrows and the like choose among candidates; they are not ours. */
function holdKey(event) {
  if (isComposing() || event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
}
