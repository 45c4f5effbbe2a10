"""The icons to choose from: each is drawn, stands once, and is found by Chinese, pinyin, initials and English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import builder_ui
from builder_ui.icon_choice import GROUPS, icon_groups, icon_label

SPRITE = (Path(builder_ui.__file__).parent / "static/icons.svg").read_text("utf-8")


def test_each_icon_is_drawn_and_stands_once() -> None:
    names = [name for icons in GROUPS.values() for name in icons]
    assert len(names) == len(set(names))
    assert set(names) <= set(re.findall(r'<symbol id="([^"]+)"', SPRITE))


@pytest.mark.parametrize(
    ("typed", "found"),
    [("合同", "contract"), ("hetong", "contract"), ("ht", "contract"), ("contract", "contract"),
     ("cangku", "warehouse"), ("货物", "box"), ("cart", "cart"), ("chuchai", "plane"), ("zzz", "")],
)  # fmt: skip
def test_an_icon_is_found_in_either_language(typed: str, found: str) -> None:
    for language in ("zh", "en"):
        hits = [one.name for group in icon_groups(language) for one in group.icons if typed in one.find]
        assert (found in hits) if found else not hits


def test_icons_are_called_what_people_call_them() -> None:
    assert (icon_label("contract", "zh"), icon_label("contract", "en")) == ("合同", "contract")
    assert icon_label("of_somebody_else", "zh") == "of_somebody_else"
