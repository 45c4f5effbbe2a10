// The tree of a condition, read from the rows that show it. `fresh`: a row whose field was just chosen anew, so that
// its comparison and values mean nothing any more.

const JOINS = { all: ["and", false], any: ["or", false], none: ["or", true], not_all: ["and", true] };

export function treeOf(node, fresh = null) {
  if (node.dataset.node === "group") return groupOf(node, fresh);
  if (node.dataset.node === "text") return { written: node.querySelector("[data-part=written]").value };
  const path = node.querySelector("[data-part=path]").value;
  if (node === fresh) return { path, operator: node.querySelector("[data-part=operator]").value, values: [] };
  return testOf(node, path);
}

function groupOf(node, fresh) {
  const parts = [...node.children].filter((child) => child.dataset?.node).map((child) => treeOf(child, fresh));
  const [join, negated] = JOINS[node.querySelector("[data-part=join]").value];
  return { join, negated, parts };
}

function testOf(node, path) {
  const values = [...node.querySelectorAll("[data-value]")].flatMap(valuesOf);
  const way = node.dataset.way ? { way: node.dataset.way } : {};
  return { path, operator: node.querySelector("[data-part=operator]").value, values, ...way };
}

/** A plain value (or several), or what stands for one: the person, the day, another field, a formula. */
function valuesOf(box) {
  const source = box.querySelector("[data-source]").value;
  if (source === "=") return [{ written: box.querySelector("[data-written]")?.value ?? "" }];
  if (source) return [{ written: source }];
  const controls = [...box.querySelectorAll("[name]")].filter((control) => !control.closest("template") && isGiven(control));
  return controls.map((control) => control.value);
}

const isGiven = (control) => control.value !== "" && !control.disabled && (!/checkbox|radio/.test(control.type) || control.checked);
