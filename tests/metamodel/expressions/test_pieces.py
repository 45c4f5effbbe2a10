"""Half an expression: what its pieces are, and what stands around the caret (`|` in the tables)."""

from __future__ import annotations

import pytest

from metamodel.expressions.pieces import caret_in, named, pieces

CUTS = [
    ("", ""),
    ("a + 1", "name gap sign gap number"),
    ("客户.等级 == '重点", "name dot name gap sign sign gap text"),
    ("IF(a，“x”）", "name open name comma text close"),
    ("not a and true", "word gap name gap word gap word"),
    ("“引号”x", "text name"),
    ("'a\\'b' + c", "text gap sign gap name"),
    ("😀 == 1", "sign gap sign sign gap number"),
]


@pytest.mark.parametrize(("text", "kinds"), CUTS, ids=range(len(CUTS)))
def test_pieces_cover_the_text(text: str, kinds: str) -> None:
    found = pieces(text)
    assert "".join(piece.text for piece in found) == text
    assert " ".join(piece.kind for piece in found) == kinds


def test_paths_and_calls() -> None:
    found = list(named(pieces("SUM(rows.price) > a.b.c and x")))
    assert [(one.path, one.called) for one in found] == [
        (("SUM",), True), (("rows", "price"), False), (("a", "b", "c"), False), (("x",), False),
    ]  # fmt: skip


CARETS = [
    ("am|", "am", (), "", 0),
    ("a + |", "", (), "", 0),
    ("客户.等|级", "等", ("客户",), "", 0),
    ("a.b.|", "", ("a", "b"), "", 0),
    ("IF(a > 1, ro|", "ro", (), "IF", 1),
    ("IF(a, SUM(b, |", "", (), "SUM", 1),
    ("IF(a, SUM(b), |", "", (), "IF", 2),
    ("HAS_ANY(tags, ['a', |", "", (), "HAS_ANY", 1),
    ("IF（a，|", "", (), "IF", 1),
    ("(a + |", "", (), "", 0),
]


@pytest.mark.parametrize(
    ("text", "word", "before", "call", "argument"), CARETS, ids=[row[0] for row in CARETS]
)
def test_the_caret_in_a_name(text: str, word: str, before: tuple[str, ...], call: str, argument: int) -> None:
    found = caret_in(text.replace("|", ""), text.index("|"))
    assert (found.word, found.before, found.call, found.argument) == (word, before, call, argument)
    assert not found.quote


TEXTS = [
    ("level == '重|", "重", ("level",)),
    ("customer.level in ['a', '|", "", ("customer", "level")),
    ("HAS_ANY(tags, '投|诉')", "投", ("tags",)),
    ("level == “|”", "", ("level",)),
    ("'alone|'", "alone", ()),
]


@pytest.mark.parametrize(("text", "word", "against"), TEXTS, ids=[row[0] for row in TEXTS])
def test_the_caret_in_a_text(text: str, word: str, against: tuple[str, ...]) -> None:
    found = caret_in(text.replace("|", ""), text.index("|"))
    assert (found.word, found.against, bool(found.quote)) == (word, against, True)


def test_behind_a_text_is_outside_of_it() -> None:
    assert caret_in("a == 'x'", 8).quote == ""
