"""What stands across the pages, and below the exports, of people whose roles want it: who looks, and when.

Called through the runtime by pages and by the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.access.viewer import Viewer
from metamodel.application import App


def watermark(viewer: Viewer, apps: Iterable[App], now: datetime) -> str:
    """Name, number and time of who sits there, where any role he sees it by wants it; else ''. `now` in the zone it
    is told in."""
    held = [app.role(name) for app in apps for name in viewer.roles_in(app.id)]
    if not any(role is not None and role.watermark for role in held):
        return ""
    who = viewer.looker or viewer
    return f"{who.name} {who.person} {now:%Y-%m-%d %H:%M:%S}"
