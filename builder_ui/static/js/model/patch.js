// JSON Patch (RFC 6902) over plain values that are never changed in place: `apply` gives a new document that
// shares with the old one whatever the patch does not touch, `invert` the patch that leads back.

/** "/forms/0/label" -> ["forms", "0", "label"] */
export function parts(pointer) {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new PatchError(`no pointer: ${pointer}`);
  return pointer.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function pointer(...path) {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** What stands there, or undefined. */
export function valueAt(document, place) {
  return parts(place).reduce((value, part) => (value === null || value === undefined ? undefined : value[part]), document);
}

export class PatchError extends Error {}

export function apply(document, patch) {
  return patch.reduce(step, document);
}

/** The patch that undoes `patch`, which was made on `document`. */
export function invert(document, patch) {
  const back = [];
  let now = document;
  for (const one of patch) {
    back.unshift(...inverse(now, one));
    now = step(now, one);
  }
  return back;
}

function step(document, { op, path, from, value }) {
  if (op === "add") return changed(document, parts(path), (holder, key) => added(holder, key, value, path));
  if (op === "remove") return changed(document, parts(path), (holder, key) => removed(holder, key, path));
  if (op === "replace") return changed(document, parts(path), (holder, key) => replaced(holder, key, value, path));
  if (op === "move") {
    const moved = required(document, from);
    return step(step(document, { op: "remove", path: from }), { op: "add", path, value: moved });
  }
  if (op === "copy") return step(document, { op: "add", path, value: required(document, from) });
  if (op === "test") {
    if (JSON.stringify(valueAt(document, path)) !== JSON.stringify(value)) throw new PatchError(`not so: ${path}`);
    return document;
  }
  throw new PatchError(`no step: ${op}`);
}

function inverse(document, { op, path, from, value }) {
  const there = valueAt(document, path);
  if (op === "add") {
    const holder = valueAt(document, parent(path));
    if (path === "") return [{ op: "replace", path, value: document }];
    if (Array.isArray(holder)) return [{ op: "remove", path: path.endsWith("/-") ? `${parent(path)}/${holder.length}` : path }];
    return there === undefined ? [{ op: "remove", path }] : [{ op: "replace", path, value: there }];
  }
  if (op === "remove") return [{ op: "add", path, value: there }];
  if (op === "replace") return [{ op: "replace", path, value: there }];
  if (op === "move") {
    const taken = step(document, { op: "remove", path: from });
    return [...inverse(taken, { op: "add", path, value }), { op: "add", path: from, value: required(document, from) }];
  }
  if (op === "copy") return inverse(document, { op: "add", path, value: required(document, from) });
  return [];
}

function parent(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function required(document, place) {
  const found = valueAt(document, place);
  if (found === undefined) throw new PatchError(`nothing there: ${place}`);
  return found;
}

/** The document with `change(holder, key)` in place of what holds the last part; only the way there is copied. */
function changed(document, path, change) {
  if (path.length === 0) return change({ "": document }, "")[""];
  const [key, ...rest] = path;
  if (rest.length === 0) return change(document, key);
  if (document === null || typeof document !== "object" || !Object.hasOwn(document, key)) throw new PatchError(`no way: ${key}`);
  const inner = changed(document[key], rest, change);
  return Array.isArray(document) ? document.with(Number(key), inner) : { ...document, [key]: inner };
}

function index(holder, key, most, path) {
  const place = key === "-" ? holder.length : Number(key);
  if (!/^(-|0|[1-9]\d*)$/.test(key) || place > most) throw new PatchError(`no place: ${path}`);
  return place;
}

function added(holder, key, value, path) {
  if (Array.isArray(holder)) return holder.toSpliced(index(holder, key, holder.length, path), 0, value);
  if (holder === null || typeof holder !== "object") throw new PatchError(`no place: ${path}`);
  return { ...holder, [key]: value };
}

function removed(holder, key, path) {
  if (Array.isArray(holder)) return holder.toSpliced(index(holder, key, holder.length - 1, path), 1);
  if (holder === null || typeof holder !== "object" || !Object.hasOwn(holder, key)) throw new PatchError(`nothing there: ${path}`);
  const { [key]: _, ...rest } = holder;
  return rest;
}

function replaced(holder, key, value, path) {
  if (Array.isArray(holder)) return holder.with(index(holder, key, holder.length - 1, path), value);
  if (holder === null || typeof holder !== "object" || !Object.hasOwn(holder, key)) throw new PatchError(`nothing there: ${path}`);
  return { ...holder, [key]: value };
}
