"""A record of a form changed, or one of certain fields of it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Options, Registry, Texts, Trigger, labelled, pointer, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem


class RecordUpdatedOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    fields: Annotated[
        tuple[str, ...], labelled("其中之一变了（空为任意）", "One of these changed (blank: any)")
    ] = ()


class RecordUpdated(Trigger):
    name = "record_updated"
    label = {"zh": "修改记录", "en": "Record changed"}
    icon = "edit"
    doc = {
        "zh": "某个表单的一条记录被修改，或其中某些字段变了",
        "en": "A record of a form changed, or certain fields of it did",
    }
    texts = {"rule.unknown_field": Texts("表单没有字段“{field}”", "The form has no field “{field}”")}
    event = "record_updated"
    Options = RecordUpdatedOptions

    def check_options(self, options: RecordUpdatedOptions, scope: ActionScope) -> list[Problem]:
        form = scope.app.form(options.form)
        return [
            problem("rule.unknown_field", "/fields" + pointer(number), field=field)
            for number, field in enumerate(options.fields)
            if form is not None and form.field(field) is None
        ]

    def matches(self, options: RecordUpdatedOptions, event: Mapping[str, Any]) -> bool:
        return bool(options.form == event["form"])

    def fields(self, options: RecordUpdatedOptions) -> tuple[str, ...]:
        return options.fields


def register(registry: Registry) -> None:
    registry.add(RecordUpdated())
