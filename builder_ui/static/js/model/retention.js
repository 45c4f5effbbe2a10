// What the page of a form's retention does to a document: each a pure function from a document to the next one. A form
// may have its only rule in short, as an object; whatever is done to it writes the list.
import { freeName } from "./names.js";

const IN_SHORT = { id: "keep", label: { zh: "保存期限", en: "Retention period" } }; // as the metamodel reads it

export function rulesOf(document, form) {
  const found = (document.forms ?? []).find((one) => one.id === form)?.retention ?? [];
  return Array.isArray(found) ? found : [{ ...IN_SHORT, ...found }];
}

/** One rule more, its id free. */
export function addRule(document, form, rule) {
  const rules = rulesOf(document, form);
  return withRules(document, form, [...rules, { ...rule, id: freeName(rule.id, rules.map((one) => one.id)) }]);
}

export const newId = (document, form, wanted) => freeName(wanted, rulesOf(document, form).map((one) => one.id));

export function removeRule(document, form, id) {
  return withRules(document, form, rulesOf(document, form).filter((one) => one.id !== id));
}

/** What stands at `path` of a rule ("keep", "label/zh"); what is blank goes. */
export function setRule(document, form, id, path, value) {
  const [key, inner] = path.split("/");
  return withRules(document, form, rulesOf(document, form).map((rule) => {
    if (rule.id !== id) return rule;
    const { [key]: before, ...rest } = rule;
    const next = inner ? { ...before, [inner]: value } : value;
    return value === "" && !inner ? rest : { ...rule, [key]: next };
  }));
}

/** `P5Y` of a number and its unit; '' of none. */
export function period(number, unit) {
  const count = Number.parseInt(number, 10);
  return count > 0 ? `P${count}${unit}` : "";
}

function withRules(document, form, rules) {
  const told = ({ retention: _, ...rest }) => (rules.length ? { ...rest, retention: rules } : rest);
  return { ...document, forms: document.forms.map((one) => (one.id === form ? told(one) : one)) };
}
