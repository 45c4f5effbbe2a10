// What a control of a property panel says: `data-kind` tells how it is read, `data-default` what is not written down.
// undefined: take the property away. Throws SyntaxError where it is no JSON.
import { same } from "../../model/difference.js";
import { fold, foldNumber } from "../text.js";

export function valueOf(control, before) {
  const value = read(control, before);
  const standard = control.dataset.default ? JSON.parse(control.dataset.default) : undefined;
  if (standard === undefined || standard === null) return value === "" || value === false ? undefined : value;
  return same(value, standard) ? undefined : value;
}

function read(control, before) {
  const text = control.value ?? "";
  switch (control.dataset.kind) {
    case "flag": return control.checked;
    case "number": return text.trim() === "" ? undefined : Number(foldNumber(text));
    case "json": return text.trim() === "" ? undefined : JSON.parse(text);
    case "list": return lines(text);
    case "choices": return choices(text, JSON.parse(control.dataset.choices ?? "[]"));
    case "label": return label(text, control.dataset.lang, before);
    default: return control.inputMode === "decimal" ? foldNumber(text) : text;
  }
}

const lines = (text) => {
  const found = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return found.length > 0 ? found : undefined;
};

/** A text, or one for each language. */
function label(text, language, before) {
  if (!language) return text.trim();
  const made = { ...(typeof before === "string" ? (before ? { zh: before } : {}) : before), [language]: text.trim() };
  const { [language]: _, ...others } = made;
  return text.trim() === "" ? others : made;
}

/** One choice a line; known ones keep their value and colour, whatever their label becomes in its place. */
function choices(text, before) {
  const wanted = [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
  const said = (choice) => (typeof choice.label === "string" ? choice.label : choice.label?.zh) || choice.value;
  const known = new Map(before.map((choice) => [said(choice), choice]));
  const made = wanted.map((words, place) => {
    if (known.has(words)) return known.get(words);
    const renamed = wanted.length === before.length && !wanted.includes(said(before[place])) ? before[place] : null;
    return renamed ? { ...renamed, label: words } : { value: fold(words).slice(0, 200), label: words };
  });
  return made.length > 0 ? made : undefined;
}
