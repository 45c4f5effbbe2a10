// Rows of a sub-form: their names, blocks of cells from a spreadsheet, and what stands in a cell.
import { fold, joined } from "./text.js";

/** "items.7.price" or "f-items--price" in row 2 -> "items.2.price", "f-items-2-price". */
export function renamed(value, name, index) {
  const safe = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return value
    .replace(new RegExp(`(^|-)${safe}\\.(\\d*)\\.`), `$1${name}.${index}.`)
    .replace(new RegExp(`^(f-)${safe}-(\\d*)-`), `$1${name}-${index}-`);
}

/** Tab-separated lines as rows of cells; the last line break ends a row, it does not begin one. */
export function blockOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return text === "" ? [] : lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

/** Days as spreadsheets write them: 2026/11/3, 2026.11.3, 2026年11月3日 -> 2026-11-03; what is none stays. */
export function dayOf(text) {
  const [, year, month, day, rest] = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]+(.*))?$/.exec(text.trim()) ?? [];
  if (!year) return text;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return rest ? `${date}T${rest.trim().replace(/^(\d):/, "0$1:")}` : date;
}

/** Which of these texts is meant, whatever its width and case; -1 for none. */
export function meant(text, texts) {
  const wanted = fold(text).trim().toLowerCase();
  return texts.findIndex((each) => fold(each).trim().toLowerCase() === wanted);
}

const YES = ["是", "yes", "true", "1", "✓", "√", "y"];
const several = (text) => text.split(/[、,，;；]/).map((each) => each.trim()).filter(Boolean);

/** The control somebody types into, of a cell; none where it is computed, closed or files. */
export function controlIn(cell) {
  if (cell.inert) return null;
  const own = [...cell.querySelectorAll("input:not([type=hidden]):not([type=file]), select, textarea")].filter((each) => !each.disabled);
  return own.find((each) => each.checked) ?? own[0] ?? null;
}

/** A text put into a cell as if it was typed or chosen there. False: it is none of the choices. A picker's is left
 * to whoever calls. */
export function put(cell, text) {
  const control = controlIn(cell);
  if (!control) return true;
  if (control.matches("select")) {
    const options = [...control.options];
    const found = Math.max(meant(text, options.map((each) => each.text)), meant(text, options.map((each) => each.value)));
    if (text !== "" && found < 0) return false;
    control.selectedIndex = Math.max(found, 0);
  } else if (control.matches("[role=switch]")) {
    control.checked = meant(text, YES) >= 0;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (control.matches(".segments input")) {
    return tick(cell, control.type === "radio" ? [text] : several(text));
  } else {
    control.value = ["date", "datetime-local"].includes(control.type) ? dayOf(text) : text;
    return control.value !== "" || text === "";
  }
  return true;
}

function tick(cell, texts) {
  const labels = [...cell.querySelectorAll(".segments label")];
  const wanted = texts.filter(Boolean).map((text) => meant(text, labels.map((each) => each.textContent)));
  labels.forEach((label, place) => { label.querySelector("input:not([type=hidden])").checked = wanted.includes(place); });
  return !wanted.includes(-1);
}

/** What stands in a cell, as people read it. */
export function shownIn(cell) {
  const output = cell.querySelector("output.shown");
  if (output) return output.textContent.trim().replace(/^–$/, "");
  const chips = [...cell.querySelectorAll(".chips .chip > span")].map((each) => each.textContent.trim());
  if (cell.querySelector(".picker")) return joined(chips);
  const select = cell.querySelector("select");
  if (select) return select.selectedOptions[0]?.text.trim() ?? "";
  const segments = [...cell.querySelectorAll(".segments label:has(input:checked)")];
  if (cell.querySelector(".segments")) return joined(segments.map((each) => each.textContent.trim()));
  const files = [...cell.querySelectorAll(".file .name")].map((each) => each.textContent.trim());
  if (cell.querySelector(".upload")) return joined(files);
  const control = cell.querySelector("input:not([type=hidden]), textarea");
  if (control?.matches("[role=switch]")) return control.checked ? "✓" : "";
  const unit = cell.querySelector(".unit")?.textContent ?? "";
  return control?.value ? `${control.value.trim()}${unit ? ` ${unit}` : ""}` : "";
}
