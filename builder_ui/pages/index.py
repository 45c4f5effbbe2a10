"""Every page's handlers under one router: what there is."""

from __future__ import annotations

from litestar import Router

from builder_ui.pages import (
    access,
    account,
    accounts,
    around,
    assets,
    audit,
    boards,
    bulk,
    channels,
    design,
    edit,
    evidence,
    exporting,
    files,
    home,
    importing,
    invitation,
    kept_typing,
    keys,
    linked,
    listing,
    notifications,
    organisation,
    packages,
    placing,
    printing,
    proofs,
    public_form,
    record,
    recycle_bin,
    requests,
    retention,
    rules,
    saved,
    search,
    see_as,
    sign_in,
    sign_in_with,
    tasks,
    unmasking,
    web_hooks,
)

MODULES = (
    assets, public_form, sign_in, sign_in_with, invitation, account, accounts,
    home, boards, listing, placing, saved, bulk, importing, exporting, record, printing, around, linked, recycle_bin,
    edit, kept_typing, search, see_as, channels, proofs, evidence, files, tasks, requests, notifications, rules,
    packages, audit, web_hooks, organisation, unmasking, keys, retention, access, design,
)  # fmt: skip
# One router: handlers of one path must meet in it, whichever module they come from.
router = Router("/", route_handlers=[handler for module in MODULES for handler in module.HANDLERS])
