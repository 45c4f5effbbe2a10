"""Expressions while people write them: what an expression is, what is wrong with it and how to mend it, what
its parts are called, the conditions it says, and its value on a record the person may read.

`runtime.expressions` is asked by the API and the designers' pages on every pause of typing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.access.pinyin import matches
from engine.access.viewer import Viewer
from engine.designing.completing import Completions, complete
from engine.designing.drafting import Designing
from engine.designing.places import Place, scope_of
from engine.designing.trying import Tried, Trying
from engine.records.query import Option
from metamodel.application import App
from metamodel.condition_reading import read_condition
from metamodel.conditions import Group, condition_text
from metamodel.expression_words import Chip, chips, sentence
from metamodel.expressions import Expression, check
from metamodel.expressions.checker import Scope
from metamodel.expressions.pieces import named, pieces
from metamodel.expressions.types import Type
from metamodel.labels import Label
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, Rejected, problem
from metamodel.row_conditions import beyond_database
from metamodel.scope import FormScope
from metamodel.scope_fields import field_at, own_fields


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend it: `text` in the place of the stretch. `label`: the same in people's words."""

    at: int
    length: int
    text: str
    label: str

    def to_json(self) -> dict[str, Any]:
        return {"at": self.at, "length": self.length, "text": self.text, "label": self.label}


