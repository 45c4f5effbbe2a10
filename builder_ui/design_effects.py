"""Who gains and who loses by a draft's roles, in sentences with names and numbers (`engine/access/consequences.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from builder_ui.models.design_roles import Effect, EffectGroup, EffectList
from builder_ui.site import Visit
from engine.access.consequences import AT_MOST, Amount, Consequence
from engine.access.turns import Turn
from metamodel.application import App
from metamodel.labels import label_text

NAMED = 4
ICONS = {
    "form": "list", "rows": "table", "action": "edit", "field": "columns", "view": "eye", "report": "board",
    "duty": "settings", "unmask": "eye", "emergency": "warning",
}  # fmt: skip


def effects(visit: Visit, app: App, found: Sequence[Consequence]) -> EffectList:
    """Grouped by form; what belongs to none stands under the app."""
    groups: dict[str, list[Effect]] = {}
    for one in found:
        groups.setdefault(one.turn.form, []).extend(_effects(visit, app, one))
    made = tuple(_group(visit, app, form, told) for form, told in groups.items() if told)
    first = app.id not in visit.runtime.applications.served()
    gaining = {person for one in found if _ways(one)[0] for person in one.people}
    losing = {person for one in found if _ways(one)[1] for person in one.people}
    gain, lose = (_people(visit, len(some)) if some else "" for some in (gaining, losing))
    return EffectList(made, gain, lose, first)


def _group(visit: Visit, app: App, form_id: str, told: Sequence[Effect]) -> EffectGroup:
    form = app.form(form_id)
    published = visit.runtime.services.apps().get(app.id)
    form = form or (published.form(form_id) if published else None)
    label = form.text(visit.language) if form else app.text(visit.language)
    return EffectGroup(label, (form.icon if form else "") or ("list" if form else "box"), tuple(told))


def _ways(one: Consequence) -> tuple[bool, bool]:
    """Does anybody gain, does anybody lose? Of rows the records say so, where they were counted."""
    amounts = [*one.each.values(), *((one.amount,) if one.amount else ())]
    if one.turn.kind != "rows" or not amounts:
        return one.turn.gains, not one.turn.gains
    return any(each.more for each in amounts), any(each.fewer for each in amounts)


def _effects(visit: Visit, app: App, one: Consequence) -> Iterable[Effect]:
    """One, or of rows that are others one for each direction."""
    if one.turn.kind != "rows" or not (one.each or one.amount):
        yield _effect(visit, app, one, one.turn.gains)
        return
    gains, loses = _ways(one)
    if not gains and not loses:
        yield _effect(
            visit, app, one, True, visit.text("Other rows from now on; of the records there are, the same")
        )
    for way, there in ((False, loses), (True, gains)):
        if there:
            yield _effect(visit, app, one, way)


def _effect(visit: Visit, app: App, one: Consequence, gains: bool, text: str = "") -> Effect:
    turn = one.turn
    who = [visit.names.get(("person", person), person) for person in one.people]
    rest = len(who) - NAMED
    return Effect(
        gains, ICONS[turn.kind], text or _said(visit, app, turn, gains), _people(visit, len(who)), tuple(who[:NAMED]),
        visit.text("and %(num)s others", num=rest) if rest > 0 else "", _records(visit, one, gains),
        tuple(_each(visit, one, gains)),
    )  # fmt: skip


def _people(visit: Visit, number: int) -> str:
    return visit.count("%(num)s person", "%(num)s people", number)


def _said(visit: Visit, app: App, turn: Turn, gains: bool) -> str:
    name = _name(visit, app, turn)
    if turn.kind == "form":
        return visit.text("can open the form") if gains else visit.text("can no longer open the form")
    if turn.kind == "rows":
        return visit.text("sees more records") if gains else visit.text("sees fewer records")
    if turn.kind == "field":
        words = access_words(visit)
        return visit.text(
            "“%(field)s”: %(before)s → %(after)s",
            field=name,
            before=words[turn.before],
            after=words[turn.after],
        )
    if turn.kind == "action":
        return _of_action(visit, turn, name, gains)
    if turn.before and turn.after and turn.kind in ("unmask", "emergency"):
        was, now = (_for_how_long(visit, turn.kind, text) for text in (turn.before, turn.after))
        return visit.text("%(what)s: %(before)s → %(after)s", what=name, before=was, after=now)
    return visit.text("gets %(what)s", what=name) if gains else visit.text("loses %(what)s", what=name)


def _of_action(visit: Visit, turn: Turn, name: str, gains: bool) -> str:
    if not turn.before or not turn.after:
        return (
            visit.text("may %(action)s", action=name)
            if gains
            else visit.text("may not %(action)s any more", action=name)
        )
    return visit.text("may %(action)s other records than before", action=name)


def _name(visit: Visit, app: App, turn: Turn) -> str:
    form, published = app.form(turn.form), visit.runtime.services.apps().get(app.id)
    was = published.form(turn.form) if published else None
    if turn.kind == "field":
        field = form.field(turn.name) if form else None
        return field.text(visit.language) if field else turn.name
    if turn.kind == "action":
        return action_words(visit)[turn.name]
    if turn.kind == "view":
        found = next((one.view(turn.name) for one in (form, was) if one and one.view(turn.name)), None)
        return visit.text("the view “%(name)s”", name=_label(visit, found, turn.name))
    if turn.kind == "report":
        report = app.report(turn.name) or (published.report(turn.name) if published else None)
        return visit.text("the board “%(name)s”", name=_label(visit, report, turn.name))
    if turn.kind == "duty":
        return visit.text("the duty “%(name)s”", name=duty_words(visit).get(turn.name, turn.name))
    if turn.kind == "emergency":
        there = app.form(turn.name)
        return visit.text(
            "breaking the glass of “%(name)s”", name=there.text(visit.language) if there else turn.name
        )
    return visit.text("asking to see masked fields in full")


def _for_how_long(visit: Visit, kind: str, text: str) -> str:
    """Minutes and whether somebody has to agree, or hours."""
    number, _, confirm = text.partition(" ")
    if kind == "emergency":
        return visit.count("%(num)s hour", "%(num)s hours", int(number))
    minutes = visit.count("%(num)s minute", "%(num)s minutes", int(number))
    return visit.text("%(time)s, if somebody agrees", time=minutes) if confirm else minutes


def _label(visit: Visit, part: object, fallback: str) -> str:
    return label_text(getattr(part, "label", None), visit.language, fallback)


# -- records ---------------------------------------------------------------------------------------


def _records(visit: Visit, one: Consequence, gains: bool) -> str:
    if one.amount is not None:
        return _many(visit, _number(one, one.amount, gains))
    return visit.text("each their own") if one.each else ""


def _each(visit: Visit, one: Consequence, gains: bool) -> Iterable[str]:
    """By person, the most first; who has none is left out."""
    numbers = {person: _number(one, amount, gains) for person, amount in one.each.items()}
    for person, number in sorted(numbers.items(), key=lambda item: -item[1]):
        if number:
            yield f"{visit.names.get(('person', person), person)} · {_many(visit, number)}"
    rest = len(one.people) - len(numbers)
    if numbers and rest > 0:
        yield visit.count(
            "%(num)s more person is not counted here", "%(num)s more people are not counted here", rest
        )


def _number(one: Consequence, amount: Amount, gains: bool) -> int:
    return amount.more if gains or one.turn.kind == "field" else amount.fewer


def _many(visit: Visit, number: int) -> str:
    said = visit.count("%(num)s record", "%(num)s records", number)
    return visit.text("%(records)s or more", records=said) if number >= AT_MOST else said


# -- words -----------------------------------------------------------------------------------------


def access_words(visit: Visit) -> dict[str, str]:
    return {
        "write": visit.text("write"), "read": visit.text("read"), "mask": visit.text("masked"),
        "hide": visit.text("hidden"),
    }  # fmt: skip


def action_words(visit: Visit) -> dict[str, str]:
    return {
        "read": visit.text("read"), "create": visit.text("create"), "update": visit.text("change"),
        "delete": visit.text("delete"), "export": visit.text("export"),
    }  # fmt: skip


def duty_words(visit: Visit) -> dict[str, str]:
    text = visit.text
    return {
        "design": text("designs the app"), "people": text("manages people"), "channels": text("manages channels"),
        "keys": text("manages keys"), "verify": text("verifies the evidence"), "audit": text("reads the audit trail"),
        "retention": text("manages retention and holds"), "access": text("oversees access"),
    }  # fmt: skip
