// Something was done, and for ten seconds a click or the key u takes it back.
import { postJson } from "./api.js";
import { visit } from "./hypermedia.js";
import { toast } from "./toast.js";

export const WAIT = 10_000;
const KEY = "u";

let forget = () => {};

/** text: what was done; undo: the button's word; run: what takes it back. */
export function undoable(text, undo, run) {
  forget();
  const key = (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== KEY || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    document.getElementById("toasts").replaceChildren();
    back();
  };
  const timer = setTimeout(() => forget(), WAIT);
  const back = () => { forget(); run(); };
  forget = () => { clearTimeout(timer); removeEventListener("keydown", key); forget = () => {}; };
  addEventListener("keydown", key);
  toast(text, { text: undo, key: KEY, run: back }, WAIT);
}

/** All that went by one act comes back; the page is shown on which it was deleted. */
export async function bringBack(url, together, address, restored) {
  try {
    const { restored: outcomes } = await postJson(url, { together });
    const refused = outcomes.find((one) => !one.ok);
    await visit(address);
    toast(refused ? refused.problems[0].text : restored);
  } catch (error) {
    toast(error.message);
  }
}
