"""Who gains and who loses by a change of the roles: definitions against definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from engine.access.turns import Turn, turns, views_offered
from engine.plugin_loader import load_registry
from metamodel.application import App, load
from tests.engine.conftest import OFFICE

HELD = {"zhou": {"seller"}, "lu": {"boss"}, "ye": {"clerk"}, "both": {"seller", "boss"}}
REGISTRY = load_registry(None)
Change = Callable[[dict[str, Any]], object]


def loaded(change: Change = lambda document: None) -> App:
    document = deepcopy(OFFICE)
    document["forms"][0]["views"] = [{"id": "all", "label": "全部"}, {"id": "mine", "label": "我的"}]
    document["reports"] = [{"id": "board", "label": "看板", "widgets": []}]
    change(document)
    app, _ = load(document, REGISTRY)
    assert app is not None
    return app


def of(document: Mapping[str, Any], role: str, form: str = "client") -> dict[str, Any]:
    found = next(one for one in document["roles"] if one["id"] == role)
    return found.setdefault("forms", {}).setdefault(form, {})  # type: ignore[no-any-return]


def role(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in document["roles"] if one["id"] == name)


MINE, ALL = ("owner == me",), ("true",)
THEIRS, GRADED = ("client.owner == me",), ("client.level == 'a'",)
TABLE: list[tuple[str, Change, list[tuple[Turn, list[str]]]]] = [
    ("nothing", lambda d: None, []),
    (
        "all rows: who has them by another role gains none",
        lambda d: of(d, "seller").update(rows="true"),
        [
            (Turn("rows", True, "client", old=MINE, new=ALL), ["zhou"]),
            (Turn("action", True, "client", "export", "yes", "yes", MINE, ALL), ["both"]),
            (Turn("field", True, "client", "mobile", "mask", "write", ALL, ALL), ["both"]),
        ],
    ),
    (
        "another's rows instead of one's own: counting says",
        lambda d: of(d, "seller", "letter").update(rows="client.level == 'a'"),
        [
            (Turn("rows", False, "letter", old=THEIRS, new=GRADED), ["zhou"]),
            (Turn("action", False, "letter", "update", "yes", "yes", THEIRS, GRADED), ["both"]),
        ],
    ),
    (
        "a masked field is hidden: who writes it on some rows keeps it there",
        lambda d: of(d, "boss").update(fields={"mobile": "hide"}),
        [(Turn("field", False, "client", "mobile", "mask", "hide", ALL, ALL), ["lu", "both"])],
    ),
    (
        "a form opens",
        lambda d: of(d, "clerk").update(rows="level == 'a'"),
        [(Turn("form", True, "client", new=("level == 'a'",)), ["ye"])],
    ),
    (
        "a form closes, and what one did with it",
        lambda d: role(d, "clerk")["forms"].pop("letter"),
        [(Turn("form", False, "letter", old=ALL), ["ye"])],
    ),
    (
        "a role goes",
        lambda d: d["roles"].pop(2),
        [(Turn("form", False, "letter", old=ALL), ["ye"])],
    ),
    (
        "no more writing is one thing, not one for each field",
        lambda d: of(d, "boss").update(actions=["read"]),
        [
            (Turn("action", False, "client", "create", "yes", "", ALL, ()), ["lu"]),
            (Turn("action", False, "client", "update", "yes", "", ALL, ()), ["lu"]),
            (Turn("action", False, "client", "update", "yes", "yes", ALL, MINE), ["both"]),
        ],
    ),
    (
        "an action",
        lambda d: of(d, "boss").update(actions=["read", "create", "update", "delete"]),
        [(Turn("action", True, "client", "delete", "", "yes", (), ALL), ["lu", "both"])],
    ),
    (
        "a view, a board, a duty, the glass",
        lambda d: (
            of(d, "boss").update(views=["all"]),
            role(d, "boss").update(
                reports={"board": "totals"}, manages=["design"],
                emergency={"forms": ["letter"], "alarm": ["role:clerk"]},
            ),
        ),
        [
            (Turn("view", False, "client", "mine", "yes", ""), ["lu"]),
            (Turn("report", True, "", "board", "", "totals"), ["lu", "both"]),
            (Turn("duty", True, "", "design", "", "yes"), ["lu", "both"]),
            (Turn("emergency", True, "", "letter", "", "4"), ["lu", "both"]),
        ],
    ),
    (
        "seeing in full: longer, or without asking, is more",
        lambda d: role(d, "boss").update(unmask={"minutes": 60, "confirm": ["role:clerk"]}),
        [(Turn("unmask", True, "", "", "", "60 confirm"), ["lu", "both"])],
    ),
    (
        "a new field is no turn",
        lambda d: d["forms"][0]["fields"].append({"id": "note", "type": "text", "label": "备注"}),
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_turns(change: Change, expected: list[tuple[Turn, list[str]]]) -> None:
    assert turns(loaded(), loaded(change), HELD) == dict(expected)


def test_terms_of_what_goes_beyond_reading() -> None:
    """Who may already ask or break the glass gains or loses by its terms alone."""
    before = loaded(
        lambda d: role(d, "boss").update(
            unmask={"minutes": 60}, emergency={"forms": ["letter"], "hours": 8, "alarm": ["manager:me"]}
        )
    )
    after = loaded(
        lambda d: role(d, "boss").update(
            unmask={"minutes": 240, "confirm": ["role:clerk"]},
            emergency={"forms": ["letter", "client"], "hours": 4, "alarm": ["manager:me"]},
        )
    )
    assert turns(before, after, HELD) == {
        Turn("unmask", False, before="60", after="240 confirm"): ["lu", "both"],
        Turn("emergency", True, "", "client", "", "4"): ["lu", "both"],
        Turn("emergency", False, "", "letter", "8", "4"): ["lu", "both"],
    }


def test_the_first_version_is_all_gain() -> None:
    found = turns(None, loaded(), {"zhou": {"seller"}})
    assert all(turn.gains for turn in found)
    assert {turn.form for turn in found if turn.kind == "form"} == {"client", "letter"}


def test_views_offered_are_those_of_any_role() -> None:
    app = loaded(lambda d: (of(d, "boss").update(views=["all"]), of(d, "clerk").update(views=[])))
    client = app.form("client")
    assert client is not None
    offered = {held: views_offered(app, client, held.split()) for held in ("boss", "clerk", "boss clerk", "")}
    assert offered == {"boss": ("all",), "clerk": (), "boss clerk": ("all",), "": ("all", "mine")}
    assert views_offered(app, client, ["boss", "seller"]) == ("all", "mine")
