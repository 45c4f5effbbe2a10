// The choices of a field as lines of text: "label", "value|label|colour" or the same apart by tabs, as spreadsheets
// copy them. What stands there already keeps what the lines do not say.

/** The label people read: a text, or that of a language. */
export function labelOf(choice, language = "zh") {
  const label = choice.label ?? "";
  if (typeof label === "string") return label || choice.value;
  return label[language] || Object.values(label).find(Boolean) || choice.value;
}

/** The choice with another label; of several languages the one shown is changed. The value stays. */
export function relabelled(choice, text, language = "zh") {
  if (typeof choice.label !== "object" || choice.label === null) return { ...choice, label: text };
  return { ...choice, label: { ...choice.label, [language]: text } };
}

export function linesOf(choices, language) {
  return choices.map((choice) => {
    const label = labelOf(choice, language);
    const parts = [choice.value, label, choice.color ?? ""];
    return choice.color || choice.value !== label ? parts.join("|").replace(/\|$/, "") : label;
  }).join("\n");
}

/** Lines -> choices. `doubles`: how many were there already; `hues`: colours that new ones get in turn, unless those
 * that stand are plain. Choices of `known` are recognised by value, else by label. */
export function choicesOf(text, known = [], { language = "zh", hues = [], coloured = areColoured(known) } = {}) {
  const made = [];
  let doubles = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const choice = choiceOf(line, known, language);
    if (!choice) continue;
    if (made.some((each) => each.value === choice.value || labelOf(each, language) === labelOf(choice, language))) doubles += 1;
    else made.push(coloured && !choice.color && hues.length ? { ...choice, color: hues[made.length % hues.length] } : choice);
  }
  return { choices: made, doubles };
}

/** Somebody who made choices without colours wants none; before the first one nobody has said so. */
function areColoured(choices) {
  return choices.length === 0 || choices.some((each) => each.color);
}

function choiceOf(line, known, language) {
  const parts = line.split(/\t|\||｜/).map((part) => part.trim());
  if (parts.length > 1 && parts[0] === "" && parts[1]) parts[0] = parts[1];
  const [first, second = "", color = ""] = parts;
  if (!first) return null;
  const stands = known.find((each) => each.value === first) ?? (second ? undefined : known.find((each) => labelOf(each, language) === first));
  if (stands) {
    const label = second && second !== labelOf(stands, language) ? relabelled(stands, second, language) : stands;
    return color ? { ...label, color } : label;
  }
  return { value: first.slice(0, 200), label: second || first, ...(color ? { color } : {}) };
}

/** A new choice with this label and a value nobody has. */
export function added(choices, label, hues = []) {
  const values = new Set(choices.map((each) => each.value));
  let value = label.slice(0, 200);
  for (let n = 2; values.has(value); n += 1) value = `${label} ${n}`;
  const color = areColoured(choices) && hues.length ? { color: hues[choices.length % hues.length] } : {};
  return [...choices, { value, label, ...color }];
}

export function moved(choices, from, to) {
  const rest = choices.toSpliced(from, 1);
  return rest.toSpliced(Math.max(0, Math.min(to, rest.length)), 0, choices[from]);
}

/** By name as people read it, or by how often each is used. */
export function sorted(choices, way, { language = "zh", used = {} } = {}) {
  if (way === "use") return choices.toSorted((one, other) => (used[other.value] ?? 0) - (used[one.value] ?? 0));
  const collator = new Intl.Collator(language === "zh" ? "zh-Hans-CN-u-co-pinyin" : language, { numeric: true });
  return choices.toSorted((one, other) => collator.compare(labelOf(one, language), labelOf(other, language)));
}
