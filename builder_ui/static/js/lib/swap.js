// Puts a piece of the answer into the page; keeps what somebody is typing, and where.

/** The elements of `html` that `select` names, or its body's. */
export function pick(html, select) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const nodes = select ? [...page.querySelectorAll(select)] : [...page.body.childNodes];
  return { title: page.querySelector("title")?.textContent ?? "", nodes: nodes.map((node) => document.adoptNode(node)) };
}

export function swap(target, nodes, style = "innerHTML") {
  const typing = remember(target);
  switch (style) {
    case "outerHTML": target.replaceWith(...nodes); break;
    case "beforeend": target.append(...nodes); break;
    case "afterbegin": target.prepend(...nodes); break;
    case "delete": target.remove(); break;
    case "none": return;
    default: target.replaceChildren(...nodes);
  }
  typing?.restore();
}

/** The focused field inside what is replaced: its text and caret outlive the swap. */
function remember(target) {
  const field = document.activeElement;
  if (!field || field === document.body || !target.contains(field)) return null;
  const where = field.id ? `#${CSS.escape(field.id)}` : field.name ? `${field.tagName}[name="${CSS.escape(field.name)}"]` : null;
  if (!where) return null;
  const { value, selectionStart, selectionEnd } = field;
  return { restore: () => putBack(document.querySelector(where), value, selectionStart, selectionEnd) };
}

function putBack(field, value, start, end) {
  if (!field) return;
  if (/^(text|search|url|tel|password|textarea)$/.test(field.type ?? "")) field.value = value;
  field.focus({ preventScroll: true });
  if (start !== null && start !== undefined) field.setSelectionRange?.(start, end);
}
