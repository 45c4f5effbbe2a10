"""Finds plugins and fills a Registry: ours and third parties' through the same door.

Two places: the entry-point group `muniment.plugins`, and `plugins/*.py` in the data
directory. A plugin that fails to load is a Problem of the registry, never a crash.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from metamodel.plugin_api import Registry
from metamodel.problems import problem

GROUP = "muniment.plugins"
log = logging.getLogger("muniment.plugins")
Register = Callable[[Registry], Any]


def load_registry(folder: Path | None = None) -> Registry:
    """Everything installed, and what lies in `folder/plugins`. One per process without a folder."""
    return _installed() if folder is None else _load(folder)


@lru_cache(1)
def _installed() -> Registry:
    return _load(None)


def _load(folder: Path | None) -> Registry:
    registry = Registry()
    found = entry_points(group=GROUP)
    # Ours first, so that a third party that takes one of our names is the one refused.
    for entry in sorted(found, key=lambda entry: (entry.value != "plugins:register", entry.name)):
        _add(registry, entry.name, entry.load)
    for path in sorted((folder / "plugins").glob("*.py")) if folder else ():
        _add(registry, path.name, partial(_register_of, path))
    return registry


def _add(registry: Registry, source: str, find: Callable[[], Register]) -> None:
    registry.source = source
    try:
        find()(registry)
    except Exception as error:
        log.exception("plugin %s failed to load", source)
        registry.problems.append(
            problem("plugin.failed", source=source, reason=f"{type(error).__name__}: {error}")
        )


def _register_of(path: Path) -> Register:
    spec = importlib.util.spec_from_file_location(f"muniment_data_plugins.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its options' annotations are looked up
    spec.loader.exec_module(module)
    register: Register = module.register
    return register
