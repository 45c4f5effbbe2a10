// What can be done to a form in the designer, as functions from one form to another. Parts go by key: `field:price`,
// `field:lines.price`, `block:section_2`. Places: { zone: "section:ID" | "sub:FIELD" | "rest" | "blocks:TAB", index }.
import { blockAt, changeBlock, entry, everyBlock, fieldOf, ids, layoutOf, mapBlocks, placedFields, placeOf, sectionOf, spanOf, withBlocks, withEntries, withoutFields } from "./layout.js";
import { freeName, renamed } from "./names.js";

/** "field:lines.price" -> { kind: "field", around: "lines", id: "price" } */
export function parsed(key) {
  const [kind, name] = key.split(/:(.*)/s);
  const [around, id] = name?.includes(".") ? name.split(".") : ["", name ?? ""];
  return { kind, around, id };
}

const fieldsIn = (form, around) => (around ? form.fields.find((field) => field.id === around)?.fields ?? [] : form.fields ?? []);

/** The part a key names, or null. */
export function partAt(form, implied, key) {
  const { kind, around, id } = parsed(key);
  if (kind === "field") return fieldsIn(form, around).find((field) => field.id === id) ?? null;
  return kind === "block" ? blockAt(layoutOf(form, implied), id) : form;
}

/** The part changed by `change(part)`. */
export function changePart(form, implied, key, change) {
  const { kind, around, id } = parsed(key);
  if (kind === "form") return change(form);
  if (kind === "block") return { ...form, layout: changeBlock(layoutOf(form, implied), id, change) };
  const changed = (fields) => fields.map((field) => (field.id === id ? change(field) : field));
  return withFields(form, around, changed);
}

function withFields(form, around, change) {
  if (!around) return { ...form, fields: change(form.fields ?? []) };
  return { ...form, fields: form.fields.map((field) => (field.id === around ? { ...field, fields: change(field.fields ?? []) } : field)) };
}

// -- adding ------------------------------------------------------------------------------------------

/** A new part at a place: [form, key]. Fields come with type and options, blocks with their kind. */
export function added(form, implied, kind, part, place) {
  return kind === "block" ? addedBlock(form, implied, part, place) : addedField(form, implied, part, place);
}

function addedField(form, implied, part, place) {
  const target = fieldPlace(form, implied, place);
  const around = target.zone.startsWith("sub:") ? target.zone.slice(4) : "";
  const id = freeName(part.id ?? "field", fieldsIn(form, around).map((field) => field.id));
  const made = putField(form, implied, { label: "", ...part, id }, target);
  return [made, `field:${around ? `${around}.` : ""}${id}`];
}

function addedBlock(form, implied, part, place) {
  const layout = layoutOf(form, implied);
  const taken = ids(layout);
  const fresh = (wanted) => {
    const found = freeName(wanted, taken);
    taken.push(found);
    return found;
  };
  const block = withFreshIds(part, fresh);
  const { holder, index } = blockPlace(layout, place, [block]);
  return [{ ...form, layout: withBlocks(layout, holder, index, [block]) }, `block:${block.id}`];
}

function withFreshIds(part, fresh) {
  const made = { id: fresh(part.kind), ...part, ...(part.id ? { id: fresh(part.id) } : {}) };
  if (!part.tabs) return made;
  return { ...made, tabs: part.tabs.map((tab) => ({ ...tab, id: fresh(tab.id ?? "tab"), blocks: (tab.blocks ?? []).map((block) => withFreshIds(block, fresh)) })) };
}

/** Where blocks may stand; between the fields of a section there is no room for one: it comes behind it. Tabs stand in
 * no tab: they come behind those. */
function blockPlace(layout, { zone, index }, blocks) {
  const found = zone.startsWith("section:") ? placeOf(layout, zone.slice(8)) : null;
  const place = zone.startsWith("blocks:") ? { holder: zone.slice(7), index } : found ? { holder: found.holder, index: found.index + 1 } : { holder: "", index: layout.length };
  if (place.holder === "" || !blocks.some((block) => block.tabs)) return place;
  const around = layout.findIndex((block) => block.tabs?.some((tab) => tab.id === place.holder));
  return { holder: "", index: around < 0 ? layout.length : around + 1 };
}

/** Where a field may stand; between blocks it gets into the section before, or a new one. */
function fieldPlace(form, implied, place) {
  if (!place.zone.startsWith("blocks:")) return place;
  const holder = place.zone.slice(7);
  const layout = layoutOf(form, implied);
  const beside = holder === "" ? layout : everyBlock(layout).flatMap((block) => block.tabs ?? []).find((tab) => tab.id === holder)?.blocks ?? [];
  const before = beside.slice(0, place.index).findLast((block) => block.kind === "section");
  return before ? { zone: `section:${before.id}`, index: (before.fields ?? []).length } : { ...place, makes: true };
}

