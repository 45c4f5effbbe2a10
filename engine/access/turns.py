"""Turns: what people may do after a change of the definition and not before, and the other way round.

Pure, over two versions of an app and the roles that are held: ways against ways, so that somebody who keeps a right
by another role is not said to lose it. `consequences.py` puts numbers of records beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.access.viewer import Viewer
from engine.access.ways import ORDER, Way, ways
from metamodel.application import App
from metamodel.forms import Form
from metamodel.roles import FORM_ACTIONS, Role

TurnKind = Literal["form", "rows", "action", "field", "view", "report", "duty", "unmask", "emergency"]
Rows = tuple[str, ...]  # expressions; one of them holds
EVERY = "true"


@dataclass(frozen=True, slots=True)
class Turn:
    """One difference. `name` is a field's, an action's, a view's, a report's or a duty's; `before` and `after` what
    may be done with it, '' nothing: of a form whose glass may be broken for how many hours, of unmasking for how
    many minutes (and `confirm` where somebody has to agree). Of `form` and `rows` `old` and `new` are the rows one
    reaches; of a field and an action both are the rows for which it is so. `rows` gains and loses: the records say
    which."""

    kind: TurnKind
    gains: bool
    form: str = ""
    name: str = ""
    before: str = ""
    after: str = ""
    old: Rows = ()
    new: Rows = ()


def turns(before: App | None, after: App, held: Mapping[str, Collection[str]]) -> dict[Turn, list[str]]:
    """By turn, whom it is for. `held`: person -> the roles he has in this app."""
    known: dict[frozenset[str], list[Turn]] = {}
    found: dict[Turn, list[str]] = {}
    for person, roles in held.items():
        key = frozenset(roles)
        if key not in known:
            known[key] = list(_of_roles(before, after, key))
        for turn in known[key]:
            found.setdefault(turn, []).append(person)
    return found


def _of_roles(before: App | None, after: App, roles: frozenset[str]) -> Iterator[Turn]:
    old_forms = {form.id: form for form in before.forms} if before else {}
    new_forms = {form.id: form for form in after.forms}
    for name in [*new_forms, *(name for name in old_forms if name not in new_forms)]:
        old_form, new_form = old_forms.get(name), new_forms.get(name)
        old = _ways(before, old_form, roles)
        new = _ways(after, new_form, roles)
        if old != new:
            yield from _of_form(name, old, new, _shared(old_form, new_form))
        yield from _of_views(name, _views(before, old_form, roles), _views(after, new_form, roles))
    yield from _of_names("report", _reports(before, roles), _reports(after, roles))
    yield from _of_names("duty", _duties(before, roles), _duties(after, roles))
    yield from _of_unmasking(_unmasking(before, roles), _unmasking(after, roles))
    yield from _of_glass(_glass(before, roles), _glass(after, roles))


def _ways(app: App | None, form: Form | None, roles: frozenset[str]) -> list[Way]:
    return ways(Viewer("", roles={app.id: roles}), app, form) if app is not None and form is not None else []


def _shared(old: Form | None, new: Form | None) -> list[str]:
    """The fields both have: one that is new or gone is told by the changes themselves."""
    return [field.id for field in new.fields if old.field(field.id)] if old and new else []


# -- rows, actions, fields -------------------------------------------------------------------------


def _of_form(form: str, old: Sequence[Way], new: Sequence[Way], fields: Iterable[str]) -> Iterator[Turn]:
    before, after = reached(old, "read"), reached(new, "read")
    if bool(before) != bool(after):
        yield Turn("form", bool(after), form, old=before, new=after)
    elif before != after:
        yield Turn("rows", EVERY in after or set(before) < set(after), form, old=before, new=after)
    for action in sorted(FORM_ACTIONS - {"read"}):
        was, now = reached(old, action), reached(new, action)
        follows = bool(was) and bool(now) and (action == "create" or (was, now) == (before, after))
        if was != now and not follows:
            gains = EVERY in now or set(was) < set(now)
            yield Turn("action", gains, form, action, "yes" if was else "", "yes" if now else "", was, now)
    if before and after:
        common = _common(before, after)
        for field in fields:
            yield from _of_field(form, field, old, new, common)


def reached(ways: Iterable[Way], action: str) -> Rows:
    """The rows for which something may be done; only EVERY where that is all of them."""
    found = {way.rows for way in ways if action in way.actions}
    return (EVERY,) if EVERY in found else tuple(sorted(found))


def _common(before: Rows, after: Rows) -> Rows:
    """Rows that are reached now and then."""
    if EVERY in before:
        return after
    return before if EVERY in after else tuple(rows for rows in before if rows in after)


def _of_field(form: str, field: str, old: Sequence[Way], new: Sequence[Way], common: Rows) -> Iterator[Turn]:
    """By what changes of it; the rows for which the same changes stand together. That all fields
    may be written on some rows from now on, or none, is told by the actions."""
    found: dict[tuple[str, str], list[str]] = {}
    for rows in common:
        before, after = _access(old, field, rows), _access(new, field, rows)
        writes = _writes(old, rows) == _writes(new, rows)
        if before != after and (writes or {before, after} != {"read", "write"}):
            found.setdefault((before, after), []).append(rows)
    for (before, after), where in found.items():
        gains = _ORDER[after] > _ORDER[before]
        yield Turn("field", gains, form, field, before, after, tuple(where), tuple(where))


def _writes(chosen: Iterable[Way], rows: str) -> bool:
    return any(way.actions & {"create", "update"} and way.rows in (rows, EVERY) for way in chosen)


def _access(chosen: Iterable[Way], field: str, rows: str) -> str:
    """The most that may be done with a field on rows of one condition."""
    reaching = (way for way in chosen if "read" in way.actions and way.rows in (rows, EVERY))
    return max((way.field_access(field) for way in reaching), key=ORDER.__getitem__, default="hide")


_ORDER: Mapping[str, int] = {str(name): place for name, place in ORDER.items()}


# -- views, reports, duties ------------------------------------------------------------------------


def _roles(app: App | None, roles: Collection[str]) -> list[Role]:
    found = (app.role(name) for name in sorted(roles)) if app is not None else ()
    return [role for role in found if role is not None]


def _views(app: App | None, form: Form | None, roles: frozenset[str]) -> dict[str, str]:
    offered = views_offered(app, form, roles) if app is not None and form is not None else ()
    return dict.fromkeys(offered, "yes")


def views_offered(app: App, form: Form, roles: Collection[str]) -> tuple[str, ...]:
    """The views of a form that these roles are offered, in the form's order; all where no role of theirs says
    which."""
    permissions = [role.forms[form.id] for role in _roles(app, roles) if form.id in role.forms]
    if any(one.views is None for one in permissions) or not permissions:
        return tuple(view.id for view in form.views)
    wanted = {name for one in permissions for name in one.views or ()}
    return tuple(view.id for view in form.views if view.id in wanted)


def _of_views(form: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Turn]:
    """Of a form that is there now and then."""
    if before and after:
        yield from _of_names("view", before, after, form)


def _reports(app: App | None, roles: frozenset[str]) -> dict[str, str]:
    """The most of each report: rows before totals."""
    found: dict[str, str] = {}
    known = {report.id for report in app.reports} if app else set()
    for role in _roles(app, roles):
        for name, access in role.reports.items():
            if name in known and found.get(name) != "rows":
                found[name] = access
    return found


def _duties(app: App | None, roles: frozenset[str]) -> dict[str, str]:
    return dict.fromkeys(sorted({name for role in _roles(app, roles) for name in role.manages}), "yes")


Unmasked = tuple[bool, int]  # without asking anybody, for so many minutes: the more of both the more


def _unmasking(app: App | None, roles: frozenset[str]) -> Unmasked | None:
    """The most that these roles may ask for."""
    known = [role.unmask for role in _roles(app, roles) if role.unmask is not None]
    return max(((not one.confirm, one.minutes) for one in known), default=None)


def _of_unmasking(old: Unmasked | None, new: Unmasked | None) -> Iterator[Turn]:
    if old != new:
        gains = old is None or (new is not None and new > old)
        yield Turn("unmask", gains, before=_in_words(old), after=_in_words(new))


def _in_words(one: Unmasked | None) -> str:
    """`30`, or `30 confirm` where somebody has to agree; '' for nothing."""
    return "" if one is None else f"{one[1]}{'' if one[0] else ' confirm'}"


def _glass(app: App | None, roles: frozenset[str]) -> dict[str, int]:
    """By form, for how many hours it may be opened at once."""
    found: dict[str, int] = {}
    for role in _roles(app, roles):
        for form in role.emergency.forms if role.emergency else ():
            found[form] = max(found.get(form, 0), role.emergency.hours if role.emergency else 0)
    return found


def _of_glass(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Turn]:
    for form in sorted({*old, *new}):
        before, after = old.get(form, 0), new.get(form, 0)
        if before != after:
            yield Turn("emergency", after > before, "", form, str(before or ""), str(after or ""))


def _of_names(
    kind: TurnKind, before: Mapping[str, str], after: Mapping[str, str], form: str = ""
) -> Iterator[Turn]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Turn(kind, _RANK[new] > _RANK[old], form, name, old, new)


_RANK: Mapping[str, int] = {"": 0, "totals": 1, "rows": 2, "yes": 2}
