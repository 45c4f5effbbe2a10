"""The plugins that docs/plugins.md shows are real files: they load as a third party's and keep the contract."""

from __future__ import annotations

import json
import re
import shutil
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from builder_ui.assets import Assets
from builder_ui.drawing import Presenter
from builder_ui.models.inputs import Input
from builder_ui.templating import Renderer
from engine.expressions import EvaluationContext, compile_expression
from engine.expressions.given import check_given, to_json
from engine.plugin_loader import load_registry
from metamodel.application import App
from metamodel.document_tables import field_guide
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Display, Patterns, RawMessage, Registry
from tests.contract.field_promises import old_options_are_brought_up, survives

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "plugins.md"
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.py"))


@pytest.fixture
def third_party(tmp_path: Path) -> Registry:
    """A registry as of an installation with the examples in its data directory."""
    (tmp_path / "plugins").mkdir()
    for path in EXAMPLES:
        shutil.copy(path, tmp_path / "plugins")
    registry = load_registry(tmp_path)
    assert registry.problems == []
    return registry


def test_the_page_shows_the_files_as_they_are() -> None:
    shown = dict(re.findall(r"<!-- (\S+) -->\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    assert sorted(shown) == [path.relative_to(ROOT).as_posix() for path in EXAMPLES]
    for name, code in shown.items():
        assert code == (ROOT / name).read_text("utf-8"), f"copy {name} into docs/plugins.md again"


def test_the_page_of_field_types_is_todays(registry: Registry) -> None:
    page = (ROOT / "docs" / "field-types.md").read_text("utf-8")
    assert field_guide(registry) in page, "stale: run .venv/bin/python scripts/refresh_docs.py"
    assert all(f"### `{name}`" in page for name in registry.all("field"))


def test_the_field_type(third_party: Registry) -> None:
    type_ = third_party.get("field", "plate_number")
    assert third_party.source_of("field", "plate_number") == "plate_number.py"
    assert len(type_.old_options) == 2
    old_options_are_brought_up(type_)
    options = msgspec.convert({"provinces": ["沪"]}, type_.Options)
    field = FieldDefinition("plate", "plate_number", type_, "车牌", options)
    for raw, expected in type_.examples:
        value = type_.parse(raw, field)
        assert type_.to_json(value, field) == expected
        survives(value, field)
    assert [found.code for found in type_.check("粤BD12345", field)] == ["plate.elsewhere"]
    with pytest.raises(BadValue):
        type_.parse("no plate", field)


@pytest.mark.parametrize("forgotten", ["upgrade_options", "old_options", "options_version"])
def test_the_field_type_without_its_past(third_party: Registry, forgotten: str) -> None:
    type_ = copy(third_party.get("field", "plate_number"))
    vars(type_)[forgotten] = {
        "upgrade_options": lambda version, options: options, "old_options": (), "options_version": 3,
    }[forgotten]  # fmt: skip
    with pytest.raises((AssertionError, msgspec.ValidationError)):
        old_options_are_brought_up(type_)


def test_the_function(third_party: Registry) -> None:
    function, context = (
        third_party.get("function", "HALF_YEAR"),
        EvaluationContext(now=datetime(2026, 11, 20, tzinfo=UTC)),
    )
    for text, given, expected in function.examples:
        expression, values, problems = check_given(text, given, third_party, context)
        assert expression is not None, problems
        assert to_json(compile_expression(expression, third_party)(values, context)) == expected


def test_a_type_draws_itself_in_a_page(third_party: Registry) -> None:
    types = third_party.all("field")
    renderer = Renderer(Assets(), markup={name: kind.markup for name, kind in types.items() if kind.markup})
    type_ = types["plate_number"]
    field = FieldDefinition("plate", "plate_number", type_, "车牌", type_.Options())
    cell = Presenter("cars", Display()).cell(field, "沪A12345", "沪A12345")
    macros = renderer._environments["zh"].get_template("parts/cells.html").module
    assert "<strong>沪A·12345</strong>" in str(macros.value(cell))
    assert "沪A12345" in str(macros.inline(cell))  # what it leaves out is text
    inputs = renderer._environments["zh"].get_template("parts/inputs.html").module
    edited = Input("plate", "plate", "车牌", value="沪A12345", type="plate_number")
    usual, _, phone = str(inputs.control(edited)).partition("<template")
    assert ("autocapitalize" in usual, "autocapitalize" in phone) == (False, True)
    asked = str(inputs.control(replace(edited, form="filter")))
    assert 'placeholder="沪A"' in asked
    assert "<template" not in asked


def test_the_connector(third_party: Registry) -> None:
    connector = third_party.get("connector", "guestbook")
    (message,) = connector.parse(connector.sample(None), None)
    assert (message.sender.name, message.text, message.conversation_id) == ("李雷", "你们周末开门吗", "李雷")
    for broken in (b"", b"no parts", b"x|y|z", b"2026-11-20 | | words"):
        with pytest.raises(BadValue):
            connector.parse(RawMessage(broken), None)


def test_the_pattern(third_party: Registry) -> None:
    badge = third_party.get("pattern", "staff_badge")
    for text, masked in badge.examples:
        assert Patterns([badge]).mask(text) == masked


def test_the_channels_that_the_operators_page_shows_are_sane(registry: Registry) -> None:
    page = (ROOT / "docs" / "channels.md").read_text("utf-8")
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    channels = [block for block in shown if "connector" in block]
    assert len(channels) == 2
    for channel in channels:
        connector = registry.get("connector", channel["connector"])
        options = msgspec.convert(channel["options"], connector.Options)
        assert connector.check_options(options, App("a", "A")) == []
