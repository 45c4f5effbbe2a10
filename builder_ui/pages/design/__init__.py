"""The designer's pages: one module a page; `builder_ui/design_frame.py` is the frame around them."""

from builder_ui.pages.design import (
    app,
    apps,
    bindings,
    conversion,
    expressions,
    field_types,
    form_designer,
    frame,
    icons,
    imports,
    menu,
    permissions,
    preview,
    public_forms,
    publish,
    tests,
    versions,
)

# One line a page, so that those who add one do not meet.
HANDLERS = (
    *expressions.HANDLERS,
    *frame.HANDLERS,
    *preview.HANDLERS,
    *conversion.HANDLERS,
    *public_forms.HANDLERS,
    *form_designer.HANDLERS,
    *field_types.HANDLERS,
    *menu.HANDLERS,
    *permissions.HANDLERS,
    *icons.HANDLERS,
    *apps.HANDLERS,
    *imports.HANDLERS,
    *app.HANDLERS,
    *publish.HANDLERS,
    *versions.HANDLERS,
    *bindings.HANDLERS,
    *tests.HANDLERS,
)  # fmt: skip
