import assert from "node:assert/strict";
import { test } from "node:test";
import { blockOf, dayOf, meant, renamed } from "../../builder_ui/static/js/lib/rows.js";

test("names and ids follow their row", () => {
  assert.equal(renamed("items..price", "items", 2), "items.2.price");
  assert.equal(renamed("items.7.price", "items", 0), "items.0.price");
  assert.equal(renamed("f-items--price-notes", "items", 3), "f-items-3-price-notes");
  assert.equal(renamed("f-items-1-price", "items", 0), "f-items-0-price");
});

test("other names stay", () => {
  assert.equal(renamed("other.1.price", "items", 4), "other.1.price");
  assert.equal(renamed("f-items_too-1-price", "items", 4), "f-items_too-1-price");
});

test("a block of cells is rows of cells", () => {
  assert.deepEqual(blockOf("网关\t3\r\n订阅\t 300 \r\n"), [["网关", "3"], ["订阅", "300"]]);
  assert.deepEqual(blockOf("a\n\nb"), [["a"], [""], ["b"]]);
  assert.deepEqual(blockOf(""), []);
});


test("days are read as spreadsheets write them", () => {
  assert.equal(dayOf("2026/11/3"), "2026-11-03");
  assert.equal(dayOf("2026年1月23日"), "2026-01-23");
  assert.equal(dayOf("2026.1.2 9:30"), "2026-01-02T09:30");
  assert.equal(dayOf("morgen"), "morgen");
});

test("a choice is meant whatever its width and case", () => {
  assert.equal(meant(" ＷeCom ", ["电话", "WeCom"]), 1);
  assert.equal(meant("传真", ["电话", "WeCom"]), -1);
});
