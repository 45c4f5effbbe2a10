"""Pages under /admin/people: people and departments, one person, leaving, posts, roles, warnings, import."""

from builder_ui.pages.organisation import (
    departments,
    importing,
    leaving,
    people,
    person,
    posts,
    roles,
    warnings,
)

HANDLERS = (
    *people.HANDLERS,
    *person.HANDLERS,
    *leaving.HANDLERS,
    *departments.HANDLERS,
    *posts.HANDLERS,
    *roles.HANDLERS,
    *warnings.HANDLERS,
    *importing.HANDLERS,
)
