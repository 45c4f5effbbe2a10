// The permission and the menu designer's steps: what each makes of a document, and that nothing is changed in place.
import assert from "node:assert/strict";
import test from "node:test";
import * as menu from "../../builder_ui/static/js/model/menu.js";
import * as roles from "../../builder_ui/static/js/model/roles.js";

const frozen = (value) => {
  if (value && typeof value === "object") Object.values(value).forEach(frozen);
  return Object.freeze(value);
};
const APP = frozen({ roles: [{ id: "a", label: "甲", forms: { f: { rows: "owner == me", actions: ["read", "update"], fields: { x: "mask" } } } }, { id: "b" }] });
const of = (document, role, form) => roles.roleOf(document, role).forms?.[form];

const STEPS = [
  ["a preset keeps fields", (d) => roles.applyPreset(d, "a", "f", { actions: ["read"] }), { actions: ["read"], fields: { x: "mask" } }],
  ["no preset: no permission", (d) => roles.applyPreset(d, "a", "f", null), undefined],
  ["an action more", (d) => roles.setAction(d, "a", "f", "create", true), { rows: "owner == me", actions: ["read", "create", "update"], fields: { x: "mask" } }],
  ["the last action", (d) => roles.setAction(roles.setAction(d, "a", "f", "update", false), "a", "f", "read", false), undefined],
  ["a field back to usual", (d) => roles.setField(d, "a", "f", "x", ""), { rows: "owner == me", actions: ["read", "update"] }],
  ["the rest of the fields", (d) => roles.setField(d, "a", "f", "*", "hide"), { rows: "owner == me", actions: ["read", "update"], fields: { x: "mask", "*": "hide" } }],
  ["all rows are not said", (d) => roles.setRows(d, "a", "f", "rows", " true "), { actions: ["read", "update"], fields: { x: "mask" } }],
  ["some views", (d) => roles.setViews(d, "a", "f", ["v"], ["v", "w"]), { rows: "owner == me", actions: ["read", "update"], fields: { x: "mask" }, views: ["v"] }],
  ["all views are not said", (d) => roles.setViews(roles.setViews(d, "a", "f", [], ["v"]), "a", "f", ["v"], ["v"]), of(APP, "a", "f")],
];
for (const [name, step, expected] of STEPS) test(name, () => assert.deepEqual(of(step(APP), "a", "f"), expected));

test("an action where there was none reads too", () => {
  assert.deepEqual(of(roles.setAction(APP, "b", "f", "create", true), "b", "f"), { actions: ["read", "create"] });
});

test("roles", () => {
  const made = roles.setDuty(roles.setReport(roles.addRole(APP, { id: "c", label: "丙" }), "c", "r", "totals"), "c", "audit", true);
  assert.deepEqual(roles.roleOf(made, "c"), { id: "c", label: "丙", reports: { r: "totals" }, manages: ["audit"] });
  assert.deepEqual(roles.roleOf(roles.setDuty(roles.setReport(made, "c", "r", ""), "c", "audit", false), "c"), { id: "c", label: "丙" });
  assert.deepEqual(roles.removeRole(made, "c"), APP);
  assert.deepEqual(roles.roleOf(roles.setRole(APP, "a", "watermark", false), "a"), roles.roleOf(APP, "a"));
});

test("seeing in full and breaking the glass", () => {
  const role = (d) => roles.roleOf(d, "a");
  const asked = roles.setListed(roles.setMeasure(roles.setUnmask(APP, "a", true), "a", "unmask", "minutes", 15), "a", "unmask", "confirm", "role:b", true);
  assert.deepEqual(role(asked).unmask, { minutes: 15, confirm: ["role:b"] });
  assert.deepEqual(role(roles.setListed(asked, "a", "unmask", "confirm", "role:b", false)).unmask, { minutes: 15 });
  assert.deepEqual(roles.setUnmask(asked, "a", false), APP);
  const glass = roles.setListed(roles.setEmergency(APP, "a", true, ["f"], ["manager:me"]), "a", "emergency", "forms", "g", true);
  assert.deepEqual(role(glass).emergency, { forms: ["f", "g"], hours: 4, alarm: ["manager:me"] });
  assert.deepEqual(role(roles.setListed(glass, "a", "emergency", "alarm", "manager:me", false)).emergency.alarm, []);
});

const MENU = frozen({ menus: [{ id: "g", label: "一", items: [{ id: "f", form: "f" }, { id: "r", report: "r" }] }, { id: "h", label: "二", items: [{ id: "p", page: "search" }] }] });
const shape = (document) => document.menus.map((group) => [group.id ?? group.label, ...group.items.map((item) => item.id ?? item.form)].join(" "));

const MOVES = [
  ["down in its group", (d) => menu.moveItem(d, [0, 0], [0, 2]), ["g r f", "h p"]],
  ["up in its group", (d) => menu.moveItem(d, [0, 1], [0, 0]), ["g r f", "h p"]],
  ["into another group", (d) => menu.moveItem(d, [0, 0], [1, 1]), ["g r", "h p f"]],
  ["a group down", (d) => menu.moveGroup(d, 0, 2), ["h p", "g f r"]],
  ["a new item gets a free id", (d) => menu.addItem(d, { form: "f" }, [1, 0]), ["g f r", "h f_2 p"]],
  ["a new group", (d) => menu.addGroup(d, "三"), ["g f r", "h p", "group"]],
  ["an item goes", (d) => menu.removeAt(d, "0.1"), ["g f", "h p"]],
  ["a group goes", (d) => menu.removeAt(d, "0"), ["h p"]],
];
for (const [name, step, expected] of MOVES) test(`menu: ${name}`, () => assert.deepEqual(shape(step(MENU)), expected));

test("menu: the first item makes its group", () => {
  assert.deepEqual(menu.addItem({ app: 1 }, { form: "f" }, [0, 0], "常用"), { app: 1, menus: [{ id: "group", label: "常用", items: [{ id: "f", form: "f" }] }] });
});

test("menu: no ids among parts that have none", () => {
  const old = frozen({ menus: [{ label: "一", items: [{ label: "x", form: "f" }] }] });
  assert.deepEqual(menu.addItem(old, { form: "g" }, [0, 1]).menus[0].items[1], { form: "g" });
});

test("menu: the keyboard goes through groups", () => {
  assert.deepEqual(menu.stepped(MENU, "0.0", 1), [0, 2]);
  assert.deepEqual(menu.stepped(MENU, "0.1", 1), [1, 0]);
  assert.deepEqual(menu.stepped(MENU, "1.0", -1), [0, 2]);
  assert.equal(menu.stepped(MENU, "0.0", -1), null);
  assert.deepEqual(shape(menu.moveGroup(MENU, 1, menu.stepped(MENU, "1", -1)[0])), ["h p", "g f r"]);
});

test("menu: what is chosen after a part went", () => {
  const gone = (place) => menu.nearest(menu.removeAt(MENU, place), place);
  assert.deepEqual(["0.0", "0.1", "1.0", "0", "1"].map(gone), ["0.0", "0.0", "1", "0", "0"]);
});

test("menu: a key of a part; blank goes", () => {
  assert.equal(menu.setAt(MENU, "0.0", "icon", "star").menus[0].items[0].icon, "star");
  assert.deepEqual(menu.setAt(menu.setAt(MENU, "1", "icon", "star"), "1", "icon", ""), MENU);
});
