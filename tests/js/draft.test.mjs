// The model of a draft: patches that change nothing in place, undo without end, saving that loses nothing.
import assert from "node:assert/strict";
import test from "node:test";
import { History } from "../../builder_ui/static/js/model/history.js";
import { apply, invert, PatchError, parts, pointer, valueAt } from "../../builder_ui/static/js/model/patch.js";
import { OFFLINE, REFUSED, Refused, SAVED, Saving } from "../../builder_ui/static/js/model/saving.js";

const DOCUMENT = Object.freeze({ forms: [{ id: "a", fields: [{ id: "x" }, { id: "y", options: { max: 1 } }] }], "a/b~c": 1 });

test("pointers", () => {
  assert.deepEqual(parts("/a~1b~0c/0"), ["a/b~c", "0"]);
  assert.equal(pointer("a/b~c", 0), "/a~1b~0c/0");
  assert.equal(valueAt(DOCUMENT, "/a~1b~0c"), 1);
  assert.equal(valueAt(DOCUMENT, "/forms/7/id"), undefined);
});

const PATCHES = [
  [{ op: "add", path: "/forms/0/fields/-", value: { id: "z" } }],
  [{ op: "add", path: "/forms/0/fields/0", value: { id: "z" } }],
  [{ op: "add", path: "/forms/0/label", value: "甲" }],
  [{ op: "add", path: "/forms/0/id", value: "b" }],
  [{ op: "remove", path: "/forms/0/fields/1/options" }],
  [{ op: "replace", path: "/forms/0/fields/1/options/max", value: null }],
  [{ op: "move", from: "/forms/0/fields/1", path: "/forms/0/fields/0" }],
  [{ op: "move", from: "/forms/0/fields/0", path: "/forms/0/fields/1" }],
  [{ op: "copy", from: "/forms/0/fields/0", path: "/forms/0/fields/-" }],
  [{ op: "test", path: "/forms/0/id", value: "a" }, { op: "remove", path: "/forms/0" }, { op: "add", path: "/forms/-", value: 3 }],
  [{ op: "replace", path: "", value: { forms: [] } }],
];

for (const patch of PATCHES) {
  test(`there and back: ${JSON.stringify(patch)}`, () => {
    const after = apply(DOCUMENT, patch);
    assert.deepEqual(DOCUMENT.forms[0].fields.map((field) => field.id), ["x", "y"]);
    assert.deepEqual(apply(after, invert(DOCUMENT, patch)), DOCUMENT);
  });
}

for (const path of ["/forms/0/fields/9", "/nowhere/deep", "/forms/01", "forms", "/forms/0/id/x"]) {
  test(`no such place: ${path}`, () => {
    assert.throws(() => apply(DOCUMENT, [{ op: "remove", path }]), PatchError);
  });
}

test("what is not touched is shared", () => {
  const after = apply(DOCUMENT, [{ op: "replace", path: "/forms/0/fields/0/id", value: "q" }]);
  assert.equal(after.forms[0].fields[1], DOCUMENT.forms[0].fields[1]);
});

const label = (value) => [{ op: "add", path: "/forms/0/label", value }];

test("any sequence of steps undoes to the very same text, and comes back", () => {
  let seed = 7;
  const random = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const history = new History(DOCUMENT);
  const start = JSON.stringify(DOCUMENT);
  for (let number = 0; number < 200; number += 1) {
    const fields = history.document.forms[0].fields;
    const at = random(fields.length + 1);
    const kinds = [
      [{ op: "add", path: `/forms/0/fields/${at}`, value: { id: `n${number}` } }],
      fields.length > 1 ? [{ op: "remove", path: `/forms/0/fields/${random(fields.length)}` }] : [],
      fields.length > 1 ? [{ op: "move", from: `/forms/0/fields/${random(fields.length)}`, path: `/forms/0/fields/${random(fields.length)}` }] : [],
      label(`L${number}`),
    ];
    history.do("step", kinds[random(kinds.length)]);
  }
  const end = JSON.stringify(history.document);
  let undone = 0;
  while (history.undo()) undone += 1;
  assert.equal(JSON.stringify(history.document), start);
  while (history.redo()) undone -= 1;
  assert.equal(undone, 0);
  assert.equal(JSON.stringify(history.document), end);
});

test("typing in one place is one step, leaving the field ends it", () => {
  const history = new History(DOCUMENT);
  for (const text of ["金", "金额"]) history.do("rename", label(text), { typing: "/forms/0/label" });
  history.settle();
  history.do("rename", label("金额2"), { typing: "/forms/0/label" });
  assert.equal(history.steps.length, 2);
  history.undo();
  assert.equal(history.document.forms[0].label, "金额");
  assert.equal(history.undo().name, "rename");
  assert.equal("label" in history.document.forms[0], false);
});

