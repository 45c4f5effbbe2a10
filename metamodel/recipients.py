"""Recipients: whom a task, a notice, a copy or an approval goes to, in one small grammar.

`role:ID` (of this app; `role:APP/ID` of another) · `person:ID` · `field:PATH` · `manager:PATH[:LEVEL]` ·
`head:PATH` (of the department there; of a certain one `head:'ID'`) · `me`. Actions and nodes `check` such texts
and make them `planned`: the same grammar without paths, which `engine.access.recipients` turns into people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metamodel.expressions.types import DEPARTMENT, PERSON, Type, list_of
from metamodel.problems import Problem, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Subject

KINDS = ("role", "person", "field", "manager", "head", "me")
MAX_LEVEL = 20
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_DEPARTMENT = re.compile(r"'[^'\\]+'")  # its id, as a text of the language
_ROLE = re.compile(r"([a-z][a-z0-9_]{0,62}/)?[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """`of` is a role, an id or a path, as the kind has it."""

    kind: str
    of: str = ""
    level: int = 1


def read(text: str) -> Recipient | None:
    """None for what is not of the grammar."""
    kind, _, rest = text.strip().partition(":")
    if kind == "me":
        return Recipient("me") if not rest else None
    if kind == "manager":
        return _manager(rest)
    fits = {"role": _ROLE, "field": _PATH, "head": _PATH}.get(kind)
    if kind == "person" or (kind == "head" and _DEPARTMENT.fullmatch(rest)):
        return Recipient(kind, rest) if rest.strip() else None
    return Recipient(kind, rest) if fits is not None and fits.fullmatch(rest) else None


def _manager(rest: str) -> Recipient | None:
    path, colon, level = rest.partition(":")
    if not _PATH.fullmatch(path) or (colon and not level.isdecimal()):
        return None
    steps = int(level) if colon else 1
    return Recipient("manager", path, steps) if 1 <= steps <= MAX_LEVEL else None


def listed(to: str | Sequence[str]) -> tuple[str, ...]:
    """One recipient or several, as several."""
    return (to,) if isinstance(to, str) else tuple(to)


def check(text: str, scope: ActionScope, path: str = "") -> list[Problem]:
    """Does this recipient make sense in a rule or flow about `scope`?"""
    recipient = read(text)
    if recipient is None:
        return [problem("recipient.unreadable", path, text=text)]
    if recipient.kind == "role":
        return _check_role(recipient.of, scope, path)
    if recipient.kind in ("field", "manager"):
        return _check_path(recipient.of, PERSON, scope, path)
    named = recipient.kind == "head" and not _DEPARTMENT.fullmatch(recipient.of)
    return _check_path(recipient.of, DEPARTMENT, scope, path) if named else []


def check_all(to: str | Sequence[str], scope: ActionScope, path: str = "") -> list[Problem]:
    """At least one, and each of them sane; of several, each at its own place."""
    if isinstance(to, str):
        return check(to, scope, path)
    if not to:
        return [problem("recipient.nobody", path)]
    return [found for place, text in enumerate(to) for found in check(text, scope, f"{path}/{place}")]


def _check_role(role: str, scope: ActionScope, path: str) -> list[Problem]:
    app, slash, name = role.rpartition("/")
    if slash and app != scope.app.id:
        return [] if scope.app.required(app) else [problem("requires.missing", path, app=app)]
    return [] if scope.app.role(name) else [problem("reference.unknown_role", path, name=name)]


def _check_path(name: str, wanted: Type, scope: ActionScope, path: str) -> list[Problem]:
    """One person there, or several; nothing sealed, since who got it is seen by many."""
    found = scope.check_expression(name, path, wanted, plain=True)
    return found if found and scope.check_expression(name, path, list_of(wanted), plain=True) else []


def planned(text: str, subject: Subject) -> str | None:
    """The recipient without paths: `role:app/id`, `person:a,b`, `manager:a,b:1`, `head:east`; None when
    the fields are blank. Who that is today is asked when the task is opened."""
    recipient = read(text)
    if recipient is None:
        return None
    if recipient.kind == "role":
        return f"role:{recipient.of}" if "/" in recipient.of else f"role:{subject.app}/{recipient.of}"
    if recipient.kind == "person":
        return f"person:{recipient.of}"
    if recipient.kind == "head" and _DEPARTMENT.fullmatch(recipient.of):
        return f"head:{recipient.of[1:-1]}"
    named = _ids(subject.evaluate("me" if recipient.kind == "me" else recipient.of))
    if not named:
        return None
    kind = "person" if recipient.kind in ("me", "field") else recipient.kind
    level = f":{recipient.level}" if kind == "manager" else ""
    return f"{kind}:{','.join(named)}{level}"


def planned_all(to: str | Sequence[str], subject: Subject) -> tuple[str, ...]:
    """Those that are somebody, each once."""
    made = (planned(text, subject) for text in listed(to))
    return tuple(dict.fromkeys(one for one in made if one is not None))


def _ids(value: object) -> list[str]:
    """The ids in a field of one or several."""
    several: Iterable[object] = value if isinstance(value, (list, tuple)) else (value,)
    return [str(one) for one in several if one not in (None, "")]
