// What the menu designer does to a document: each a pure function from a document to the next one. A place is
// "group" or "group.item", both numbers from 0.
import { freeName } from "./names.js";

export const groupsOf = (document) => document.menus ?? [];

export const placeOf = (text) => String(text).split(".").map(Number);

/** The group or item at a place, or null. */
export function partAt(document, place) {
  const [group, item] = placeOf(place);
  const found = groupsOf(document)[group];
  return (item === undefined ? found : found?.items?.[item]) ?? null;
}

export function addGroup(document, label, at = groupsOf(document).length) {
  const groups = groupsOf(document);
  return { ...document, menus: groups.toSpliced(at, 0, named(groups, groups.map((one) => one.id), { label, items: [] }, "group")) };
}

/** `item` before place `at` of a group; where there is no group yet, in one of its own called `label`. */
export function addItem(document, item, [group, at = Infinity], label = "") {
  const holder = groupsOf(document).length === 0 ? addGroup(document, label) : document;
  const found = holder.menus[group] ?? holder.menus.at(-1);
  const items = found.items ?? [];
  const made = named(items, ids(holder), item, item.form ?? item.report ?? item.page ?? "link");
  return withItems(holder, holder.menus.indexOf(found), items.toSpliced(Math.min(at, items.length), 0, made));
}

/** Move an item before another place; `to` counts as if the item were still where it is. */
export function moveItem(document, [group, item], [toGroup, toItem]) {
  const moved = groupsOf(document)[group].items[item];
  const rest = withItems(document, group, document.menus[group].items.toSpliced(item, 1));
  const place = toGroup === group && toItem > item ? toItem - 1 : toItem;
  const known = ids(rest);
  const free = moved.id && known.includes(moved.id) ? { ...moved, id: freeName(moved.id, known) } : moved;
  return withItems(rest, toGroup, (rest.menus[toGroup].items ?? []).toSpliced(place, 0, free));
}

export function moveGroup(document, from, to) {
  const groups = groupsOf(document);
  return { ...document, menus: groups.toSpliced(from, 1).toSpliced(to > from ? to - 1 : to, 0, groups[from]) };
}

export function removeAt(document, place) {
  const [group, item] = placeOf(place);
  if (item === undefined) return { ...document, menus: groupsOf(document).toSpliced(group, 1) };
  return withItems(document, group, document.menus[group].items.toSpliced(item, 1));
}

/** A key of a group or an item; blank ones go. */
export function setAt(document, place, key, value) {
  const [group, item] = placeOf(place);
  const { [key]: _, ...rest } = partAt(document, place);
  const made = value === "" || value === null ? rest : { ...partAt(document, place), [key]: value };
  if (item === undefined) return { ...document, menus: document.menus.with(group, made) };
  return withItems(document, group, document.menus[group].items.with(item, made));
}

/** Where the neighbour before or after is, going through groups; null at the ends. For the keyboard. */
export function stepped(document, place, by) {
  const [group, item] = placeOf(place);
  const groups = groupsOf(document);
  if (item === undefined) return groups[group + by] ? [by > 0 ? group + 2 : group - 1] : null;
  const inside = item + by;
  if (inside >= 0 && inside < groups[group].items.length) return [group, by > 0 ? item + 2 : item - 1];
  const next = groups[group + by];
  return next ? [group + by, by > 0 ? 0 : (next.items ?? []).length] : null;
}

/** What is chosen after the part at a place went: what stands there now, else the one before, else its group. */
export function nearest(document, place) {
  const [group, item] = placeOf(place);
  const tried = item === undefined ? [`${group}`, `${group - 1}`] : [`${group}.${item}`, `${group}.${item - 1}`, `${group}`];
  return tried.find((each) => partAt(document, each)) ?? "";
}

function withItems(document, group, items) {
  return { ...document, menus: document.menus.with(group, { ...document.menus[group], items }) };
}

const ids = (document) => document.menus.flatMap((group) => [group.id, ...(group.items ?? []).map((item) => item.id)]).filter(Boolean);

/** With an id, where all beside it have one: lists are compared by what all their items have. */
function named(beside, taken, part, wanted) {
  return beside.every((one) => one.id) ? { id: freeName(wanted, taken.filter(Boolean)), ...part } : part;
}
