// People move to a department: the decision waits eight seconds in the page and can be taken back.
import { hold } from "./holding.js";
import { fill } from "./text.js";
import { visit } from "./hypermedia.js";

/** page: the element of the people controller; people: [{ id, name }]; department: { id, name } */
export function move(page, people, department) {
  const rows = people.map(({ id }) => page.querySelector(`tr[data-id="${CSS.escape(id)}"]`)).filter(Boolean);
  const who = people.length === 1 ? people[0].name : fill(page.dataset.several, { n: people.length });
  const mark = (on) => { for (const row of rows) row.classList.toggle("leaving", on); };
  const stay = () => mark(false);
  mark(true);
  hold({
    url: page.getAttribute("data-people-url-value"),
    fields: [["department", department.id], ...people.map(({ id }) => ["person", id])],
    text: fill(page.dataset.moved, { name: who, department: department.name }),
    undo: page.dataset.undo,
    sent: () => { if (page.isConnected) visit(location.pathname + location.search); },
    takenBack: stay,
    failed: stay,
  });
}
