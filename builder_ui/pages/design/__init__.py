"""The designer's pages: one module a page; `builder_ui/design_frame.py` is the frame around them."""

from builder_ui.pages.design import (
    app,
    apps,
    expressions,
    form_designer,
    frame,
    imports,
    menu,
    permissions,
    preview,
)

# One line a page, so that those who add one do not meet.
HANDLERS = (
    *expressions.HANDLERS,
    *frame.HANDLERS,
    *preview.HANDLERS,
    *form_designer.HANDLERS,
    *menu.HANDLERS,
    *permissions.HANDLERS,
    *apps.HANDLERS,
    *imports.HANDLERS,
    *app.HANDLERS,
)  # fmt: skip
