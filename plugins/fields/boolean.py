"""Yes or no, as a switch, a checkbox or a pair of buttons: one value, other inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    BOOLEAN,
    CHOICE_AGGREGATES,
    BadValue,
    Choice,
    Display,
    Field,
    Label,
    Options,
    Registry,
    Storage,
    Texts,
    excerpt,
    fold,
    label_text,
    labelled,
    options_of,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

YES = frozenset(["true", "yes", "y", "on", "1", "是", "对", "真", "有", "√", "✓", "✔"])
NO = frozenset(["false", "no", "n", "off", "0", "否", "错", "假", "无", "没有", "×", "x", "✗", "✘"])


class BooleanOptions(Options, frozen=True):
    yes: Annotated[str | dict[str, str], labelled("“是”的文字", "Word for yes")] = ""
    no: Annotated[str | dict[str, str], labelled("“否”的文字", "Word for no")] = ""


class Boolean(Field):
    texts = {"value.not_yes_or_no": Texts("“{text}”不是“是”或“否”", "“{text}” is neither yes nor no")}
    group = "choice"
    keywords: tuple[str, ...] = ("布尔", "是否", "真假", "yes", "no")
    exact = bool
    storage = Storage.BOOLEAN
    type = BOOLEAN
    operators = ("is", "is_not", "blank", "not_blank")
    aggregates = CHOICE_AGGREGATES
    Options = BooleanOptions
    examples = (("是", True), ("否", False), ("Yes", True), (0, False), (True, True))

    def __init__(self, name: str, label: Label, icon: str, doc: Label) -> None:
        self.name, self.label, self.icon, self.doc, self.input = name, label, icon, doc, name
        self.twin = "" if name == "boolean" else "boolean"

    def parse(self, raw: Any, field: FieldDefinition) -> bool:
        if isinstance(raw, bool):
            return raw
        word = fold(str(raw)).lower() if isinstance(raw, (str, int)) and len(str(raw)[:50]) < 50 else ""
        options = options_of(field, BooleanOptions)
        if word in YES or (word and word in _words(options.yes)):
            return True
        if word in NO or (word and word in _words(options.no)):
            return False
        raise BadValue("value.not_yes_or_no", text=excerpt(raw))

    def display(self, value: bool, field: FieldDefinition, display: Display) -> str:
        options = options_of(field, BooleanOptions)
        default = ("是", "否") if display.language.startswith("zh") else ("Yes", "No")
        own, fallback = (options.yes, default[0]) if value else (options.no, default[1])
        return label_text(own, display.language, fallback)

    def search_text(self, value: bool, field: FieldDefinition) -> str:
        return self.display(value, field, Display())

    def choices(self, field: FieldDefinition) -> tuple[Choice, ...]:
        options = options_of(field, BooleanOptions)
        return (
            Choice("true", options.yes or {"zh": "是", "en": "Yes"}),
            Choice("false", options.no or {"zh": "否", "en": "No"}),
        )


def _words(label: str | dict[str, str]) -> set[str]:
    return {label.lower()} if isinstance(label, str) else {word.lower() for word in label.values()}


FAMILY = (
    Boolean(
        "boolean", {"zh": "是/否", "en": "Yes or no"}, "check-circle", {"zh": "二选一", "en": "One of two"}
    ),
    Boolean("switch", {"zh": "开关", "en": "Switch"}, "toggle", {"zh": "开或关", "en": "On or off"}),
    Boolean(
        "checkbox",
        {"zh": "勾选", "en": "Checkbox"},
        "check-square",
        {"zh": "勾选即为是", "en": "Ticked is yes"},
    ),
)


def register(registry: Registry) -> None:
    registry.add(*FAMILY)
