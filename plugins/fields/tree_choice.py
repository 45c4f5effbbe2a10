"""Choosing from a tree: cascade (down to a leaf) and tree select (any branch will do).

The value is the way through the tree, `east/suzhou`: a filter “starts with” takes a whole branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Choice,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    label_text,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

BETWEEN = "/"
DEEPEST = 8
LONGEST = 500


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place in the tree, with what is below it."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^/]*$")]
    label: str | dict[str, str] = ""  # blank: the value itself
    children: tuple[Branch, ...] = ()
    condition: str = msgspec.field(default="", name="if")  # it and what is below are offered while it holds

    def text(self, language: str) -> str:
        return label_text(self.label, language, self.value)


class TreeOptions(Options, frozen=True, dict=True):
    tree: Annotated[tuple[Branch, ...], labelled("选项", "Choices", max_length=5000)] = ()

    @cached_property
    def ways(self) -> Mapping[str, tuple[Branch, ...]]:
        """Every way through the tree, with the branches on it."""
        return dict(_ways(self.tree, ()))

    @cached_property
    def by_text(self) -> Mapping[str, str]:
        """What people may write for a way: its labels, joined as they are shown."""
        found: dict[str, str] = {}
        for way, branches in self.ways.items():
            for language in ("zh", "en"):
                found.setdefault(_key(BETWEEN.join(branch.text(language) for branch in branches)), way)
        return found


def _ways(
    branches: tuple[Branch, ...], above: tuple[Branch, ...]
) -> Iterator[tuple[str, tuple[Branch, ...]]]:
    for branch in branches:
        way = (*above, branch)
        yield BETWEEN.join(one.value for one in way), way
        if len(way) < DEEPEST:
            yield from _ways(branch.children, way)


def _key(text: str) -> str:
    return BETWEEN.join(part.strip() for part in fold(text).casefold().split(BETWEEN))


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
        return [*found, *_check_tree(tree, "/options/tree", 1)]

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        options = options_of(field, TreeOptions)
        if isinstance(raw, (list, tuple)):
            raw = BETWEEN.join(clean_text(part, limit=4 * LONGEST) for part in raw[:DEEPEST])
        text = clean_text(raw, limit=4 * LONGEST)
        way = text if text in options.ways else options.by_text.get(_key(text))
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
        return list(_conditions(options_of(field, TreeOptions).tree, "/options/tree", ""))

    def within(self, value: str, choice: str) -> bool:
        return value == choice or value.startswith(choice + BETWEEN)


class TreeSelect(Cascade):
    name = "tree_select"
    label = {"zh": "树形选择", "en": "Tree"}
    icon = "tree"
    keywords: tuple[str, ...] = ("层级", "分类", "category")
    doc = {"zh": "选树上的任意一级", "en": "Any place of a tree"}
    examples = (("east", "east"), ("华东/苏州", "east/suzhou"))

    def _may_end(self, branch: Branch) -> bool:
        return True


def _conditions(branches: tuple[Branch, ...], path: str, above: str) -> Iterator[tuple[str, str, str]]:
    for place, branch in enumerate(branches):
        here, way = f"{path}/{place}", above + branch.value
        if branch.condition:
            yield f"{here}/if", way, branch.condition
        yield from _conditions(branch.children, f"{here}/children", way + BETWEEN)


def _check_tree(branches: tuple[Branch, ...], path: str, depth: int) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield problem("field.tree_too_deep", path, most=DEEPEST)
        return
    seen: set[str] = set()
    for place, branch in enumerate(branches):
        if branch.value in seen:
            yield problem("field.choice_twice", f"{path}/{place}", value=branch.value)
        seen.add(branch.value)
        yield from _check_tree(branch.children, f"{path}/{place}/children", depth + 1)


def register(registry: Registry) -> None:
    registry.add(Cascade(), TreeSelect())
