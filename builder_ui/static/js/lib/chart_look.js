// How our charts look: an option as the server made it becomes one in the house's colours, for one size.
// Nothing here touches the page; tests run it in Node.

const NARROW = 420;
const DOTS = 14; // points of a line that are marked one by one
const LEGEND = { type: "scroll", icon: "roundRect", itemWidth: 12, itemHeight: 8, itemGap: 14, pageIconSize: 10, selectedMode: true };
const BARE_TIP = { appendTo: "body", transitionDuration: 0, padding: 0, borderWidth: 0, backgroundColor: "transparent", extraCssText: "box-shadow:none" };

/** `look`: palette, rest, heat [low, high], ink, soft, line, surface, onColour, font, width, height, motion, language. */
export function dressed(option, look) {
  const { bare = false, legend: _legend, grid: _grid, aria: _aria, visualMap, tooltip = {}, ...kept } = option;
  const lying = [option.yAxis].flat()[0]?.type === "category";
  const whole = [option.series ?? []].flat().every((each) => (each.data ?? []).every((point) => Number.isInteger(point?.value ?? 0)));
  const series = [option.series ?? []].flat().map((each) => dressedSeries(each, { ...look, lying }));
  const names = bare ? [] : legendNames(series);
  const unit = lying && [option.xAxis].flat().some((axis) => axis?.name); // said by the name of the series
  const named = (names.length > 1 || unit) && look.height > 130;
  const made = {
    ...kept, series, legend: named ? legend(series, names, look) : { show: false },
    color: look.palette, textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
    animation: look.motion, animationDuration: 350, animationDurationUpdate: 250,
    tooltip: { trigger: tooltip.trigger ?? "item", className: "chart-tip-place", ...BARE_TIP, axisPointer: pointer(series, look) },
  };
  const hot = series.some((each) => each.type === "heatmap");
  if (hot) made.visualMap = heat(visualMap, look);
  if (option.xAxis) Object.assign(made, { grid: room(option, { bare, named, hot, lying }), xAxis: axes(option.xAxis, look, { bare, lying, whole, crosswise: true }), yAxis: axes(option.yAxis, look, { bare, lying, whole, crosswise: false }) });
  return made;
}

const isRound = (series) => series.some((each) => each.type === "pie");
const text = (color, look) => ({ color, fontFamily: look.font, fontSize: 12 });

function legend(series, names, look) {
  const place = isRound(series) ? { bottom: 0, left: "center" } : { top: 0, left: "center" };
  return { ...LEGEND, ...place, data: names, textStyle: text(look.soft, look), pageTextStyle: text(look.soft, look), pageIconColor: look.soft, pageIconInactiveColor: look.line };
}

/** A pie's slices are named beside it where there is room; elsewhere by the legend. */
function legendNames(series) {
  if (isRound(series)) return series[0].label.show ? [] : series[0].data.map((each) => each.name);
  if (series.some((each) => /funnel|heatmap|wordCloud/.test(each.type))) return [];
  return series.map((each) => each.name).filter(Boolean);
}

function pointer(series, look) {
  if (series.some((each) => each.type === "bar")) return { type: "shadow", shadowStyle: { color: look.line, opacity: 0.4 } };
  return { type: "line", lineStyle: { color: look.soft, type: "solid", width: 1 } };
}

function room(option, { bare, named, hot, lying }) {
  if (bare) return { left: 3, right: 3, top: 5, bottom: 3 };
  const unit = !lying && [option.yAxis].flat().some((axis) => axis?.name);
  return { left: 4, right: Math.max(16, overhang(option.xAxis)), top: (named ? 30 : 10) + (unit ? 18 : 0), bottom: hot ? 34 : 2, containLabel: true };
}

/** Where a line ends at the edge, half of its last name stands beyond. */
function overhang(axis) {
  const last = axis.boundaryGap === false && axis.data?.at(-1);
  return last ? Math.ceil(breadth(String(last?.value ?? last)) * 6) : 0;
}

// -- axes ---------------------------------------------------------------------------------------------

function axes(given, look, place) {
  return Array.isArray(given) ? given.map((axis, index) => dressedAxis(axis, look, { ...place, second: index > 0 })) : dressedAxis(given ?? {}, look, place);
}

function dressedAxis(axis, look, { bare, lying, whole, crosswise, second = false }) {
  const quiet = { axisTick: { show: false }, splitArea: { show: false }, splitLine: { show: false } };
  const label = { color: look.soft, fontFamily: look.font, fontSize: 11.5, hideOverlap: true };
  if (bare) return { ...axis, ...quiet, name: "", axisLine: { show: false }, axisLabel: { show: false } };
  if (axis.type === "category") {
    return { ...axis, ...quiet, axisLine: { show: crosswise, lineStyle: { color: look.line } }, axisLabel: { ...label, ...fitting(axis, look, crosswise) } };
  }
  const formatter = axis.axisLabel?.formatter ?? ((value) => short(value, look.language));
  return {
    ...axis, ...quiet, axisLine: { show: false }, minInterval: whole ? 1 : 0, splitNumber: look.height < 200 ? 3 : 4, splitLine: { show: !second, lineStyle: { color: look.line } },
    name: lying ? "" : axis.name, nameGap: 10, nameTextStyle: { color: look.soft, fontFamily: look.font, fontSize: 11.5, align: second ? "right" : "left" },
    axisLabel: { ...label, formatter },
  };
}

/** A number on an axis, as short as it stays clear: 1.2万, 35. Exact texts come with the data. */
export function short(value, language) {
  const kind = Math.abs(value) >= 10_000 ? { notation: "compact", maximumFractionDigits: 1 } : { maximumFractionDigits: 2 };
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", kind).format(value);
}

