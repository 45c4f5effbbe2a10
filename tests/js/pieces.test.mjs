// Lists of a form that are edited piece by piece.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTS } from "../../builder_ui/static/js/model/pieces.js";

const { compared, paper } = ACTS;

test("fields join and leave what is compared together", () => {
  const groups = [["name"]];
  assert.deepEqual(compared.join(groups, { at: 0, value: "city" }), [["name", "city"]]);
  assert.deepEqual(compared.join(groups, { at: 1, value: "mobile" }), [["name"], ["mobile"]]);
  assert.deepEqual(compared.leave([["name"], ["mobile"]], { at: 0, value: "name" }), [["mobile"]]);
  assert.deepEqual(groups, [["name"]]);
});

test("blocks of a page come, move, are named and go", () => {
  const blocks = [{ id: "section", kind: "section", fields: ["a", { field: "b", span: 2 }] }, { id: "note", kind: "note", text: "x" }];
  assert.deepEqual(paper.add(blocks, { value: "section" })[2], { id: "section_2", kind: "section", fields: [] });
  assert.deepEqual(paper.up(blocks, { at: 1 }).map((block) => block.id), ["note", "section"]);
  assert.deepEqual(paper.down(blocks, { at: 0 }).map((block) => block.id), ["note", "section"]);
  assert.deepEqual(paper.up(blocks, { at: 0 }), blocks);
  assert.deepEqual(paper.down(blocks, { at: 1 }), blocks);
  assert.deepEqual(paper.remove(blocks, { at: 0 }), [blocks[1]]);
  assert.deepEqual(paper.leave(blocks, { at: 0, value: "b" })[0].fields, ["a"]);
  assert.deepEqual(paper.join(blocks, { at: 0, value: "c" })[0].fields.length, 3);
  assert.equal(paper.columns(blocks, { at: 0, value: "3" })[0].columns, 3);
  assert.equal("text" in paper.text(blocks, { at: 1, value: "" })[1], false);
  const both = paper.label([{ id: "s", label: { zh: "甲", en: "A" } }], { at: 0, value: "乙", language: "zh" });
  assert.deepEqual(both[0].label, { zh: "乙", en: "A" });
  assert.deepEqual(paper.end(blocks), []);
});
