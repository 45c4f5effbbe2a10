"""Text is readable on every ground it stands on, light and dark (WCAG 2.2 AA: 4.5 to 1)."""

from __future__ import annotations

import pytest

from tests.builder_ui.contrast import contrast, palette

GROUNDS = ("--paper", "--surface", "--sunken", "--hover")
PAIRS = [
    *((ink, ground) for ink in ("--ink", "--ink-2", "--ink-3") for ground in GROUNDS),
    ("--accent", "--surface"), ("--accent", "--paper"),
    ("--accent-strong", "--accent-soft"), ("--accent-ink", "--accent"),
    ("--danger", "--surface"), ("--danger", "--danger-soft"), ("--warn", "--warn-soft"), ("--ok", "--ok-soft"),
    ("--ink", "--mark"), ("--ink", "--bubble-in"), ("--ink", "--bubble-out"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["tokens.css", "dark.css"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(scheme: str, ink: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5, (colours[ink], colours[ground])
