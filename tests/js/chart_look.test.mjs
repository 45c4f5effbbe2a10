import assert from "node:assert/strict";
import { test } from "node:test";
import { dressed, short } from "../../builder_ui/static/js/lib/chart_look.js";

const LOOK = {
  palette: ["#1", "#2", "#3", "#4", "#5", "#6"], rest: "#rest", heat: ["#low", "#high"], ink: "#ink", soft: "#soft", line: "#line", surface: "#surface", onColour: "#on",
  font: "Noto Sans CJK SC", width: 600, height: 300, motion: true, language: "zh",
};
const names = ["周婧", "王磊", "阿依古丽·买买提"];
const bars = (...more) => ({
  aria: { enabled: true }, tooltip: { trigger: "axis", formatter: "{b}" }, legend: { show: true, top: 0 }, grid: { left: 99 },
  xAxis: { type: "category", data: names }, yAxis: { type: "value", name: "万元" },
  series: [{ type: "bar", name: "次数", data: names.map((name, at) => ({ value: at, key: `["n","${name}"]` })) }, ...more],
});

test("colours, type and places are the page's, not the option's", () => {
  const made = dressed(bars(), LOOK);
  assert.deepEqual(made.color, LOOK.palette);
  assert.equal(made.grid.left, 4);
  assert.equal(made.legend.show, false);
  assert.equal(made.aria, undefined);
  assert.equal(made.tooltip.formatter, undefined);
  assert.equal(made.tooltip.trigger, "axis");
  assert.equal(made.series[0].cursor, "pointer");
  assert.equal(made.yAxis.name, "万元");
});

test("what was before stands behind in grey, and both are named", () => {
  const made = dressed(bars({ type: "bar", name: "次数 · 上月", role: "before", data: [{ value: 1 }] }), LOOK);
  assert.deepEqual(made.legend.data, ["次数", "次数 · 上月"]);
  assert.equal(made.series[1].itemStyle.color, "#rest");
  assert.equal(made.series[1].cursor, "default");
});

test("all others are grey wherever they stand", () => {
  const pie = { series: [{ type: "pie", radius: ["48%", "72%"], data: [{ name: "电话", value: 1, key: '["n","phone"]' }, { name: "其他", value: 2, role: "others" }] }] };
  const [slices] = dressed(pie, LOOK).series;
  assert.equal(slices.data[0].itemStyle, undefined);
  assert.equal(slices.data[1].itemStyle.color, "#rest");
  assert.deepEqual(slices.radius, ["42%", "65%"]);
});

test("a pie names its slices beside it, on a phone below", () => {
  const pie = { series: [{ type: "pie", radius: "72%", data: [{ name: "电话", value: 1 }, { name: "邮件", value: 2 }] }] };
  assert.equal(dressed(pie, LOOK).legend.show, false);
  const small = dressed(pie, { ...LOOK, width: 330 });
  assert.equal(small.series[0].label.show, false);
  assert.deepEqual(small.legend.data, ["电话", "邮件"]);
});

test("names that do not fit lean; days do not, they are left out one by one", () => {
  assert.equal(dressed(bars(), LOOK).xAxis.axisLabel.rotate, undefined);
  assert.equal(dressed(bars(), { ...LOOK, width: 240 }).xAxis.axisLabel.rotate, 35);
  const days = { ...bars(), xAxis: { type: "category", data: Array.from({ length: 12 }, (_, at) => `11-${at + 10}`) } };
  assert.equal(dressed(days, { ...LOOK, width: 240 }).xAxis.axisLabel.rotate, undefined);
});

test("a line that ends at the edge leaves room for half of its last name", () => {
  const months = (boundaryGap) => ({ xAxis: { type: "category", boundaryGap, data: ["2026-10", "2026-11"] }, yAxis: { type: "value" }, series: [{ type: "line", data: [1, 2] }] });
  assert.equal(dressed(months(true), LOOK).grid.right, 16);
  assert.ok(dressed(months(false), LOOK).grid.right >= (7 * 0.55 * 11.5) / 2);
});

test("lying bars keep their unit in the name of the series", () => {
  const { xAxis, yAxis, ...rest } = bars();
  const made = dressed({ ...rest, xAxis: yAxis, yAxis: { ...xAxis, inverse: true } }, LOOK);
  assert.equal(made.xAxis.name, "");
  assert.deepEqual(made.legend.data, ["次数"]);
  assert.equal(made.yAxis.axisLabel.overflow, "truncate");
});

test("the small course of a number has nothing but its line", () => {
  const made = dressed({ bare: true, xAxis: { type: "category", data: ["1", "2"] }, yAxis: { type: "value" }, series: [{ type: "line", areaStyle: {}, data: [{ value: 1 }, { value: 2 }] }] }, { ...LOOK, height: 60 });
  assert.equal(made.xAxis.axisLabel.show, false);
  assert.equal(made.yAxis.axisLabel.show, false);
  assert.equal(made.bare, undefined);
});

test("a heat map runs from quiet to loud", () => {
  const made = dressed({ visualMap: { min: 0, max: 12, left: "right" }, xAxis: { type: "category", data: ["9"] }, yAxis: { type: "category", data: ["一"] }, series: [{ type: "heatmap", data: [{ value: [0, 0, 12] }] }] }, LOOK);
  assert.deepEqual(made.visualMap.inRange.color, ["#low", "#high"]);
  assert.equal(made.visualMap.max, 12);
  assert.equal(made.visualMap.left, "center");
});

test("a mark across the days is named and says nothing else", () => {
  const option = bars();
  option.series[0].markLine = { symbol: "arrow", data: [{ xAxis: 1, name: "发布" }] };
  const [series] = dressed(option, LOOK).series;
  assert.equal(series.markLine.symbol, "none");
  assert.equal(series.markLine.data[0].label.formatter, "{b}");
});

test("what is counted in ones has no halves on its axis", () => {
  assert.equal(dressed(bars(), LOOK).yAxis.minInterval, 1);
  const option = bars();
  option.series[0].data[0].value = 0.5;
  assert.equal(dressed(option, LOOK).yAxis.minInterval, 0);
});

test("who wants no motion gets none", () => {
  assert.equal(dressed(bars(), { ...LOOK, motion: false }).animation, false);
});

test("numbers on an axis are short", () => {
  assert.deepEqual([short(950, "zh"), short(12_500, "zh"), short(12_500, "en"), short(0.25, "en")], ["950", "1.3万", "12.5K", "0.25"]);
});
