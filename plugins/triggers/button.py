"""Somebody pressed a button on a record's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Label, Options, Registry, Texts, Trigger, labelled, pointer, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem


class ButtonOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    label: Annotated[str | dict[str, str], labelled("按钮文字", "Words of the button")]
    where: Annotated[str, labelled("何时出现（空为总是）", "When it shows (blank: always)")] = ""
    roles: Annotated[
        tuple[str, ...], labelled("哪些角色可以按（空为全部）", "For these roles (blank: all)")
    ] = ()


class Button(Trigger):
    name = "button"
    label = {"zh": "按下按钮", "en": "Button pressed"}
    icon = "pointer"
    doc = {"zh": "有人在记录页面上按下这个按钮", "en": "Somebody pressed this button on a record's page"}
    texts = {"rule.unknown_role": Texts("没有角色“{role}”", "There is no role “{role}”")}
    event = "button"
    Options = ButtonOptions

    def check_options(self, options: ButtonOptions, scope: ActionScope) -> list[Problem]:
        unknown = [
            problem("rule.unknown_role", "/roles" + pointer(number), role=role)
            for number, role in enumerate(options.roles)
            if scope.app.role(role) is None
        ]
        return [*unknown, *(scope.check_condition(options.where, "/where") if options.where else ())]

    def matches(self, options: ButtonOptions, event: Mapping[str, Any]) -> bool:
        return bool(options.form == event["form"])

    def words(self, options: ButtonOptions) -> Label:
        return options.label


def register(registry: Registry) -> None:
    registry.add(Button())
