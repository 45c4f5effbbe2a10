"""Pages under /admin/retention: rules and their activation, holds, the simulator, what was shredded."""

from builder_ui.pages.retention import forecasts, gone, holds, rules

HANDLERS = (*rules.HANDLERS, *holds.HANDLERS, *forecasts.HANDLERS, *gone.HANDLERS)
