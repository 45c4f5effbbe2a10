"""More open: what a version lets its designers read that the one before did not.

Pure. One question throughout: is every row, field and setting they would have covered by one they had, with the same
words meaning the same? What is not plainly covered is a gain, also where nobody could say whether it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.access.ways import ORDER
from engine.designing.openings import ASKED, UNKNOWN, Held, Openings, Reach, Rows, Spot
from engine.designing.parts_said import PartsSaid, Said
from metamodel import recipients
from metamodel.application import App
from metamodel.forms import Form
from metamodel.roles import Role, Unmasking

DESIGN = "design"
TOLD = ("access", "audit")  # the duties of those who hear the alarm
READ = ORDER["read"]
EVERY: Rows = frozenset()


class More(NamedTuple):
    """One gain: `form`, `rows`, `action`, `field`, `unmask`, `emergency`, `duty`, `silence` (those with a duty are no
    longer told), `report`, `rule`, `flow`, `grants`."""

    kind: str
    form: str = ""
    name: str = ""

    @property
    def what(self) -> str:
        return ":".join(filter(None, self))


@dataclass(frozen=True)
class MoreOpen:
    """Two versions, for people who hold the same. `filled`: the forms of this app with records, parked ones too;
    `parked`: the fields of it of which values lie aside; `past()`: the versions before, newest first. What was taken
    away and comes back is held against the last version in which it stood."""

    before: Openings
    after: Openings
    app: str
    people: Collection[str]
    held: Held
    filled: Collection[str]
    parked: Collection[tuple[str, str]]
    past: Callable[[], Iterable[Openings]] = tuple

    def found(self) -> Iterator[More]:
        for app in self.after.apps.values():
            if app.id == self.app or app.required(self.app):
                for form in app.forms:
                    yield from self._of_form(app.id, form)
        old, new = self.before.apps[self.app], self.after.apps[self.app]
        yield from self._of_roles(old, new)
        yield from self._of_reports(old, new)
        yield from self._of_parts(old, new)

    # -- rows, fields ------------------------------------------------------------------------------

    def _of_form(self, app: str, form: Form) -> Iterator[More]:
        stood = self._stood(Spot(app, form.id, ""))
        old, new = _reaches(stood, app, form.id, self.held), self.after.reaches(app, form.id, self.held)
        if self.before.form(app, form.id) is not None:
            new = [*new, *self.after.asked(app, form.id)]
        named = form.id if app == self.app else f"{app}.{form.id}"
        found = [(kind, name) for reach in new for kind, name in self._of_reach(app, form, old, reach)]
        yield from (More(kind, named, name) for kind, name in dict.fromkeys(found))

    def _of_reach(self, app: str, form: Form, old: list[Reach], reach: Reach) -> Iterator[tuple[str, str]]:
        near = [one for one in old if self._among(reach.rows, one.rows)]
        filled = self._is_filled(app, form.id)
        if filled and not near:
            yield "rows" if any(one.rows != ASKED for one in old) else "form", ""
            return
        for name, (access, _) in reach.fields.items():
            if access != "hide" and not self._covered(Spot(app, form.id, name), reach):
                yield "field", name
        if filled and reach.export and not any(one.export for one in near):
            yield "action", "export"

    def _among(self, new: Rows, old: Rows) -> bool:
        """Are these rows among those, and told apart by nothing but what was read there?"""
        return old <= new and all(self._read(spot, old) for term in new - old for spot in term.uses)

    def _covered(self, spot: Spot, reach: Reach) -> bool:
        """The field as it stood, or else everything it is told by now."""
        now, stood = self.after.meaning(spot), self._stood(spot)
        if stood is not None and stood.meaning(spot).says == now.says:
            known = _reaches(stood, spot.app, spot.form, self.held)
            return not self._is_filled(spot.app, spot.form) or any(
                self._among(reach.rows, one.rows) and as_much(one, reach, spot.field) for one in known
            )
        return all(self._read(one, reach.rows) for one in now.uses)

    def _read(self, spot: Spot, rows: Rows) -> bool:
        """Was it read in full on these rows (of another form: on all)? Where nothing stands nothing is read."""
        stood = self._stood(spot)
        if stood is None or spot == UNKNOWN:
            return spot != UNKNOWN and not self._is_aside(spot)
        known = _reaches(stood, spot.app, spot.form, self.held)
        read = any(one.rows <= rows and _level(one, spot.field) >= READ for one in known)
        return read or not self._is_filled(spot.app, spot.form)

    def _stood(self, spot: Spot) -> Openings | None:
        """The newest version that had this field (blank: the form), as what it is from now on where that comes back;
        None for what is new."""
        if _has(self.before, spot) and not (self._is_aside(spot) and self._differs(self.before, spot)):
            return self.before
        if not self._is_aside(spot):
            return None
        return next((one for one in self.past() if _has(one, spot) and not self._differs(one, spot)), None)

    def _differs(self, version: Openings, spot: Spot) -> bool:
        return bool(spot.field) and version.meaning(spot).says != self.after.meaning(spot).says

    def _is_aside(self, spot: Spot) -> bool:
        """Are there values of it that do not show?"""
        gone = self.before.form(spot.app, spot.form) is None and spot.form in self.filled
        return spot.app == self.app and (gone or (spot.form, spot.field) in self.parked)

    def _is_filled(self, app: str, form: str) -> bool:
        return app != self.app or form in self.filled

    # -- what roles may do beyond ------------------------------------------------------------------

    def _of_roles(self, old: App, new: App) -> Iterator[More]:
        ours, theirs = (
            [role for name in sorted(self.held.get(self.app, ())) if (role := app.role(name)) is not None]
            for app in (new, old)
        )
        had = {duty for role in theirs for duty in role.manages}
        duties = {duty for role in ours for duty in role.manages} - had - {DESIGN}
        yield from (More("duty", name=duty) for duty in sorted(duties))
        asking = [role.unmask for role in theirs if role.unmask is not None]
        if any(role.unmask and not any(_allows(one, role.unmask) for one in asking) for role in ours):
            yield More("unmask")
        for role in ours:
            for form in role.emergency.forms if role.emergency else ():
                if not any(_breaks_alike(one, role, form) for one in theirs):
                    yield More("emergency", form)
        for was in old.roles:
            yield from self._of_watching(was, new.role(was.id))

    def _of_watching(self, was: Role, now: Role | None) -> Iterator[More]:
        """Who confirms and who hears of it, of anybody's role."""
        kept = now.manages if now is not None else frozenset()
        yield from (More("silence", name=duty) for duty in TOLD if duty in was.manages - kept)
        if now is None:
            return
        asked = set(was.unmask.confirm) if was.unmask else set()
        if asked and now.unmask and any(map(self.us, set(now.unmask.confirm) - asked)):
            yield More("unmask")
        if was.emergency and now.emergency and set(was.emergency.alarm) - set(now.emergency.alarm):
            yield from (More("emergency", form) for form in now.emergency.forms)

    def us(self, text: str) -> bool:
        """Might this recipient be one of these people?"""
        read = recipients.read(text)
        if read is None:
            return False
        if read.kind == "role":
            app, _, role = read.of.rpartition("/")
            return role in self.held.get(app or self.app, ())
        return read.kind != "person" or bool(set(read.of.split(",")) & set(self.people))

    # -- boards, rules, flows ----------------------------------------------------------------------

    def _of_reports(self, old: App, new: App) -> Iterator[More]:
        """Totals are numbers over all rows, whoever looks."""
        before, after = PartsSaid(self.before, old).reports(), PartsSaid(self.after, new).reports()
        for name, said in after.items():
            known = self._totals(old, name) and before.get(name) == said
            read = said.forms and all(self._whole(*place) for place in said.forms)
            if self._totals(new, name) and not known and not read:
                yield More("report", name=name)

    def _totals(self, app: App, report: str) -> bool:
        roles = (app.role(name) for name in self.held.get(self.app, ()))
        return any(role is not None and role.reports.get(report) == "totals" for role in roles)

    def _whole(self, app: str, form: str) -> bool:
        """Was every record of the form read, and all of it?"""
        if not self._is_filled(app, form):
            return True
        there = self.before.form(app, form)
        every = [one for one in self.before.reaches(app, form, self.held) if one.rows == EVERY]
        return there is not None and any(
            all(_level(one, field.id) >= READ for field in there.fields) for one in every
        )

    def _of_parts(self, old: App, new: App) -> Iterator[More]:
        """Rules and flows run as the app: what they were not seen to do before, they might do for those who wrote
        them."""
        before, after = PartsSaid(self.before, old), PartsSaid(self.after, new)
        for kind in ("rule", "flow"):
            known = {said.key for said in before.parts(kind)}
            for said in after.parts(kind):
                if said.key not in known:
                    if said.grants:
                        yield More("grants")
                    elif self._carries(said) or (kind == "flow" and self._asks(said)):
                        yield More(kind, name=said.id)

    def _carries(self, said: Said) -> bool:
        """From where they do not read to where they do?"""
        told = said.outside or any(map(self.us, said.texts))
        ends = told or any(self.after.reaches(*place, self.held) for place in said.forms)
        alone = not told and said.forms == {said.home}
        return ends and not all(self._knew(spot, said, alone) for spot in said.uses)

    def _knew(self, spot: Spot, said: Said, alone: bool) -> bool:
        """A rule that writes nothing but its own record tells what every way to that record had told."""
        if not alone or (spot.app, spot.form) != said.home:
            return self._read(spot, EVERY)
        return all(self._read(spot, one.rows) for one in self.before.reaches(*said.home, self.held))

    def _asks(self, said: Said) -> bool:
        """Whoever decides on a record reads it."""
        return any(map(self.us, said.texts)) and not self._whole(*said.home)


