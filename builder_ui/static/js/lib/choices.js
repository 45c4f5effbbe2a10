// Which values fit what was typed; each comes with its folded name, pinyin and initials, apart by spaces.
import { fold } from "./text.js";

export function matching(typed, spellings) {
  const wanted = fold(typed).toLowerCase().replace(/\s+/g, "");
  return spellings.flatMap((each, index) => (each.split(" ").some((spelling) => spelling.includes(wanted)) ? [index] : []));
}
