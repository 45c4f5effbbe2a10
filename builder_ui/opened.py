"""Opened: a record on somebody's screen, as the parts of its page draw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder_ui.cells import record_url
from builder_ui.listing import Listing
from builder_ui.visit import Visit
from engine.records.query import RecordView
from metamodel.application import App
from metamodel.forms import Form


@dataclass(frozen=True)
class Opened:
    """A record on screen: what was read, where it belongs, and the list it was opened from."""

    visit: Visit
    app: App
    form: Form
    view: RecordView
    listing: Listing | None

    def address(self, **query: Any) -> str:
        kept = {"list": self.visit.query.get("list", "")}
        return record_url(self.app.id, self.form.id, self.view.id, **(kept | query))
