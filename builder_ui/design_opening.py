"""A button of the layout that opens another form: its rule (`open_form`) made and edited in the button's panel.

The panel's controls say `@opens` (which form: a rule is made, or another one) and `@rule/…` (a place in that rule);
the designer's script changes rule and button in one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builder_ui.models.design_form import Control
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing import Looked
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.rules import Rule

ACTION = "open_form"
MOST_FILLED = 20  # fields of the other form that the panel offers to fill


def opened_form(looked: Looked, path: str) -> str:
    """The form of this app that the rule at `path` opens and does nothing else; '' for any other rule."""
    raw: Any = looked.draft.document["rules"][int(path.split("/")[2])]
    steps = raw.get("then") if isinstance(raw, Mapping) else None
    if not isinstance(steps, list) or len(steps) != 1 or not isinstance(steps[0], Mapping):
        return ""
    told = steps[0].get("with")
    if steps[0].get("action") != ACTION or not isinstance(told, Mapping) or told.get("app"):
        return ""
    return str(told.get("form") or "")


def opening_controls(
    visit: Visit, looked: Looked, app: App, form: Form, rule: Rule | None
) -> Iterator[Control]:
    """Which form it opens, and with what of our record in which of its fields."""
    now = opened_form(looked, rule.path) if rule else ""
    others = [one for one in app.forms if not one.is_archive]
    made = {one.id: opening_rule(app, form, one) for one in others}
    options = (Option("", "–"), *(Option(one.id, one.text(visit.language), one.id == now) for one in others))
    yield Control(
        "@opens", "opens", "opens", visit.text("Opens a new record of"), now, "", options,
        help=visit.text("Filled in from this record, linked back to it; saving leads back here."),
        about=rule.id if rule else "", extra=made,
    )  # fmt: skip
    other = app.form(now)
    if rule is None or other is None:
        return
    raw: Any = looked.draft.document["rules"][int(rule.path.split("/")[2])]["then"][0]["with"]
    given = raw.get("values") if isinstance(raw.get("values"), Mapping) else {}
    links = [one for one in other.fields if _points_at(one, app, form)]
    if links:
        link = str(raw.get("link") or "")
        yield Control(
            "@rule/then/0/with/link", "text", "select", visit.text("Its link back to this record"), link, "",
            (Option("", "–"), *(Option(one.id, one.text(visit.language), one.id == link) for one in links)),
        )  # fmt: skip
    fillable = [one for one in other.fields if _fillable(one) and one.id != raw.get("link")]
    for one in sorted(fillable, key=lambda one: one.id not in given)[:MOST_FILLED]:
        yield Control(
            f"@rule/then/0/with/values/{one.id}", "text", "expression",
            visit.text("Fill “%(field)s” with", field=one.text(visit.language)), given.get(one.id, ""), "",
            placeholder=visit.text("Left blank"), form=form.id,
        )  # fmt: skip


def opening_rule(app: App, form: Form, other: Form) -> dict[str, Any]:
    """The rule of a button on `form` that opens `other`: linked back where that has a link, filled in where a field
    of the same id and type stands on both."""
    taken = {rule.id for rule in app.rules}
    name = f"open_{other.id}"[:58]
    free = next(
        f"{name}{suffix}"
        for suffix in ("", *(f"_{n}" for n in range(2, 10_000)))
        if f"{name}{suffix}" not in taken
    )
    label = {
        "zh": f"新建{label_text(other.label, 'zh', other.id)}",
        "en": f"New {label_text(other.label, 'en', other.id)}",
    }
    link = next((one.id for one in other.fields if _points_at(one, app, form)), "")
    ours = {one.id: one for one in form.fields}
    same = [
        one.id for one in other.fields
        if _fillable(one) and one.id != link and one.id in ours and ours[one.id].type_name == one.type_name
        and not ours[one.id].sealed
    ]  # fmt: skip
    told: dict[str, Any] = {"form": other.id, **({"link": link} if link else {})}
    if same:
        told["values"] = {name: name for name in same}
    when = {"trigger": "button", "form": form.id, "label": label}
    return {"id": free, "label": label, "when": when, "then": [{"action": ACTION, "with": told}]}


def _points_at(field: FieldDefinition, app: App, form: Form) -> bool:
    reference = field.type.reference(field) if field.type and field.options is not None else None
    return (
        reference is not None and reference.target == "record"
        and reference.app in ("", app.id) and reference.form == form.id
    )  # fmt: skip


def _fillable(field: FieldDefinition) -> bool:
    return field.usable and field.derived is None and not field.fields and not field.sealed
