// A part of a page takes the place of the one shown, so that nobody notices: what one types in, the editors that hold
// the same text already, and the places scrolled to stay.
import { swap } from "./swap.js";

export function exchange(target, nodes) {
  const scrolled = [...target.querySelectorAll("*")].filter((each) => each.scrollTop || each.scrollLeft).map((each) => [pathOf(each, target), each.scrollTop, each.scrollLeft]);
  const kept = new Map([...target.querySelectorAll("[data-keep]")].map((each) => [each.dataset.keep, each]));
  const made = document.createElement("div");
  made.append(...nodes);
  const waiting = [];
  for (const fresh of made.querySelectorAll("[data-keep]")) {
    const old = kept.get(fresh.dataset.keep);
    if (old && (textOf(old) === textOf(fresh) || old.contains(document.activeElement))) waiting.push([old, fresh]);
  }
  const typing = document.activeElement;
  const inside = waiting.some(([old]) => old.contains(typing));
  if (inside) replaceAround(target, made, waiting);
  else {
    for (const [old, fresh] of waiting) fresh.replaceWith(old);
    swap(target, [...made.childNodes]);
  }
  for (const [path, top, left] of scrolled) {
    const found = at(path, target);
    if (found) Object.assign(found, { scrollTop: top, scrollLeft: left });
  }
}

/** Somebody types into one of the editors: moving it would take the caret away, so what is new waits until it is left. */
function replaceAround(target, made, waiting) {
  const leave = () => setTimeout(() => {
    if (waiting.some(([old]) => old.contains(document.activeElement))) return;
    target.removeEventListener("focusout", leave);
    for (const [old, fresh] of waiting) if (old.isConnected) fresh.replaceWith(old);
    if (target.isConnected) swap(target, [...made.childNodes]);
  });
  target.later?.();
  target.addEventListener("focusout", leave);
  target.later = () => target.removeEventListener("focusout", leave);
}

const textOf = (element) => element.querySelector("textarea")?.value ?? "";

function pathOf(element, root) {
  const path = [];
  for (let each = element; each !== root; each = each.parentElement) path.unshift([...each.parentElement.children].indexOf(each));
  return path;
}

const at = (path, root) => path.reduce((each, place) => each?.children[place], root);
