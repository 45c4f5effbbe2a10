import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText, conditionsOf } from "../../builder_ui/static/js/lib/conditions.js";

test("a condition is one parameter; its separators are escaped", () => {
  assert.equal(conditionText({ field: "name", operator: "any_of", values: ["a|b", "c\\d"] }), "name:any_of:a\\|b|c\\\\d");
});

test("rows that say nothing yet are left out, blank needs no value", () => {
  const rows = [
    { field: "name", operator: "is", values: [] },
    { field: "", operator: "is", values: ["x"] },
    { field: "amount", operator: "not_blank", values: [] },
    { field: "channel", operator: "is", values: ["wecom"] },
  ];
  assert.deepEqual(conditionsOf(rows), ["amount:not_blank:", "channel:is:wecom"]);
});

test("one edge of a range is enough", () => {
  const row = { field: "at", operator: "between", values: ["", "2026-11-30"] };
  assert.deepEqual(conditionsOf([row, { ...row, values: ["", ""] }]), ["at:between:|2026-11-30"]);
});
