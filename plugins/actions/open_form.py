"""Show whoever pressed a button a new record of another form, filled in from this one and linked back to it.

Nothing is written before that person saves. What is filled in stands in an address, so nothing sealed may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from metamodel.plugin_api import (
    Action,
    Effect,
    OpenForm as OpenFormEffect,
    Options,
    Registry,
    labelled,
    pointer,
)
from plugins.actions.assignments import TEXTS, Assignments, Target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class OpenFormOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    values: Annotated[Assignments, labelled("带入的值", "What is filled in")] = {}
    link: Annotated[str, labelled("指回本记录的字段", "Its field that links back here")] = ""


class OpenForm(Action):
    name = "open_form"
    label = {"zh": "打开表单填写", "en": "Open a form to fill in"}
    icon = "external"
    doc = {
        "zh": "打开另一表单的新记录，带入本记录的值；保存后回到本记录",
        "en": "Opens a new record of another form, filled in from this one; saving it leads back here",
    }
    texts = TEXTS
    only_on: ClassVar[frozenset[str]] = frozenset({"button"})
    Options = OpenFormOptions

    def check_options(self, options: OpenFormOptions, scope: ActionScope) -> list[Problem]:
        target = Target(scope, options.app, options.form)
        found = [*target.check_form(options.form, "/form"), *target.check_values(options.values, "/values")]
        if not found:
            for name, text in options.values.items():
                found += scope.check_expression(text, "/values" + pointer(name), plain=True)
        return [*found, *(target.check_link(options.link, "/link") if options.link else ())]

    def plan(self, options: OpenFormOptions, subject: Subject) -> list[Effect]:
        values = subject.evaluate_all(options.values)
        app = options.app or subject.app
        return [OpenFormEffect(app, options.form, subject.record, values, options.link)]


def register(registry: Registry) -> None:
    registry.add(OpenForm())
