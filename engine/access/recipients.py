"""Who a planned recipient is today: active people of the organisation, in order, each once.

Tasks, notifications and flows ask here; the grammar is `metamodel.recipients`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.access.installation import ADMINISTRATOR, INSTALLATION
from engine.access.people import Organisation
from engine.access.viewer import Viewer
from metamodel.application import App

MANAGING = ("people", "design")  # whoever manages these owns what reaches nobody


def people_of(organisation: Organisation, concrete: Iterable[str]) -> list[str]:
    """Active people behind `role:app/id`, `person:a,b`, `manager:a,b:1` and `head:east`."""
    found = [person for text in concrete for person in _people(organisation, text)]
    return [person for person in dict.fromkeys(found) if organisation.active(person)]


def owner_of(organisation: Organisation, app: App | None) -> str | None:
    """Who gets what would reach nobody: the first who manages the app's people, else its definition."""
    roles = app.roles if app else ()
    named = app.id if app else ""
    managing = (role.id for what in MANAGING for role in roles if what in role.manages)
    return next((person for role in managing for person in organisation.members(named, role)), None)


def keeper_of(organisation: Organisation, publisher: str) -> str | None:
    """Who has the to-dos of an app that nobody answers for yet, as it is when it was imported just now: whoever
    published it, else the first of the installation's administrators. He is shown no content (`only_keeps`)."""
    if organisation.active(publisher):
        return publisher
    return next(iter(organisation.members(INSTALLATION, ADMINISTRATOR)), None)


def only_keeps(viewer: Viewer, app: str, nobody: Sequence[str]) -> bool:
    """Did it come to him because nobody was there (`nobody`: for whom it was meant), and no role of the app makes
    it his? Then he hands it on and learns nothing of the record: who manages does not read for that."""
    return bool(nobody) and not viewer.system and not viewer.roles_in(app)


def _people(organisation: Organisation, text: str) -> list[str]:
    kind, _, rest = text.partition(":")
    if kind == "role":
        app, _, role = rest.rpartition("/")
        return organisation.members(app, role)
    if kind == "manager":
        named, _, level = rest.rpartition(":")
        return [
            above
            for person in _split(organisation, named)
            if (above := _manager(organisation, person, int(level)))
        ]
    if kind == "head":
        return [head for name in rest.split(",") if (head := _head(organisation, name))]
    return _split(organisation, rest) if kind == "person" else []


def _split(organisation: Organisation, named: str) -> list[str]:
    """Ids may hold commas, though few do."""
    return [named] if named in organisation.people else named.split(",")


def _manager(organisation: Organisation, person: str, level: int) -> str | None:
    """Where the one meant has left, the next above who has not."""
    found, seen = organisation.manager_of(person, level), {person}
    while found is not None and found not in seen and not organisation.active(found):
        seen.add(found)
        found = organisation.manager_of(found)
    return found if found not in seen else None


def _head(organisation: Organisation, department: str) -> str | None:
    """The head of the department, or of the nearest above that has one."""
    seen: set[str] = set()
    current: str | None = department
    while current is not None and current not in seen:
        seen.add(current)
        known = organisation.departments.get(current)
        if known is None:
            return None
        if known.head and organisation.active(known.head):
            return known.head
        current = known.parent
    return None
