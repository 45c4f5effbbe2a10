"""What names a field, a view or a role: in expressions, layouts, views, rules, flows, reports, roles, menus, tests; and
another id for it, everywhere, while it was never published.

What names it is not guessed from the words: the definition alone is renamed first, and each place that does not check
any more, though it did before, is where it was meant. So nothing else is touched, and whatever is checked follows.
Afterwards ids never change. Pure; asked by the designers, where an id is first made from a label, and before somebody
takes something away.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from metamodel.problems import Problem

Document = Mapping[str, Any]
ProblemsOf = Callable[[Document], Iterable[Problem]]  # what the checks say of a document
ROUNDS = 8  # what a place says may be understood only when another is put right


NOBODY = "nobody_calls_it_so"


@dataclass(frozen=True, slots=True)
class NamedPart:
    """What others name by its id: a field (`lines.price`: a column of a sub-form) or a view of `form`, a role."""

    what: Literal["field", "view", "role"]
    id: str
    form: str = ""


def naming(document: Document, part: NamedPart, problems_of: ProblemsOf) -> list[Problem]:
    """What would not check any more if the part were gone: one problem for each place that names it."""
    before = {_known(found) for found in problems_of(document)}
    without = copy.deepcopy(dict(document))
    _rename_itself(without, part, NOBODY)
    return [found for found in problems_of(without) if _known(found) not in before]


def renamed(document: Document, part: NamedPart, new: str, problems_of: ProblemsOf) -> Document:
    """The document with the part called `new`."""
    made = copy.deepcopy(dict(document))
    before = {_known(found) for found in problems_of(made)}
    name = part.id.rpartition(".")[2]
    _rename_itself(made, part, new)
    for _ in range(ROUNDS):
        found = [one for one in problems_of(made) if _known(one) not in before]
        if not found or not _mended(made, found, name, new, problems_of):
            break
    return made


def _mended(document: Any, problems: Sequence[Problem], old: str, new: str, problems_of: ProblemsOf) -> bool:
    """Did anything change? Texts first: a renamed key changes the paths below it."""
    places: dict[str, list[Problem]] = {}
    for found in problems:
        places.setdefault(found.path, []).append(found)
    changed, keys = False, list[str]()
    for path, there in places.items():
        holder, last = _holder(document, path)
        value = _value(holder, last)
        said = _said(value, there, old, new)
        is_key = isinstance(holder, dict) and last == old and new not in holder
        if is_key and (said == value or not _means_value(document, path, said, there, problems_of)):
            keys.append(path)
        elif said != value:
            _set(holder, last, said)
            changed = True
        elif any(one.code.endswith("unknown_field") for one in there):
            changed |= _said_at_last(document, path, there, old, new, problems_of)
    for path in sorted(keys, key=len, reverse=True):
        changed |= _rename_key(document, path, new)
    return changed


def _known(found: Problem) -> tuple[str, str, str]:
    """The same one before and after: what it is about stays, where in a text it is does not."""
    about = sorted((name, repr(value)) for name, value in found.params.items() if name != "position")
    return found.code, found.path, repr(about)


def _means_value(
    document: Any, path: str, said: Any, problems: Sequence[Problem], problems_of: ProblemsOf
) -> bool:
    """`"amount": "amount"`: is it what stands there that is meant, or the key? It is tried."""
    holder, last = _holder(document, path)
    value = _value(holder, last)
    if isinstance(value, str) and any(_place(value, one, last) is not None for one in problems):
        return True
    tried = copy.deepcopy(document)
    _set(_holder(tried, path)[0], last, said)
    wrong = {_known(one) for one in problems}
    return not wrong & {_known(one) for one in problems_of(tried)}


def _said_at_last(
    document: Any, path: str, problems: Sequence[Problem], old: str, new: str, problems_of: ProblemsOf
) -> bool:
    """An option that was left out because the field had its usual id has to be said now."""
    holder, last = _holder(document, path)
    value = _value(holder, last)
    if value is None and isinstance(holder, dict):
        said: Any = new
    elif isinstance(value, dict) and old not in value:
        said = {**value, old: new}
    else:
        return False
    if not _means_value(document, path, said, problems, problems_of):
        return False
    _set(holder, last, said)
    return True


def _said(value: Any, problems: Sequence[Problem], old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_said(one, problems, old, new) for one in value]
    if isinstance(value, dict):
        return {key: _said(one, problems, old, new) for key, one in value.items()}
    if not isinstance(value, str):
        return value
    if value == old:
        return new
    places = {place for one in problems if (place := _place(value, one, old)) is not None}
    for place in sorted(places, reverse=True):
        value = value[:place] + new + value[place + len(old) :]
    if places:
        return value
    word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")  # in texts with braces positions count within them
    if "{" in value:
        return re.sub(r"\{[^{}]*\}", lambda braces: word.sub(new, braces[0]), value)
    return word.sub(new, value) if re.fullmatch(r"[-\w.: ]+", value) else value


def _place(text: str, found: Problem, old: str) -> int | None:
    """Where in an expression the name stands that is not known any more."""
    start = found.params.get("position")
    if found.params.get("name") != old or not isinstance(start, int):
        return None
    if text[start : start + len(old)] == old and not re.match(r"\w", text[start + len(old) :]):
        return start
    behind = re.compile(rf"\.\s*({re.escape(old)})(?!\w)").search(text, start)
    return behind.start(1) if behind else None


# -- places in a document --------------------------------------------------------------------------


def _holder(document: Any, path: str) -> tuple[Any, str]:
    """(what holds the last part of a path, that part); (None, …) where there is no such place."""
    *way, last = _parts(path) or [""]
    for part in way:
        document = _value(document, part)
    return document, last


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _value(holder: Any, part: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(part)
    if isinstance(holder, list) and part.isdecimal() and int(part) < len(holder):
        return holder[int(part)]
    return None


def _set(holder: Any, part: str, value: Any) -> None:
    holder[int(part) if isinstance(holder, list) else part] = value


def _rename_key(document: Any, path: str, new: str) -> bool:
    """In its place: the order of keys stays."""
    holder, last = _holder(document, path)
    if not isinstance(holder, dict) or last not in holder:
        return False
    items = [(new if key == last else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(items)
    return True


def _rename_itself(document: Any, part: NamedPart, new: str) -> None:
    for path, definition in list(_definitions(document, part)):
        if path == part.id:
            definition["id"] = new


def _definitions(document: Any, part: NamedPart) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, definition) of all parts beside this one; of fields their columns too."""
    forms = [one for one in _objects(document, "forms") if one.get("id") == part.form]
    if part.what == "field":
        for form in forms:
            yield from _inside(form, "")
    else:
        holders, key = ([document], "roles") if part.what == "role" else (forms, "views")
        yield from ((str(one.get("id")), one) for holder in holders for one in _objects(holder, key))


def _objects(holder: Any, key: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _inside(holder: dict[str, Any], around: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in holder.get("fields") or ():
        if isinstance(field, dict):
            path = f"{around}{field.get('id')}"
            yield path, field
            yield from _inside(field, f"{path}.")
