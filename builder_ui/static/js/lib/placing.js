// A record put elsewhere in a view: the page shows it at once, the server hears of it eight seconds later,
// until then it can be taken back. What the server refuses goes back by itself.
import { hold } from "./holding.js";
import { fill } from "./text.js";

/** controller: with the values url, view, moved and undo, and the target said; element: the card with its data-record;
 *  fields: what is sent besides; words: what fills the sentence; back(): undo it on the page. */
export function put(controller, element, fields, words, back) {
  const text = fill(controller.value("moved"), { title: element.dataset.title, ...words });
  const said = controller.target("said");
  if (said) said.textContent = text;
  hold({
    url: controller.value("url"),
    fields: [["view", controller.value("view")], ["record", element.dataset.record], ...Object.entries(fields)],
    text,
    undo: controller.value("undo"),
    sent: () => {},
    takenBack: back,
    failed: back,
  });
}
