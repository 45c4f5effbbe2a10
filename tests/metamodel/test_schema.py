"""The published schema, and the errors of shape in words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import jsonpatch
import msgspec
import pytest
from jsonschema import Draft202012Validator

from metamodel.application import load
from metamodel.plugin_api import Field, Options, Registry
from metamodel.schema import options_validator, schema
from metamodel.shape import check_options_shape, check_shape, nearest
from tests.metamodel.samples import CASES, SAMPLE


class Row(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Probe(Options, frozen=True):
    count: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    kind: Literal["a", "b"] = "a"
    label: str | dict[str, str] = ""
    rows: Annotated[list[Row], msgspec.Meta(max_length=2)] = msgspec.field(default_factory=list)
    either: Row | int | None = None
    text: Annotated[str, msgspec.Meta(min_length=1, pattern="^x")] = "x"
    by_name: dict[str, int] = msgspec.field(default_factory=dict)


class ProbeField(Field):
    name = "probe"
    label = "Probe"
    Options = Probe


# (options, [(path, code)])
SHAPES: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, []),
    ({"count": 5, "kind": "b", "label": {"zh": "x"}, "either": {"name": "y"}, "rows": [{"name": "z"}]}, []),
    ({"count": 0}, [("/o/count", "shape.too_small")]),
    ({"count": 10}, [("/o/count", "shape.too_large")]),
    ({"count": 1.5}, [("/o/count", "shape.type")]),
    ({"count": True}, [("/o/count", "shape.type")]),
    ({"share": 0}, [("/o/share", "shape.too_small")]),
    ({"share": 1}, [("/o/share", "shape.too_large")]),
    ({"kind": "c"}, [("/o/kind", "shape.choice")]),
    ({"label": 5}, [("/o/label", "shape.type")]),
    ({"label": {"zh": 5}}, [("/o/label/zh", "shape.type")]),
    ({"either": "x"}, [("/o/either", "shape.type")]),
    ({"either": {"nam": "x"}}, [("/o/either", "shape.missing"), ("/o/either/nam", "shape.unknown_key")]),
    ({"rows": [{"name": 1}, {}]}, [("/o/rows/0/name", "shape.type"), ("/o/rows/1", "shape.missing")]),
    ({"rows": [{"name": "a"}] * 3}, [("/o/rows", "shape.too_many")]),
    ({"text": ""}, [("/o/text", "shape.too_few"), ("/o/text", "shape.pattern")]),
    ({"text": "y"}, [("/o/text", "shape.pattern")]),
    ({"by_name": {"a": "b"}}, [("/o/by_name/a", "shape.type")]),
    ({"cuont": 1, "colour": 2}, [("/o/cuont", "shape.unknown_key"), ("/o/colour", "shape.unknown_key")]),
    ({"count": 0, "kind": "c"}, [("/o/count", "shape.too_small"), ("/o/kind", "shape.choice")]),
]


@pytest.mark.parametrize(("options", "expected"), SHAPES)
def test_shapes_of_options(options: Any, expected: list[tuple[str, str]]) -> None:
    found = check_options_shape(Probe, options, "/o")
    assert sorted((p.path, p.code) for p in found) == sorted(expected)
    for problem in found:
        assert "?" not in problem.text("zh") + problem.text("en") + problem.hint("zh") + problem.hint("en")


def test_the_words_of_a_wrong_kind() -> None:
    (found,) = check_options_shape(Probe, {"either": "x"}, "")
    assert found.text("en") == 'This should be a whole number or an object {…} or null; it is "x"'
    assert found.text("zh") == '这里应是整数或对象 {…}或空，现在是 "x"'


def test_an_unknown_key_is_told_what_it_may_have_been() -> None:
    (found,) = check_options_shape(Probe, {"cuont": 1}, "")
    assert found.hint("en") == "Known: count"
    assert nearest("zzz", ["b", "a"]) == "a, b"


def test_validators_are_made_once() -> None:
    assert options_validator(Probe) is options_validator(Probe)


# -- the published schema --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(registry: Any) -> Draft202012Validator:
    made = schema(registry)
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def test_the_published_schema_accepts_the_sample(published: Draft202012Validator) -> None:
    assert list(published.iter_errors(SAMPLE)) == []


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_the_published_schema_agrees_with_load(
    case: Any, published: Draft202012Validator, registry: Any
) -> None:
    """It refuses exactly what load finds misshapen, and names nobody registered."""
    document = jsonpatch.apply_patch(SAMPLE, case["patch"])
    _, problems = load(document, registry)
    about_shape = ("shape.", "id.pattern", "app.format")
    refused = [p for p in problems if p.code.startswith(about_shape) or p.code.endswith("unknown_type")]
    if "node" in case["name"]:
        return  # nodes come with their interpreter; until then the schema leaves them open
    assert bool(list(published.iter_errors(document))) == bool(refused)


def test_every_registered_name_is_published(registry: Any) -> None:
    made = schema(registry)
    assert made["$schema"].endswith("2020-12/schema")
    assert set(made["$defs"]["field"]["properties"]["type"]["enum"]) == set(registry.all("field"))
    assert {case["if"]["properties"]["type"]["const"] for case in made["$defs"]["field"]["allOf"]} == set(
        registry.all("field")
    )


def test_a_plugin_brings_its_options(registry: Registry) -> None:
    with registry.temporarily(ProbeField()):
        document = {
            "muniment": 1, "app": {"id": "a"},
            "forms": [{"id": "f", "fields": [{"id": "x", "type": "probe", "options": {"count": 0}}]}],
        }  # fmt: skip
        errors = list(Draft202012Validator(schema(registry)).iter_errors(document))
        assert [list(error.absolute_path) for error in errors] == [
            ["forms", 0, "fields", 0, "options", "count"]
        ]
        _, problems = load(document, registry)
        assert ("/forms/0/fields/0/options/count", "shape.too_small") in [(p.path, p.code) for p in problems]


def test_the_core_alone() -> None:
    assert check_shape(SAMPLE) == []
    assert [p.path for p in check_shape({"muniment": 1, "app": {"id": "a"}, "rules": 5, "roles": [1]})] == [
        "/roles/0", "/rules",
    ]  # fmt: skip
