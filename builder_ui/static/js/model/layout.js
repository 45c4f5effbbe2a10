// A form's layout: blocks with ids, fields in them, tabs with blocks inside. Nothing is changed in place.
// `builder_ui/design_layout.py` gives the same ids to blocks that have none; both must agree.
import { freeName } from "./names.js";

export const fieldOf = (entry) => (typeof entry === "string" ? entry : entry.field);
export const spanOf = (entry) => (typeof entry === "string" ? 1 : entry.span ?? 1);
export const entry = (field, span = 1) => (span > 1 ? { field, span } : field);

/** The blocks of a form, all with ids; `implied` stands for a form without any. */
export function layoutOf(form, implied = []) {
  return form.layout?.length ? named(form.layout) : implied;
}

/** The same with an id for every block and tab: the first free of `kind`, `kind_2` … in reading order. */
export function named(blocks) {
  const taken = new Set(ids(blocks));
  const name = (wanted) => {
    const found = freeName(wanted, taken);
    taken.add(found);
    return found;
  };
  const block = (raw) => {
    const made = typeof raw.id === "string" ? raw : { id: name(raw.kind || "section"), ...raw };
    return Array.isArray(made.tabs) ? { ...made, tabs: made.tabs.map(tab) } : made;
  };
  const tab = (raw) => {
    const made = typeof raw.id === "string" ? raw : { id: name("tab"), ...raw };
    return { ...made, blocks: (made.blocks ?? []).map(block) };
  };
  return blocks.map(block);
}

/** Every id of blocks and tabs. */
export function ids(blocks) {
  return (blocks ?? []).flatMap((block) => [block.id, ...(block.tabs ?? []).flatMap((tab) => [tab.id, ...ids(tab.blocks)])]).filter((id) => typeof id === "string");
}

/** Every block, outer ones first. */
export function everyBlock(blocks) {
  return (blocks ?? []).flatMap((block) => [block, ...(block.tabs ?? []).flatMap((tab) => everyBlock(tab.blocks))]);
}

export const blockAt = (blocks, id) => everyBlock(blocks).find((block) => block.id === id) ?? null;

/** The section a field stands in, or null. */
export const sectionOf = (blocks, field) => everyBlock(blocks).find((block) => (block.fields ?? []).some((each) => fieldOf(each) === field)) ?? null;

/** All blocks changed by `change(block)`, inside out; null takes one away. */
export function mapBlocks(blocks, change) {
  return blocks.map((block) => {
    const inner = block.tabs ? { ...block, tabs: block.tabs.map((tab) => ({ ...tab, blocks: mapBlocks(tab.blocks ?? [], change) })) } : block;
    return change(inner);
  }).filter((block) => block !== null);
}

export const changeBlock = (blocks, id, change) => mapBlocks(blocks, (block) => (block.id === id ? change(block) : block));

/** Without the entries of these fields. */
export function withoutFields(blocks, fields) {
  const gone = new Set(fields);
  return mapBlocks(blocks, (block) => {
    if (!block.fields?.some((each) => gone.has(fieldOf(each)))) return block;
    return { ...block, fields: block.fields.filter((each) => !gone.has(fieldOf(each))) };
  });
}

/** These entries put into a section before place `index` of what it holds. */
export function withEntries(blocks, section, index, entries) {
  return changeBlock(blocks, section, (block) => ({ ...block, fields: (block.fields ?? []).toSpliced(index, 0, ...entries) }));
}

/** Blocks put before place `index` of the top ('') or of a tab. */
export function withBlocks(blocks, holder, index, added) {
  if (holder === "") return blocks.toSpliced(index, 0, ...added);
  const into = (tab) => (tab.id === holder ? { ...tab, blocks: (tab.blocks ?? []).toSpliced(index, 0, ...added) } : tab);
  return mapBlocks(blocks, (block) => (block.tabs ? { ...block, tabs: block.tabs.map(into) } : block));
}

/** Where a block stands: { holder: '' or a tab's id, index }, or null. */
export function placeOf(blocks, id, holder = "") {
  for (const [index, block] of blocks.entries()) {
    if (block.id === id) return { holder, index };
    for (const tab of block.tabs ?? []) {
      const found = placeOf(tab.blocks ?? [], id, tab.id);
      if (found) return found;
    }
  }
  return null;
}

/** Every field id in reading order. */
export const placedFields = (blocks) => everyBlock(blocks).flatMap((block) => (block.fields ?? []).map(fieldOf));
