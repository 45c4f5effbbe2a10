// Rows of a sub-form: their names, and blocks of cells from a spreadsheet.

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
