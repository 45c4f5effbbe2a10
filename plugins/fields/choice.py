"""Choosing from a list: what is common to one choice, several, and several of an open list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from metamodel.plugin_api import Choice, Options, fold, labelled

LONGEST = 200


class ChoiceOptions(Options, frozen=True, dict=True):
    choices: Annotated[tuple[Choice, ...], labelled("选项", "Choices", max_length=2000)] = ()

    @cached_property
    def by_value(self) -> Mapping[str, Choice]:
        return {choice.value: choice for choice in self.choices}

    @cached_property
    def merged(self) -> Mapping[str, str]:
        """Values that went into others, and into which."""
        return {choice.value: choice.into for choice in self.choices if choice.into}

    @cached_property
    def offered(self) -> tuple[Choice, ...]:
        """Without those that went into others."""
        return tuple(choice for choice in self.choices if not choice.into) if self.merged else self.choices

    @cached_property
    def by_text(self) -> Mapping[str, str]:
        """What people may write for a choice: its label in any language, whatever the width and case."""
        texts: dict[str, str] = {}
        for choice in (*self.offered, *(choice for choice in self.choices if choice.into)):
            labels = [choice.label] if isinstance(choice.label, str) else list(choice.label.values())
            for text in (*labels, choice.value):
                texts.setdefault(_key(text), choice.value)
        return texts

    def find(self, text: str) -> str | None:
        found = text if text in self.by_value else self.by_text.get(_key(text))
        return found if found is None else self.merged.get(found, found)

    def text(self, value: str, language: str) -> str:
        choice = self.by_value.get(self.merged.get(value, value))
        return choice.text(language) if choice else value

    def words(self, value: str) -> list[str]:
        """What a value is called in each language; of one without a label, the value itself."""
        choice = self.by_value.get(self.merged.get(value, value))
        if choice is None or not choice.label:
            return [value]
        return [choice.label] if isinstance(choice.label, str) else list(choice.label.values())


def _key(text: str) -> str:
    return fold(text).casefold()
