"""What a browser says it is, as somebody calls it: `Chrome · Windows`."""

from __future__ import annotations

# The first that is named wins: most browsers also name the one they descend from.
BROWSERS = (
    ("wxwork", "企业微信"), ("micromessenger", "微信"), ("dingtalk", "钉钉"), ("lark", "飞书"), ("edg", "Edge"),
    ("opr/", "Opera"), ("firefox", "Firefox"), ("chrome", "Chrome"), ("safari", "Safari"), ("curl", "curl"),
    ("python", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iphone", "iPhone"), ("ipad", "iPad"), ("android", "Android"), ("harmony", "HarmonyOS"),
    ("windows", "Windows"), ("mac os", "macOS"), ("linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> str:
    """'' when it says nothing we know."""
    lower = agent.lower()
    found = [next((name for mark, name in known if mark in lower), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found))
