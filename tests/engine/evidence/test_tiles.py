"""Tile arithmetic against the facts of the C2SP specification."""

from __future__ import annotations

import pytest

from engine.evidence import merkle
from engine.evidence.tiles import shape, tile_at, tile_path, tile_root


def test_the_specifications_example() -> None:
    assert list(shape(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(shape(256)) == [(0, 1, 0), (1, 0, 1)]
    assert list(shape(0)) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 70_000, 20_000_000])
def test_partial_widths(size: int) -> None:
    assert [width for _, _, width in shape(size)] == [
        size // 256**level % 256 for level in range(len(list(shape(size))))
    ]


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (1, 273, 17, "tile/1/273.p/17"),
        (2, 1000, 256, "tile/2/x001/000"),
    ],
)
def test_paths(level: int, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path
    assert tile_at(path) == (level, number, width)


@pytest.mark.parametrize(
    "path",
    ["tile/0/0", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/07",
     "tile/7/000", "tile/0/x001", "tile/entries/000", "tile/0/٠٠٠", "checkpoint"],
)  # fmt: skip
def test_where_no_tile_lies(path: str) -> None:
    assert tile_at(path) is None


def test_a_tile_folds_to_its_subtree() -> None:
    hashes = [merkle.leaf_hash(bytes([i])) for i in range(256)]
    assert tile_root(b"".join(hashes)) == merkle.root(hashes)
