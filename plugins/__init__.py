"""Our own plugins, a folder per kind, loaded through the same door as a third party's.

`register` is the entry point `muniment.plugins`: it walks the folders and asks every module
that has a `register(registry)` to add its declarations. Importing a module has no effect.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

from metamodel.plugin_api import Registry


def register(registry: Registry) -> None:
    """Everything in `plugins/*/*.py`: what the `ORDER` of a folder names in that order, the rest by name. One
    broken module does not take the others along: what failed is raised at the end."""
    failed: list[str] = []
    for name in sorted((found.name for found in pkgutil.walk_packages(__path__, f"{__name__}.")), key=_place):
        try:
            add = getattr(import_module(name), "register", None)
            if add is not None:
                add(registry)
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
    if failed:
        raise ImportError("; ".join(failed))


def _place(module: str) -> tuple[str, int, str]:
    folder, _, name = module.rpartition(".")
    order: tuple[str, ...] = getattr(sys.modules.get(folder), "ORDER", ())
    return folder, order.index(name) if name in order else len(order), name
