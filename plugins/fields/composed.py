"""What values have in common that are made of the record's other fields without writing a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import Problem, Texts, form_of, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from metamodel.plugin_api import App, FieldDefinition

TEXTS = {
    "field.no_source": Texts("没有字段“{field}”", "There is no field “{field}”"),
    "field.nothing_composed": Texts("请填写由哪些字段组成", "Say what it is made of"),
}


def unknown_fields(app: App, field: FieldDefinition, names: list[str], path: str) -> Iterator[Problem]:
    """Those of `names` (a path through links counts by its first step) that the field's form does not have."""
    form = form_of(app, field)
    known = {one.id for one in form.fields} if form else set()
    for name in names:
        if form is not None and name.split(".")[0] not in known:
            yield problem("field.no_source", path, field=name)
