"""The words of one problem code."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "hint"]


class Texts(NamedTuple):
    """The words of one problem code; `{name}` places are filled from `params`."""

    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    severity: Severity = "error"
    status: int = 422  # the HTTP status when a request is rejected for this