/** A field with its definition put where it belongs, and its entry into the layout. */
function putField(form, implied, field, place, span = 1) {
  if (place.zone.startsWith("sub:")) return withFields(form, place.zone.slice(4), (fields) => fields.toSpliced(place.index, 0, field));
  const layout = layoutOf(form, implied);
  const made = withEntry(layout, field.id, span, place);
  const order = placedFields(made);
  const before = order.slice(0, order.indexOf(field.id)).findLast((id) => form.fields.some((each) => each.id === id));
  const at = before === undefined ? (order.includes(field.id) ? 0 : (form.fields ?? []).length) : form.fields.findIndex((each) => each.id === before) + 1;
  return { ...form, fields: (form.fields ?? []).toSpliced(at, 0, field), layout: made };
}

function withEntry(layout, id, span, place) {
  if (place.zone === "rest") return layout;
  if (!place.makes) return withEntries(layout, place.zone.slice(8), place.index, [entry(id, span)]);
  const section = { id: freeName("section", ids(layout)), kind: "section", columns: 2, fields: [entry(id, span)] };
  return withBlocks(layout, place.zone.slice(7), place.index, [section]);
}

// -- moving ------------------------------------------------------------------------------------------

/** These parts, in their order, to a place; indexes of the place count without them. Returns [form, keys]. */
export function moved(form, implied, keys, place) {
  const blocks = keys.filter((key) => parsed(key).kind === "block");
  return blocks.length > 0 ? movedBlocks(form, implied, blocks, place) : movedFields(form, implied, keys, place);
}

function movedBlocks(form, implied, keys, place) {
  const wanted = keys.map((key) => parsed(key).id);
  const layout = layoutOf(form, implied);
  const taken = wanted.map((id) => blockAt(layout, id)).filter(Boolean);
  const holder = place.zone.startsWith("blocks:") ? place.zone.slice(7) : "";
  if (taken.some((block) => everyBlock([block]).some((each) => each.tabs?.some((tab) => tab.id === holder)))) return [form, keys];
  const rest = mapBlocks(layout, (block) => (wanted.includes(block.id) ? null : block));
  const target = blockPlace(rest, place, taken);
  return [{ ...form, layout: withBlocks(rest, target.holder, target.index, taken) }, keys];
}

function movedFields(form, implied, keys, place) {
  const layout = layoutOf(form, implied);
  const tops = keys.map(parsed).filter(({ around }) => !around).map(({ id }) => id);
  const spans = new Map(everyBlock(layout).flatMap((block) => block.fields ?? []).map((each) => [fieldOf(each), spanOf(each)]));
  let now = { ...form, layout: withoutFields(layout, tops) };
  let target = place;
  const made = [];
  for (const key of keys) {
    const [next, name] = movedField(now, key, target, spans.get(parsed(key).id));
    if (next === now) now = backAgain(now, layout, parsed(key)); // it cannot stand there
    else [now, target] = [next, { ...target, index: target.index + 1 }];
    made.push(name);
  }
  return [now, made];
}

function movedField(form, key, place, span = 1) {
  const { around, id } = parsed(key);
  const field = partAt(form, [], key);
  const into = place.zone.startsWith("sub:") ? place.zone.slice(4) : "";
  if (!field || (into && (field.fields || into === id))) return [form, key]; // no rows inside rows
  if (!around && !into) return [{ ...form, layout: withEntry(form.layout, id, span, fieldPlace(form, [], place)) }, key];
  const without = withFields(form, around, (fields) => fields.filter((each) => each.id !== id));
  const free = freeName(id, fieldsIn(without, into).map((each) => each.id));
  const fit = into ? field : asField(field);
  return [putField(without, [], { ...fit, id: free }, fieldPlace(without, [], place), span), `field:${into ? `${into}.` : ""}${free}`];
}

/** A column that becomes a field has no width and no total any more. */
const asField = ({ width: _width, total: _total, ...field }) => field;

/** A field whose entry was taken out stands where it stood, as far as that is still there. */
function backAgain(form, layout, { around, id }) {
  const home = around ? null : sectionOf(layout, id);
  if (!home) return form;
  const index = home.fields.findIndex((each) => fieldOf(each) === id);
  return { ...form, layout: withEntries(form.layout, home.id, index, [home.fields[index]]) };
}

