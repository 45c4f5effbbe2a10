"""One spelling for searching: width, case, kind of characters, blanks and invisible letters make no
difference, as they make none to keyword functions (`match_form`), so that the index finds whatever those do.

Indexed texts, queries and highlighting all fold here, or they would not meet. `fold_mapped` is the
slow twin that remembers where each folded letter came from; only highlighting needs it.
"""

from __future__ import annotations

import re
import unicodedata

from metamodel.expressions.folding import UNSEEN
from metamodel.plugin_api import simplified

# Scripts written without spaces between words, and pictures: found by letters and pairs of letters.
SPACELESS = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U000323af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf"
    "\U0001f000-\U0001faff"
)
_INVISIBLE = UNSEEN + "\u200b\ufeff"
_invisible = re.compile(f"[{_INVISIBLE}]")
_blanks = re.compile(r"\s+")
# A blank or a line break beside a character is a habit of typing or of wrapping lines, and no end of a word.
_blank_beside = re.compile(rf"(?<=[{SPACELESS}])\s+|(?<!\s)\s++(?=[{SPACELESS}])")
# Two quick looks that spare most texts the rest: anything to fold, anything to leave out?
_cased = re.compile("[A-Z\xb5-\u2e7f\ua640-\uabff\U00010000-\U0001ffff]")
_odd = re.compile(rf"[\s{_INVISIBLE}]")
_simplified = simplified()
_traditional = re.compile(f"[{''.join(map(chr, _simplified))}]")


def fold(text: str) -> str:
    """The text as searching sees it."""
    if text.isascii():
        folded = text.lower()
    else:
        folded = unicodedata.normalize("NFKC", text)
        if _cased.search(folded):
            folded = folded.casefold()
        if _traditional.search(folded):
            folded = folded.translate(_simplified)
    return _without_blanks(folded) if _odd.search(folded) else folded


def _without_blanks(folded: str) -> str:
    folded = _blank_beside.sub("", _invisible.sub("", folded))
    return _blanks.sub(" ", folded).strip()


def fold_mapped(text: str) -> tuple[str, list[tuple[int, int]]]:
    """`fold(text)` and, for each of its letters, the (start, end) it came from in `text`."""
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        piece = text[start:end]
        for letter in unicodedata.normalize("NFKC", piece).casefold().translate(_simplified):
            letters.append(letter)
            spans.append((start, end))
    folded = "".join(letters)
    for pattern, by in ((_invisible, ""), (_blank_beside, ""), (_blanks, " ")):
        folded, spans = _replace(pattern, by, folded, spans)
    lead = len(folded) - len(folded.lstrip())
    trail = len(folded.rstrip())
    return folded[lead:trail], spans[lead:trail]


def _clusters(text: str) -> list[tuple[int, int]]:
    """A letter and the marks that combine with it, which normalising may join into one."""
    starts = [at for at, letter in enumerate(text) if at == 0 or not _joins(letter)]
    return list(zip(starts, [*starts, len(text)][1:], strict=True))


def _joins(letter: str) -> bool:
    # Half-width voicing marks and Hangul vowels are no combining marks by class, but do compose.
    return unicodedata.combining(letter) != 0 or letter in "\uff9e\uff9f" or "\u1160" <= letter <= "\u11ff"


def _replace(
    pattern: re.Pattern[str], by: str, text: str, spans: list[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    if not pattern.search(text):
        return text, spans
    letters: list[str] = []
    kept: list[tuple[int, int]] = []
    at = 0
    for found in pattern.finditer(text):
        letters.append(text[at : found.start()] + by)
        kept.extend(spans[at : found.start()])
        kept.extend([(spans[found.start()][0], spans[found.end() - 1][1])] * len(by))
        at = found.end()
    return "".join((*letters, text[at:])), kept + spans[at:]
