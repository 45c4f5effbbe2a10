"""Charts in a real browser: drawn or not, and where their bars stand."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.builder_ui.store import WIDGETS

CHARTS = [one["id"] for one in WIDGETS if one["type"] not in ("kpi", "pivot", "list") and one["id"] != "old"]


def drawn(page: Page, *widgets: str) -> None:
    for widget in widgets or CHARTS:
        expect(page.locator(f"#widget-{widget} .chart")).to_have_attribute("data-drawn", "true")


def chart(page: Page, widget: str) -> Locator:
    drawn(page, widget)
    return page.locator(f"#widget-{widget} .chart")


def bars(page: Page, widget: str) -> list[dict[str, float]]:
    """Where the first series' bars stand, left to right, in the window."""
    colour = page.evaluate("getComputedStyle(document.body).getPropertyValue('--chart-1').trim()")
    found: list[dict[str, float]] = chart(page, widget).evaluate(
        """(element, colour) => [...element.querySelectorAll('path')]
          .filter((path) => path.getAttribute('fill') === colour).map((path) => path.getBoundingClientRect().toJSON())
          .filter(({ height }) => height > 14)""",
        colour,
    )
    return sorted(found, key=lambda box: box["x"])


def middle(box: dict[str, Any]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
