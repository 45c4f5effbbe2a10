"""What every field type keeps, ours and anybody's: the same rows through all that are registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from metamodel.forms import FieldDefinition
from metamodel.plugin_api import OPERATORS, BadValue, Display, Field, Options, labelled
from metamodel.problems import TEXTS, Problem
from tests.contract.field_promises import TYPES, define, example_app, old_options_are_brought_up, survives

GROUPS = ("text", "number", "choice", "time", "people", "file", "relation", "system", "layout")
BLANKS: tuple[Any, ...] = (None, "", [])
DISPLAYS = [Display(language, ZoneInfo("Asia/Shanghai")) for language in ("zh", "en")]

HOSTILE = [
    "<script>alert(1)</script>", "'; DROP TABLE r_1; --", "\0", "a\0b", "\ud800", "x\udfff", "\u202eabc",
    "\U0001f469\u200d\U0001f467", "e\u0301", "\ufeff", "a" * 10_485_760, "汉" * 4_000_000, "9" * 400,
    "1e400", "-1e-400", "NaN", "Infinity", "1" + ",000" * 40, "２０２６－１３－４５", "99999-01-01",
    "0000-00-00", "25:61", "P" + "9" * 90 + "D", "%" * 50, "{}", "[]",
    0, -1, 2**63, -(2**63), 10**400, 0.1, 1e308, float("nan"), float("inf"), -0.0, True, False,
    b"bytes", {}, {"id": None}, {"id": {"id": 1}}, [None], [[]], [[["x"]]], [{}], [{"a": 1}],
    list(range(20_000)), datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), object(),
]  # fmt: skip


def example_values(field: FieldDefinition) -> list[Any]:
    assert field.type is not None
    return [field.type.parse(raw, field) for raw, _ in field.type.examples]


names = pytest.mark.parametrize("name", sorted(TYPES))


# -- the declaration -------------------------------------------------------------------------------


@names
def test_it_says_what_it_is_in_both_languages(name: str) -> None:
    type_ = TYPES[name]
    for words in (type_.label, type_.doc):
        assert isinstance(words, Mapping)
        assert words["zh"]
        assert words["en"]
    assert type_.icon
    assert type_.group in [
        "text",
        "number",
        "choice",
        "time",
        "people",
        "file",
        "relation",
        "system",
        "layout",
    ]
    assert set(type_.operators) <= set(OPERATORS)


@names
def test_its_options_have_words_and_defaults(name: str) -> None:
    info = msgspec.inspect.type_info(TYPES[name].Options)
    assert isinstance(info, msgspec.inspect.StructType)
    assert info.forbid_unknown_fields
    for option in info.fields:
        inner = getattr(option.type, "types", ())
        labels = [(getattr(each, "extra", None) or {}).get("label", {}) for each in (option.type, *inner)]
        assert any(set(label) >= {"zh", "en"} for label in labels), option.name


@names
def test_its_example_is_sane(name: str) -> None:
    field = define(name)
    app = example_app(field)
    assert field.type is not None
    assert [found for found in field.type.check_options(field, app) if found.severity == "error"] == []
    assert field.type.examples or field.type.input == "none"


@names
@pytest.mark.parametrize("kind", ["storage", "type"])
def test_storage_and_expression_type_agree_with_many(name: str, kind: str) -> None:
    field = define(name)
    assert field.type is not None
    if kind == "type":
        assert (field.expression_type().kind == "list") == field.type.many
    else:
        assert not field.type.many or field.type.storage_of(field) == "json"


@names
def test_it_stands_in_the_palette(name: str) -> None:
    entry = TYPES[name].palette
    assert entry.name == name
    assert all(isinstance(word, str) and word for word in entry.keywords)
    if entry.twin:
        twin = TYPES[entry.twin]
        assert (TYPES[name].storage, TYPES[name].type, TYPES[name].many) == (
            twin.storage,
            twin.type,
            twin.many,
        )


def test_there_are_enough() -> None:
    assert len(TYPES) >= 60


@names
def test_older_options_are_brought_up_for_ever(name: str) -> None:
    old_options_are_brought_up(TYPES[name])


class Renamed(Options, frozen=True):
    most: Annotated[int, labelled("最多", "Most")] = 9


class Upgraded(Field):
    """One that has a past: its option was called `limit`, then `longest`."""

    name, label, Options = "upgraded", "x", Renamed
    options_version = 3
    old_options = ((1, {"limit": 5}, {"most": 5}), (1, {}, {}), (2, {"longest": 5}, {"most": 5}))

    def upgrade_options(self, old_version: int, options: Mapping[str, Any]) -> Mapping[str, Any]:
        before = "limit" if old_version == 1 else "longest"
        return {"most" if name == before else name: value for name, value in options.items()}


@pytest.mark.parametrize(
    ("forgotten", "value"),
    [
        ("upgrade_options", lambda version, options: options),
        ("upgrade_options", lambda version, options: {}),
        ("options_version", 4),
        ("options_version", 2),
        ("old_options", ()),
        ("old_options", ((1, {}, {}), (2, {"longest": 5}, {"most": 6}))),
        ("old_options", ((1, {}, {}), (2, {"least": 5}, {"least": 5}))),
    ],
)
def test_a_forgotten_upgrade_is_found(forgotten: str, value: Any) -> None:
    type_ = Upgraded()
    old_options_are_brought_up(type_)
    vars(type_)[forgotten] = value
    with pytest.raises((AssertionError, msgspec.ValidationError)):
        old_options_are_brought_up(type_)


@names
def test_what_is_exported_can_be_imported(name: str) -> None:
    """The text form of a value is read again: as the same value, unless it was shortened for people."""
    field = define(name)
    assert field.type is not None
    for value in example_values(field):
        text = field.type.display(value, field, DISPLAYS[0])
        if field.type.container or field.type.reference(field) is not None or name in FOR_PEOPLE:
            continue
        assert parsed(text, field) == value, text


# Shown so that people read it best: stars of how many, minutes, a figure with its sign, one language of several.
FOR_PEOPLE = (
    "rating",
    "datetime",
    "multilingual",
    "message_participants",
    "rich_text",
    "formula",
    "rollup",
    "lookup",
)


@names
def test_a_value_in_pieces_is_put_together_again(name: str) -> None:
    field = define(name)
    assert field.type is not None
    parts = field.type.parts(field)
    assert len({part.name for part in parts}) == len(parts)
    for value in example_values(field) if parts else ():
        pieces = field.type.divided(value, field)
        assert pieces.keys() <= {part.name for part in parts}
        assert field.type.parse(dict(pieces), field) == value


# -- values ----------------------------------------------------------------------------------------


@names
def test_examples_give_what_they_say(name: str) -> None:
    field = define(name)
    assert field.type is not None
    for raw, expected in field.type.examples:
        assert field.type.to_json(field.type.parse(raw, field), field) == expected


@names
def test_json_and_storage_round_trips_are_exact(name: str) -> None:
    field = define(name)
    for value in example_values(field):
        survives(value, field)


@names
def test_it_shows_values_as_text_in_both_languages(name: str) -> None:
    field = define(name)
    assert field.type is not None
    for value in example_values(field):
        assert field.type.check(value, field) == []
        assert isinstance(field.type.search_text(value, field), str)
        for display in DISPLAYS:
            shown = field.type.display(value, field, display)
            assert isinstance(shown, str)
            assert shown.isprintable() or field.type.input in ("textarea", "code", "rich", "lines")


@names
def test_references_are_ids_of_what_it_says(name: str) -> None:
    field = define(name)
    assert field.type is not None
    reference = field.type.reference(field)
    if reference is not None:
        assert reference.many == field.type.many
        for value in example_values(field):
            ids = field.type.references(value, field)
            assert ids
            assert all(isinstance(item, str) for item in ids)


@names
@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw)[:20])
def test_hostile_input_is_a_value_or_a_bad_value(name: str, raw: Any) -> None:
    """Nothing else is raised, and what is accepted survives storing and showing."""
    field = define(name)
    assert field.type is not None
    if field.derived is not None and field.type.input == "none" and not field.type.examples:
        return  # evaluated at reading: nobody sends it
    value = parsed(raw, field)
    if value in BLANKS:
        return
    survives(value, field)
    assert all(found.code in TEXTS for found in field.type.check(value, field))
    assert all(isinstance(field.type.display(value, field, display), str) for display in DISPLAYS)


@names
@pytest.mark.parametrize("raw", ["a\0b", "x\ud800", ["a\0b"], [{"id": "\ud800"}]], ids=repr)
def test_what_no_database_holds_is_refused(name: str, raw: Any) -> None:
    field = define(name)
    assert field.type is not None
    if field.type.examples:
        with pytest.raises(BadValue):
            field.type.parse(raw, field)


def parsed(raw: Any, field: FieldDefinition) -> Any:
    """The value, or None for a BadValue that has its words."""
    assert field.type is not None
    try:
        return field.type.parse(raw, field)
    except BadValue as error:
        found = Problem(error.code, params=error.params)
    assert found.text("zh")
    assert found.text("en")
    return None


# -- definitions -----------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@names
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_wrong_options_give_problems_and_never_exceptions(name: str, data: Any) -> None:
    known = [option.name for option in msgspec.structs.fields(TYPES[name].Options)]
    options = data.draw(st.dictionaries(st.sampled_from([*known, "unknown"]), JSON, max_size=4))
    try:
        field = define(name, {**TYPES[name].example_options, **options})
    except (msgspec.ValidationError, UnicodeEncodeError):
        return  # the loader's to tell
    assert field.type is not None
    for found in field.type.check_options(field, example_app(field)):
        assert isinstance(found, Problem)
        assert found.code in TEXTS
        assert found.path == "" or found.path.startswith("/")
        assert found.text("zh")
        assert found.text("en")
    field.type.scale(field)
    field.type.storage_of(field)
    assert field.expression_type() is not None


@names
@settings(max_examples=60, deadline=None)
@given(raw=JSON)
def test_any_json_is_a_value_or_a_bad_value(name: str, raw: Any) -> None:
    field = define(name)
    assert field.type is not None
    if not field.type.examples:
        return
    value = parsed(raw, field)
    if value not in BLANKS:
        survives(value, field)
