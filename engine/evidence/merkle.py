"""The Merkle tree of RFC 6962 / RFC 9162: hashes, roots, proofs and their verification.

Pure. Trees are read through `Nodes`: a function that gives the hash of a perfect subtree, so the
code knows nothing of where they lie (in the database: `tiles.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()

Nodes = Callable[[int, int], bytes]
"""(height, index) -> the hash of the perfect subtree over leaves index·2^height … (index+1)·2^height − 1."""


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


# -- growing ---------------------------------------------------------------------------------------


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Of a tree whose size is a power of two, level by level."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """The right edge of a growing tree: all that is needed to append and to know the root."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # roots of the perfect subtrees, largest first

    @property
    def edge(self) -> list[bytes]:
        return list(self._edge)

    def append(self, leaf: bytes) -> None:
        carry, size = leaf, self.size
        while size & 1:
            carry = node_hash(self._edge.pop(), carry)
            size >>= 1
        self._edge.append(carry)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        return fold(self._edge)


def fold(edge: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


# -- reading a tree --------------------------------------------------------------------------------


def range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """MTH(D[start:end]); `start` is a multiple of the smallest power of two not below the length."""
    edge = []
    while start < end:
        height = (end - start).bit_length() - 1
        edge.append(nodes(height, start >> height))
        start += 1 << height
    return fold(edge)


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """PATH(index, D[0:size]), from the leaf upwards."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(nodes, middle, end))
            end = middle
        else:
            path.append(range_root(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """PROOF(first, D[0:second]); empty when the sizes are equal."""
    if not 0 < first <= second:
        raise IndexError(f"no proof from {first} to {second}")
    path: list[bytes] = []
    start, end, whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(range_root(nodes, middle, end))
            end = middle
        else:
            path.append(range_root(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_root(nodes, start, end))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two strictly less than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


# -- verification, RFC 9162 §2.1.3.2 and §2.1.4.2 ----------------------------------------------------


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Is `leaf` the hash at `index` of the tree of `size` with this root?"""
    if not 0 <= index < size or not _hashes(leaf, root, *path):
        return False
    fn, sn, found = index, size - 1, leaf
    for step in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Is the tree of size `first` the beginning of the tree of size `second`? Never so for an empty one:
    anything would extend it."""
    if first == second:
        return first > 0 and not path and first_root == second_root
    if not 0 < first < second or not _hashes(first_root, second_root, *path):
        return False
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    early = late = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            early, late = node_hash(step, early), node_hash(step, late)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            late = node_hash(late, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and early == first_root and late == second_root


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
