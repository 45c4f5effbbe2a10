"""Imports follow the arrows between folders and go only down the engine's floors, without circles."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import networkx as nx
import pytest

from tests.house.source import ROOT, Import, Source, none_of, sources

OURS = ("metamodel", "engine", "builder_ui", "plugins", "migrations", "sample_apps", "tests")

# A folder may import these of ours; an entry with a dot means that module only.
ARROWS: dict[str, tuple[str, ...]] = {
    "metamodel": ("metamodel",),
    "plugins": ("metamodel.plugin_api", "plugins"),
    "engine": ("engine", "metamodel"),
    "builder_ui": ("builder_ui", "engine", "metamodel"),
    "migrations": (),
}

# The engine's floors, top down: a room may import rooms of lower floors, never of its own or a higher one.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "cli",
        "commands",
        "web",
        "app_tests backup doctor",
        "sample_data",
        "runtime",
        "channels rules flows packages retention organisation exceptional_access designing importing "
        "public_forms exports",
        "records reports tasks",
        "notifications analysis",
        "search access applications accounts outside",
        "evidence migrate jobs files sql_expressions",
        "form_columns",
        "tables",
        "values",
        "database",
        "engines sqlite_writer upgrade",
        "unit dialects system_tables expressions plugin_loader sheets",
        "sheet_reader spreadsheets",
        "config clock typesetting working_time outgoing media_types failures addresses workbook_cells "
        "whole_numbers",
        "workbook_writing",
        "zip_pipe processes",
    )
)

# Pairs on one floor that may, with the reason.
NEIGHBOURS: dict[tuple[str, str], str] = {
    ("channels", "rules"): "a message becomes a record through the rules of its app",
    ("flows", "rules"): "the effects of an action node are performed as a rule's are",
    ("reports", "records"): "a list on a board, and the way from a number to its records, are a query",
    ("outside", "access"): "whoever sets a secret of another system is audited",
    ("exports", "packages"): "files leave in a ZIP as packages do, under the same names",
    ("accounts", "access"): "whoever signs in becomes a viewer, and that is audited",
    ("migrate", "evidence"): "a plan makes the frozen-column triggers whose texts evidence verifies",
}


def wrong_arrows(source: Source) -> list[str]:
    allowed = ARROWS.get(source.folder, ())
    return [
        f"{source.module}:{found.line} imports {found.module}"
        for found in source.imports
        if found.module.split(".")[0] in OURS and not any(_within(found.module, entry) for entry in allowed)
    ]


def _within(module: str, entry: str) -> bool:
    return module == entry or module.startswith(entry + ".")


def floor_of(room: str) -> int:
    for number, rooms in enumerate(FLOORS):
        if room in rooms:
            return number
    raise LookupError(f"engine/{room} stands on no floor: give it one in tests/house/test_arrows.py")


def wrong_floors(source: Source) -> list[str]:
    if source.folder != "engine" or not source.room:
        return []
    here, found = floor_of(source.room), []
    for other in source.imports:
        room = _engine_room(other)
        if not room or room == source.room or (source.room, room) in NEIGHBOURS:
            continue
        there = floor_of(room)
        if there <= here:
            way = "up to" if there < here else "its neighbour"
            found.append(f"{source.module}:{other.line} imports {way} engine.{room}")
    return found


def _engine_room(found: Import) -> str:
    parts = found.module.split(".")
    return parts[1] if parts[0] == "engine" and len(parts) > 1 else ""


def tables_by_another_door(source: Source) -> list[str]:
    """The engine's own tables have one home, however many files declare them."""
    home = "engine.system_tables"
    return [
        f"{source.module}:{found.line} imports {found.module}"
        for found in source.imports
        if found.module.count(".") > 2 and _within(found.module, home) and not _within(source.module, home)
    ]


def circles(files: Iterable[Source], types: bool = False) -> list[list[str]]:
    """Modules that import each other around. Imports for type checkers alone count where `types` are asked for."""
    known = {source.module: source for source in files}
    graph: nx.DiGraph[str] = nx.DiGraph()
    for source in known.values():
        for found in source.imports:
            target = _module_of(found.module, known)
            if target and target != source.module and (types or not found.for_types):
                graph.add_edge(source.module, target)
    return [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1]