/** How wide a field stands in its section. */
export function spanned(form, implied, key, span) {
  const { id } = parsed(key);
  return { ...form, layout: mapBlocks(layoutOf(form, implied), (block) => (block.fields ? { ...block, fields: block.fields.map((each) => (fieldOf(each) === id ? entry(id, span) : each)) } : block)) };
}

// -- removing ----------------------------------------------------------------------------------------

/** Without these parts. What stood in a removed section or tab stays, in the section before or after. */
export function removed(form, implied, keys) {
  const wanted = keys.map(parsed);
  let now = form;
  for (const { kind, around, id } of wanted) if (kind === "block") now = removedBlock(now, implied, id);
  const top = wanted.filter(({ kind, around }) => kind === "field" && !around).map(({ id }) => id);
  if (top.length > 0) {
    const layout = layoutOf(now, implied);
    now = { ...now, fields: now.fields.filter((field) => !top.includes(field.id)), ...(now.layout?.length ? { layout: withoutFields(layout, top) } : {}) };
  }
  for (const { kind, around, id } of wanted) {
    if (kind === "field" && around) now = withFields(now, around, (fields) => fields.filter((field) => field.id !== id));
  }
  return now;
}

function removedBlock(form, implied, id) {
  const layout = layoutOf(form, implied);
  const block = blockAt(layout, id);
  if (!block) return form;
  const orphans = everyBlock([block]).flatMap((each) => each.fields ?? []);
  const rest = mapBlocks(layout, (each) => (each.id === id ? null : each));
  if (orphans.length === 0) return { ...form, layout: rest };
  const sections = everyBlock(layout).filter((each) => each.kind === "section");
  const place = sections.findIndex((each) => each.id === id || everyBlock([block]).includes(each));
  const kept = everyBlock(rest).filter((each) => each.kind === "section");
  const near = sections.slice(0, place).findLast((each) => kept.some((other) => other.id === each.id)) ?? kept[0];
  if (near) return { ...form, layout: withEntries(rest, near.id, near === kept[0] && place === 0 ? 0 : (blockAt(rest, near.id).fields ?? []).length, orphans) };
  return { ...form, layout: [...rest, { id, kind: "section", columns: 2, fields: orphans }] };
}

/** The key to go to when these are gone: the next beside them, else the one before, else the form. */
export function neighbour(form, implied, keys) {
  const order = readingOrder(form, implied);
  const places = keys.map((key) => order.indexOf(key)).filter((place) => place >= 0);
  if (places.length === 0) return "form";
  const [first, last] = [Math.min(...places), Math.max(...places)];
  return order.slice(last + 1).find((key) => !keys.includes(key)) ?? order.slice(0, first).findLast((key) => !keys.includes(key)) ?? "form";
}

/** All parts as one reads them: each block, its fields, their columns. */
export function readingOrder(form, implied) {
  const layout = layoutOf(form, implied);
  const known = new Map((form.fields ?? []).map((field) => [field.id, field]));
  const ofField = (id) => (known.has(id) ? [`field:${id}`, ...(known.get(id).fields ?? []).map((inner) => `field:${id}.${inner.id}`)] : []);
  const ofBlock = (block) => [`block:${block.id}`, ...(block.fields ?? []).map(fieldOf).flatMap(ofField), ...(block.tabs ?? []).flatMap((tab) => (tab.blocks ?? []).flatMap(ofBlock))];
  const placed = new Set(placedFields(layout));
  return [...layout.flatMap(ofBlock), ...[...known.keys()].filter((id) => !placed.has(id)).flatMap(ofField)];
}

// -- several -----------------------------------------------------------------------------------------

/** These fields in a section of their own, where the first of them stood. [form, key of the section] */
export function grouped(form, implied, keys) {
  const names = keys.map(parsed).filter(({ kind, around }) => kind === "field" && !around).map(({ id }) => id);
  const layout = layoutOf(form, implied);
  const order = placedFields(layout).filter((id) => names.includes(id));
  const entries = everyBlock(layout).flatMap((block) => block.fields ?? []).filter((each) => order.includes(fieldOf(each)));
  const home = sectionOf(layout, order[0]);
  if (!home) return [form, keys[0]];
  const rest = withoutFields(layout, order);
  const { holder, index } = placeOf(rest, home.id);
  const section = { id: freeName("section", ids(layout)), kind: "section", columns: home.columns ?? 2, fields: entries };
  return [{ ...form, layout: withBlocks(rest, holder, index + 1, [section]) }, `block:${section.id}`];
}

