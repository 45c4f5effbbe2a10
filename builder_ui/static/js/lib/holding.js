// A decision waits eight seconds in the page before it leaves, so that it can be taken back.
// One at a time: the next one, a link or leaving the page sends the one before at once.
import { readJson, send } from "./api.js";
import { toast } from "./toast.js";

const WAIT = 8000;
const KEY = "u";
let held = null;

/** decision: { url, fields, text, undo (the button's word), takenBack(), sent(answer), failed(error) } */
export function hold(decision) {
  flush();
  held = { ...decision, timer: setTimeout(flush, WAIT) };
  toast(decision.text, { text: decision.undo, run: takeBack, key: KEY });
}

function takeBack() {
  const decision = take();
  document.getElementById("toasts").replaceChildren();
  decision?.takenBack();
}

function take() {
  const decision = held;
  held = null;
  clearTimeout(decision?.timer);
  return decision;
}

/** The address of the decision that waits, or "". */
export const waitingFor = () => held?.url ?? "";

/** Send what waits, now. */
export async function flush(options = {}) {
  const decision = take();
  if (!decision) return;
  const body = new URLSearchParams(decision.fields);
  try {
    const answer = await send(decision.url, { method: "POST", headers: { Accept: "application/json" }, body, ...options });
    decision.sent(await readJson(answer));
  } catch (error) {
    toast(error.message);
    decision.failed(error);
  }
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select");
  if (held && event.key === KEY && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) takeBack();
});
addEventListener("pagehide", () => flush({ keepalive: true, quiet: true }));
addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!held || !link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await flush();
  location.assign(link.href);
});
