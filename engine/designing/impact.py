"""What publishing a draft would mean, in numbers: rows, values that would be parked, who is touched, whom no
form lets in.

The publish dialog asks; nothing is changed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.database import Database
from engine.designing.drafting import Designing, Preview, Told
from engine.migrate import Weight, plan_against, row_counts, weigh
from metamodel.application import App
from metamodel.forms import Form


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A form people do not get to. `closed`: no role opens it; `unlisted`: there is a menu, and it is not in it. `new`:
    not published yet, so nobody was asked about it before."""

    form: Form
    closed: bool
    unlisted: bool
    new: bool = True


@dataclass(frozen=True, slots=True)
class Impact:
    """`lost` are the steps that park something; `weights` all of them, in order."""

    preview: Preview
    app: App | None
    weights: tuple[Weight, ...]
    unreachable: tuple[Unreachable, ...]

    @property
    def lost(self) -> tuple[Weight, ...]:
        return tuple(
            one for one in self.weights if one.step.name in ("park_field", "park_form", "replace_field")
        )


class Impacts:
    def __init__(self, database: Database, applications: Applications, designing: Designing) -> None:
        self._database, self._applications, self._designing = database, applications, designing

    def of(self, viewer: Viewer, app: str) -> Impact:
        """Of the newest draft. Rejected: access.denied, app.unknown."""
        preview = self._designing.preview(viewer, app)
        read = self._designing.look(viewer, app, preview.draft.revision).app
        if read is None:
            return Impact(preview, None, (), ())
        with self._database.read() as connection:
            weights = tuple(weigh(connection, plan_against(connection, read, self._published(app))))
        before = self._applications.get(app) if preview.version else None
        return Impact(preview, read, weights, tuple(unreachable(read, before)))

    def _published(self, app: str) -> App | None:
        return self._applications.get(app) if app in self._applications.served() else None

    def records(self, app: str) -> dict[str, int]:
        """How many records each form of a published app has: numbers only, for those who design it."""
        with self._database.read() as connection:
            return row_counts(connection, app)


def touched(told: Told) -> Mapping[str, int]:
    """How many rules, reports, roles … mention what a change is about, the part itself aside."""
    return Counter(one.what for one in told.mentions)


def unreachable(app: App, before: App | None = None) -> Iterable[Unreachable]:
    """The forms no role may read or fill in; of new ones those that stand in no menu too (others were left out
    knowingly: they are reached by links)."""
    opened = {
        form
        for role in app.roles
        for form, permission in role.forms.items()
        if permission.actions & {"read", "create"}
    }
    listed = {item.form for group in app.menus for item in group.items}
    for form in app.forms:
        closed, unlisted = form.id not in opened, bool(app.menus) and form.id not in listed
        new = before is None or before.form(form.id) is None
        if closed or (unlisted and new):
            yield Unreachable(form, closed, unlisted, new)
