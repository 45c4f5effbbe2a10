// Changes of an app as a whole: labels, letting people in, menus, taking parts out; nothing is changed in place.
import assert from "node:assert/strict";
import test from "node:test";
import { given, givenBack, reached, saying, without } from "../../builder_ui/static/js/model/life.js";

const app = Object.freeze({ app: { id: "a", label: "旧" }, forms: [{ id: "f", label: "单" }], roles: [{ id: "member", label: "成员" }], menus: [] });
const permission = { actions: ["read"] };

test("a label, in one language or in several", () => {
  assert.equal(given(app, "/app/label", "新", "zh").app.label, "新");
  const two = { app: { label: { zh: "旧", en: "Old" } } };
  assert.deepEqual(given(two, "/app/label", "New", "en").app.label, { zh: "旧", en: "New" });
  assert.deepEqual(given({ app: { id: "a", description: "x" } }, "/app/description", "", "zh").app, { id: "a" });
  assert.equal(app.app.label, "旧");
});

test("a form is opened to a role that is there, or to one that is made", () => {
  const there = reached(app, { form: "f", role: "member", permission, group: "" });
  assert.deepEqual(there.roles, [{ id: "member", label: "成员", forms: { f: permission } }]);
  const made = reached({ ...app, roles: [] }, { form: "f", role: "+member", permission, group: "", labels: { member: { zh: "成员" } } });
  assert.deepEqual(made.roles, [{ id: "member", label: { zh: "成员" }, forms: { f: permission } }]);
});

test("and gets its place in the menu, once", () => {
  const own = reached(app, { form: "f", role: "member", permission, group: "new", labels: { group: "更多" } });
  assert.deepEqual(own.menus, [{ label: "更多", items: [{ label: "单", form: "f" }] }]);
  const again = reached(own, { form: "f", role: "member", permission, group: "0" });
  assert.deepEqual(again.menus, own.menus);
  const second = reached({ ...app, menus: [{ label: "一" }, { label: "二", items: [] }] }, { form: "f", role: "member", permission, group: "1" });
  assert.deepEqual(second.menus[1].items, [{ label: "单", form: "f" }]);
});

test("what was parked stands in its place again", () => {
  const before = Object.freeze({ roles: [{ id: "member", forms: { f: {} } }, { id: "other" }], forms: [{ id: "f", fields: [{ id: "lines", fields: [{ id: "a" }] }, { id: "b" }] }] });
  const field = { kind: "field", form: "f", path: "c", definition: { id: "c" } };
  assert.deepEqual(givenBack(before, field).forms[0].fields.map((each) => each.id), ["lines", "b", "c"]);
  const column = { kind: "column", form: "f", path: "lines.c", definition: { id: "c" } };
  assert.deepEqual(givenBack(before, column).forms[0].fields[0], { id: "lines", fields: [{ id: "a" }, { id: "c" }] });
  const form = { kind: "form", form: "g", path: "", definition: { id: "g" }, permissions: { member: { actions: ["read"] } } };
  const after = givenBack(before, form);
  assert.deepEqual(after.forms[1], { id: "g" });
  assert.deepEqual(after.roles, [{ id: "member", forms: { f: {}, g: { actions: ["read"] } } }, { id: "other" }]);
});

test("a form that is open already only gets its place", () => {
  const made = reached(app, { form: "f", role: null, permission: null, group: "new", labels: { group: "更多" } });
  assert.deepEqual([made.roles, made.menus], [app.roles, [{ label: "更多", items: [{ label: "单", form: "f" }] }]]);
});

test("without a part", () => {
  assert.deepEqual(without({ tests: [{ id: "x" }, { id: "y" }] }, "tests", "x"), { tests: [{ id: "y" }] });
});

test("one's own words in the place of what was said", () => {
  const before = Object.freeze({ id: "t", steps: [{ message: { text: "…", from: "a" } }, { say: "…" }] });
  const after = saying(before, [["/steps/0/message/text", "合同"], ["/steps/1/say", ""]]);
  assert.deepEqual(after, { id: "t", steps: [{ message: { text: "合同", from: "a" } }, { say: "…" }] });
  assert.equal(before.steps[0].message.text, "…");
});
