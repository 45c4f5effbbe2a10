// Conditions of a list in its URL: field:operator:value|value, where | and \ in a value are escaped.

const escape = (value) => value.replace(/[\\|]/g, (sign) => `\\${sign}`);

export function conditionText({ field, operator, values }) {
  return `${field}:${operator}:${values.map(escape).join("|")}`;
}

/** Rows that say nothing yet are left out; blank and not_blank need no value. */
export function conditionsOf(rows) {
  const complete = rows.filter(({ field, operator, values }) => field && (values.some((value) => value !== "") || /blank$/.test(operator)));
  return complete.map(conditionText);
}
