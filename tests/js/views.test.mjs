// What the views designer does to a document.
import assert from "node:assert/strict";
import { test } from "node:test";

import { addView, becomeKind, copyView, moveView, removeView, setOpens, setView, viewsOf } from "../../builder_ui/static/js/model/views.js";

const document = () => ({ forms: [{ id: "job", views: [{ id: "a", kind: "table", columns: ["x"], default_for: ["r"] }, { id: "b" }] }, { id: "other" }] });
const ids = (made) => viewsOf(made, "job").map((one) => one.id).join();

test("views come, move, double and go", () => {
  const before = document();
  assert.equal(ids(addView(before, "job", { kind: "kanban", label: "看板" }, 1)), "a,kanban,b");
  assert.equal(addView(before, "other", { kind: "card" }, 0).forms[1].views[0].id, "card");
  assert.equal(ids(moveView(before, "job", 0, 2)), "b,a");
  assert.equal(ids(moveView(before, "job", 1, 0)), "b,a");
  const copied = copyView(before, "job", "a", "又一个");
  assert.equal(ids(copied), "a,a_2,b");
  assert.deepEqual(viewsOf(copied, "job")[1], { kind: "table", columns: ["x"], id: "a_2", label: "又一个" });
  assert.equal(ids(removeView(before, "job", "a")), "b");
  assert.deepEqual(before, document());
});

test("what is blank goes, with the objects left empty", () => {
  const set = (path, value, from = document()) => setView(from, "job", "a", path, value);
  const inside = set("options/words/form", "line");
  assert.deepEqual(viewsOf(inside, "job")[0].options, { words: { form: "line" } });
  assert.equal("options" in viewsOf(set("options/words/form", "", inside), "job")[0], false);
  assert.equal("columns" in viewsOf(set("columns", []), "job")[0], false);
  assert.deepEqual(Object.keys(viewsOf(set("columns", ["y"]), "job")[0]), ["id", "kind", "columns", "default_for"]);
});

test("a role has one view its list opens with", () => {
  const moved = setOpens(document(), "job", "b", "r", true);
  assert.deepEqual(viewsOf(moved, "job").map((one) => one.default_for ?? null), [null, ["r"]]);
  assert.equal("default_for" in viewsOf(setOpens(moved, "job", "b", "r", false), "job")[1], false);
});

test("another kind takes the options it is given and keeps the rest", () => {
  const made = viewsOf(becomeKind(document(), "job", "a", { kind: "kanban", options: { by: "state" } }), "job")[0];
  assert.deepEqual(made, { id: "a", columns: ["x"], default_for: ["r"], kind: "kanban", options: { by: "state" } });
});
