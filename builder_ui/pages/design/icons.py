"""The icons to choose from, asked for once when somebody first opens an icon picker."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.icon_choice import icon_groups
from builder_ui.pages.design.apps import APPS, designer
from builder_ui.site import Ask, Here


@get(f"{APPS}/new/icons", sync_to_thread=True)
def icon_choice(request: Ask, site: Here) -> Response[Any]:
    """A fragment: groups of buttons, found by `data-find`."""
    visit = designer(site.visit(request))
    return visit.part("design/icon_list.html", icon_groups(visit.language))


HANDLERS = (icon_choice,)
