// The smallest JSON Patch that leads from one value to another. Lists whose items have names (an id, a value,
// themselves) are compared by them, so that what was moved or added does not look like everything changed.
import { pointer } from "./patch.js";

const NAMES = ["id", "value", "field"];

/** The patch that makes `after` of `before`; empty where they are the same. */
export function difference(before, after, path = "") {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
  if (isObject(before) && isObject(after)) return ofObjects(before, after, path);
  return [{ op: "replace", path, value: after }];
}

export function same(one, other) {
  if (one === other) return true;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, place) => same(item, other[place]));
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function ofObjects(before, after, path) {
  const made = [];
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) made.push({ op: "remove", path: path + pointer(key) });
  for (const [key, value] of Object.entries(after)) {
    const place = path + pointer(key);
    made.push(...(Object.hasOwn(before, key) ? difference(before[key], value, place) : [{ op: "add", path: place, value }]));
  }
  return made;
}

/** What left goes, then each place in turn gets what belongs there: the one that stands there, one that stands
 * further on, or a new one. */
function ofLists(before, after, path) {
  const old = names(before);
  const wanted = names(after);
  if (!old || !wanted) return [{ op: "replace", path, value: after }];
  const made = [];
  const now = [];
  const staying = new Set(wanted);
  for (let place = before.length - 1; place >= 0; place -= 1) {
    if (staying.has(old[place])) now.unshift({ name: old[place], value: before[place] });
    else made.push({ op: "remove", path: path + pointer(place) });
  }
  after.forEach((value, place) => {
    if (now[place]?.name !== wanted[place]) made.push(...bring(now, wanted, place, value, path));
    made.push(...difference(now[place].value, value, path + pointer(place)));
  });
  return made;
}

function bring(now, wanted, place, value, path) {
  const name = wanted[place];
  const from = now.findIndex((item) => item.name === name);
  if (from < 0) {
    now.splice(place, 0, { name, value });
    return [{ op: "add", path: path + pointer(place), value }];
  }
  if (now[place + 1]?.name === name) { // the one in its way went further down: one step instead of one for each behind it
    const [moved] = now.splice(place, 1);
    const to = Math.min(wanted.indexOf(moved.name), now.length);
    now.splice(to, 0, moved);
    return [{ op: "move", from: path + pointer(place), path: path + pointer(to) }];
  }
  const [moved] = now.splice(from, 1);
  now.splice(place, 0, moved);
  return [{ op: "move", from: path + pointer(from), path: path + pointer(place) }];
}

/** The name of each item, or null where they have none or two share one. */
function names(list) {
  const found = list.map((item) => {
    if (typeof item === "string") return `"${item}`;
    const key = isObject(item) && NAMES.find((each) => typeof item[each] === "string");
    return key ? item[key] : null;
  });
  return found.includes(null) || new Set(found).size < found.length ? null : found;
}
