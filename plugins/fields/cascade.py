"""One place of a tree of choices, level by level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    OptionsType,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    options_of,
    problem,
)
from plugins.fields.tree_choice import (
    BETWEEN,
    DEEPEST,
    LONGEST,
    Branch,
    TreeOptions,
    check_tree,
    tree_conditions,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition


class Cascade(Field):
    name = "cascade"
    label = {"zh": "级联选择", "en": "Cascade"}
    icon = "branch"
    keywords: tuple[str, ...] = ("多级", "联动")
    doc = {"zh": "一级一级选到末级", "en": "Chosen level by level, down to a last one"}
    texts = {
        "field.no_choices": Texts("还没有选项", "There are no choices yet", severity="warning"),
        "field.choice_twice": Texts("选项“{value}”出现两次", "The choice “{value}” is there twice"),
        "field.tree_too_deep": Texts("最多 {most} 级", "At most {most} levels"),
        "value.not_a_choice": Texts("“{text}”不在选项中", "“{text}” is not one of the choices"),
        "value.not_a_leaf": Texts("请选到末级", "Choose down to the last level"),
    }
    group = "choice"
    operators = (*CHOICE_OPERATORS, "starts_with")
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "select"
    example_options: ClassVar[Mapping[str, Any]] = {
        "tree": [
            {
                "value": "east",
                "label": {"zh": "华东", "en": "East"},
                "children": [{"value": "suzhou", "label": "苏州"}],
            },
            {"value": "other"},
        ]
    }
    examples: Examples = (
        ("east/suzhou", "east/suzhou"),
        ("华东 / 苏州", "east/suzhou"),
        (["east", "suzhou"], "east/suzhou"),
        ("other", "other"),
    )
    Options: ClassVar[OptionsType] = TreeOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        tree = options_of(field, TreeOptions).tree
        found = [] if tree else [problem("field.no_choices", "/options/tree")]
        return [*found, *check_tree(tree, "/options/tree")]

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        options = options_of(field, TreeOptions)
        if isinstance(raw, (list, tuple)):
            raw = BETWEEN.join(clean_text(part, limit=4 * LONGEST) for part in raw[:DEEPEST])
        text = clean_text(raw, limit=4 * LONGEST)
        way = options.find(text)
        if way is None:
            raise BadValue("value.not_a_choice", text=excerpt(text))
        if not self._may_end(options.ways[way][-1]):
            raise BadValue("value.not_a_leaf")
        return way

    def _may_end(self, branch: Branch) -> bool:
        return not branch.children

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return self._shown(options_of(field, TreeOptions).ways.get(value), value, display.language)

    def _shown(self, branches: tuple[Branch, ...] | None, value: str, language: str) -> str:
        return " / ".join(branch.text(language) for branch in branches) if branches else value

    def search_text(self, value: str, field: FieldDefinition) -> str:
        branches = options_of(field, TreeOptions).ways.get(value)
        return " ".join(self._shown(branches, value, language) for language in ("zh", "en"))

    def choices(self, field: FieldDefinition) -> tuple[Choice, ...]:
        return tuple(
            Choice(way, {language: self._shown(branches, way, language) for language in ("zh", "en")})
            for way, branches in options_of(field, TreeOptions).ways.items()
            if self._may_end(branches[-1])
        )

    def conditions(self, field: FieldDefinition) -> list[tuple[str, str, str]]:
        return list(tree_conditions(options_of(field, TreeOptions).tree, "/options/tree"))

    def within(self, value: str, choice: str) -> bool:
        return value == choice or value.startswith(choice + BETWEEN)


def register(registry: Registry) -> None:
    registry.add(Cascade())
