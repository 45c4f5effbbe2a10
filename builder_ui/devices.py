"""What a browser says it is, as somebody calls it: `Chrome · Windows`."""

from __future__ import annotations

from collections.abc import Sequence

from metamodel.labels import Label, label_text

# The first that is named wins: most browsers also name the one they descend from.
BROWSERS = (
    ("wxwork", {"zh": "企业微信", "en": "WeCom"}), ("micromessenger", {"zh": "微信", "en": "WeChat"}),
    ("dingtalk", {"zh": "钉钉", "en": "DingTalk"}), ("lark", {"zh": "飞书", "en": "Lark"}), ("edg", "Edge"),
    ("opr/", "Opera"), ("firefox", "Firefox"), ("chrome", "Chrome"), ("safari", "Safari"), ("curl", "curl"),
    ("python", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iphone", "iPhone"), ("ipad", "iPad"), ("android", "Android"), ("harmony", "HarmonyOS"),
    ("windows", "Windows"), ("mac os", "macOS"), ("linux", "Linux"),
)  # fmt: skip


def device_of(agent: str, language: str) -> str:
    """'' when it says nothing we know."""
    lower = agent.lower()
    tables: tuple[Sequence[tuple[str, Label]], ...] = (BROWSERS, SYSTEMS)
    found = [next((name for mark, name in table if mark in lower), "") for table in tables]
    return " · ".join(label_text(name, language) for name in found if name)
