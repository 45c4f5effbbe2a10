"""Every page's handlers under one router: what there is."""

from __future__ import annotations

from litestar import Router

from builder_ui.pages import (
    assets,
    bulk,
    channels,
    edit,
    files,
    home,
    listing,
    proofs,
    record,
    search,
    sign_in,
)

MODULES = (assets, sign_in, home, listing, bulk, record, edit, search, channels, proofs, files)
# One router: handlers of one path must meet in it, whichever module they come from.
router = Router("/", route_handlers=[handler for module in MODULES for handler in module.HANDLERS])
