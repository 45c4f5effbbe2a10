// A board: what its filters say stands in the URL, and every widget asks again when it changes; back and forward too.
import { send } from "../lib/api.js";
import { Controller } from "../lib/controller.js";
import { filtered, span } from "../lib/drilling.js";
import { pick } from "../lib/swap.js";

export const CHANGED = "board:changed";

export default class Board extends Controller {
  connect() {
    this.shown = location.pathname + location.search;
    this.travelled = () => { if (location.pathname + location.search !== this.shown) this.follow(); };
    this.printing = () => this.element.classList.add("printing");
    this.printed = () => this.element.classList.remove("printing");
    addEventListener("popstate", this.travelled);
    addEventListener("beforeprint", this.printing);
    addEventListener("afterprint", this.printed);
  }

  disconnect() {
    this.asking?.abort();
    removeEventListener("popstate", this.travelled);
    removeEventListener("beforeprint", this.printing);
    removeEventListener("afterprint", this.printed);
  }

  /** A value of a filter is a link; followed here it leaves page and scroll where they are. */
  choose(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.actor.closest("details")?.removeAttribute("open");
    this.go(event.actor.getAttribute("href"));
  }

  /** Any number of values at once; the list stays open. */
  pick(event) {
    const { name } = event.target;
    const boxes = [...event.target.closest(".values").querySelectorAll("input:checked")];
    this.go(filtered(location.href, name, boxes.map((box) => box.value).join(","), this.param(event, "default")));
  }

  /** From this day to that one. */
  range(event) {
    event.preventDefault();
    const { since, until } = Object.fromEntries(new FormData(event.target));
    const value = span(since, until);
    if (value) this.go(filtered(location.href, this.param(event, "filter"), value));
  }

  go(address) {
    if (address !== this.shown) history.pushState({ board: true }, "", address);
    this.follow();
  }

  /** The widgets start at once, beside the filters, which come from the server drawn anew. */
  follow() {
    this.shown = location.pathname + location.search;
    document.dispatchEvent(new CustomEvent(CHANGED));
    this.filters();
  }

  async filters() {
    this.asking?.abort();
    this.asking = new AbortController();
    const bar = this.target("filters");
    try {
      const answer = await send(this.shown, { headers: { Accept: "text/html" }, signal: this.asking.signal });
      if (!answer.ok) return location.reload();
      const { nodes } = pick(await answer.text(), '[data-board-target="filters"]');
      renew(bar, nodes[0]);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  print() {
    window.print();
  }
}

/** The bar drawn anew; what is open stays open, a list of values somebody chooses from as it is, and so does the focus. */
function renew(bar, fresh) {
  const focus = bar.contains(document.activeElement) ? document.activeElement : null;
  const menu = bar.querySelector("details[open]") ?? focus?.closest("details");
  bar.replaceWith(fresh);
  const again = menu && document.getElementById(menu.id);
  if (!again) return;
  again.open = menu.open;
  const list = menu.open ? menu.querySelector("[data-controller~=choices]") : null;
  if (list) again.querySelector("[data-controller~=choices]").replaceWith(list);
  if (list?.contains(focus)) focus.focus({ preventScroll: true });
  else if (focus) again.querySelector("summary").focus({ preventScroll: true });
}