def _module_of(name: str, known: dict[str, Source]) -> str:
    """`from a.b import c` may mean the module a.b.c or a name in a.b."""
    return name if name in known else name.rpartition(".")[0] if name.rpartition(".")[0] in known else ""


def test_imports_follow_the_arrows() -> None:
    none_of(line for source in sources() for line in wrong_arrows(source))


def test_engine_imports_only_go_down() -> None:
    none_of(line for source in sources("engine") for line in wrong_floors(source))


def test_the_engines_tables_are_taken_from_their_home() -> None:
    none_of(line for source in sources() for line in tables_by_another_door(source))


def test_there_are_no_circles() -> None:
    none_of(", ".join(group) for group in circles(sources()))


def test_only_the_metamodel_has_types_that_name_each_other() -> None:
    """A field has a type and a type is told its field: that is the language's own circle. Elsewhere what is needed
    of a caller is said by a Protocol."""
    rooms = (sources("engine"), sources("builder_ui"), sources("plugins"))
    none_of(", ".join(group) for group in circles(chain(*rooms), types=True))


def test_sample_apps_hold_no_code() -> None:
    code = [path.name for path in (ROOT / "sample_apps").rglob("*") if path.is_file()]
    assert [name for name in code if not name.endswith((".json", ".jsonl", ".md"))] == []


# -- the checkers themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "text", "complaint"),
    [
        ("metamodel.forms", "import engine.clock", "metamodel.forms:1 imports engine.clock"),
        ("plugins.fields.money", "from metamodel.forms import Form", "imports metamodel.forms.Form"),
        (
            "engine.jobs",
            "def f():\n    from builder_ui.pages import home",
            "engine.jobs:2 imports builder_ui",
        ),
        ("migrations.env", "from engine import system_tables", "migrations.env:1 imports engine"),
    ],
)
def test_a_wrong_arrow_is_seen(module: str, text: str, complaint: str) -> None:
    assert complaint in "".join(wrong_arrows(Source(module, text)))


@pytest.mark.parametrize(
    ("module", "text", "complaint"),
    [
        ("engine.database", "from engine.records.write import Records", "up to engine.records"),
        ("engine.rules.run", "import engine.flows", "its neighbour engine.flows"),
        (
            "engine.access.people",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from engine.runtime import Runtime",
            "up to engine.runtime",
        ),
        ("engine.access.people", "from ..runtime import Runtime", "up to engine.runtime"),
    ],
)
def test_an_import_upwards_is_seen(module: str, text: str, complaint: str) -> None:
    assert complaint in "".join(wrong_floors(Source(module, text)))


def test_a_table_taken_by_another_door_is_seen() -> None:
    inside, home = "from engine.system_tables.work import tasks", "from engine.system_tables import tasks"
    assert tables_by_another_door(Source("engine.tasks.store", inside))
    assert tables_by_another_door(Source("engine.system_tables", inside)) == []
    assert tables_by_another_door(Source("engine.tasks.store", home)) == []


def test_a_room_without_a_floor_is_named() -> None:
    with pytest.raises(LookupError, match="engine/attic stands on no floor"):
        wrong_floors(Source("engine.attic", "import engine.clock"))


def test_a_circle_is_seen_and_one_of_types_alone_is_not() -> None:
    one = Source("engine.one", "from engine.two import b")
    two = Source("engine.two", "def f():\n    import engine.one")
    typed = Source("engine.two", "if TYPE_CHECKING:\n    import engine.one")
    assert circles([one, two]) == [["engine.one", "engine.two"]]
    assert circles([one, typed]) == []
    assert circles([one, typed], types=True) == [["engine.one", "engine.two"]]


def test_a_right_import_passes() -> None:
    source = Source(
        "engine.records.write", "import json\nfrom engine.clock import Clock\nimport metamodel.forms"
    )
    assert wrong_arrows(source) == wrong_floors(source) == []
