"""Small closures for function calls: arguments fitted once where they are known, guarded always.

A function with `bind` is asked for its own short form when all arguments but the first are
known, which is how keyword rules run for every message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.expressions import operators
from engine.expressions.calls import FAILURES, named, settled
from engine.expressions.closures import EXACT, Part, Run
from engine.expressions.context import EvaluationContext
from metamodel.expressions.checker import argument_at
from metamodel.expressions.types import IDENTIFIERS, Type
from metamodel.plugin_api import Argument, Function
from metamodel.problems import BadValue


class ContextNeeded(Exception):
    """Found while working out a constant part: it is not constant after all."""


class _NoContext:
    def __getattr__(self, name: str) -> Any:
        raise ContextNeeded(name)


NOWHERE: Any = _NoContext()


def constant(value: Any, type_: Type) -> Part:
    if isinstance(value, list):
        return Part(lambda v, c: list(value), type_, True, value)
    return Part(lambda v, c: value, type_, True, value)


def fitted(argument: Argument, part: Part) -> Part:
    """The part as the argument wants it, with as little work at run time as its type allows."""
    run, types = part.run, argument.types
    kinds = [type_.kind for type_ in types]
    if part.known:
        try:
            return constant(operators.fit(part.value, types, NOWHERE), part.type)
        except (BadValue, ContextNeeded):
            pass
    if kinds == ["any"] or (part.type.kind in kinds and part.type.kind in EXACT):
        return part
    if part.type.kind in kinds or (part.type.kind in IDENTIFIERS and kinds == ["text"]):
        if kinds[0] == "list":
            return Part(lambda v, c: run(v, c) or [], part.type)
        if kinds[0] == "text":
            return Part(lambda v, c: "" if (x := run(v, c)) is None else x, part.type)
        return part
    return Part(lambda v, c: operators.fit(run(v, c), types, c), part.type)


def _rest(parts: list[Part]) -> tuple[Any, ...] | None:
    """The values of all arguments but the first, when they are known."""
    rest = parts[1:]
    return tuple(part.value for part in rest) if parts and all(part.known for part in rest) else None


def called(function: Function, parts: list[Part]) -> Run:
    """The call with its fitted arguments."""
    runs, rest = [part.run for part in parts], _rest(parts)
    if rest is not None and not function.context:
        return _short(function, runs[0], _bound(function, rest))
    return _called(function, lambda v, c: [run(v, c) for run in runs])


def _bound(function: Function, rest: tuple[Any, ...]) -> Callable[[Any], Any]:
    call = function.call
    if function.bind is not None:
        try:
            return function.bind(*rest)
        except BadValue:
            pass
    if not rest:
        return call
    return lambda first: call(first, *rest)


def _short(function: Function, first: Run, call: Callable[[Any], Any]) -> Run:
    def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
        value = first(v, c)
        try:
            return call(value)
        except BadValue as bad:
            raise named(bad, function) from None
        except FAILURES:
            raise BadValue("expression.function_failed", function=function.name) from None

    return run


def _checked(function: Function, gather: Run, call: Callable[[Any, EvaluationContext], Any]) -> Run:
    def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
        arguments = gather(v, c)
        try:
            return call(arguments, c)
        except BadValue as bad:
            raise named(bad, function) from None
        except FAILURES:
            raise BadValue("expression.function_failed", function=function.name) from None

    return run


def spread(function: Function, parts: list[Part]) -> Run:
    """Lists among the arguments are known only at run time."""
    adders = [_adder(part, argument_at(function, position)) for position, part in enumerate(parts)]

    def gather(v: Mapping[str, Any], c: EvaluationContext) -> list[Any]:
        found: list[Any] = []
        for add in adders:
            add(found, v, c)
        return found

    return _called(function, gather)


def _adder(
    part: Part, argument: Argument
) -> Callable[[list[Any], Mapping[str, Any], EvaluationContext], None]:
    run, types = part.run, argument.types
    as_it_is = part.type.kind == "list" and part.type.item.kind in [type_.kind for type_ in types]

    def add(found: list[Any], v: Mapping[str, Any], c: EvaluationContext) -> None:
        value = run(v, c)
        if not argument.or_list or not isinstance(value, list | tuple):
            found.append(operators.fit(value, types, c))
        elif as_it_is and None not in value:
            found.extend(value)
        else:
            found.extend(operators.fit(item, types, c) for item in value)

    return add


def later(function: Function, runs: list[Run]) -> Run:
    """A lazy function gets its arguments as callables."""
    return _called(function, lambda v, c: [partial(run, v, c) for run in runs])


def settling(run: Run) -> Run:
    return lambda v, c: settled(run(v, c), c)


def _called(function: Function, gather: Run) -> Run:
    call = function.call
    if function.context:
        return _checked(function, gather, lambda a, c: call(c, *a))
    return _checked(function, gather, lambda a, c: call(*a))