/** Names beside bars are cut where they would crowd; below bars they lean when they do not fit. */
function fitting(axis, look, crosswise) {
  const names = (axis.data ?? []).map((each) => String(each?.value ?? each));
  if (!crosswise) return { width: Math.min(150, Math.max(52, look.width * 0.3)), overflow: "truncate", interval: names.length > 30 ? "auto" : 0 };
  const place = (look.width - 60) / Math.max(1, names.length);
  const longest = Math.max(0, ...names.map(breadth)) * 11.5;
  if (longest <= place - 4 || names.length > 16 || isSequence(names)) return {};
  return { interval: 0, rotate: place < 24 ? 60 : 35, width: 84, overflow: "truncate" };
}

/** In ems: half of one for a Latin letter, a whole one for a Chinese character. */
const breadth = (name) => [...name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? 1 : 0.55), 0);
const isSequence = (names) => names.length > 2 && names.every((name) => /^[\d\s\-–/:.年月日时周W]+$/.test(name));

// -- series -------------------------------------------------------------------------------------------

function dressedSeries(series, look) {
  const made = { ...series, ...(WAYS[series.type]?.(series, look) ?? {}) };
  if (series.role === "before") behind(made, look);
  if (series.role === "mean") Object.assign(made, { smooth: false, lineStyle: { width: 2.5 }, itemStyle: { color: look.palette[1] }, symbol: "none", z: 3 });
  if (series.markLine) made.markLine = marks(series.markLine, look);
  made.cursor = (series.data ?? []).some((each) => each?.key) ? "pointer" : "default";
  return made;
}

/** What was before stands behind, in grey. */
function behind(series, look) {
  Object.assign(series, { itemStyle: { ...series.itemStyle, color: look.rest, opacity: 0.55 }, z: 1 });
  if (series.type === "line") Object.assign(series, { lineStyle: { color: look.rest, type: "dashed", width: 1.5 }, areaStyle: undefined, symbol: "none" });
}

/** What stands for all others is grey wherever it stands. */
const grey = (data, look) => (data ?? []).map((each) => (each?.role === "others" ? { ...each, itemStyle: { color: look.rest } } : each));

const WAYS = {
  bar(series, look) {
    const corners = series.stack ? 0 : look.lying ? [0, 3, 3, 0] : [3, 3, 0, 0];
    return { data: grey(series.data, look), barMaxWidth: look.lying ? 16 : 30, barGap: "10%", itemStyle: { borderRadius: corners } };
  },
  line(series) {
    const many = (series.data?.length ?? 0) > DOTS;
    const area = series.areaStyle ? { areaStyle: { opacity: 0.14 } } : {};
    return { symbol: "circle", symbolSize: many ? 6 : 7, showSymbol: !many, lineStyle: { width: 2 }, ...area };
  },
  pie(series, look) {
    const small = look.width < NARROW || look.height < 170;
    const ring = Array.isArray(series.radius);
    return {
      data: grey(series.data, look), radius: [ring ? (small ? "50%" : "42%") : 0, small ? "76%" : "65%"], center: ["50%", small ? "42%" : "50%"], itemStyle: { borderColor: look.surface, borderWidth: 2 },
      label: { show: !small, formatter: (point) => `${point.name}  ${Number(point.percent).toFixed(1)}%`, ...text(look.ink, look), textBorderWidth: 0 }, labelLine: { length: 8, length2: 8, lineStyle: { color: look.soft } }, emphasis: { scaleSize: 4 },
    };
  },
  funnel(series, look) {
    const said = (point) => [point.name, point.data.text ?? point.value, point.data.rate].filter(Boolean).join("  ");
    return { left: 4, right: 4, top: 4, bottom: 4, gap: 3, minSize: "26%", itemStyle: { borderWidth: 0 }, label: { position: "inside", formatter: said, ...text(look.onColour, look), textBorderWidth: 0 } };
  },
  heatmap(series, look) {
    return { itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1.5 } } };
  },
  wordCloud(series, look) {
    const top = Math.max(18, Math.min(60, look.width / 8, look.height / 4.5));
    const data = series.data.map((each, place, all) => ({ ...each, textStyle: { color: ranked(place / all.length, look) } }));
    return {
      data, shape: "square", left: "center", top: "center", width: "98%", height: "98%", rotationRange: [0, 0], gridSize: 8, sizeRange: [13, top], shrinkToFit: true,
      drawOutOfBound: false, layoutAnimation: false, textStyle: { fontFamily: look.font, fontWeight: 600 }, emphasis: { textStyle: { color: look.ink } },
    };
  },
};

/** The words said most stand out by colour as well as by size. */
const ranked = (share, look) => (share < 0.15 ? look.palette[0] : share < 0.5 ? look.palette[2] : look.soft);

function marks(given, look) {
  const label = { formatter: "{b}", color: look.soft, fontFamily: look.font, fontSize: 11, position: "insideEndTop", distance: 4 };
  const data = (given.data ?? []).map((each) => ({ ...each, label: { ...label, formatter: each.label?.formatter ?? "{b}", ...(each.yAxis === undefined ? {} : { position: "insideStartTop" }) } }));
  return { silent: true, symbol: "none", animation: false, lineStyle: { color: look.soft, type: "dashed", width: 1 }, data };
}

function heat({ min = 0, max = 1, dimension = 2 } = {}, look) {
  return {
    min, max, dimension, calculable: false, orient: "horizontal", left: "center", bottom: 0, itemWidth: 9, itemHeight: 110,
    text: [short(max, look.language), short(min, look.language)], textStyle: { color: look.soft, fontFamily: look.font, fontSize: 11 }, inRange: { color: look.heat },
  };
}
