"""Colours of charts: seen on their ground, and told apart by people who see red and green alike."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from tests.builder_ui.contrast import contrast, palette

SERIES = [f"--chart-{number}" for number in range(1, 9)]
Matrix = tuple[tuple[float, float, float], ...]
# How light reaches an eye without the cones for red, for green (Machado, Oliveira, Fernandes 2009).
EYES: dict[str, Matrix] = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}  # fmt: skip
APART = 15  # a difference in CIELAB that is seen without looking for it


def light(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def lab(colour: str, eye: Matrix) -> tuple[float, float, float]:
    """The colour as this eye has it, in CIELAB."""
    seen = (sum(a * b for a, b in zip(row, light(colour), strict=True)) for row in eye)
    red, green, blue = (min(1.0, max(0.0, part)) for part in seen)
    white = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in white)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", ["tokens.css", "dark.css"])
def test_every_series_is_seen_on_its_ground(scheme: str) -> None:
    colours = palette(scheme)
    for name in (*SERIES, "--chart-rest"):
        assert contrast(colours[name], colours["--surface"]) >= 3, name
    for name in SERIES:
        assert contrast(colours[name], colours["--chart-ink"]) >= 3, name


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", ["tokens.css", "dark.css"])
def test_series_are_told_apart(scheme: str, eye: str) -> None:
    colours = palette(scheme)
    for one, other in combinations(SERIES, 2):
        distance = math.dist(lab(colours[one], EYES[eye]), lab(colours[other], EYES[eye]))
        assert distance >= APART, (one, other, round(distance, 1))


@pytest.mark.parametrize("scheme", ["tokens.css", "dark.css"])
def test_heat_runs_away_from_the_ground(scheme: str) -> None:
    colours = palette(scheme)
    low, high, ground = colours["--heat-low"], colours["--heat-high"], colours["--surface"]
    assert contrast(low, ground) < 1.3
    assert contrast(high, ground) > 7
