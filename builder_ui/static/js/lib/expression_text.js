// Expression text while somebody types it: what an input method produces becomes what the language means, and the
// text is cut into pieces for colours and for the caret. No DOM; the server's `metamodel/expressions` says the same.

const FOLDS = {
  "、": ",", "。": ".", "【": "[", "】": "]", "〔": "(", "〕": ")", "×": "*", "÷": "/", "−": "-", "–": "-", "—": "-",
  "≥": ">=", "≤": "<=", "≠": "!=", "\u3000": " ", "\xa0": " ",
};
const CLOSERS = { '"': '"', "＂": '＂"', "“": '”“"', "”": '”“"', "'": "'", "＇": "＇'", "‘": "’‘'", "’": "’‘'", "「": "」", "『": "』" };
const PLAIN = { "＂": '"', "“": '"', "”": '"', "＇": "'", "‘": "'", "’": "'", "「": '"', "」": '"', "『": '"', "』": '"' };
const WORD = /^(and|or|not|in|if|else|[Tt]rue|TRUE|[Ff]alse|FALSE|[Nn]one|NONE)$/;

const folded = (letter) => FOLDS[letter] ?? (letter >= "！" && letter <= "～" ? String.fromCharCode(letter.charCodeAt(0) - 0xfee0) : letter);

/** Full-width signs, digits and letters outside texts -> ASCII, quotes to plain ones; the caret stays where it was.
 * A text that is still open is closed by whichever closing quote was typed last, at the caret. */
export function fold(text, caret = text.length) {
  let made = "";
  let place = caret;
  const put = (from, letters) => {
    if (from < caret) place += letters.length - 1;
    made += letters;
  };
  let at = 0;
  while (at < text.length) {
    const letter = text[at];
    if (!(letter in CLOSERS)) {
      put(at, folded(letter));
      at += 1;
      continue;
    }
    const quote = PLAIN[letter] ?? letter;
    const end = closing(text, at, caret);
    put(at, quote);
    for (let inner = at + 1; inner < Math.min(end, text.length); inner += 1) put(inner, text[inner] === quote && text[inner - 1] !== "\\" ? `\\${quote}` : text[inner]);
    if (end < text.length) put(end, quote);
    at = end + 1;
  }
  return { text: made, caret: place };
}

/** Where the quote is that closes the text beginning at `at`; the text's length when none does. */
function closing(text, at, caret) {
  const closers = CLOSERS[text[at]];
  let place = at + 1;
  while (place < text.length) {
    if (text[place] === "\\") place += 2;
    else if (closers.includes(text[place])) return place;
    else place += 1;
  }
  const typed = caret - 1;
  return typed > at && text[typed] in CLOSERS && (PLAIN[text[typed]] ?? text[typed]) === (PLAIN[text[at]] ?? text[at]) ? typed : text.length;
}

/** [{kind, at, end}] without the blanks: name function word number text sign. */
export function cut(text) {
  const found = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at];
    const start = at;
    if (letter in CLOSERS) {
      at = Math.min(closing(text, at, -1) + 1, text.length);
      found.push({ kind: "text", at: start, end: at });
    } else if (/\s/.test(letter)) {
      at += 1;
    } else if (/\d/.test(letter)) {
      while (at < text.length && /[\w.]/.test(text[at])) at += 1;
      found.push({ kind: "number", at: start, end: at });
    } else if (/[\p{L}_]/u.test(letter)) {
      while (at < text.length && /[\p{L}\p{N}_]/u.test(text[at])) at += 1;
      const word = text.slice(start, at);
      const kind = WORD.test(word) ? "word" : /^\s*\(/.test(text.slice(at)) ? "function" : "name";
      found.push({ kind, at: start, end: at });
    } else {
      at += 1;
      found.push({ kind: "sign", at: start, end: at });
    }
  }
  return found;
}

/** Chips of the server that still stand where they stood: the text around them may have changed since. `asked` is
 * the text they were made of, `now` what stands there; what was typed moves those behind it. */
export function moved(chips, asked, now) {
  if (asked === now) return chips;
  let same = 0;
  while (same < asked.length && asked[same] === now[same]) same += 1;
  let behind = 0;
  while (behind < asked.length - same && behind < now.length - same && asked.at(-1 - behind) === now.at(-1 - behind)) behind += 1;
  const shift = now.length - asked.length;
  return chips.flatMap((chip) => {
    if (chip.at + chip.length <= same && !joins(now, chip.at + chip.length, same)) return [chip];
    if (chip.at >= asked.length - behind) return [{ ...chip, at: chip.at + shift }];
    return [];
  });
}

/** Does what was typed lengthen the name that ends here? */
function joins(text, end, same) {
  return end === same && /[\p{L}\p{N}_.(]/u.test(text[end] ?? " ");
}
