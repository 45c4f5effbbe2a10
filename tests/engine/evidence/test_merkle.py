"""The tree against vectors nobody here wrote, and against its own definition for every small size."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.evidence import merkle

# Certificate Transparency's own test data: leaf inputs, then the root of the first n of them.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEVELS = [
    [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
],
    [
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
],
    [
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
],
]  # fmt: skip
LEAVES = [merkle.leaf_hash(entry) for entry in INPUTS]


def nodes_of(leaves: Sequence[bytes]) -> merkle.Nodes:
    """A tree over leaf hashes in memory."""

    @cache
    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return merkle.node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


NODES = nodes_of(LEAVES)


def named(*names: str) -> list[str]:
    """Hashes of the vectors by "level.index"."""
    return [LEVELS[int(level)][int(index)] for level, index in (name.split(".") for name in names)]


def hexes(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]


def test_hashes() -> None:
    assert hexes(LEAVES) == LEVELS[0]
    assert [NODES(1, i).hex() for i in range(4)] == LEVELS[1]
    assert [NODES(2, i).hex() for i in range(2)] == LEVELS[2]
    leaf, node = merkle.leaf_hash(b"L123456"), merkle.node_hash(b"N123", b"N456")
    assert leaf.hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node.hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(9))
def test_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    assert merkle.range_root(NODES, 0, size).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, ["0.1", "1.1", "2.1"]),
        (5, 8, ["0.4", "1.3", "2.0"]),
        (2, 3, ["1.0"]),
        (1, 5, ["0.0", "1.1", "0.4"]),
    ],
)
def test_inclusion(index: int, size: int, path: list[str]) -> None:
    assert hexes(merkle.inclusion_proof(NODES, index, size)) == named(*path)


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [(1, 1, []), (1, 8, ["0.1", "1.1", "2.1"]), (6, 8, ["1.2", "1.3", "2.0"]), (2, 5, ["1.1", "0.4"])],
)
def test_consistency(first: int, second: int, path: list[str]) -> None:
    assert hexes(merkle.consistency_proof(NODES, first, second)) == named(*path)


def test_every_proof_of_small_trees_verifies_and_no_other() -> None:
    leaves = [merkle.leaf_hash(bytes([i])) for i in range(40)]
    nodes = nodes_of(leaves)
    roots = [merkle.root(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        for index in range(size):
            path = merkle.inclusion_proof(nodes, index, size)
            assert merkle.verify_inclusion(index, size, leaves[index], path, roots[size])
            assert not merkle.verify_inclusion(index, size, leaves[index - 1], path, roots[size]) or size == 1
            assert not merkle.verify_inclusion(index, size, leaves[index], [*path, roots[0]], roots[size])
        for first in range(1, size + 1):
            path = merkle.consistency_proof(nodes, first, size)
            assert merkle.verify_consistency(first, size, roots[first], roots[size], path)
            assert not merkle.verify_consistency(first, size, roots[first - 1], roots[size], path)


def test_what_is_no_tree_is_refused() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(NODES, 8, 8)
    with pytest.raises(IndexError):
        merkle.consistency_proof(NODES, 0, 8)
    root = merkle.root(LEAVES)
    assert not merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    assert not merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, root, [])
    assert not merkle.verify_inclusion(0, 1, b"short", [], b"short")


# -- the 196 probes of transparency-dev/merkle -------------------------------------------------------
PROBES = Path(__file__).resolve().parents[4] / "shared" / "reference" / "merkle_probes.json"
needs_probes = pytest.mark.skipif(not PROBES.exists(), reason=f"{PROBES} is not here")


def probes(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PROBES.read_text("utf-8"))[kind]
    return found


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def path_of(probe: dict[str, Any]) -> list[bytes]:
    return [decoded(step) for step in probe["proof"] or ()]


@needs_probes
def test_inclusion_probes() -> None:
    wrong = [
        name
        for name, probe in probes("inclusion").items()
        if merkle.verify_inclusion(
            probe["leafIdx"],
            probe["treeSize"],
            decoded(probe["leafHash"]),
            path_of(probe),
            decoded(probe["root"]),
        )
        is probe["wantErr"]
    ]
    assert wrong == []
    assert len(probes("inclusion")) == 98


@needs_probes
def test_consistency_probes() -> None:
    wrong = [
        name
        for name, probe in probes("consistency").items()
        if merkle.verify_consistency(
            probe["size1"], probe["size2"], decoded(probe["root1"]), decoded(probe["root2"]), path_of(probe)
        )
        is probe["wantErr"]
    ]
    assert wrong == []
    assert len(probes("consistency")) == 98
