"""Where the words stand in a text: pieces for a page to mark, never markup.

Words are found in folded text under the index's own rules, and the places mapped back, so
`竞 品 Ａ` is marked for 竞品a. Texts come decrypted, and masked where the reader sees them masked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from engine.search.check import pattern
from engine.search.folding import fold, fold_mapped

Pieces = list[tuple[str, bool]]  # text, and whether it is a hit

LONGEST = 100_000  # characters marked in a whole text
CHUNK, OVERLAP = 4_000, 200  # a long text is looked through in pieces until there is a hit
_EDGES = frozenset("\n。！？!?；;，, ")


def highlight(text: str, words: Iterable[str]) -> Pieces:
    """The whole text in pieces."""
    return _pieces(text, _hits(text, words), 0, len(text))


def snippet(text: str, words: Iterable[str], width: int = 120) -> Pieces:
    """About `width` characters around the first hit, on one line; the beginning where there is none."""
    wanted = tuple(words)
    first = _first_chunk(text, wanted) if len(text) > CHUNK + OVERLAP else 0
    part = text[first : first + CHUNK + OVERLAP]
    hits = _hits(part, wanted)
    start = _start(part, hits[0], width) if hits else 0
    end = min(len(part), start + width)
    pieces = [(" ".join(piece.split("\n")), hit) for piece, hit in _pieces(part, hits, start, end)]
    before: Pieces = [("…", False)] if first + start else []
    after: Pieces = [("…", False)] if first + end < len(text) else []
    return _merged([*before, *pieces, *after])


def _first_chunk(text: str, words: tuple[str, ...]) -> int:
    patterns = [pattern(word) for word in words]
    for start in range(0, len(text), CHUNK):
        folded = fold(text[start : start + CHUNK + OVERLAP])
        if any(one.search(folded) for one in patterns):
            return start
    return 0


def _start(text: str, hit: tuple[int, int], width: int) -> int:
    """A little before the hit, after the last mark there, so that it reads like a sentence."""
    lead = max(0, (width - (hit[1] - hit[0])) // 3)
    start = max(0, min(hit[0] - lead, len(text) - width))
    if start == 0:
        return 0
    marks = [at for at in range(start, hit[0]) if text[at - 1] in _EDGES]
    return marks[0] if marks else start


def _hits(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of hits, ascending, overlapping ones joined."""
    folded, origins = fold_mapped(text[:LONGEST])
    spans = [
        (origins[found.start()][0], origins[found.end() - 1][1])
        for word in words
        for found in pattern(word).finditer(folded)
    ]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _pieces(text: str, hits: list[tuple[int, int]], start: int, end: int) -> Pieces:
    pieces: Pieces = []
    at = start
    for low, high in hits[bisect_left(hits, (start, 0)) :]:
        if low >= end:
            break
        pieces += [(text[at:low], False), (text[low : min(high, end)], True)]
        at = min(high, end)
    return _merged([*pieces, (text[at:end], False)])


def _merged(pieces: Pieces) -> Pieces:
    """Neighbours of one kind as one piece, empty ones left out."""
    merged: Pieces = []
    for text, hit in pieces:
        if text and merged and merged[-1][1] is hit:
            merged[-1] = (merged[-1][0] + text, hit)
        elif text:
            merged.append((text, hit))
    return merged
