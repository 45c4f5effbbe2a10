"""The catalogues hold exactly the words in use, each translated, with the same places to fill."""

from __future__ import annotations

import re

import pytest

from builder_ui import catalogues
from builder_ui.assets import Assets
from builder_ui.catalogues import ROOT
from builder_ui.language import translations
from builder_ui.templating import Renderer

PLACES = re.compile(r"%\(([a-z]+)\)s")


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_catalogues_hold_exactly_the_words_in_use(language: str) -> None:
    used = {key if isinstance(key, str) else key[0] for key in catalogues.words()}
    kept = {texts(message.id)[0] for message in catalogues.catalogue(language) if message.id}
    assert kept == used, "run: python -m builder_ui.catalogues"


def test_every_word_has_its_chinese() -> None:
    for message in catalogues.catalogue("zh"):
        if message.id:
            assert all(texts(message.string)), message.id
            assert not message.fuzzy, message.id


def test_translations_fill_the_same_places() -> None:
    for message in catalogues.catalogue("zh"):
        if not message.id:
            continue
        wanted = {place for text in texts(message.id) for place in PLACES.findall(text)}
        for text in texts(message.string):
            assert set(PLACES.findall(text)) <= wanted | ({"num"} if len(texts(message.id)) > 1 else set()), (
                text
            )


def test_chinese_is_chinese() -> None:
    zh = translations("zh")
    assert zh.gettext("Sign in") == "登录"
    assert zh.ngettext("%(num)s record", "%(num)s records", 2) == "%(num)s 条"
    assert translations("en").ngettext("%(num)s record", "%(num)s records", 2) == "%(num)s records"


def test_lists_are_joined_as_the_language_does_it() -> None:
    renderer = Renderer(Assets())
    for language, text in (("zh", "甲、&lt;乙&gt;"), ("en", "甲, &lt;乙&gt;")):
        joined = renderer._environments[language].from_string("{{ items|joined }}").render
        assert joined(items=["甲", "<乙>"]) == text


def test_nobody_joins_with_the_chinese_sign_himself() -> None:
    """The signs of templates, pages and what rules say come from `list_joint`."""
    ours = [ROOT, ROOT.parent / "engine" / "rules", ROOT.parent / "engine" / "designing"]
    files = [
        path for folder in ours for path in folder.rglob("*.*") if path.suffix in (".py", ".html", ".js")
    ]
    texts_of = {path: path.read_text("utf-8") for path in files if "vendor" not in path.parts}
    assert not [
        path for path, text in texts_of.items() if re.search(r"""["']、["']\.join|join\(["']、""", text)
    ]
