"""Problem: every mistake a person can make, as data; the texts are in `texts/`.

Checks return lists of Problems and never raise. `Rejected` carries a list of
them out of a unit of work that must not happen (a save, an import, a request);
the web turns it into problem details (RFC 9457), the command line into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from metamodel.labels import label_text
from metamodel.texts import Severity, Texts as Texts, every


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable `code`, where (`path`, a JSON Pointer), and what fills the text."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def text(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.zh if language.startswith("zh") else texts.en, self.params, language)

    def hint(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.hint_zh if language.startswith("zh") else texts.hint_en, self.params, language)

    @property
    def status(self) -> int:
        return TEXTS[self.code].status

    def under(self, prefix: str) -> Problem:
        """The same problem seen from further out: its path with `prefix` before it."""
        return replace(self, path=prefix + self.path)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "path": self.path,
            "text": self.text(language),
            "hint": self.hint(language),
            "params": {name: _plain(value, language) for name, value in self.params.items()},
        }


class Rejected(Exception):
    """A unit of work refused for people's mistakes; nothing of it was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.code}: {p.text()}" for p in self.problems))


class BadValue(Exception):
    """A raw value that cannot be read as the field's type: a problem code and its params."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return f"{self.code} {self.params}"


def problem(code: str, path: str = "", **params: Any) -> Problem:
    """A Problem of a registered code, with the severity the table gives it."""
    return Problem(code, path, params, TEXTS[code].severity)


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(p.severity == "error" for p in problems)


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901) of these parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def register_texts(texts: Mapping[str, Texts]) -> None:
    """A plugin's own codes join the table; a code has one text, so a clash is a bug."""
    for code, entry in texts.items():
        if TEXTS.get(code, entry) != entry:
            raise ValueError(f"problem code {code} is taken")
        TEXTS[code] = entry


def _fill(template: str, params: Mapping[str, Any], language: str) -> str:
    return template.format_map(_Params({name: _plain(value, language) for name, value in params.items()}))


def _plain(value: Any, language: str) -> Any:
    """A param may be a label: then it is said in the reader's language."""
    if isinstance(value, Mapping):
        return label_text(value, language)
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)


class _Params(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


TEXTS = every()

CORE_CODES = frozenset(TEXTS)  # ours; plugins add theirs
