import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, fold, foldNumber, joined } from "../../builder_ui/static/js/lib/text.js";

test("full-width signs become plain ones", () => {
  assert.equal(fold("ＡＢＣ：（１２３）　，"), "ABC:(123) ,");
});

test("numbers are read as people type them", () => {
  const cases = { "１２。５": "12.5", "１，２３４": "1,234", " 300 ": "300", "－５": "-5", "３万": "3万" };
  for (const [typed, read] of Object.entries(cases)) assert.equal(foldNumber(typed), read);
});

test("places are filled and unknown ones stay", () => {
  assert.equal(fill("{at} / {n} {x}", { at: 1, n: 7 }), "1 / 7 {x}");
});

test("a list is joined as the language of the page does it", () => {
  for (const [lang, said] of [["zh-CN", "甲、乙"], ["en", "甲, 乙"]]) {
    globalThis.document = { documentElement: { lang } };
    assert.equal(joined(["甲", "乙"]), said);
  }
  delete globalThis.document;
});
