// Printing is a way out like an export: the audit trail hears of it, by which page it was.
import { send } from "./api.js";

export function noticePrinting() {
  window.addEventListener("beforeprint", () => {
    const body = new URLSearchParams({ page: location.pathname });
    send("/printed", { method: "POST", body, quiet: true, keepalive: true }).catch(() => undefined);
  });
}
