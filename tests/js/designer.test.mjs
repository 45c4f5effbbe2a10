// What can be done to a form in the designer: any sequence keeps it whole and can be undone to the very same JSON.
import assert from "node:assert/strict";
import test from "node:test";
import { difference, same } from "../../builder_ui/static/js/model/difference.js";
import { restore } from "../../builder_ui/static/js/model/draft.js";
import { added, behind, changePart, copied, duplicated, grouped, moved, neighbour, partAt, pasted, readingOrder, removed, stepped, valueSet } from "../../builder_ui/static/js/model/forms.js";
import { History } from "../../builder_ui/static/js/model/history.js";
import { ids, layoutOf, named, placedFields } from "../../builder_ui/static/js/model/layout.js";
import { freeName, renamed } from "../../builder_ui/static/js/model/names.js";
import { apply, invert } from "../../builder_ui/static/js/model/patch.js";
import { anything, FORM, IMPLIED, random } from "./random_edits.mjs";

const document = (form) => ({ muniment: 1, app: { id: "x" }, forms: [form] });

/** The same bytes, whatever the order in which keys came. */
const canonical = (value) => JSON.stringify(value, (_, each) => (each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));

function whole(form, note = "") {
  const layout = layoutOf(form, IMPLIED);
  const fields = form.fields.map((field) => field.id);
  assert.equal(new Set(fields).size, fields.length, `fields have names of their own ${note}`);
  for (const field of form.fields) assert.equal(new Set((field.fields ?? []).map((each) => each.id)).size, (field.fields ?? []).length);
  if (!form.layout) return;
  const placed = placedFields(layout);
  assert.equal(new Set(placed).size, placed.length, `nothing stands twice ${note} ${JSON.stringify(layout)}`);
  for (const id of placed) assert.ok(fields.includes(id), `${id} is there ${note}`);
  const blocks = ids(layout);
  assert.equal(new Set(blocks).size, blocks.length, `blocks have names of their own ${note}`);
}

for (const seed of [1, 7, 42, 2026, 31337, 99991]) {
  test(`any 200 operations keep the form whole and undo to the same bytes (${seed})`, () => {
    const pick = random(seed);
    const history = new History(document(FORM));
    const start = canonical(history.document);
    const clips = [];
    for (let number = 0; number < 200; number += 1) {
      const before = history.document;
      const form = anything(before.forms[0], pick, clips);
      whole(form, `after step ${number}`);
      const patch = difference(before, document(form));
      assert.equal(canonical(apply(before, patch)), canonical(document(form)));
      history.do(`step ${number}`, patch);
      if (history.document.forms[0].fields.length > 60) history.do("fewer", difference(history.document, document(removed(history.document.forms[0], IMPLIED, readingOrder(history.document.forms[0], IMPLIED).slice(-40)))));
    }
    const end = canonical(history.document);
    const steps = history.steps.length;
    while (history.undo());
    assert.equal(canonical(history.document), start);
    while (history.redo());
    assert.equal(canonical(history.document), end);
    assert.equal(history.steps.length, steps);
  });
}

test("lists are compared by name: what moved is a move", () => {
  const list = (...names) => ({ fields: names.map((id) => ({ id, label: id })) });
  const cases = [
    [list("a", "b", "c"), list("c", "a", "b"), 1], [list("a", "b", "c"), list("b", "c", "a"), 1], [list("a", "b"), list("a", "x", "b"), 1],
    [list("a", "b", "c"), list("a", "c"), 1], [{ f: ["a", "b", { field: "c", span: 2 }] }, { f: [{ field: "c", span: 2 }, "a", "b"] }, 1],
    [{ n: [1, 1, 2] }, { n: [1, 2] }, 1], [{ a: 1 }, { b: 2 }, 2], [list("a", "b", "c", "d"), list("d", "c", "b", "a"), 3],
  ];
  for (const [before, after, steps] of cases) {
    const patch = difference(before, after);
    assert.ok(same(apply(before, patch), after), JSON.stringify(patch));
    assert.equal(patch.length, steps, JSON.stringify(patch));
    assert.ok(same(apply(after, invert(before, patch)), before));
  }
});

test("ids of blocks without one come in reading order", () => {
  const layout = named([{ kind: "section" }, { id: "section_2", kind: "section" }, { kind: "tabs", tabs: [{ label: "x", blocks: [{ kind: "section" }] }] }]);
  assert.deepEqual(ids(layout), ["section", "section_2", "tabs", "tab", "section_3"]);
});

test("a new part stands behind what is chosen", () => {
  const [form, key] = added(FORM, IMPLIED, "field", { type: "date" }, behind(FORM, IMPLIED, "field:name"));
  assert.equal(key, "field:field");
  assert.deepEqual(form.layout[0].fields, ["name", "field", "amount", "why", "lines"]);
  assert.deepEqual(form.fields.map((field) => field.id), ["name", "field", "amount", "why", "lines"]);
  const [inside, column] = added(FORM, IMPLIED, "field", { type: "date" }, behind(FORM, IMPLIED, "field:lines.what"));
  assert.deepEqual([column, inside.fields[3].fields.map((field) => field.id)], ["field:lines.field", ["what", "field", "price"]]);
});

test("several move together, and no rows get into rows", () => {
  const [form] = moved(FORM, IMPLIED, ["field:name", "field:amount"], { zone: "section:section", index: 2 });
  assert.deepEqual(form.layout[0].fields, ["why", "lines", "name", "amount"]);
  const [into, keys] = moved(FORM, IMPLIED, ["field:amount", "field:lines"], { zone: "sub:lines", index: 1 });
  assert.deepEqual(keys, ["field:lines.amount", "field:lines"]);
  assert.deepEqual(into.fields.map((field) => field.id), ["name", "why", "lines"]);
  assert.deepEqual(into.fields[2].fields.map((field) => field.id), ["what", "amount", "price"]);
  assert.deepEqual(into.layout[0].fields, ["name", "why", "lines"]);
});

