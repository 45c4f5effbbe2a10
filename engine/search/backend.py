"""What every search backend must do, and the form in which it is asked: sets of blind tokens.

A backend keeps, per form, a set of tokens for each record, in the transaction of the record, and
answers an expression over tokens with a Select of record ids. `index.py` is the only caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from engine.search.tree import And, Node, Not, Or, Word, is_anchored
from engine.unit import Unit

Token = str | int
Row = tuple[int, Collection[Any]]  # record id, its tokens as `encode` made them


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everything in `parts` and nothing in `but`; there is always a part."""

    parts: tuple[Tokens, ...]
    but: tuple[Tokens, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Tokens, ...]


Tokens = Token | AllOf | AnyOf


class Backend(Protocol):
    """`table` is the physical name of the form's table; the backend derives its own from it. `apart`: it keeps
    its index outside the database, where no snapshot covers it."""

    apart: bool

    def encode(self, digest: bytes) -> Any:
        """Eight bytes of hash as this backend stores a token."""
        ...

    def prepare(self, unit: Unit, table: str) -> None:
        """Make what is needed for a form's index; nothing where it is there."""
        ...

    def add(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        """Tokens of records that had none."""
        ...

    def replace(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        """All tokens of these records, whatever was there."""
        ...

    def remove(self, unit: Unit, table: str, ids: Sequence[int]) -> None: ...

    def stored(self, connection: sa.Connection, table: str, record: int) -> Mapping[str, Any]:
        """What lies under this record's id in the index, by column; for showing what the disk holds."""
        ...

    def held(self, connection: sa.Connection, table: str) -> Iterator[tuple[int, Any]]:
        """Everything there is, as (record, token)."""
        ...

    def still(self, table: str) -> AbstractContextManager[None]:
        """What is kept apart from the database does not change within."""
        ...

    def matching(self, table: str, tokens: Tokens) -> sa.Select[Any]:
        """One column `id`: the records whose tokens satisfy the expression."""
        ...

    def purge(self, table: str) -> None:
        """Leave no trace of what was removed or replaced; outside of a unit of work."""
        ...


def compile_tokens(node: Node, word: Callable[[Word], Tokens | None]) -> Tokens | None:
    """An anchored tree of words as an expression over tokens; None when nothing can match."""
    if isinstance(node, Word):
        return word(node)
    if isinstance(node, And):
        parts = [compile_tokens(part, word) for part in node.nodes if is_anchored(part)]
        refused = [compile_tokens(Not(part), word) for part in node.nodes if not is_anchored(part)]
        return all_of(parts, refused)
    if isinstance(node, Or):
        return any_of([compile_tokens(part, word) for part in node.nodes])
    assert isinstance(node, Not), node
    return compile_tokens(_pushed_in(node.node), word)


def all_of(parts: Sequence[Tokens | None], but: Sequence[Tokens | None] = ()) -> Tokens | None:
    wanted = tuple(part for part in parts if part is not None)
    refused = tuple(part for part in but if part is not None)
    if len(wanted) < len(parts):
        return None
    return wanted[0] if len(wanted) == 1 and not refused else AllOf(wanted, refused)


def any_of(parts: Sequence[Tokens | None]) -> Tokens | None:
    possible = tuple(part for part in parts if part is not None)
    return possible[0] if len(possible) == 1 else AnyOf(possible) if possible else None


def _pushed_in(node: Node) -> Node:
    """The negation of a tree that is not anchored, which is."""
    if isinstance(node, Not):
        return node.node
    assert isinstance(node, (And, Or)), node
    parts = tuple(Not(part) for part in node.nodes)
    return Or(parts) if isinstance(node, And) else And(parts)


def holds(tokens: Tokens, of_record: Collection[Token]) -> bool:
    """The meaning of an expression; what every backend must agree with."""
    if isinstance(tokens, AllOf):
        return all(holds(part, of_record) for part in tokens.parts) and not any(
            holds(part, of_record) for part in tokens.but
        )
    if isinstance(tokens, AnyOf):
        return any(holds(part, of_record) for part in tokens.parts)
    return tokens in of_record
