"""What every analyzer keeps: options with words, a finding for each material, no matter what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from engine.plugin_loader import load_registry
from metamodel.plugin_api import Analyzer, Finding, Material

REGISTRY = load_registry()
ANALYZERS: Mapping[str, Analyzer] = REGISTRY.all("analyzer")
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)

# The least an analyzer needs to be told; one that is not here takes nothing.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "words": {"field": "a"},
    "negative_words": {"field": "a", "into": "b"},
    "response_time": {"first": "a", "average": "b", "waiting": "c", "text": "d"},
}
VALUES: Sequence[Any] = [
    None, "", "a", "合同" * 5_000, "\ud83d\ude00", "\0", "[" * 1_000, 0, -1, 1.5, True, [], ["x"], {"x": 1}, NOW,
    timedelta(1), b"\xff", object(),
]  # fmt: skip

names = pytest.mark.parametrize("name", sorted(ANALYZERS))


class House:
    now = NOW

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        return end - start

    def keywords(self, code: str) -> Sequence[str] | None:
        return None

    def names(self, app: str, form: str, field: str) -> Sequence[str]:
        return ()

    def people(self) -> Sequence[str]:
        return ()


def options_of(name: str) -> Any:
    return msgspec.convert(OPTIONS.get(name, {}), ANALYZERS[name].Options)


def found(name: str, rows: Sequence[tuple[Mapping[str, Any], ...]]) -> list[Finding]:
    materials = [Material(str(number), some) for number, some in enumerate(rows)]
    return ANALYZERS[name].find(options_of(name), materials, House())


@names
def test_it_has_words_for_people(name: str) -> None:
    for text in (ANALYZERS[name].label, ANALYZERS[name].doc):
        assert isinstance(text, Mapping)
        assert all(text[language] for language in ("zh", "en"))


@names
def test_every_option_has_a_label(name: str) -> None:
    for field in msgspec.json.schema(ANALYZERS[name].Options)["$defs"].values():
        for option in field.get("properties", {}).values():
            assert "title" in option, (name, option)


@names
def test_it_reads_something_and_says_what_it_fills(name: str) -> None:
    reads = ANALYZERS[name].reads(options_of(name))
    assert reads.fields
    assert bool(reads.form) == bool(reads.via)
    finding = found(name, [()])[0]
    assert set(finding.values) <= set(ANALYZERS[name].fills(options_of(name)))


@names
def test_each_material_has_its_finding_in_order(name: str) -> None:
    assert found(name, []) == []
    fields = ANALYZERS[name].reads(options_of(name)).fields
    some = [(dict.fromkeys(fields, value),) for value in ("合同", None, "价格")]
    together = found(name, some)
    assert together == [found(name, [one])[0] for one in some]


@names
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_whatever_stands_in_a_field_is_no_mistake_of_anybody(name: str, value: Any) -> None:
    fields = ANALYZERS[name].reads(options_of(name)).fields
    (finding,) = found(name, [(dict.fromkeys(fields, value),)])
    assert finding.words is None or all(
        isinstance(word, str) and uses > 0 for word, uses in finding.words.items()
    )


@names
def test_it_is_pure(name: str) -> None:
    fields = ANALYZERS[name].reads(options_of(name)).fields
    row = dict.fromkeys(fields, "合同价格")
    before = dict(row)
    assert found(name, [(row,)]) == found(name, [(row,)])
    assert row == before
