"""Templates: words with `{path}` places, in one language or several. Titles of to-dos, texts of notices.

Checked when the rule is saved; filled in by the rule interpreter, with values as people read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from metamodel.labels import Label
from metamodel.problems import Problem, pointer, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope

_PLACE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def places(text: str) -> list[str]:
    """The paths a text names, in order."""
    return _PLACE.findall(text)


def check_template(scope: ActionScope, template: Label, path: str, plain: bool) -> list[Problem]:
    """Every place is a field; with `plain` none of them sealed."""
    if isinstance(template, str):
        return list(_check_text(scope, template, path, plain))
    by_language = (
        _check_text(scope, text, path + pointer(language), plain) for language, text in template.items()
    )
    return [found for texts in by_language for found in texts]


def _check_text(scope: ActionScope, text: str, path: str, plain: bool) -> Iterator[Problem]:
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest or not all(map(_PATH.fullmatch, places(text))):
        yield problem("rule.bad_template", path)
        return
    for place in dict.fromkeys(places(text)):
        yield from scope.check_expression(place, path, plain=plain)


def filled(template: Label, show: Callable[[str, str], str]) -> Label:
    """The template with each place shown: `show(path, language)`."""
    if isinstance(template, str):
        return _filled(template, "zh", show)
    return {language: _filled(text, language, show) for language, text in template.items()}


def _filled(text: str, language: str, show: Callable[[str, str], str]) -> str:
    return _PLACE.sub(lambda found: show(found[1], language), text).strip()
