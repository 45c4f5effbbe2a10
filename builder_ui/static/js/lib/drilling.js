// From a point of a chart to the records behind it, and the filters of a board in its URL.

/** The key the server put on a datum; undefined where there is nothing to ask for. */
export function keyOf(point) {
  if (point?.componentType && point.componentType !== "series") return undefined;
  const key = point?.data?.key;
  return key === null ? undefined : key;
}

/** The key at a place of the axis of names, where only one series has any there. */
export function keyOfPlace({ series = [] }, place) {
  const keys = series.map((each) => each.data?.[Math.round(place)]?.key).filter((key) => key !== undefined && key !== null);
  return keys.length === 1 ? keys[0] : undefined;
}

/** `base` ends with `key=`; keys that are no text travel as JSON. */
export function drillAddress(base, key) {
  if (!base || key === undefined) return "";
  return base + encodeURIComponent(typeof key === "string" ? key : JSON.stringify(key));
}

/** The board's address with one filter set; blank takes it away, or says "everything" where that is not the default. */
export function filtered(address, name, value, otherwise = "") {
  const url = new URL(address, "http://local");
  if (value || otherwise) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  return url.pathname + url.search;
}

/** Two days as one period, in order; a single one is that day alone. */
export function span(since, until) {
  const [first, last] = [since || until, until || since].sort();
  return first ? `${first}..${last}` : "";
}
