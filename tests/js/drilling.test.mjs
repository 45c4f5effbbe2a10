import assert from "node:assert/strict";
import { test } from "node:test";
import { matching } from "../../builder_ui/static/js/lib/choices.js";
import { drillAddress, filtered, keyOf, keyOfPlace, span } from "../../builder_ui/static/js/lib/drilling.js";

test("a datum with a key leads to its records, others nowhere", () => {
  assert.equal(drillAddress("/b/drill?key=", '["n","周婧"]'), "/b/drill?key=%5B%22n%22%2C%22%E5%91%A8%E5%A9%A7%22%5D");
  assert.equal(drillAddress("/b/drill?key=", ["n", 1]), "/b/drill?key=%5B%22n%22%2C1%5D");
  assert.equal(drillAddress("/b/drill?key=", undefined), "");
  assert.equal(drillAddress("", "x"), "");
});

test("marks and axes have no key", () => {
  assert.equal(keyOf({ componentType: "series", data: { key: "k" } }), "k");
  assert.equal(keyOf({ componentType: "markLine", data: { key: "k" } }), undefined);
  assert.equal(keyOf({ data: { key: null } }), undefined);
});

test("a click beside a bar means it, when it can mean only one", () => {
  const now = { data: [{ key: "a" }, { key: "b" }] };
  const before = { data: [{ value: 1 }, { value: 2 }] };
  assert.equal(keyOfPlace({ series: [now, before] }, 0.8), "b");
  assert.equal(keyOfPlace({ series: [now, now] }, 0), undefined);
  assert.equal(keyOfPlace({ series: [now] }, 7), undefined);
});

test("one filter of a board is set without touching the others", () => {
  assert.equal(filtered("http://x/apps/a/reports/r?period=today&owner=zhou", "period", "2026-10-01..2026-10-31"), "/apps/a/reports/r?period=2026-10-01..2026-10-31&owner=zhou");
  assert.equal(filtered("/apps/a/reports/r?owner=zhou", "owner", ""), "/apps/a/reports/r");
  assert.equal(filtered("/apps/a/reports/r", "owner", "", "zhou"), "/apps/a/reports/r?owner=");
});

test("two days make a period, in whatever order", () => {
  assert.equal(span("2026-10-31", "2026-10-01"), "2026-10-01..2026-10-31");
  assert.equal(span("", "2026-10-01"), "2026-10-01..2026-10-01");
  assert.equal(span("", ""), "");
});

test("values are found by name, pinyin and initials, half or full width", () => {
  const people = ["周婧 zhoujing zj", "欧阳思远 ouyangsiyuan oysy", "wecom"];
  assert.deepEqual(matching("ouyang", people), [1]);
  assert.deepEqual(matching("ＺＪ", people), [0]);
  assert.deepEqual(matching("思远", people), [1]);
  assert.deepEqual(matching("", people), [0, 1, 2]);
  assert.deepEqual(matching("xyz", people), []);
});
