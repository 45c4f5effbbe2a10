// What is pasted into a text with looks: only what the server would keep.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cleaned, unstyled } from "../../builder_ui/static/js/lib/rich.js";

const text = (nodeValue) => ({ nodeType: 3, nodeName: "#text", nodeValue });
const element = (nodeName, childNodes = [], attributes = {}) => ({
  nodeType: 1, nodeName, childNodes, getAttribute: (name) => attributes[name] ?? null,
});
const paste = (...nodes) => cleaned("", () => ({ body: element("BODY", nodes) }));

const rows = [
  ["plain text is escaped", [text("1 < 2 & \"x\"")], "1 &lt; 2 &amp; &quot;x&quot;"],
  ["looks stay, attributes go", [element("P", [element("B", [text("甲")], { style: "color:red" })])], "<p><b>甲</b></p>"],
  ["a first heading is our second", [element("H1", [text("标题")])], "<h2>标题</h2>"],
  ["what is not kept leaves its words", [element("SPAN", [element("FONT", [text("乙")])])], "乙"],
  ["scripts and styles leave nothing", [element("STYLE", [text("p{}")]), element("SCRIPT", [text("x")])], ""],
  ["a link keeps its address", [element("A", [text("页")], { href: "https://a.example/?a=1&b=2" })], '<a href="https://a.example/?a=1&amp;b=2">页</a>'],
  ["a link that runs is its words", [element("A", [text("页")], { href: "javascript:alert(1)" })], "页"],
  ["a picture is nothing", [element("IMG")], ""],
  ["a comment is nothing", [{ nodeType: 8, nodeName: "#comment" }], ""],
];

for (const [name, nodes, expected] of rows) test(name, () => assert.equal(paste(...nodes), expected));

test("looks of its own are gone before it is read", () => {
  assert.equal(unstyled('<p style="a:b" class=x>a style="k"</p><b style=q>b</b>'), '<p class=x>a style="k"</p><b>b</b>');
  assert.equal(unstyled("<style>p{}</style><p STYLE = 'x'>c"), "<p>c");
});