test("what others changed stays, and what can no longer be undone is forgotten", () => {
  const history = new History(DOCUMENT);
  history.do("add", [{ op: "add", path: "/forms/0/fields/-", value: { id: "z" } }]);
  history.do("rename", label("甲"));
  history.rebase({ forms: [{ id: "a", label: "甲", fields: [{ id: "x" }] }] });
  assert.deepEqual(history.steps.map((step) => step.name), ["rename"]);
});

function server(answers) {
  const asked = [];
  const waiting = [];
  const send = async (request) => {
    asked.push(request);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, waiting, send, later: (work) => waiting.push(work), next: () => waiting.shift()() };
}

test("edits travel in order, together, on the revision they were made on", async () => {
  const history = new History(DOCUMENT);
  const there = server([{ revision: 4 }, { revision: 5 }]);
  const saving = new Saving(history, 3, there.send, there);
  history.do("一", label("a"));
  history.do("二", label("b"));
  assert.equal(there.waiting.length, 1);
  await there.next();
  await saving.flush();
  assert.deepEqual(there.asked.map(({ on, patch, note }) => [on, patch.length, note]), [[3, 2, "一；二"]]);
  history.undo();
  await saving.flush();
  assert.deepEqual([there.asked[1].on, saving.revision, saving.waiting, saving.state], [4, 5, false, SAVED]);
});

test("without a connection edits wait and are sent again", async () => {
  const history = new History(DOCUMENT);
  const there = server([new TypeError("no network"), { revision: 4 }]);
  const saving = new Saving(history, 3, there.send, there);
  history.do("一", label("a"));
  await saving.flush();
  assert.deepEqual([saving.state, saving.waiting], [OFFLINE, true]);
  history.do("二", label("b"));
  await saving.flush();
  assert.deepEqual([saving.state, there.asked[1].patch.length, there.asked[1].on], [SAVED, 2, 3]);
});

test("what is refused is told and not sent for ever", async () => {
  const history = new History(DOCUMENT);
  const there = server([new Refused([{ text: "太大" }])]);
  const saving = new Saving(history, 3, there.send, there);
  const heard = [];
  saving.listen((state, detail) => heard.push([state, detail.problems?.[0].text]));
  history.do("一", label("a"));
  await saving.flush();
  assert.deepEqual([heard.at(-1), saving.waiting], [[REFUSED, "太大"], false]);
});

test("another's change comes in when nothing of ours is on its way", async () => {
  const history = new History(DOCUMENT);
  const merged = { ...DOCUMENT, theirs: true, forms: [{ ...DOCUMENT.forms[0], label: "a" }] };
  const there = server([{ revision: 6, document: merged, others: [{ by: "lin", text: "新增" }] }]);
  const saving = new Saving(history, 3, there.send, there);
  const heard = [];
  saving.listen((state, detail) => heard.push(detail.others?.length));
  history.do("一", label("a"));
  await saving.flush();
  assert.equal(history.document.theirs, true);
  assert.equal(heard.at(-1), 1);
  assert.equal(history.undo().name, "一");
  assert.equal("label" in history.document.forms[0], false);
});

test("another's change is heard while nobody does anything, and not while something of ours is on its way", async () => {
  const history = new History(DOCUMENT);
  const there = server([{ revision: 7 }]);
  const saving = new Saving(history, 3, there.send, there);
  const heard = [];
  saving.listen((state, detail) => heard.push([state, detail.others?.length]));
  const news = { revision: 5, document: { ...DOCUMENT, theirs: true }, others: [{ by: "lin", text: "新增" }] };
  history.do("一", label("a"));
  saving.hear(news);
  assert.deepEqual([saving.revision, history.document.theirs], [3, undefined]);
  await saving.flush();
  saving.hear(news); // an answer that is older than what was saved
  assert.equal(saving.revision, 7);
  saving.hear({ ...news, revision: 8 });
  assert.deepEqual([saving.revision, history.document.theirs, heard.at(-1)], [8, true, [SAVED, 1]]);
});

test("what is done while another's change comes in is sent on the revision it was made on", async () => {
  const history = new History(DOCUMENT);
  const others = [{ by: "lin", text: "新增" }];
  const merged = { ...DOCUMENT, theirs: true };
  const there = server([{ revision: 6, document: merged, others }, { revision: 7, document: merged, others }]);
  const saving = new Saving(history, 3, async (request) => {
    const answer = await there.send(request);
    if (there.asked.length === 1) history.do("二", label("b"));
    return answer;
  }, there);
  history.do("一", label("a"));
  await saving.flush();
  assert.deepEqual(there.asked.map(({ on, patch }) => [on, patch.length]), [[3, 1], [3, 2]]);
  assert.deepEqual([saving.revision, history.document.theirs, saving.waiting], [7, true, false]);
});