@dataclass(frozen=True, slots=True)
class Found:
    """A problem and the stretch of the text it is about."""

    problem: Problem
    at: int
    length: int
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All there is to say about an expression. `type` is None where it does not check; `builder` None where
    the builder cannot show it; `tried` where a record was named."""

    type: Type | None
    problems: tuple[Found, ...]
    chips: tuple[Chip, ...]
    builder: Group | None
    sentence: str
    tried: Tried | None = None


class Expressions:
    def __init__(
        self, designing: Designing, apps: Callable[[], Mapping[str, App]], registry: Registry, trying: Trying
    ) -> None:
        self._designing, self._apps, self._registry, self._trying = designing, apps, registry, trying

    def look(
        self, viewer: Viewer, app: str, revision: int, place: Place, text: str, record: str = ""
    ) -> Answer:
        """Rejected: access.denied, app.unreadable, form.unknown; record.unknown is told in the answer."""
        draft, scope = self._scope(viewer, app, revision, place)
        checked, found = self.checked(text, scope, place)
        condition = read_condition(text, scope) if place.expects in ("boolean", "any") else None
        said = (
            sentence(condition, scope, self._registry, viewer.language) if condition and text.strip() else ""
        )
        tried = self._trying.value(viewer, draft, place, checked, record) if record and checked else None
        return Answer(
            checked.type if checked else None,
            tuple(self._placed(one, text, scope, viewer.language) for one in found),
            tuple(chips(text, scope, self._registry, viewer.language)), condition, said, tried,
        )  # fmt: skip

    def checked(self, text: str, scope: Scope, place: Place) -> tuple[Expression | None, list[Problem]]:
        """Nothing typed is nothing wrong."""
        if not text.strip():
            return None, []
        checked, found = check(text, scope, self._registry, place.expected)
        if checked is not None and place.in_database and isinstance(scope, FormScope):
            found = beyond_database(checked, scope, "", self._registry)
        return checked, found

    def complete(
        self, viewer: Viewer, app: str, revision: int, place: Place, text: str, caret: int,
        functions: bool = False,
    ) -> Completions:  # fmt: skip
        """What may stand where the caret is, best first; `functions`: all there are."""
        _, scope = self._scope(viewer, app, revision, place)
        return complete(text, caret, scope, self._registry, viewer.language, functions)

    def build(self, viewer: Viewer, app: str, revision: int, place: Place, group: Group) -> str:
        """The text of what the builder shows."""
        _, scope = self._scope(viewer, app, revision, place)
        return condition_text(group, scope)

    def records(self, viewer: Viewer, app: str, form: str, text: str = "") -> list[Option]:
        """Records to try an expression on: those of the published form the person may read."""
        self._designing.open(viewer, app)
        return self._trying.offered(viewer, app, form, text)

    def options(self, viewer: Viewer, app: str, form: str, path: str, text: str = "") -> list[Option]:
        """What may be picked for a field of the draft, `link.field` too. Rejected: value.unknown_field."""
        draft, scope = self._scope(viewer, app, 0, Place(form))
        field = field_at(scope, path.split("."))
        if field is None or field.type is None or field.options is None:
            raise Rejected([problem("value.unknown_field", field=path)])
        return self._trying.options(viewer, draft.id, field, text)

    def uses(self, viewer: Viewer, app: str, form: str, field: str) -> dict[str, int]:
        """How many records of the published form hold each value of a field."""
        self._designing.open(viewer, app)
        return self._trying.uses(app, form, field)

    def merging_refused(self, viewer: Viewer, app: str, form: str, field: str) -> Problem | None:
        """Why choices of this field that records use cannot go into others; None: they can."""
        self._designing.open(viewer, app)
        return self._trying.merging_refused(app, form, field)

    def scope(self, viewer: Viewer, app: str, revision: int, place: Place) -> Scope:
        """What names mean there, for whoever draws an expression."""
        return self._scope(viewer, app, revision, place)[1]

    def _scope(self, viewer: Viewer, app: str, revision: int, place: Place) -> tuple[App, Scope]:
        looked = self._designing.look(viewer, app, revision)
        if looked.app is None:
            raise Rejected(list(looked.problems) or [problem("app.unreadable", reason="app")])
        return looked.app, scope_of(looked.app, place, self._apps(), self._registry)

    # -- where a problem is, and what would mend it ------------------------------------------------

    def _placed(self, found: Problem, text: str, scope: Scope, language: str) -> Found:
        at = found.params.get("position")
        at = at if isinstance(at, int) and 0 <= at <= len(text) else 0
        length = _stretch(text, at) if "position" in found.params else len(text)
        return Found(found, at, length, self._fix(found, text, at, length, scope, language))

    def _fix(
        self, found: Problem, text: str, at: int, length: int, scope: Scope, language: str
    ) -> Fix | None:
        params = found.params
        match found.code:
            case "expression.single_equals":
                return Fix(at, 1, "==", "==")
            case "expression.habit" if "…" not in str(params.get("instead")):
                instead = (
                    f" {params['instead']} " if str(params["instead"]).isalpha() else str(params["instead"])
                )
                return Fix(at, len(str(params["what"])), instead, str(params["instead"]))
            case "expression.not_called":
                return Fix(at, length, f"{params['name']}()", f"{params['name']}()")
            case "expression.unclosed":
                closing = {"(": ")", "[": "]", "{": "}"}.get(str(params.get("what")), "'")
                return Fix(len(text), 0, closing, closing)
            case "expression.unopened":
                return Fix(at, 1, "", "⌫")
        near = str(params.get("near") or "") or self._named(str(params.get("name") or ""), found.code, scope)
        return self._rename(str(params.get("name") or ""), near, text, at, scope, language) if near else None

    def _named(self, name: str, code: str, scope: Scope) -> str:
        """The id of the field (or the function) whose label somebody wrote, in characters or pinyin."""
        if code == "expression.unknown_name" and name:
            return next((field.id for field in own_fields(scope) if matches(name, *_labels(field.label))), "")
        if code == "expression.unknown_function" and name:
            functions = self._registry.all("function").values()
            return next((one.name for one in functions if name in _labels(one.label)), "")
        return ""

    def _rename(self, name: str, near: str, text: str, at: int, scope: Scope, language: str) -> Fix | None:
        place = text.find(name, at)
        if not name or place < 0:
            return None
        field = next((one for one in own_fields(scope) if one.id == near), None)
        return Fix(place, len(name), near, field.text(language) if field is not None else near)


def _labels(label: Label) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else tuple(label.values())


def _stretch(text: str, at: int) -> int:
    """How far the word, path or text at a place goes."""
    cut = pieces(text)
    path = next((one for one in named(cut) if one.at == at), None)
    if path is not None:
        return path.end - at
    return next((piece.end - at for piece in cut if piece.at <= at < piece.end), max(1, len(text) - at))
