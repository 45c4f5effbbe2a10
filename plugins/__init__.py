"""Our own plugins, a folder per kind, loaded through the same door as a third party's.

`register` is the entry point `muniment.plugins`: it walks the folders and asks every module
that has a `register(registry)` to add its declarations. Importing a module has no effect.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from metamodel.plugin_api import Registry


def register(registry: Registry) -> None:
    """Everything in `plugins/*/*.py`, in alphabetical order. One broken module does not take the
    others along: what failed is raised at the end."""
    failed: list[str] = []
    for module in sorted(pkgutil.walk_packages(__path__, f"{__name__}."), key=lambda found: found.name):
        try:
            add = getattr(import_module(module.name), "register", None)
            if add is not None:
                add(registry)
        except Exception as error:
            failed.append(f"{module.name}: {type(error).__name__}: {error}")
    if failed:
        raise ImportError("; ".join(failed))
