// Expressions and choices in the browser: what input methods produce, chips that move with the text, pasted lists.
import assert from "node:assert/strict";
import test from "node:test";
import { added, choicesOf, linesOf, moved as movedChoice, sorted } from "../../builder_ui/static/js/lib/choice_lines.js";
import { cut, fold, moved } from "../../builder_ui/static/js/lib/expression_text.js";

const FOLDED = [ // typed with the caret at |, what stands there
  ["IF（a，b）|", "IF(a,b)|"],
  ["a ≥| 5", "a >=| 5"],
  ["a ＞ １２。５|", "a > 12.5|"],
  ["level == “重点”|", "level == \"重点\"|"],
  ["level == “|”", "level == \"|\""],
  ["level == \"重点”|", "level == \"重点\"|"],
  ["level == 「重，点」| and b", "level == \"重，点\"| and b"],
  ["'（，）' + a　×|", "'（，）' + a *|"],
  ["‘it”s’|", "'it”s'|"],
  ["CONTAINS(a, “报价|", "CONTAINS(a, \"报价|"],
];
for (const [typed, wanted] of FOLDED) {
  test(`typed: ${typed}`, () => {
    const { text, caret } = fold(typed.replace("|", ""), typed.indexOf("|"));
    assert.equal(`${text.slice(0, caret)}|${text.slice(caret)}`, wanted);
    assert.deepEqual(fold(text, caret), { text, caret }, "once is enough");
  });
}

test("pieces have kinds", () => {
  assert.deepEqual(cut("SUM (客户.x) > 1.5 and 'a'").map(({ kind }) => kind), ["function", "sign", "name", "sign", "name", "sign", "sign", "number", "word", "text"]);
});

const CHIPS = [{ at: 0, length: 5 }, { at: 8, length: 6 }]; // price + amount
for (const [now, places] of [
  ["price + amount", [0, 8]], ["price * 2 + amount", [0, 12]], ["prices + amount", [9]], ["price + ", [0]], ["x + price + amount", [4, 12]], ["price + amount.x", [0]],
]) {
  test(`chips after typing: ${now}`, () => assert.deepEqual(moved(CHIPS, "price + amount", now).map(({ at }) => at), places));
}

const KNOWN = [{ value: "wecom", label: { zh: "企业微信", en: "WeCom" }, color: "green", hidden: true }, { value: "phone", label: "电话" }];

test("lines and back again", () => {
  const lines = linesOf([...KNOWN, { value: "邮件", label: "邮件" }], "zh");
  assert.equal(lines, "wecom|企业微信|green\nphone|电话\n邮件");
  assert.deepEqual(choicesOf(lines, [...KNOWN, { value: "邮件", label: "邮件" }], { coloured: false }).choices, [...KNOWN, { value: "邮件", label: "邮件" }]);
});

test("a new label keeps the value, a known label the choice", () => {
  const { choices } = choicesOf("phone|座机\n企业微信", KNOWN, { coloured: false });
  assert.deepEqual(choices, [{ value: "phone", label: "座机" }, KNOWN[0]]);
});

test("two hundred lines, trimmed, without doubles, coloured in turn", () => {
  const text = [...Array.from({ length: 200 }, (_, n) => ` 选项${n + 1} \t`), "选项7", "", "  "].join("\r\n");
  const { choices, doubles } = choicesOf(text, [], { hues: ["teal", "blue"] });
  assert.equal(choices.length, 200);
  assert.equal(doubles, 1);
  assert.deepEqual(choices.slice(0, 3).map(({ value, color }) => [value, color]), [["选项1", "teal"], ["选项2", "blue"], ["选项3", "teal"]]);
});

test("plain choices stay plain, the first one of a list gets the first colour", () => {
  const hues = ["teal", "blue"];
  assert.deepEqual(choicesOf("phone\n邮件", [KNOWN[1]], { hues }).choices, [KNOWN[1], { value: "邮件", label: "邮件" }]);
  assert.deepEqual(added(added([], "甲", hues), "乙", hues).map(({ color }) => color), hues);
  assert.deepEqual(added([KNOWN[1]], "甲", hues).map(({ color }) => color), [undefined, undefined]);
});

test("tabs of a spreadsheet", () => {
  assert.deepEqual(choicesOf("a\t甲\tred\nb\t乙").choices, [{ value: "a", label: "甲", color: "red" }, { value: "b", label: "乙" }]);
});

test("order by name, by use, by hand; a new one has a value nobody has", () => {
  const some = [{ value: "b", label: "重点" }, { value: "a", label: "一般" }, { value: "c", label: "成长" }];
  assert.deepEqual(sorted(some, "name").map(({ label }) => label), ["成长", "一般", "重点"]);
  assert.deepEqual(sorted(some, "use", { used: { c: 3, a: 9 } }).map(({ value }) => value), ["a", "c", "b"]);
  assert.deepEqual(movedChoice(some, 0, 2).map(({ value }) => value), ["a", "c", "b"]);
  assert.equal(added([{ value: "选项", label: "x" }], "选项").at(-1).value, "选项 2");
});
