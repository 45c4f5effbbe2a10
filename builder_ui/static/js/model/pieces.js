// Lists of a form that are edited piece by piece in its panel: what one does to a piece makes a new list. Every act
// takes the list and what it is about: `at` the place of a piece, `value` what was chosen or typed.
import { fieldOf, named } from "./layout.js";

const changed = (list, at, change) => list.map((piece, place) => (place === at ? change(piece) : piece));

/** Fields that together should be there once: a list of lists of ids. */
const compared = {
  join: (groups, { at, value }) => (at < groups.length ? changed(groups, at, (group) => [...group, value]) : [...groups, [value]]),
  leave: (groups, { at, value }) => changed(groups, at, (group) => group.filter((field) => field !== value)).filter((group) => group.length > 0),
};

/** The blocks of a printed page. */
const paper = {
  begin: (_, { value }) => JSON.parse(value),
  end: () => [],
  add: (blocks, { value }) => named([...blocks, { kind: value, ...(value === "section" ? { fields: [] } : {}) }]),
  remove: (blocks, { at }) => blocks.toSpliced(at, 1),
  up: (blocks, { at }) => (at > 0 ? blocks.toSpliced(at - 1, 2, blocks[at], blocks[at - 1]) : blocks),
  down: (blocks, { at }) => (at + 1 < blocks.length ? blocks.toSpliced(at, 2, blocks[at + 1], blocks[at]) : blocks),
  label: (blocks, { at, value, language }) => changed(blocks, at, (block) => said(block, "label", value, language)),
  text: (blocks, { at, value, language }) => changed(blocks, at, (block) => said(block, "text", value, language)),
  columns: (blocks, { at, value }) => changed(blocks, at, (block) => ({ ...block, columns: Number(value) })),
  join: (blocks, { at, value }) => changed(blocks, at, (block) => ({ ...block, fields: [...(block.fields ?? []), value] })),
  leave: (blocks, { at, value }) => changed(blocks, at, (block) => ({ ...block, fields: block.fields.filter((each) => fieldOf(each) !== value) })),
};

export const ACTS = { compared, paper };

/** Words of a block, in one language where it has several; none take the property away. */
function said(block, name, words, language) {
  const { [name]: before, ...rest } = block;
  const several = before !== null && typeof before === "object";
  const made = several ? Object.fromEntries(Object.entries({ ...before, [language]: words }).filter(([, text]) => text)) : words;
  return Object.keys(made).length > 0 ? { ...block, [name]: made } : rest;
}
