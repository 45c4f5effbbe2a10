"""Problem: every mistake a person can make, as data; all texts in one table.

Checks return lists of Problems and never raise. `Rejected` carries a list of
them out of a unit of work that must not happen (a save, an import, a request);
the web turns it into problem details (RFC 9457), the command line into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning", "hint"]


class Texts(NamedTuple):
    """The words of one problem code; `{name}` places are filled from `params`."""

    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    severity: Severity = "error"
    status: int = 422  # the HTTP status when a request is rejected for this


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable `code`, where (`path`, a JSON Pointer), and what fills the text."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def text(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.zh if language.startswith("zh") else texts.en, self.params)

    def hint(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.hint_zh if language.startswith("zh") else texts.hint_en, self.params)

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
            "params": {name: _plain(value) for name, value in self.params.items()},
        }


class Rejected(Exception):
    """A unit of work refused for people's mistakes; nothing of it was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.code}: {p.text()}" for p in self.problems))


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


def _fill(template: str, params: Mapping[str, Any]) -> str:
    return template.format_map(_Params({name: _plain(value) for name, value in params.items()}))


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)


class _Params(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


# One line a code, `area.reason`. Sections are in alphabetical order of area.
TEXTS: dict[str, Texts] = {
    # access
    "access.denied": Texts("您没有权限进行此操作", "You are not allowed to do this", status=403),
    "access.signed_out": Texts("请先登录", "Please sign in first", status=401),
    # app
    "app.unknown": Texts("应用“{app}”不存在", "There is no app “{app}”", status=404),
    # form
    "form.unknown": Texts("表单“{form}”不存在", "There is no form “{form}”", status=404),
    # record
    "record.unknown": Texts(
        "记录“{record}”不存在，或您无权查看",
        "There is no record “{record}”, or you may not see it",
        status=404,
    ),
    "record.changed": Texts(
        "记录已被他人修改",
        "Somebody changed this record meanwhile",
        "请刷新后再保存",
        "Reload, then save again",
        status=409,
    ),
    "record.frozen": Texts(
        "“{field}”是存证字段，不能修改", "“{field}” is evidence and cannot be changed", status=409
    ),
    # value
    "value.required": Texts("请填写“{field}”", "“{field}” is required"),
    "value.not_writable": Texts("“{field}”不能由您填写", "“{field}” is not yours to write", status=403),
    "value.unknown_field": Texts("没有字段“{field}”", "There is no field “{field}”"),
}
