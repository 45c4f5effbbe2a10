"""The tests of an app as it stands in this installation, a draft too: beside the apps it requires, with the people
there are, in a throw-away database.

Sample apps bring their own people and rows; every other app is tested with the people of the house. The houses lie in
a folder of their own under the data directory and are gone afterwards; they are SQLite whatever we run on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from engine.access.organisation_file import organisation_json
from engine.app_tests.houses import ORGANISATION, Source
from engine.app_tests.runner import Result, run_tests
from engine.app_tests.trials import trial_folder
from engine.applications.packing import sample_folder
from engine.runtime import Runtime
from metamodel.application import App


def try_app(
    runtime: Runtime, app: App, *, only: Collection[str] = (),
    told: Callable[[Result], object] = lambda _: None,
) -> list[Result]:  # fmt: skip
    """Every test of this very document (or those named), told one by one. What it requires is published here;
    Rejected (app.unknown) where it is not."""
    with trial_folder(runtime.config.data) as work:
        sources = [_source(runtime, document, work) for document in _needed(runtime, app)]
        houses = work / "houses"
        houses.mkdir()
        return run_tests([app], sources, houses, only=only, told=told)


def _needed(runtime: Runtime, app: App) -> list[Mapping[str, Any]]:
    """The documents to publish, each after those it requires; the app's own last."""
    found: dict[str, Mapping[str, Any]] = {}

    def visit(name: str, needs: Collection[str], document: Mapping[str, Any], above: frozenset[str]) -> None:
        for need in needs:
            if need not in found and need not in above:
                other = runtime.applications.get(need)
                visit(need, [one.app for one in other.requires], other.document, above | {name})
        found[name] = document

    visit(app.id, [need.app for need in app.requires], app.document, frozenset())
    return list(found.values())


def _source(runtime: Runtime, document: Mapping[str, Any], work: Path) -> Source:
    name = str(document["app"]["id"])
    sample = sample_folder(name)
    if sample is not None:
        return Source(name, document, sample / "data")
    data = work / "data" / name
    data.mkdir(parents=True)
    organisation = organisation_json(runtime.people.organisation(), {name})
    (data / ORGANISATION).write_text(json.dumps(organisation, ensure_ascii=False), "utf-8")
    return Source(name, document, data)
