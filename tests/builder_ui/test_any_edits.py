"""Whatever is done to the sample apps in their designers, by chance: it loads, it is undone to the same bytes
(`random_documents.mjs` says so), and what is sound is published, exported, imported and published as the same."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from engine.applications.packing import pack_file, pack_folder, read_path, sample_folders, unpack
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from metamodel.application import App, load
from metamodel.plugin_api import Registry
from tests.conftest import NOW
from tests.house.source import ROOT
from tests.node import NODE

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")
DOCUMENTS = {folder.name: read_path(folder)[0] for folder in sample_folders()}
ORDER = sorted(
    DOCUMENTS, key=lambda name: (len(DOCUMENTS[name].get("requires", ())), name)
)  # as they need each other


@pytest.fixture(scope="module")
def apps(registry: Registry) -> dict[str, App]:
    found: dict[str, App] = {}
    for name in ORDER:
        app, _ = load(DOCUMENTS[name], registry, found)
        assert app is not None
        found[name] = app
    return found


def edited(name: str, seed: int, mode: str = "") -> list[dict[str, Any]]:
    """The document after each forty of two hundred operations."""
    assert NODE is not None
    command = [NODE, str(ROOT / "tests/js/random_documents.mjs"), str(seed), mode]
    done = subprocess.run(
        command, input=json.dumps(DOCUMENTS[name]), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", ORDER)
def test_whatever_is_done_loads(apps: dict[str, App], registry: Registry, name: str) -> None:
    for document in edited(name, 2026)[1::2]:
        app, problems = load(document, registry, apps)
        assert app is not None
        assert [one for one in problems if one.code.startswith("shape.")] == []
        assert [form.id for form in app.forms] == [form["id"] for form in document["forms"]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("house"), synchronous="OFF"), FrozenClock(NOW))
    yield runtime
    runtime.close()


def test_publish_export_import_publish_is_the_identity(house: Runtime) -> None:
    """Of each sample app as it comes, and after two hundred operations that take nothing away."""
    for name in ORDER:
        for document in (DOCUMENTS[name], edited(name, 77, "sound")[-1]):
            version = house.applications.publish(None, document, "cheng")
            published = house.applications.document(name)
            assert published == document
            again = unpack(pack_folder(published, name))
            assert unpack(pack_file(published)) == again == document
            assert house.applications.publish(None, again, "cheng") == version  # it is the version there is
