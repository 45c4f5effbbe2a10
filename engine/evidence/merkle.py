"""The Merkle tree of RFC 6962 and RFC 9162: hashes, proofs and their checks. Pure.

Trees are read through a function `node(height, index)`: the hash of the complete subtree over
leaves [index·2^height, (index+1)·2^height). Hashes are 32 bytes of SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]
EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def of_leaves(hashes: Sequence[bytes]) -> Node:
    """The nodes of a tree whose leaf hashes are at hand."""

    def node(height: int, index: int) -> bytes:
        if height == 0:
            return hashes[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def root(node: Node, size: int) -> bytes:
    return _range(node, 0, size) if size else EMPTY


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1."""
    if not 0 <= index < size:
        raise ValueError("index outside of the tree")
    return _path(node, index, 0, size)


def consistency_proof(node: Node, first: int, second: int) -> list[bytes]:
    """PROOF(first, D[second]) of RFC 6962 §2.1.2; empty for equal sizes."""
    if not 0 < first <= second:
        raise ValueError("sizes out of order")
    return [] if first == second else _subproof(node, first, 0, second, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """RFC 9162 §2.1.3.2, with every hash required to be 32 bytes."""
    if not 0 <= index < size or not _are_hashes(leaf, expected, *proof):
        return False
    fn, sn, found = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == expected


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """RFC 9162 §2.1.4.2; a tree of size 0 proves nothing."""
    if not 0 < first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(step, fr), node_hash(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def _range(node: Node, start: int, end: int) -> bytes:
    """The hash over leaves [start, end), start being a multiple of the largest power of two within."""
    width = end - start
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(width)
    return node_hash(_range(node, start, middle), _range(node, middle, end))


def _path(node: Node, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(node, index, start, middle), _range(node, middle, end)]
    return [*_path(node, index, middle, end), _range(node, start, middle)]


def _subproof(node: Node, first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """`first` counts from leaf 0; `whole`: the left edge is still the first tree itself."""
    if first == end:
        return [] if whole else [_range(node, start, end)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(node, first, start, middle, whole=whole), _range(node, middle, end)]
    return [*_subproof(node, first, middle, end, whole=False), _range(node, start, middle)]


def _split(width: int) -> int:
    """The largest power of two strictly less than `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(each) == 32 for each in hashes)
