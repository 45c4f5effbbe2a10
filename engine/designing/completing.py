"""What may stand where the caret is: fields by label, id, pinyin and initials, through links too; functions;
choices inside a text; and which argument of a function is being written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.access.pinyin import spellings
from metamodel.conditions import quoted
from metamodel.expressions.checker import Scope, argument_at, arity, signature
from metamodel.expressions.pieces import Caret, caret_in
from metamodel.expressions.types import Type, type_label
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Function, Registry
from metamodel.scope_fields import field_at, own_fields, path_label, type_at

MOST = 40
_WORDS: dict[str, Label] = {
    "and": {"zh": "且", "en": "and"}, "or": {"zh": "或", "en": "or"}, "not": {"zh": "非", "en": "not"},
    "in": {"zh": "属于", "en": "in"}, "true": {"zh": "是", "en": "yes"}, "false": {"zh": "否", "en": "no"},
    "none": {"zh": "空", "en": "blank"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Completion:
    """`insert` in the place of the word; the caret goes `back` so many characters from its end."""

    insert: str
    label: str
    kind: Literal["field", "function", "choice", "word"]
    detail: str = ""
    doc: str = ""
    back: int = 0

    def to_json(self) -> dict[str, object]:
        return {
            "insert": self.insert, "label": self.label, "kind": self.kind, "detail": self.detail,
            "doc": self.doc, "back": self.back,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hint:
    """The function around the caret: its arguments, which of them is meant, and an example."""

    name: str
    label: str
    doc: str
    arguments: tuple[tuple[str, str], ...]  # (name as the signature shows it, what it takes)
    current: int
    gives: str
    example: str

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name, "label": self.label, "doc": self.doc, "current": self.current,
            "arguments": [{"name": name, "takes": takes} for name, takes in self.arguments],
            "gives": self.gives, "example": self.example,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Completions:
    """What stands from `start` to `end` would be replaced."""

    start: int
    end: int
    items: tuple[Completion, ...]
    hint: Hint | None = None


def complete(
    text: str, at: int, scope: Scope, registry: Registry, language: str, functions: bool = False
) -> Completions:
    """What fits what is typed before the caret, best first; nothing for a text that is compared with no choice.
    `functions`: all of them in their groups, whatever is typed."""
    caret = caret_in(text, max(0, min(at, len(text))))
    made = _Completer(scope, registry, language)
    said, path = caret.before, made.path_of(caret.before)
    caret = replace(caret, before=path)
    found = made.inside_text(caret) if caret.quote else made.functions() if functions else made.names(caret)
    if path != said:  # by its label, `客户.`: the ids take its place, too
        caret = replace(caret, start=_start_of(text, said, caret.start))
        found = [replace(one, insert=".".join((*path, one.insert))) for one in found]
    function = registry.get("function", caret.call) if caret.call else None
    hint = hint_for(function, caret.argument, language) if function is not None else None
    return Completions(caret.start, caret.end, tuple(found if functions else found[:MOST]), hint)


def hint_for(function: Function, argument: int, language: str) -> Hint:
    """How a function is called, with the argument of that place marked."""
    _, most = arity(function)
    shown = signature(function)[len(function.name) + 1 : -1]
    names = [part.strip() for part in shown.split(", ") if part != "…"]
    takes = [
        label_text(type_label(*argument_at(function, place).types), language) for place in range(len(names))
    ]
    current = min(argument, len(names) - 1) if most is None or argument < most else len(names)
    gives = label_text(type_label(function.result), language) if isinstance(function.result, Type) else ""
    example = function.examples[0][0] if function.examples else ""
    return Hint(
        function.name, label_text(function.label, language, function.name), label_text(function.doc, language),
        tuple(zip(names, takes, strict=True)), current, gives, example,
    )  # fmt: skip


def _start_of(text: str, path: Sequence[str], at: int) -> int:
    """Where a path begins that ends with its dot before `at`."""
    for name in reversed(path):
        at = text.rindex(name, 0, at)
    return at


class _Completer:
    def __init__(self, scope: Scope, registry: Registry, language: str) -> None:
        self._scope, self._registry, self._language = scope, registry, language

    # -- inside a text -----------------------------------------------------------------------------

    def inside_text(self, caret: Caret) -> list[Completion]:
        """The choices of the field this text is compared with."""
        field = field_at(self._scope, caret.against) if caret.against else None
        if field is None or field.type is None or field.options is None:
            return []
        offered = [
            (_score(caret.word, choice.text(self._language), choice.value), choice)
            for choice in field.type.choices(field)
        ]
        return [
            Completion(quoted(choice.value), choice.text(self._language), "choice", choice.value)
            for score, choice in sorted(offered, key=lambda one: one[0])
            if score < NO_MATCH
        ]

    # -- names -------------------------------------------------------------------------------------

    def names(self, caret: Caret) -> list[Completion]:
        found = list(self._after_dot(caret) if caret.before else self._anywhere(caret.word))
        scored = [
            (_score(caret.word, made.label.rpartition(" · ")[2], made.insert, made.label), made)
            for made in found
        ]
        near = [one for one in scored if one[0] < NO_MATCH]
        order = {"field": 0, "choice": 0, "word": 1, "function": 2}
        near.sort(key=lambda one: (one[0], order[one[1].kind]))
        return [made for _, made in near]

    def path_of(self, said: Sequence[str]) -> tuple[str, ...]:
        """A path whose names may be labels, by ids; as it is where it leads nowhere."""
        path: tuple[str, ...] = ()
        for word in said:
            owner = type_at(self._scope, path) if path else None
            known = self._scope.attributes(owner) if owner else () if path else self._scope.names()
            called = {
                path_label(self._scope, (*path, name), self._language).rpartition(" · ")[2]: name
                for name in known
            }
            name = word if word in known else called.get(word)
            if name is None:
                return tuple(said)
            path = (*path, name)
        return path

    def functions(self) -> list[Completion]:
        """Every function, those of a group together."""
        known = self._registry.all("function").values()
        return [self._function(one) for one in sorted(known, key=lambda one: (one.group, one.name))]

    def _after_dot(self, caret: Caret) -> Iterator[Completion]:
        owner = type_at(self._scope, caret.before)
        for name in self._scope.attributes(owner) if owner is not None else ():
            yield from self._field((*caret.before, name), name)

    def _anywhere(self, word: str) -> Iterator[Completion]:
        for name in self._scope.names():
            yield from self._field((name,), name)
        if not word:
            return
        for field in own_fields(self._scope):
            yield from self._through(field)
        for name, label in _WORDS.items():
            yield Completion(name, label_text(label, self._language, name), "word", name)
        for function in self._registry.all("function").values():
            yield self._function(function)

    def _through(self, link: FieldDefinition) -> Iterator[Completion]:
        """The fields one step behind a link."""
        known = self._scope.name(link.id)
        if known is None or known.kind != "record":
            return
        for name in self._scope.attributes(known):
            yield from self._field((link.id, name), f"{link.id}.{name}")

    def _field(self, path: Sequence[str], insert: str) -> Iterator[Completion]:
        known = type_at(self._scope, path)
        if known is None:
            return
        label = path_label(self._scope, path, self._language)
        short = label if insert.count(".") else label.rpartition(" · ")[2]
        detail = label_text(type_label(known), self._language)
        yield Completion(insert, short, "field", detail, ".".join(path))

    def _function(self, function: Function) -> Completion:
        takes = bool(function.arguments)
        return Completion(
            f"{function.name}()", label_text(function.label, self._language, function.name), "function",
            signature(function), label_text(function.doc, self._language), 1 if takes else 0,
        )  # fmt: skip


NO_MATCH = 9


def _score(typed: str, *names: str) -> int:
    """0 for the very word, then what begins with it, then what holds it; NO_MATCH where it does not stand."""
    if not typed:
        return 3
    (wanted, *_) = spellings(typed)
    return min(
        (_nearness(wanted, spelling) for name in names if name for spelling in spellings(name)),
        default=NO_MATCH,
    )


def _nearness(wanted: str, spelling: str) -> int:
    bare = spelling.removesuffix("()")
    if bare == wanted:
        return 0
    if bare.startswith(wanted):
        return 1 if len(wanted) > 1 or len(bare) < 12 else 2
    if any(part.startswith(wanted) for part in bare.replace(".", "_").split("_")):
        return 2
    return 4 if len(wanted) > 1 and wanted in bare else NO_MATCH
