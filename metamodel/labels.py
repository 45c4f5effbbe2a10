"""A label: what a person reads beside a part, in one or several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

Label = str | Mapping[str, str]


def label_text(label: Label | None, language: str = "zh", fallback: str = "") -> str:
    """The label's words in `language`, else in any language it has, else `fallback`."""
    if label is None:
        return fallback
    if isinstance(label, str):
        return label or fallback
    short = language.split("-")[0].split("_")[0]
    return label.get(language) or label.get(short) or next(iter(label.values()), fallback)


def is_label(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    )


def labelled(zh: str, en: str, *, picks: str = "", **limits: Any) -> msgspec.Meta:
    """An option's words and limits: `Annotated[int, labelled("小数位", "Decimals", ge=0, le=6)] = 2`.
    Where it may be absent, limits stand inside: `Annotated[int, labelled(…, ge=1)] | None = None`.

    `picks`: what a text names, so that a property panel offers it: `app`, `form`, `field` (of the own form), `link`
    (a link field of it), `field of OPTION` and `link of OPTION` (of the form which that option names or points at),
    `expression`, `expression of OPTION`, `color`."""
    extra = {"label": {"zh": zh, "en": en}, **({"picks": picks} if picks else {})}
    return msgspec.Meta(extra=extra, extra_json_schema={"title": en}, **limits)
