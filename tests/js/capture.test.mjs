// What the page on incoming messages does to a document.
import assert from "node:assert/strict";
import test from "node:test";
import { begin, fill, leave, tableOf } from "../../builder_ui/static/js/model/capture.js";

const TABLE = { rule: "capture", place: 1, option: "values" };
const DOCUMENT = {
  rules: [
    { id: "other", then: [{ action: "notify" }] },
    { id: "capture", then: [{ action: "notify" }, { action: "create_record", with: { form: "letter", values: { content: "text" } } }] },
  ],
};

test("a field is filled, filled otherwise and left, and nothing else changes", () => {
  const before = structuredClone(DOCUMENT);
  const filled = fill(DOCUMENT, TABLE, "about", "sender_name");
  assert.deepEqual(tableOf(filled, TABLE), { content: "text", about: "sender_name" });
  assert.deepEqual(tableOf(fill(filled, TABLE, "content", "'x'"), TABLE), { content: "'x'", about: "sender_name" });
  assert.deepEqual(leave(filled, TABLE, "about"), DOCUMENT);
  assert.deepEqual(DOCUMENT, before);
  assert.equal(filled.rules[0], DOCUMENT.rules[0]);
  assert.equal(filled.rules[1].then[0], DOCUMENT.rules[1].then[0]);
});

test("a table that was not written down yet begins with its first field", () => {
  const bare = { rules: [{ id: "capture", then: [{ action: "create_record", with: { form: "letter" } }] }] };
  assert.deepEqual(tableOf(fill(bare, { ...TABLE, place: 0 }, "content", "text"), { ...TABLE, place: 0 }), { content: "text" });
});

test("what somebody else took away meanwhile stays away", () => {
  const gone = { rules: [DOCUMENT.rules[0]] };
  assert.equal(tableOf(gone, TABLE), null);
  assert.equal(fill(gone, TABLE, "content", "text"), gone);
  assert.deepEqual(leave({}, TABLE, "content"), {});
});

test("a rule begins with an id that is free", () => {
  const rule = { id: "capture", then: [] };
  assert.deepEqual(begin({}, rule).rules, [rule]);
  assert.equal(begin(DOCUMENT, rule).rules[2].id, "capture_2");
});
