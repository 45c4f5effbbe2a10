"""The catalogues hold exactly the words in use, each translated, with the same places to fill."""

from __future__ import annotations

import re

import pytest

from builder_ui import catalogues
from builder_ui.language import translations

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
