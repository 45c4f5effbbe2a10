"""The pages with which an installation is managed, and who sees them in the menu.

One row a page. What a page lets somebody do it checks itself; here only whether it is worth showing.
"""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.shell import MenuEntry
from builder_ui.visit import Visit


@dataclass(frozen=True, slots=True)
class Place:
    """`duties`: any of these in any app opens it; none: everybody. `use`: this viewer has one anyhow."""

    address: str
    label: str
    icon: str
    duties: tuple[str, ...] = ()
    use: bool = False


def places(visit: Visit) -> tuple[Place, ...]:
    """In the order of the menu."""
    return (
        Place(
            "/design",
            visit.text("Design apps"),
            "grid",
            ("design",),
            visit.runtime.designing.designs(visit.viewer),
        ),
        Place("/admin/people", visit.text("Organisation"), "people", ("people",)),
        Place("/admin/accounts", visit.text("Accounts and sign-in"), "person", ("people",)),
        Place(
            "/admin/access",
            visit.text("Access"),
            "key",
            ("access",),
            visit.runtime.emergencies.may_break(visit.viewer),
        ),
        Place("/admin/audit", visit.text("Audit trail"), "eye", ("audit",)),
        Place("/admin/retention", visit.text("Retention and holds"), "hourglass", ("retention",)),
        Place("/admin/web-hooks", visit.text("Web hooks"), "external", ("channels",)),
        Place("/evidence", visit.text("Evidence"), "shield"),
        Place("/packages", visit.text("Evidence packages"), "archive", ("retention", "audit")),
        Place("/admin/keys", visit.text("Keys and operations"), "key", ("keys",)),
    )


def entries(visit: Visit) -> tuple[MenuEntry, ...]:
    """Those of them this viewer has a use for."""
    runtime, path = visit.runtime, visit.request.url.path
    return tuple(
        MenuEntry(place.label, place.address, place.icon, path.startswith(place.address))
        for place in places(visit)
        if place.use
        or not place.duties
        or any(runtime.manages_anywhere(visit.viewer, duty) for duty in place.duties)
    )
