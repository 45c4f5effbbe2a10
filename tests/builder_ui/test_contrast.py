"""Text is readable on every ground it stands on, light and dark (WCAG 2.2 AA: 4.5 to 1)."""

from __future__ import annotations

import re

import pytest

from builder_ui.assets import STATIC

GROUNDS = ("--paper", "--surface", "--sunken", "--hover")
PAIRS = [
    *((ink, ground) for ink in ("--ink", "--ink-2", "--ink-3") for ground in GROUNDS),
    ("--accent", "--surface"), ("--accent", "--paper"),
    ("--accent-strong", "--accent-soft"), ("--accent-ink", "--accent"),
    ("--danger", "--surface"), ("--danger", "--danger-soft"), ("--warn", "--warn-soft"), ("--ok", "--ok-soft"),
    ("--ink", "--mark"), ("--ink", "--bubble-in"), ("--ink", "--bubble-out"),
]  # fmt: skip


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


@pytest.mark.parametrize("scheme", ["tokens.css", "dark.css"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(scheme: str, ink: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5, (colours[ink], colours[ground])
