"""The pages' scripts: every file parses as a module, and their own tests run where Node is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.node import NODE, node

SCRIPTS = ROOT / "builder_ui/static/js"
TESTS = sorted((ROOT / "tests/js").glob("*.test.mjs"))

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def broken(paths: list[Path]) -> str:
    """What Node says about modules that do not parse; nothing of them is run."""
    check = (
        "import {readFileSync} from 'node:fs'; import vm from 'node:vm';"
        "for (const path of process.argv.slice(1)) {"
        " try { new vm.SourceTextModule(readFileSync(path, 'utf8'), {identifier: path}) }"
        " catch (error) { console.log(`${path}: ${error.message}`) } }"
    )
    done = node(
        "--experimental-vm-modules", "--no-warnings", "--input-type=module", "-e", check, *map(str, paths)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_script_parses() -> None:
    assert broken(sorted(SCRIPTS.rglob("*.js"))) == ""


def test_a_broken_script_is_seen(tmp_path: Path) -> None:
    script = tmp_path / "bad.js"
    script.write_text("export const x = ;")
    assert "bad.js" in broken([script])


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_scripts_behave(path: Path) -> None:
    done = node("--test", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
