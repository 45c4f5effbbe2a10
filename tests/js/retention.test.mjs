// What the page of a form's retention does to a document.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addRule, newId, period, removeRule, rulesOf, setRule } from "../../builder_ui/static/js/model/retention.js";

const document = () => ({ forms: [{ id: "letter", retention: [{ id: "old", keep: "P1Y" }] }, { id: "note", retention: { keep: "P5Y" } }, { id: "bare" }] });

test("rules come, change and go", () => {
  const before = document();
  const added = addRule(before, "letter", { id: "old", keep: "P20Y", preset: "x" });
  assert.deepEqual(rulesOf(added, "letter").map((one) => one.id), ["old", "old_2"]);
  assert.equal(newId(added, "letter", "old"), "old_3");
  assert.deepEqual(rulesOf(setRule(before, "letter", "old", "then", "shred"), "letter"), [{ id: "old", keep: "P1Y", then: "shred" }]);
  assert.deepEqual(rulesOf(setRule(before, "letter", "old", "keep", ""), "letter"), [{ id: "old" }]);
  assert.equal("retention" in removeRule(before, "letter", "old").forms[0], false);
  assert.deepEqual(rulesOf(addRule(before, "bare", { id: "rule" }), "bare"), [{ id: "rule" }]);
  assert.deepEqual(before, document());
});

test("the rule in short becomes one of a list, the same otherwise", () => {
  const [rule] = rulesOf(setRule(document(), "note", "keep", "label/zh", "五年"), "note");
  assert.deepEqual(rule, { id: "keep", label: { zh: "五年", en: "Retention period" }, keep: "P5Y" });
});

test("a period is a number and a unit", () => {
  assert.deepEqual([period("5", "Y"), period("18", "M"), period("", "Y"), period("0", "D"), period("-3", "D")], ["P5Y", "P18M", "", "", ""]);
});
