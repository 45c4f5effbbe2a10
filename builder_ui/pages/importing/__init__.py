"""Records in from a spreadsheet: four steps, each an address of its own."""

from __future__ import annotations

from builder_ui.pages.importing import run, start

HANDLERS = (*start.HANDLERS, *run.HANDLERS)
