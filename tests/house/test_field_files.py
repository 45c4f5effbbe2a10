"""One file a type: plugins/fields/NAME.py declares the type NAME, and beside it only what has the same values under
another control and says so (`twin = "NAME"`). Files that declare none hold what several have in common. In which
order people find them is said in one place, for every file once."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import plugins.fields
from engine.plugin_loader import load_registry
from metamodel.plugin_api import Registry


def declared() -> dict[str, dict[str, str]]:
    """file -> its types and whose twins they are"""
    found = {}
    for module in pkgutil.iter_modules(plugins.fields.__path__, f"{plugins.fields.__name__}."):
        register = getattr(import_module(module.name), "register", None)
        if register is not None:
            registry = Registry()
            register(registry)
            types = registry.all("field")
            found[module.name.rpartition(".")[2]] = {name: type_.twin for name, type_ in types.items()}
    return found


def test_every_file_has_its_place_in_the_palette() -> None:
    order = plugins.fields.ORDER
    assert len(order) == len(set(order))
    assert set(order) == set(declared())
    known = list(load_registry().all("field"))
    assert [name for name in known if name in order] == list(order)
    for file, types in declared().items():
        place = known.index(file)
        assert known[place : place + len(types)] == list(types), "a twin follows the type in whose file it is"


def test_one_file_a_type() -> None:
    files = declared()
    assert [name for name, types in files.items() if types.get(name) is None] == []
    others = {
        (file, name): twin for file, types in files.items() for name, twin in types.items() if name != file
    }
    assert [place for place, twin in others.items() if twin != place[0]] == []
    assert sum(len(types) for types in files.values()) == len(load_registry().all("field"))
