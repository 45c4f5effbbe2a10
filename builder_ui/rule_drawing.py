"""What rules do in words, for one reader: why one applied to a record or did not, what it did, when it listens.

Used by the log of rules and by trials; what he may not read was left out before (`engine.rules.log`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.rules import FIELDS_SET
from metamodel.application import App
from metamodel.forms import FieldDefinition
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.rules import Rule

if TYPE_CHECKING:
    from builder_ui.site import Visit
    from engine.rules import Done, Reason


class RuleWords:
    """Of the rules of one app. Fields and values as people read them; of other apps their ids."""

    def __init__(self, visit: Visit, app: App) -> None:
        self._visit, self._app = visit, app
        self._names = _Names(visit, app)

    def label(self, rule: Rule) -> str:
        return label_text(rule.label, self._visit.language, rule.id)

    def why(self, form: str, reasons: Iterable[Reason]) -> str:
        return self._clauses(self._reason(form, one) for one in reasons)

    def did(self, deeds: Iterable[Done]) -> str:
        return self._clauses(self._done(one) for one in deeds)

    def reads(self, rule: Rule) -> str:
        """Its WHEN and IF."""
        when = self.when(rule)
        if not rule.condition:
            return self._visit.text("When: %(when)s.", when=when)
        return self._visit.text("When: %(when)s. If: %(condition)s", when=when, condition=rule.condition)

    def when(self, rule: Rule) -> str:
        form = self._app.form(rule.form)
        return (
            self._beside(self.trigger(rule), form.text(self._visit.language)) if form else self.trigger(rule)
        )

    def trigger(self, rule: Rule) -> str:
        return label_text(rule.trigger.label, self._visit.language) if rule.trigger else rule.trigger_name

    def effects(self, counted: Mapping[str, int]) -> str:
        """What was done, or would be, so many times."""
        return self._joined(effect(self._visit, name, number) for name, number in counted.items())

    def _reason(self, form: str, reason: Reason) -> str:
        visit = self._visit
        text, field = self._names.path(form, reason.path)
        if reason.kind == "by":
            return visit.text("“%(field)s” fits", field=text)
        if not reason.shown:
            return visit.text("“%(field)s” fits, which you may not read", field=text)
        if reason.kind == "lacks":
            return visit.text("“%(field)s” holds none of the words", field=text)
        if reason.kind == "has":
            words = visit.joined(f"“{word}”" for word in reason.value or ())
            return visit.text("“%(field)s” holds %(words)s", field=text, words=words)
        if reason.value in (None, "", []):
            return visit.text("“%(field)s” is empty", field=text)
        return visit.text(
            "“%(field)s” is %(value)s", field=text, value=self._names.value(field, reason.value)
        )

    def _done(self, done: Done) -> str:
        """The effect, and the fields it set."""
        what = effect(self._visit, done.effect, 1)
        if done.effect not in FIELDS_SET or not done.values:
            return what
        fields = []
        for name, value in done.values.items():
            text, field = self._names.path(done.form, name)
            fields.append(f"{text} = {self._names.value(field, value)}" if value is not None else text)
        return self._beside(what, self._joined(fields))

    def _beside(self, text: str, more: str) -> str:
        return f"{text}（{more}）" if self._visit.language == "zh" else f"{text} ({more})"

    def _clauses(self, said: Iterable[str]) -> str:
        return ("；" if self._visit.language == "zh" else "; ").join(said)

    def _joined(self, said: Iterable[str]) -> str:
        return ("，" if self._visit.language == "zh" else ", ").join(said)


class _Names:
    """Fields and values as people read them, of forms of this app; of others their ids."""

    def __init__(self, visit: Visit, app: App) -> None:
        self._language, self._app, self._presenter = visit.language, app, visit.presenter(app.id)

    def path(self, form: str, path: str) -> tuple[str, FieldDefinition | None]:
        first, _, last = path.partition(".")
        known = self._app.form(form)
        field = known.field(first) if known else None
        text = field.text(self._language) if field else first
        if not last or field is None:
            return text, None if last else field
        reference = field.type.reference(field) if field.type is not None else None
        own = reference is not None and reference.app in ("", self._app.id)
        behind = self.path(reference.form, last) if reference is not None and own else (last, None)
        return f"{text} › {behind[0]}", behind[1]

    def value(self, field: FieldDefinition | None, value: Any) -> str:
        if field is not None and field.type is not None and not field.type.container:
            return self._presenter.shown(field, value)
        items = value if isinstance(value, list) else [value]
        return show_list((str(item) for item in items if item is not None), self._language) or "—"


def effect(visit: Visit, name: str, number: int) -> str:
    """What an effect did, so many times, as the end of a sentence."""
    count = visit.count
    known: Mapping[str, Callable[[int], str]] = {
        "SetFields": lambda n: count("filled in one record", "filled in %(num)s records", n),
        "AddTags": lambda n: count("tagged one record", "tagged %(num)s records", n),
        "RemoveTags": lambda n: count("took tags off one record", "took tags off %(num)s records", n),
        "CreateRecord": lambda n: count("made one record", "made %(num)s records", n),
        "UpdateRecords": lambda n: count("changed what it found", "changed what it found %(num)s times", n),
        "FindOrCreate": lambda n: count("found or made one record", "found or made %(num)s records", n),
        "Link": lambda n: count("linked one record", "linked %(num)s records", n),
        "CreateTask": lambda n: count("gave one to-do", "gave %(num)s to-dos", n),
        "CloseTasks": lambda n: count("closed the to-dos of one record", "closed the to-dos of %(num)s records", n),
        "Notify": lambda n: count("told somebody once", "told somebody %(num)s times", n),
        "Refuse": lambda n: count("refused one record", "refused %(num)s records", n),
        "Grant": lambda n: count("gave one permission to read", "gave %(num)s permissions to read", n),
        "RunAnalyzer": lambda n: count("analysed one record", "analysed %(num)s records", n),
        "HttpCall": lambda n: count("told another system once", "told another system %(num)s times", n),
        "OpenForm": lambda n: count("opened one form", "opened %(num)s forms", n),
        "StartFlow": lambda n: count("began one flow", "began %(num)s flows", n),
        "Shred": lambda n: count(
            "asked for records to be shredded once", "asked for records to be shredded %(num)s times", n
        ),
        "KeywordFeedback": lambda n: count("noted one false alarm", "noted %(num)s false alarms", n),
    }  # fmt: skip
    return known[name](number) if name in known else f"{name} × {number:,}"
