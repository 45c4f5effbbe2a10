"""A flow drawn: boxes in layers from the start downwards, arrows between them, laid out on the server.

Pure: boxes and arrows in, coordinates out; `templates/parts/flow_picture.html` makes an SVG of them.
The longest way from the start decides the layer; a few sweeps put boxes below what leads to them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

WIDTH, HEIGHT = 158, 54  # of a box
BETWEEN, BELOW = 20, 40  # between boxes of a layer, between layers
GAP = 6  # between an arrow and its words
BEND = 18  # the width kept free for an arrow that passes a layer
MARGIN = 8
ROUNDS = 6
ASIDE = (0.25, 0.75, 0.1, 0.9, 0.5)  # how far along an arrow its words may stand where the middle is taken
LETTERS = 13  # the height of a line of words
LINES = {"label": (13, 116), "sub": (11, 146), "arrow": (11.5, 110)}  # size of the letters, room for them


@dataclass(frozen=True, slots=True)
class Box:
    """One node: `state` done, waiting, ahead or skipped; `title` says everything, `sub` what fits."""

    id: str
    label: str
    state: str = "ahead"
    icon: str = "dot"
    sub: str = ""
    title: str = ""
    x: float = 0
    y: float = 0

    @property
    def shown(self) -> str:
        return fitted(self.label, *LINES["label"])

    @property
    def shown_sub(self) -> str:
        return fitted(self.sub, *LINES["sub"])


@dataclass(frozen=True, slots=True)
class Arrow:
    source: str
    target: str
    label: str = ""
    taken: bool = False
    path: str = ""
    x: float = 0  # of the label
    y: float = 0
    anchor: str = "middle"  # or start, end: on its outer side of the arrow

    @property
    def shown(self) -> str:
        return fitted(self.label, *LINES["arrow"])

    @property
    def span(self) -> tuple[float, float]:
        """From where to where its words reach."""
        wide = width_of(self.shown, LINES["arrow"][0])
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, left + wide


@dataclass(frozen=True, slots=True)
class Picture:
    left: int  # what stands furthest left
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    about: str = ""  # the same in words

    box_width: int = field(default=WIDTH)
    box_height: int = field(default=HEIGHT)


def drawn(boxes: Sequence[Box], arrows: Sequence[Arrow], about: str = "") -> Picture:
    """The picture; arrows to or from boxes that are not there are left out."""
    known = {box.id for box in boxes}
    arrows = [a for a in arrows if a.source in known and a.target in known and a.source != a.target]
    back = _leading_back([box.id for box in boxes], arrows)
    grid = _Grid([box.id for box in boxes], [a for a in arrows if (a.source, a.target) not in back])
    grid.sort()
    places = grid.places()
    at = {name: (x, y + MARGIN) for name, (x, y, _) in places.items()}
    right = max((x + width / 2 for x, _, width in places.values()), default=0)
    lines = [
        _around(arrow, at, right)
        if (arrow.source, arrow.target) in back
        else _line(arrow, grid.way(arrow), at)
        for arrow in arrows
    ]
    lines = _clear([_aside(line, lines) for line in lines], grid, at, back)
    edges = [x - width / 2 for x, _, width in places.values()] + [a.span[0] for a in lines if a.label]
    left = min(edges, default=0) - MARGIN
    right = max([right + (BEND * 2 if back else 0), *(a.span[1] for a in lines if a.label)])
    height = max((y for _, y, _ in places.values()), default=0) + HEIGHT + 2 * MARGIN
    made = tuple(
        replace(box, x=round(at[box.id][0] - WIDTH / 2, 1), y=round(at[box.id][1], 1)) for box in boxes
    )
    return Picture(round(left), round(right + MARGIN - left), round(height), made, tuple(lines), about)


def width_of(text: str, size: float) -> float:
    """About how wide a text is; full-width characters count a whole size."""
    return sum(size * (1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.56) for sign in text)


def fitted(text: str, size: float, room: float) -> str:
    """As much of a text as fits `room` at this size."""
    used = 0.0
    for at, sign in enumerate(text):
        used += width_of(sign, size)
        if used > room and at:
            return text[: max(1, at - 1)].rstrip() + "…"
    return text


def _leading_back(ids: Sequence[str], arrows: Sequence[Arrow]) -> set[tuple[str, str]]:
    """The arrows that close a circle, found depth first from the boxes in their order."""
    following: dict[str, list[str]] = {}
    for arrow in arrows:
        following.setdefault(arrow.source, []).append(arrow.target)
    state: dict[str, int] = {}
    found: set[tuple[str, str]] = set()
    for root in ids:
        if state.get(root):
            continue
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(following.get(root, ())))]
        state[root] = 1
        while stack:
            node, rest = stack[-1]
            after = next(rest, None)
            if after is None:
                state[node] = 2
                stack.pop()
            elif state.get(after) == 1:
                found.add((node, after))
            elif not state.get(after):
                state[after] = 1
                stack.append((after, iter(following.get(after, ()))))
    return found


class _Grid:
    """Boxes and the bends of long arrows, in layers; no circles any more."""

    def __init__(self, ids: Sequence[str], arrows: Sequence[Arrow]) -> None:
        self.layer = _layers(ids, arrows)
        self._bends: dict[tuple[str, str], list[str]] = {}
        self._above: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = {}
        self.width = dict.fromkeys(ids, float(WIDTH))
        for arrow in arrows:
            self._join(arrow)
        depth = max(self.layer.values(), default=0) + 1
        self.rows: list[list[str]] = [[] for _ in range(depth)]
        for name in self.layer:
            self.rows[self.layer[name]].append(name)

    def _join(self, arrow: Arrow) -> None:
        key, before = (arrow.source, arrow.target), arrow.source
        if key in self._bends:
            return
        self._bends[key] = []
        for layer in range(self.layer[arrow.source] + 1, self.layer[arrow.target]):
            bend = f"{arrow.source}>{arrow.target}>{layer}"
            self.layer[bend], self.width[bend] = layer, BEND
            self._bends[key].append(bend)
            self._link(before, bend)
            before = bend
        self._link(before, arrow.target)

    def _link(self, above: str, below: str) -> None:
        self._below.setdefault(above, []).append(below)
        self._above.setdefault(below, []).append(above)

    def way(self, arrow: Arrow) -> list[str]:
        """Box, bends, box."""
        return [arrow.source, *self._bends[arrow.source, arrow.target], arrow.target]

    def sort(self) -> None:
        """Each layer in the order of what leads to it, down and up a few times; the order given breaks ties."""
        for turn in range(ROUNDS):
            down = turn % 2 == 0
            rows = self.rows[1:] if down else list(reversed(self.rows[:-1]))
            beside = self._above if down else self._below
            for row in rows:
                place = {name: at for each in self.rows for at, name in enumerate(each)}
                row.sort(key=lambda name: _mean([place[n] for n in beside.get(name, ())], place[name]))

    def places(self) -> Mapping[str, tuple[float, float, float]]:
        """Of every box and bend: the middle, the top, the width."""
        x = {name: float(at * (WIDTH + BETWEEN)) for row in self.rows for at, name in enumerate(row)}
        for turn in range(ROUNDS * 2):
            down = turn % 2 == 0
            beside = self._above if down else self._below
            for row in self.rows if down else reversed(self.rows):
                wished = [_mean([x[n] for n in self._nearest(name, beside)], x[name]) for name in row]
                x |= zip(row, self._apart(row, wished), strict=True)
        return {name: (x[name], self.layer[name] * (HEIGHT + BELOW), self.width[name]) for name in x}

    def _nearest(self, name: str, beside: Mapping[str, list[str]]) -> Sequence[str]:
        """What a box wants to stand below or above: boxes before bends, so that the main way is straight."""
        there = beside.get(name, [])
        return [each for each in there if self.width[each] > BEND] or there

    def _apart(self, row: Sequence[str], wished: Sequence[float]) -> list[float]:
        """As near to what is wished as possible without touching; the row stays where it wished to be."""
        placed: list[float] = []
        for name, wish in zip(row, wished, strict=True):
            if placed:
                last = row[len(placed) - 1]
                wish = max(wish, placed[-1] + (self.width[last] + self.width[name]) / 2 + BETWEEN)
            placed.append(wish)
        moved = [p - w for p, w, name in zip(placed, wished, row, strict=True) if self.width[name] > BEND]
        drift = _mean(moved, 0)
        return [p - drift for p in placed]


def _layers(ids: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The length of the longest way to each box."""
    layer = dict.fromkeys(ids, 0)
    for _ in ids:
        moved = False
        for arrow in arrows:
            if layer[arrow.target] <= layer[arrow.source]:
                layer[arrow.target], moved = layer[arrow.source] + 1, True
        if not moved:
            break
    return layer


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _line(arrow: Arrow, way: Sequence[str], at: Mapping[str, tuple[float, float]]) -> Arrow:
    """From the foot of one box, through its bends, to the head of the other."""
    x, y = at[way[0]][0], at[way[0]][1] + HEIGHT
    path = [f"M{x:.0f} {y:.0f}"]
    label, anchor = (x, y + BELOW / 2), "middle"
    for number, name in enumerate(way[1:]):
        over, top = at[name]
        middle = (y + top) / 2
        path.append(f"C{x:.0f} {middle:.0f} {over:.0f} {middle:.0f} {over:.0f} {top:.0f}")
        if number == 0:
            label = ((x + over) / 2, middle)
            anchor = "middle" if abs(over - x) < BEND else "end" if over < x else "start"
        x, y = over, top
        if name != way[-1]:
            y += HEIGHT
            path.append(f"L{x:.0f} {y:.0f}")
    return replace(arrow, path=" ".join(path), x=label[0], y=label[1], anchor=anchor)


