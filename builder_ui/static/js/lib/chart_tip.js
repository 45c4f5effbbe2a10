// What the pointer is told over a chart: each series' exact value, share and count, in our own HTML
// (the library's would bring inline styles, which the policy of the pages forbids).

/** `again`: how a finger goes on from here, where something leads on. */
export function tip(given, again = "") {
  const points = [given].flat().filter((point) => point?.data && amount(point) !== "");
  if (!points.length) return "";
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.append(line("b", points[0].axisValueLabel ?? points[0].name));
  for (const point of points) box.append(row(point));
  if (again && points.some((point) => point.data.key)) box.append(line("small", again));
  return box;
}

function row(point) {
  const made = document.createElement("div");
  const mark = document.createElement("i");
  made.className = "tip-row";
  if (typeof point.color === "string") mark.style.background = point.color;
  made.append(mark, line("span", seriesName(point)), line("strong", amount(point)));
  const more = [point.data.share ?? share(point), point.data.rate, point.data.count].filter(Boolean).join(" · ");
  if (more) made.append(line("small", more));
  return made;
}

const seriesName = ({ seriesName: name }) => (/^series\d*\u0000?/.test(name ?? "") ? "" : name ?? "");
const share = ({ percent }) => (percent === undefined ? "" : `${Number(percent).toFixed(1)}%`);

/** The text the server gave; else the number as it is drawn. */
export function amount({ data, value }) {
  if (data?.text !== undefined) return data.text;
  const number = Array.isArray(value) ? value.at(-1) : value;
  if (number === null || number === undefined || number === "-") return "";
  return typeof number === "number" ? number.toLocaleString() : String(number);
}

function line(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
