// Who uses a part of the draft, in one line; the server finds it, and it is said when the part is taken away.
import { send } from "./api.js";
import { pick } from "./swap.js";

/** `asked`: of the address, by name or in pairs. [] for nobody, and where there was no answer. */
export async function usesOf(address, asked) {
  try {
    const response = await send(`${address}?${new URLSearchParams(asked)}`, { quiet: true, headers: { Accept: "text/html" } });
    const used = response.ok ? pick(await response.text(), "[data-used]").nodes[0]?.dataset.used : "";
    return used ? [used] : [];
  } catch {
    return [];
  }
}
