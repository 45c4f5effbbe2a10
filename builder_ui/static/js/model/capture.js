// What the page on incoming messages does to a document: each a pure function from a document to the next one. A table
// is that of an action: `{rule, place, option}` is the rule's id, the action's number and the option that holds it.
import { freeName } from "./names.js";

/** What the fields are filled with; null where there is no such table. */
export function tableOf(document, { rule, place, option }) {
  const told = (document.rules ?? []).find((each) => each.id === rule)?.then?.[place]?.with;
  return told ? told[option] ?? {} : null;
}

/** `field` is filled with what the expression gives. */
export function fill(document, table, field, expression) {
  return withTable(document, table, (values) => ({ ...values, [field]: expression }));
}

export function leave(document, table, field) {
  return withTable(document, table, ({ [field]: _, ...rest }) => rest);
}

/** One rule more, its id free. */
export function begin(document, rule) {
  const rules = document.rules ?? [];
  return { ...document, rules: [...rules, { ...rule, id: freeName(rule.id, rules.map((each) => each.id)) }] };
}

function withTable(document, table, make) {
  const values = tableOf(document, table);
  if (!values) return document;
  const told = (action) => ({ ...action, with: { ...action.with, [table.option]: make(values) } });
  const change = (rule) => (rule.id === table.rule ? { ...rule, then: rule.then.with(table.place, told(rule.then[table.place])) } : rule);
  return { ...document, rules: document.rules.map(change) };
}
