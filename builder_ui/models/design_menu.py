"""What the menu designer shows: the menu as people will see it, what can be put there, one part's properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class MenuNode:
    """An entry. `place` is "group.item" in the draft; `about` where it leads; `seen` by which roles."""

    place: str
    label: str
    icon: str
    about: str
    seen: str
    unseen: bool
    current: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroupNode:
    place: str
    label: str
    icon: str
    items: tuple[MenuNode, ...]
    current: bool = False


@dataclass(frozen=True, slots=True)
class MenuTile:
    """Something that can be put into the menu: `item` is it as JSON, `used`: it stands there already."""

    label: str
    icon: str
    item: str
    used: bool = False
    sub: bool = False


@dataclass(frozen=True, slots=True)
class MenuTiles:
    label: str
    tiles: tuple[MenuTile, ...]


@dataclass(frozen=True, slots=True)
class MenuPart:
    """The properties of what is chosen. `usual`: the icon it has without one of its own;
    `labels`: (language, words) for each; `own` whether it has a label."""

    place: str
    title: str
    is_group: bool
    labels: tuple[tuple[str, str, str], ...]
    placeholder: str
    icon: str
    icon_words: str
    usual: str
    views: tuple[Option, ...]
    link: str | None
    roles: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MenuBody:
    groups: tuple[MenuGroupNode, ...]
    part: MenuPart | None
    tiles: tuple[MenuTiles, ...]


@dataclass(frozen=True, slots=True)
class MenuPage:
    frame: DesignFrame
    body: MenuBody
    words: Mapping[str, str]