def _aside(line: Arrow, lines: Sequence[Arrow]) -> Arrow:
    """The words of a straight arrow make room for those of an arrow beside it."""
    beside = {each.anchor for each in lines if each.source == line.source and each is not line}
    if line.anchor != "middle" or beside not in ({"start"}, {"end"}):
        return line
    left = beside == {"start"}
    return replace(line, anchor="end" if left else "start", x=line.x + (-GAP if left else GAP))


def _clear(
    lines: Sequence[Arrow], grid: _Grid, at: Mapping[str, tuple[float, float]], back: Container[tuple[str, str]]
) -> list[Arrow]:  # fmt: skip
    """Words that would cover those of another arrow stand nearer to where their own begins, or ends."""
    placed: list[Arrow] = []
    for line in lines:
        spots = [line]
        if line.label and (line.source, line.target) not in back:
            source, following, *_ = grid.way(line)
            along = list(_along(at[source], at[following]))
            sides = dict.fromkeys((line.anchor, "middle", "start", "end"))
            spots += [replace(line, x=x, y=y, anchor=side) for side in sides for x, y in along]
        free = (spot for spot in spots if not any(_covers(spot, other) for other in placed))
        placed.append(next(free, line))
    return placed


def _along(foot: tuple[float, float], head: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Other places for words on the curve from one box (or bend) to the next."""
    (x, y), (over, top) = (foot[0], foot[1] + HEIGHT), head
    for part in ASIDE:
        later = 3 * part**2 * (1 - part) + part**3
        middle = 3 * part * (1 - part)
        yield (
            x * (1 - later) + over * later,
            y * (1 - part) ** 3 + (y + top) / 2 * middle + top * part**3,
        )


def _covers(one: Arrow, other: Arrow) -> bool:
    if not (one.label and other.label) or abs(one.y - other.y) >= LETTERS:
        return False
    return one.span[0] < other.span[1] + GAP and other.span[0] < one.span[1] + GAP


def _around(arrow: Arrow, at: Mapping[str, tuple[float, float]], right: float) -> Arrow:
    """An arrow that leads back: out at the right and up."""
    (x, y), (over, top) = at[arrow.source], at[arrow.target]
    start, end = (x + WIDTH / 2, y + HEIGHT / 2), (over + WIDTH / 2, top + HEIGHT / 2)
    out = right + BEND * 1.6
    path = f"M{start[0]:.0f} {start[1]:.0f} C{out:.0f} {start[1]:.0f} {out:.0f} {end[1]:.0f} {end[0]:.0f} {end[1]:.0f}"
    return replace(arrow, path=path, x=out, y=(start[1] + end[1]) / 2)
