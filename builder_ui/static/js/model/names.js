// Ids that are free, and names inside expressions.

/** `wanted`, or with a number behind it where it is taken. */
export function freeName(wanted, taken) {
  const known = new Set(taken);
  if (!known.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!known.has(`${wanted}_${number}`)) return `${wanted}_${number}`;
}

const STRINGS = /'[^']*'|"[^"]*"|“[^”]*”|「[^」]*」/g;

/** An expression with its names changed as `names` (old -> new) says; what stands in quotes stays. */
export function renamed(expression, names) {
  let made = "";
  let from = 0;
  for (const match of expression.matchAll(STRINGS)) {
    made += inWords(expression.slice(from, match.index), names) + match[0];
    from = match.index + match[0].length;
  }
  return made + inWords(expression.slice(from), names);
}

const inWords = (text, names) => text.replace(/(?<![\w.])[a-z][a-z0-9_]*/g, (word) => (Object.hasOwn(names, word) ? names[word] : word));
