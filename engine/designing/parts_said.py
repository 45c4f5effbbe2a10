"""Parts said: what the rules, flows and boards of one version say, what they read, and where it might end up.

Pure, over the document itself: each word that is the name of a field in a form a part names counts as reading it, so a
plugin's options need not be understood. Asked by `more_open.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.designing.openings import NOBODY_KNOWS, NOTHING, Meaning, Openings, Spot
from engine.values import canonical_json
from metamodel.application import App
from metamodel.flows import Flow
from metamodel.rules import Rule
from metamodel.scope import MESSAGE, FormScope

GRANT = "grant"  # the action by which rules and flows let somebody read
# Actions that write into forms or tell the people they name; of any other nobody knows where it carries what it reads.
WITHIN = frozenset(
    [
        "add_tags",
        "add_values",
        "close_tasks",
        "create_for_each",
        "create_record",
        "create_task",
        "find_or_create",
        "keyword_feedback",
        "link",
        "notify",
        "open_form",
        "refuse",
        "remove_tags",
        "run_analyzer",
        "set_fields",
        "shred",
        "start_flow",
        "update_records",
    ]
)
NODES = frozenset(["start", "approval", "cc", "condition", "split", "join", "timer", "end", "action"])
WORDS_ONLY = frozenset({"label", "help", "description", "icon", "x", "y", "position"})
_NAMES = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
Place = tuple[str, str]  # an app's form


@dataclass(frozen=True, slots=True)
class Said:
    """`home`: the form it is about; `forms`: that and those it names. Two are the same where words and what the words
    mean are."""

    id: str
    home: Place
    key: tuple[bytes, frozenset[tuple[Spot, str]]]
    forms: frozenset[Place] = field(compare=False)
    uses: frozenset[Spot] = field(compare=False)
    texts: tuple[str, ...] = field(compare=False, default=())
    outside: bool = field(compare=False, default=False)
    grants: bool = field(compare=False, default=False)


class PartsSaid:
    def __init__(self, openings: Openings, app: App) -> None:
        self._openings, self._app = openings, app

    def parts(self, kind: str) -> Iterator[Said]:
        """Of `rule` or `flow`."""
        known: Iterable[Rule | Flow] = self._app.rules if kind == "rule" else self._app.flows
        for one, raw in zip(known, self._app.document.get(f"{kind}s", ()), strict=False):
            yield self._said(one.id, raw, one.form)

    def reports(self) -> dict[str, Said]:
        """By id."""
        raws = self._app.document.get("reports", ())
        return {raw["id"]: self._said(raw["id"], raw, "") for raw in raws}

    def _said(self, identifier: str, raw: Mapping[str, Any], form: str) -> Said:
        bare = _bare(raw)
        home = (self._app.id, form)
        forms = frozenset(self._named(bare)) | ({home} if form else set())
        texts = tuple(_texts(bare))
        meaning = self._mentioned(texts, forms, bool(form))
        actions = {str(one["action"]) for one in _objects(bare) if "action" in one}
        nodes = {str(one.get("type")) for one in bare.get("nodes", ())}
        outside = bool(actions - WITHIN) or bool(nodes - NODES)
        return Said(
            identifier, home, (canonical_json(bare), meaning.says), forms, meaning.uses, texts, outside,
            GRANT in actions,
        )  # fmt: skip

    def _named(self, bare: Mapping[str, Any]) -> Iterator[Place]:
        for one in _objects(bare):
            if isinstance(one.get("form"), str):
                yield str(one.get("app") or self._app.id), one["form"]

    def _mentioned(self, texts: tuple[str, ...], forms: frozenset[Place], about: bool) -> Meaning:
        found = NOTHING
        names = {name for text in texts for name in _NAMES.findall(text)}
        for name in sorted(names):
            path = tuple(name.split("."))
            if not about and path[0] in MESSAGE:  # of a message that is no record yet
                found |= NOBODY_KNOWS
            for app, form in forms:
                there = self._openings.form(app, form)
                if there is not None and (path[0] == "record" or there.field(path[0]) is not None):
                    scope = FormScope(self._openings.apps[app], there, self._openings.apps)
                    found |= self._openings.path(path, scope, app, there)
        return found


def _bare(raw: Any) -> Any:
    """Without what only people read."""
    if isinstance(raw, Mapping):
        return {name: _bare(one) for name, one in raw.items() if name not in WORDS_ONLY}
    return [_bare(one) for one in raw] if isinstance(raw, list | tuple) else raw


def _objects(raw: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(raw, Mapping):
        yield raw
    for one in raw.values() if isinstance(raw, Mapping) else raw if isinstance(raw, list) else ():
        yield from _objects(one)


def _texts(raw: Any) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    for one in raw.values() if isinstance(raw, Mapping) else raw if isinstance(raw, list) else ():
        yield from _texts(one)
