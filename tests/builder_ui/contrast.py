"""The colours of a style sheet, and how far two of them stand apart (WCAG 2.2)."""

from __future__ import annotations

import re

from builder_ui.assets import STATIC


def palette(name: str) -> dict[str, str]:
    text = (STATIC / "css" / name).read_text("utf-8")
    return dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
