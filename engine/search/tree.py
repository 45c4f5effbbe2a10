"""What a query means, as a tree: words in texts, filters on fields, and, or, not.

`query.py` makes it, backends answer its text, records turns its filters into SQL.
Under `Not`, whatever cannot be decided on tokens is left to the check of decrypted text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from engine.search.tokens import WordTokens, query_tokens
from metamodel.forms import FieldDefinition
from metamodel.problems import Problem

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase in the record's texts; `fields` narrows it to some of them."""

    text: str
    fields: tuple[str, ...] = ()

    @property
    def tokens(self) -> WordTokens:
        return query_tokens(self.text)


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on `field`; `path` leads to it: link fields, and its own id last.

    It is a field of `form` in `app`. Operators: is any_of has_any contains lt le gt ge, with values
    of the field's own Python type; and `search`, through links only, whose one value is a Node over
    the texts of that form.
    """

    path: tuple[str, ...]
    field: FieldDefinition
    app: str
    form: str
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class And:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


Node = Word | Filter | And | Or | Not


@dataclass(frozen=True)
class ParsedQuery:
    """`tree` is None when nothing was asked; `hints` tell what was not understood as meant."""

    text: str
    tree: Node | None = None
    hints: tuple[Problem, ...] = field(default=())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What to highlight: the words that were asked for, not those refused."""
        asked = (leaf for leaf, wanted in leaves(self.tree) if wanted)
        return tuple(dict.fromkeys(leaf.text for leaf in asked if isinstance(leaf, Word)))

    @cached_property
    def exact(self) -> bool:
        """The index alone decides; otherwise check candidates on their text (`check.matches`)."""
        return is_exact(self.tree)

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        return tuple(leaf for leaf, _ in leaves(self.tree) if isinstance(leaf, Filter))


def leaves(node: Node | None, wanted: bool = True) -> Iterator[tuple[Word | Filter, bool]]:
    """Every word and filter, and whether it is asked for or refused."""
    if isinstance(node, (Word, Filter)):
        yield node, wanted
    elif isinstance(node, Not):
        yield from leaves(node.node, not wanted)
    elif node is not None:
        for part in node.nodes:
            yield from leaves(part, wanted)


def is_exact(node: Node | None) -> bool:
    for leaf, _ in leaves(node):
        if isinstance(leaf, Word) and not leaf.tokens.exact:
            return False
        if isinstance(leaf, Filter) and leaf.operator == "search" and not is_exact(leaf.values[0]):
            return False
    return True


def is_text(node: Node) -> bool:
    """Only words below."""
    return all(isinstance(leaf, Word) for leaf, _ in leaves(node))


def is_anchored(node: Node) -> bool:
    """An index can list what matches: something in it must be there, not only be absent.
    What is not anchored is the negation of something that is."""
    if isinstance(node, Not):
        return not is_anchored(node.node)
    if isinstance(node, And):
        return any(map(is_anchored, node.nodes))
    return isinstance(node, Word) or (isinstance(node, Or) and all(map(is_anchored, node.nodes)))


def candidates(node: Node, positive: bool = True) -> Node | None:
    """The tree without what tokens cannot decide, so that it finds too much, never too little.
    None: no restriction at all."""
    if isinstance(node, Word):
        return node if positive or node.tokens.exact else None
    if isinstance(node, Filter):
        return node
    if isinstance(node, Not):
        inner = candidates(node.node, not positive)
        return None if inner is None else Not(inner)
    parts = [candidates(part, positive) for part in node.nodes]
    kept = tuple(part for part in parts if part is not None)
    # "All of" loses a part and finds more; "any of" with a part that is always so restricts nothing.
    # Refused, it is the other way round.
    drops = isinstance(node, And) is positive
    if not kept or (len(kept) < len(parts) and not drops):
        return None
    return kept[0] if len(kept) == 1 else type(node)(kept)


def fold_tree(
    node: Node,
    text: Callable[[Node], R],
    filter_: Callable[[Filter], R],
    all_of: Callable[[list[R]], R],
    any_of: Callable[[list[R]], R],
    negate: Callable[[R], R],
) -> R:
    """Build something from a tree, handing its texts over in pieces as large as an index can answer."""
    if is_text(node) and is_anchored(node):
        return text(node)
    if isinstance(node, Filter):
        return filter_(node)
    if isinstance(node, Not):
        return negate(fold_tree(node.node, text, filter_, all_of, any_of, negate))
    assert isinstance(node, (And, Or))
    parts = [fold_tree(part, text, filter_, all_of, any_of, negate) for part in _gathered(node)]
    return (all_of if isinstance(node, And) else any_of)(parts)


def _gathered(node: And | Or) -> list[Node]:
    """The parts, those of text in one so that one look into the index answers them together."""
    texts = tuple(part for part in node.nodes if is_text(part))
    whole = type(node)(texts)
    if len(texts) < 2 or not is_anchored(whole):
        return list(node.nodes)
    return [whole, *(part for part in node.nodes if not is_text(part))]


def required_text(node: Node) -> Node | None:
    """The words no match can do without, as `fold_tree` will hand them over. Answering with only the
    newest of these finds the newest matches: within them the tree means what it meant."""
    if isinstance(node, And) and not is_text(node):
        return next((part for part in _gathered(node) if is_text(part) and is_anchored(part)), None)
    return node if is_text(node) and is_anchored(node) else None