/** What goes on the clipboard: definitions and blocks, enough to be made again elsewhere. */
export function copied(form, implied, keys) {
  const layout = layoutOf(form, implied);
  const blocks = keys.map(parsed).filter(({ kind }) => kind === "block").map(({ id }) => blockAt(layout, id)).filter(Boolean);
  const inside = new Set(blocks.flatMap((block) => placedFields([block])));
  const single = keys.filter((key) => parsed(key).kind === "field" && !inside.has(parsed(key).id));
  const alone = single.map((key) => partAt(form, implied, key)).filter(Boolean);
  const held = (form.fields ?? []).filter((field) => inside.has(field.id));
  const fields = [...withOwnIds(alone, held.map((field) => field.id)), ...held];
  return { muniment: "parts", fields, blocks, single: fields.slice(0, alone.length).map((field) => field.id) };
}

/** A column may be called as a field is: side by side each needs an id of its own. */
function withOwnIds(fields, reserved) {
  const taken = [...reserved];
  return fields.map((field) => {
    const id = freeName(field.id, taken);
    taken.push(id);
    return id === field.id ? field : { ...field, id };
  });
}

/** Parts made again with new ids, at a place; what they say of each other follows. [form, keys] */
export function pasted(form, implied, clip, place) {
  let now = form;
  const names = {};
  const around = place.zone.startsWith("sub:") ? place.zone.slice(4) : "";
  const taken = fieldsIn(form, around).map((field) => field.id);
  for (const field of clip.fields) {
    names[field.id] = freeName(field.id, taken);
    taken.push(names[field.id]);
  }
  const again = new Map(clip.fields.map((field) => [field.id, inFieldsWords(field, names)]));
  const keys = [];
  let target = fieldPlace(form, implied, place);
  for (const id of clip.single ?? clip.fields.map((field) => field.id)) {
    if (!again.has(id) || (around && again.get(id).fields)) continue;
    now = putField(now, implied, around ? again.get(id) : asField(again.get(id)), target);
    keys.push(`field:${around ? `${around}.` : ""}${names[id]}`);
    target = fieldPlace(now, implied, { ...target, makes: false, ...(target.makes ? { index: target.index + 1 } : { index: target.index + 1 }) });
  }
  for (const block of around ? [] : clip.blocks ?? []) {
    const [made, key] = addedBlock(now, implied, withNames(block, names), place);
    const inner = placedFields([block]).filter((id) => again.has(id)).map((id) => again.get(id));
    now = { ...made, fields: [...made.fields, ...inner] };
    keys.push(key);
  }
  return [now, keys];
}

/** A block whose fields are called otherwise now; fields that do not come along are left out. */
function withNames(block, names) {
  const made = { ...block };
  if (block.fields) made.fields = block.fields.filter((each) => names[fieldOf(each)]).map((each) => entry(names[fieldOf(each)], spanOf(each)));
  if (block.tabs) made.tabs = block.tabs.map((tab) => ({ ...tab, blocks: (tab.blocks ?? []).map((inner) => withNames(inner, names)) }));
  if (block.visible) made.visible = renamed(block.visible, names);
  return made;
}

const CONDITIONS = ["visible", "required_if", "writable", "valid", "default", "hand_over"];

/** A definition with its new id, its expressions and option texts naming the others by theirs. */
function inFieldsWords(field, names) {
  const made = { ...field, id: names[field.id] };
  for (const key of CONDITIONS) if (typeof made[key] === "string") made[key] = renamed(made[key], names);
  if (made.options) made.options = inOptions(made.options, names);
  if (made.fields) made.fields = made.fields.map((inner) => inFieldsWords(inner, { ...names, [inner.id]: inner.id }));
  return made;
}

const WORDS_ONLY = new Set(["choices", "tree", "placeholder", "unit", "form", "app", "pattern", "currency"]);

function inOptions(options, names) {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, typeof value === "string" && !WORDS_ONLY.has(key) ? renamed(value, names) : value]));
}

/** Copies behind the originals. [form, keys] */
export function duplicated(form, implied, keys) {
  const clip = copied(form, implied, keys);
  const last = readingOrder(form, implied).findLast((key) => keys.includes(key)) ?? "form";
  return pasted(form, implied, clip, behind(form, implied, last));
}

