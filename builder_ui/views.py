"""Views by kind: the tabs of a list, the chats and timelines of a record (docs/views.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from metamodel.application import App
from metamodel.forms import Form, View
from metamodel.plugin_api import Reference

LIST_KINDS_ELSEWHERE = frozenset({"chat"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A view with the form and app it belongs to."""

    app: App
    form: Form
    view: View

    def option(self, name: str, otherwise: Any = "") -> Any:
        return self.view.options.get(name, otherwise)


def list_views(form: Form) -> list[View]:
    """The tabs above a form's list."""
    return [view for view in form.views if view.kind not in LIST_KINDS_ELSEWHERE]


def chats(app: App, form: Form) -> list[Placed]:
    return [Placed(app, form, view) for view in form.views if view.kind == "chat" and messages_of(view)]


def messages_of(view: View) -> Mapping[str, str]:
    """`{app?, form, link}` of a chat view; {} when it does not say."""
    found = view.options.get("messages")
    return found if isinstance(found, Mapping) and found.get("form") and found.get("link") else {}


def holders(apps: Mapping[str, App], app: App, form: Form) -> Iterator[Placed]:
    """The chat views whose messages are records of this form."""
    for other in apps.values():
        for there in other.forms:
            for placed in chats(other, there):
                named = messages_of(placed.view)
                if (named.get("app") or other.id, named["form"]) == (app.id, form.id):
                    yield placed


def timelines(apps: Mapping[str, App], app: App, form: Form) -> Iterator[Placed]:
    """The timeline views, of all apps, that are about records of this form."""
    for other in apps.values():
        for there in other.forms:
            for view in there.views:
                reference = timeline_of(there, view) if view.kind == "timeline" else None
                if reference and (reference.app or other.id, reference.form) == (app.id, form.id):
                    yield Placed(other, there, view)


def timeline_of(form: Form, view: View) -> Reference | None:
    """What a timeline view is about: where its `by` field points."""
    field = form.field(str(view.options.get("by", "")))
    if field is None or field.type is None or field.options is None:
        return None
    reference = field.type.reference(field)
    return reference if reference and reference.target == "record" else None
