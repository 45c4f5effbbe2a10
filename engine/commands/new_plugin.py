"""`muniment plugin new field|function NAME`: a plugin that works, and a test of it, to be changed.

What it writes is a whole module: the example a person begins with says more than a page of words.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path

import click

from engine.config import Config

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
KINDS = ("field", "function")


@click.command("new")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where plugins/ is; else the data directory.",
)
def new_plugin(kind: str, name: str, into: Path | None) -> None:
    """A new plugin with its test, ready to be changed. It is loaded when the server starts."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise click.ClickException(
            f"{name}: a plugin's name is small letters, digits and _, and begins with a letter"
        )
    folder = (into or Config.from_environment().data) / "plugins"
    for path, text in plugin_files(kind, name, folder).items():
        if path.exists():
            raise click.ClickException(f"{path} is there already")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(path)


def plugin_files(kind: str, name: str, folder: Path) -> dict[Path, str]:
    """What is written, by where: the plugin, and beside the folder a test that loads it as the server does."""
    words = {
        "@name@": name,
        "@NAME@": name.upper(),
        "@Class@": "".join(part.title() for part in name.split("_")),
    }
    module, test = (FIELD, FIELD_TEST) if kind == "field" else (FUNCTION, FUNCTION_TEST)
    return {
        folder / f"{name}.py": _filled(module, words),
        folder / "tests" / f"test_{name}.py": _filled(test, words),
    }


def _filled(text: str, words: dict[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


FIELD = '''"""@name@: a field type. Say here what its values are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    TEXT_OPERATORS,
    BadValue,
    Field,
    Options,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class @Class@Options(Options, frozen=True):
    longest: Annotated[int, labelled("最多字数", "Longest", ge=1, le=1000)] = 40


class @Class@(Field):
    name = "@name@"
    label = {"zh": "@name@", "en": "@Class@"}
    doc = {"zh": "说明这种字段存什么", "en": "Say what it keeps"}
    icon = "text"
    group = "text"  # of the palette: text number choice time people file relation system
    keywords = ()  # other words people look for it by
    searchable = True
    operators = TEXT_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = "text"  # one of the controls docs/plugins.md names; macros of its own go into `markup`
    phone = ""  # another control on a phone, like "scan"; blank: the same
    filter = ""  # another control where lists are filtered; blank: that of its storage kind
    Options = @Class@Options
    texts = {
        "@name@.unreadable": Texts("“{text}”读不懂", "“{text}” cannot be read"),
        "@name@.too_long": Texts("最多 {most} 个字", "At most {most} characters"),
    }
    examples = (("  Ａ-1 ", "A-1"),)  # what may be sent, and its JSON: run as tests

    # When options change their meaning: options_version = 2, upgrade_options, and a sample of the old ones here.
    old_options = ()

    def upgrade_options(self, old_version: int, options: Mapping[str, Any]) -> Mapping[str, Any]:
        return options

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        """Forgiving with people, exact with machines: parse(to_json(value)) == value."""
        text = fold(clean_text(raw, limit=4000)).upper()
        if not text.isprintable():
            raise BadValue("@name@.unreadable", text=excerpt(raw))
        return text

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        most = options_of(field, @Class@Options).longest
        return [problem("@name@.too_long", most=most)] if len(value) > most else []


def register(registry: Registry) -> None:
    registry.add(@Class@())
'''

FIELD_TEST = '''"""@name@ is loaded as the server loads it, and keeps what every field type keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.plugin_loader import load_registry
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Display

REGISTRY = load_registry(Path(__file__).parents[2])
TYPE = REGISTRY.get("field", "@name@")
FIELD = FieldDefinition("it", "@name@", TYPE, "it", msgspec.convert(dict(TYPE.example_options), TYPE.Options))


def test_it_loads() -> None:
    assert REGISTRY.problems == []


@pytest.mark.parametrize(("sent", "expected"), TYPE.examples)
def test_what_is_sent_is_kept_exactly(sent: Any, expected: Any) -> None:
    value = TYPE.parse(sent, FIELD)
    kept = json.loads(json.dumps(TYPE.to_json(value, FIELD)))
    assert kept == expected
    assert TYPE.parse(kept, FIELD) == value
    assert TYPE.check(value, FIELD) == []
    assert all(TYPE.display(value, FIELD, Display(language)) for language in ("zh", "en"))


@pytest.mark.parametrize("raw", ["\\0", "x\\ud800", "a" * 10_485_760, {}, [1], 1e400, True, object()], ids=repr)
def test_what_is_wrong_is_told(raw: Any) -> None:
    try:
        TYPE.check(TYPE.parse(raw, FIELD), FIELD)
    except BadValue as error:
        assert error.code


def test_old_options_are_brought_up() -> None:
    """Of every older version a sample is kept, and it becomes what today's options are."""
    assert {version for version, _, _ in TYPE.old_options} == set(range(1, TYPE.options_version))
    for version, old, now in TYPE.old_options:
        assert dict(TYPE.upgrade_options(version, old)) == now
        msgspec.convert(now, TYPE.Options)
'''

FUNCTION = '''"""@NAME@: a function of expressions. Say here what it works out."""

from __future__ import annotations

from metamodel.plugin_api import NUMBER, TEXT, Argument, Function, Registry, bilingual


def @name@(text: str) -> int:
    """Texts are never None but '', lists never None but []; everything else may be."""
    return len(text.split())


def register(registry: Registry) -> None:
    registry.add(
        Function(
            "@NAME@",
            (Argument("text", TEXT),),
            NUMBER,
            @name@,
            group="text",
            label=bilingual("@NAME@", "@NAME@ in English"),
            doc=bilingual("说明它算出什么", "Say what it works out"),
            plain=True,  # how many tells nobody the text: the result of something sealed may be shown
            sql=None,  # lambda ops, text: …, where a database can do it too
            examples=(("@NAME@('one two')", {}, 2), ("@NAME@('')", {}, 0)),
        )
    )
'''

FUNCTION_TEST = '''"""@NAME@ is loaded as the server loads it, and its examples are true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.expressions import EvaluationContext, compile_expression
from engine.expressions.given import check_given, to_json
from engine.plugin_loader import load_registry

REGISTRY = load_registry(Path(__file__).parents[2])
FUNCTION = REGISTRY.get("function", "@NAME@")
CONTEXT = EvaluationContext(now=datetime(2026, 11, 20, 1, 0, tzinfo=UTC))


def test_it_loads() -> None:
    assert REGISTRY.problems == []


@pytest.mark.parametrize(("text", "given", "expected"), FUNCTION.examples)
def test_its_examples(text: str, given: Mapping[str, Any], expected: Any) -> None:
    expression, values, problems = check_given(text, given, REGISTRY, CONTEXT)
    assert expression is not None, problems
    assert to_json(compile_expression(expression, REGISTRY)(values, CONTEXT)) == expected


@pytest.mark.parametrize("text", ["", "\\n\\t", "a" * 3000, "👩‍👩‍👧", "١٢"], ids=repr)
def test_any_text_is_answered(text: str) -> None:
    FUNCTION.call(text)
'''
