"""Every page's router, in one list: what there is."""

from __future__ import annotations

from builder_ui.pages import assets, bulk, edit, files, home, listing, proofs, record, search, sign_in

ROUTERS = [
    assets.router, sign_in.router, home.router, listing.router, bulk.router, record.router, edit.router,
    search.router, proofs.router, files.router,
]  # fmt: skip