/** The place right behind a part; behind nothing in particular: the end of the last section. */
export function behind(form, implied, key) {
  const { kind, around, id } = parsed(key);
  const layout = layoutOf(form, implied);
  if (kind === "field" && around) return { zone: `sub:${around}`, index: fieldsIn(form, around).findIndex((field) => field.id === id) + 1 };
  if (kind === "field") {
    const section = sectionOf(layout, id);
    if (section) return { zone: `section:${section.id}`, index: section.fields.findIndex((each) => fieldOf(each) === id) + 1 };
  }
  const block = kind === "block" ? blockAt(layout, id) : null;
  if (block?.kind === "section") return { zone: `section:${id}`, index: (block.fields ?? []).length };
  if (block?.kind === "tabs" && block.tabs[0]) return { zone: `blocks:${block.tabs[0].id}`, index: (block.tabs[0].blocks ?? []).length };
  if (block) {
    const place = placeOf(layout, id);
    return { zone: `blocks:${place.holder}`, index: place.index + 1 };
  }
  const last = everyBlock(layout).findLast((each) => each.kind === "section");
  return last ? { zone: `section:${last.id}`, index: (last.fields ?? []).length } : { zone: "blocks:", index: layout.length };
}

/** One step in a direction for the keyboard: -1 before, 1 behind; past the ends of a section into the next one.
 * `sideways` (← →) leads into the sub-form or the tabs that stand beside, and out of them past their ends. */
export function stepped(form, implied, key, step, sideways = false) {
  const { kind, around, id } = parsed(key);
  const layout = layoutOf(form, implied);
  if (kind === "block") return blockStepped(layout, id, step, sideways);
  if (around) return columnStepped(form, layout, around, id, step, sideways);
  const sections = everyBlock(layout).filter((block) => block.kind === "section");
  const home = sections.findIndex((block) => (block.fields ?? []).some((each) => fieldOf(each) === id));
  if (home < 0) return sections[0] ? { zone: `section:${sections[0].id}`, index: 0 } : null;
  const at = sections[home].fields.findIndex((each) => fieldOf(each) === id) + step;
  if (at >= 0 && at < sections[home].fields.length) return besideField(form, sections[home], id, at, step, sideways);
  const next = sections[home + Math.sign(step)];
  if (!next) return null;
  return { zone: `section:${next.id}`, index: step < 0 ? (next.fields ?? []).length : 0 };
}

function besideField(form, section, id, at, step, sideways) {
  const beside = form.fields.find((field) => field.id === fieldOf(section.fields[at]));
  const enters = sideways && beside?.fields && !form.fields.find((field) => field.id === id)?.fields;
  return enters ? { zone: `sub:${beside.id}`, index: step < 0 ? beside.fields.length : 0 } : { zone: `section:${section.id}`, index: at };
}

/** Columns stand side by side: ↑ and ↓ lead out of the sub-form, ← and → past its ends too. */
function columnStepped(form, layout, around, id, step, sideways) {
  const columns = fieldsIn(form, around);
  const at = columns.findIndex((field) => field.id === id) + step;
  if (sideways && at >= 0 && at < columns.length) return { zone: `sub:${around}`, index: at };
  const home = sectionOf(layout, around);
  if (!home) return { zone: "rest", index: 0 };
  return { zone: `section:${home.id}`, index: home.fields.findIndex((each) => fieldOf(each) === around) + (step > 0 ? 1 : 0) };
}

function blockStepped(layout, id, step, sideways) {
  const place = placeOf(layout, id);
  const holding = everyBlock(layout).find((block) => block.tabs?.some((tab) => tab.id === place.holder));
  const beside = holding ? holding.tabs.find((tab) => tab.id === place.holder).blocks : layout;
  const next = beside[place.index + step];
  const [into] = sideways && !blockAt(layout, id).tabs ? next?.tabs ?? [] : [];
  if (into) return { zone: `blocks:${into.id}`, index: step < 0 ? (into.blocks ?? []).length : 0 };
  if (sideways && holding && !next) {
    const outside = placeOf(layout, holding.id);
    return { zone: `blocks:${outside.holder}`, index: outside.index + (step > 0 ? 1 : 0) };
  }
  return { zone: `blocks:${place.holder}`, index: Math.max(0, place.index + step) };
}

// -- values --------------------------------------------------------------------------------------------

/** A value with `path` (a list of keys) set; undefined takes it away, and what is empty then with it. */
export function valueSet(holder, path, value) {
  const [key, ...rest] = path;
  const inner = rest.length > 0 ? valueSet(holder?.[key] ?? {}, rest, value) : value;
  if (Array.isArray(holder)) return holder.with(Number(key), inner);
  const { [key]: _, ...others } = holder ?? {};
  const empty = inner === undefined || (rest.length > 0 && !Array.isArray(inner) && Object.keys(inner).length === 0);
  if (empty) return others;
  return Object.hasOwn(holder ?? {}, key) ? { ...holder, [key]: inner } : { ...others, [key]: inner };
}
