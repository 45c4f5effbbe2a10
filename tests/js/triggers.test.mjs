import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultEvent, parseTriggers, withQuery } from "../../builder_ui/static/js/lib/triggers.js";

test("a trigger says its event and its conditions", () => {
  assert.deepEqual(parseTriggers("input changed delay:300ms, load", "click"), [
    { event: "input", changed: true, once: false, delay: 300, every: 0 },
    { event: "load", changed: false, once: false, delay: 0, every: 0 },
  ]);
  assert.equal(parseTriggers("load delay:2s", "click")[0].delay, 2000);
  assert.equal(parseTriggers("every 30s", "click")[0].every, 30000);
});

test("nothing said stands for what the element is for", () => {
  assert.deepEqual(parseTriggers(null, "submit").map((each) => each.event), ["submit"]);
  assert.equal(defaultEvent({ tagName: "FORM" }), "submit");
  assert.equal(defaultEvent({ tagName: "SELECT" }), "change");
  assert.equal(defaultEvent({ tagName: "BUTTON" }), "click");
});

test("fields replace what stood in the query, blanks go, lists stay lists", () => {
  const made = withQuery("/a?x=1&y=2", [["x", "3"], ["z", ""], ["w", "甲"], ["w", "乙"]]);
  assert.equal(made, "/a?y=2&x=3&w=%E7%94%B2&w=%E4%B9%99");
});

test("a query is one of ours, whatever it is said to be relative to", () => {
  assert.equal(withQuery("", [["f", "a"]], "http://local/list?q=1"), "/list?q=1&f=a");
});