def _reaches(version: Openings | None, app: str, form: str, held: Held) -> list[Reach]:
    """By roles, and by being asked."""
    return [*version.reaches(app, form, held), *version.asked(app, form)] if version is not None else []


def _has(version: Openings, spot: Spot) -> bool:
    form = version.form(spot.app, spot.form)
    return form is not None and (not spot.field or form.field(spot.field) is not None)


def _level(reach: Reach, field: str) -> int:
    return ORDER[reach.fields[field][0]] if field in reach.fields else 0


def as_much(old: Reach, new: Reach, field: str) -> bool:
    """Did the one show of a field what the other shows?"""
    had, wanted = _level(old, field), min(_level(new, field), READ)
    if had < wanted or had >= READ or wanted == 0:
        return had >= wanted
    masked, masks = old.fields[field][1], new.fields[field][1]
    return not masks or (bool(masked) and masked <= masks)  # nothing named: all of it is masked


def _allows(had: Unmasking, wanted: Unmasking) -> bool:
    confirmed = not had.confirm or (bool(wanted.confirm) and set(wanted.confirm) <= set(had.confirm))
    return confirmed and had.minutes >= wanted.minutes


def _breaks_alike(was: Role, now: Role, form: str) -> bool:
    old, new = was.emergency, now.emergency
    return (
        old is not None and new is not None and form in old.forms and old.hours >= new.hours
        and set(old.alarm) <= set(new.alarm)
    )  # fmt: skip