test("the arrows lead into a sub-form and tabs beside, and out of them", () => {
  const step = (key, by, sideways) => stepped(FORM, IMPLIED, key, by, sideways);
  assert.deepEqual(step("field:why", 1, false), { zone: "section:section", index: 3 });
  assert.deepEqual(step("field:why", 1, true), { zone: "sub:lines", index: 0 });
  assert.deepEqual(step("field:lines", -1, true), { zone: "section:section", index: 2 });
  assert.deepEqual(step("field:lines.what", 1, true), { zone: "sub:lines", index: 1 });
  assert.deepEqual(step("field:lines.price", 1, true), { zone: "section:section", index: 4 });
  assert.deepEqual(step("field:lines.price", -1, false), { zone: "section:section", index: 3 });
  const [tabbed, tabs] = added(FORM, IMPLIED, "block", { kind: "tabs", tabs: [{ id: "tab", label: "一", blocks: [] }] }, { zone: "blocks:", index: 1 });
  assert.deepEqual([tabs, stepped(tabbed, [], "block:section", 1, true)], ["block:tabs", { zone: "blocks:tab", index: 0 }]);
  const [inside] = moved(tabbed, [], ["block:section"], { zone: "blocks:tab", index: 0 });
  assert.deepEqual(stepped(inside, [], "block:section", 1, true), { zone: "blocks:", index: 1 });
  assert.deepEqual(stepped(inside, [], "block:section", -1, true), { zone: "blocks:", index: 0 });
});

test("a column that becomes a field has no width and no total", () => {
  const wide = changePart(FORM, IMPLIED, "field:lines.price", (part) => ({ ...part, width: 120, total: "sum" }));
  const [form] = moved(wide, IMPLIED, ["field:lines.price"], { zone: "section:section", index: 0 });
  assert.deepEqual(form.fields[0], { id: "price", type: "money" });
});

test("a field and a column of one name are copied as two", () => {
  const alike = changePart(FORM, IMPLIED, "field:lines", (part) => ({ ...part, fields: [...part.fields, { id: "name", type: "text" }] }));
  const [form, keys] = duplicated(alike, IMPLIED, ["field:name", "field:lines.name"]);
  assert.equal(new Set(keys).size, 2);
  whole(form);
});

test("what stood in a removed section stays", () => {
  const [form, key] = grouped(FORM, IMPLIED, ["field:name", "field:why"]);
  assert.deepEqual(form.layout.map((block) => block.fields), [["amount", "lines"], ["name", "why"]]);
  assert.deepEqual(removed(form, IMPLIED, [key]).layout.map((block) => block.fields), [["amount", "lines", "name", "why"]]);
  assert.equal(neighbour(form, IMPLIED, ["field:name"]), "field:why");
});

test("copies have ids of their own and speak of each other", () => {
  const [form, keys] = duplicated(FORM, IMPLIED, ["field:amount", "field:why"]);
  assert.deepEqual(keys, ["field:amount_2", "field:why_2"]);
  assert.equal(partAt(form, IMPLIED, "field:why_2").visible, "amount_2 > 0 and name != 'amount'");
  const there = { id: "other", fields: [{ id: "why", type: "text" }] };
  const [pastedForm, names] = pasted(there, [{ id: "section", kind: "section", fields: ["why"] }], copied(FORM, IMPLIED, ["field:why"]), { zone: "section:section", index: 0 });
  assert.deepEqual(names, ["field:why_2"]);
  assert.equal(pastedForm.fields[0].visible ?? pastedForm.fields[1].visible, "amount > 0 and name != 'amount'");
});

test("names in expressions, not in quotes and not behind a dot", () => {
  assert.equal(renamed("a > b.a and a != 'a' or “a” == a_b", { a: "z" }), "z > b.a and z != 'a' or “a” == a_b");
  assert.equal(freeName("a", ["a", "a_2"]), "a_3");
});

test("values are set and taken away with what is empty then", () => {
  assert.deepEqual(valueSet({ id: "a" }, ["options", "unit"], "元"), { id: "a", options: { unit: "元" } });
  assert.deepEqual(valueSet({ id: "a", options: { unit: "元" } }, ["options", "unit"], undefined), { id: "a" });
});

test("what was done outlives a reload; what was not sent yet is sent again", async () => {
  const kept = { value: null };
  const store = { read: () => kept.value, write: (value) => { kept.value = structuredClone(value); } };
  let [revision, there] = [3, document(FORM)];
  const sent = [];
  const send = async ({ on, patch }) => {
    sent.push(on);
    there = apply(there, patch);
    return { revision: (revision += 1) };
  };
  const load = async () => ({ revision, document: there });
  const first = await restore({ load, send, store, later: () => {} });
  first.change("改名", (now) => document(changePart(now.forms[0], IMPLIED, "field:name", (field) => ({ ...field, label: "客户" }))));
  assert.equal(kept.value.unsent.length, 1); // the page goes away before it was sent
  const second = await restore({ load, send, store, later: () => {} });
  assert.deepEqual([sent, second.revision, second.undoable.name], [[3], 4, "改名"]);
  assert.equal(second.document.forms[0].fields[0].label, "客户");
  second.undo();
  assert.equal(await second.flush(), true);
  assert.equal(canonical(there), canonical(document(FORM)));
  assert.equal(second.redoable.name, "改名");
});
