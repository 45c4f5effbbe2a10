"""Web addresses."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset


def _url(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "url",
            "网址",
            "Web address",
            "link",
            r"https?://[^\s<>\"/?#:]+(:[0-9]{1,5})?([/?#][^\s<>\"]*)?",
            _url,
            (("example.com/a", "https://example.com/a"),),
            ("链接", "网站", "link", "website"),
        )
    )
