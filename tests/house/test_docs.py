"""What the papers promise exists: commands, and a reason for every dependency."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT

READMES = ("README.md", "README.zh-CN.md")


def dependencies(pyproject: str) -> list[str]:
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {})
    wanted = [*project.get("dependencies", []), *(entry for group in extras.values() for entry in group)]
    return [re.split(r"[^A-Za-z0-9._-]", entry, maxsplit=1)[0] for entry in wanted]


def without_reason(names: list[str], page: str) -> list[str]:
    """Dependencies with no row `| name | reason |` in the page."""
    return [
        name for name in names if not re.search(rf"^\| `?{re.escape(name)}`? \| \S.{{10,}} \|$", page, re.M)
    ]


def make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))


def make_commands(page: str) -> set[str]:
    """`make x` in code: in backticks or in a fenced block."""
    return set(re.findall(r"(?:`|^\s*)make ([a-z]+)", page, re.M))


def broken_links(page: str, folder: Path) -> list[str]:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page)
    return [link for link in links if not (folder / link).exists()]


def test_every_dependency_has_a_reason() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    assert without_reason(dependencies((ROOT / "pyproject.toml").read_text("utf-8")), page) == []


@pytest.mark.parametrize("readme", READMES)
def test_commands_of_the_readme_exist(readme: str) -> None:
    page = (ROOT / readme).read_text("utf-8")
    commands = make_commands(page)
    assert {"run", "test"} <= commands
    assert commands <= make_targets((ROOT / "Makefile").read_text("utf-8"))


@pytest.mark.parametrize("readme", READMES)
def test_muniment_commands_of_the_readme_exist(readme: str) -> None:
    from engine.cli import main

    page = (ROOT / readme).read_text("utf-8")
    assert set(re.findall(r"(?:`|^\s*)muniment ([a-z-]+)", page, re.M)) <= set(main.commands)


@pytest.mark.parametrize("page", [*READMES, "docs/architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    assert broken_links(path.read_text("utf-8"), path.parent) == []


def test_ci_calls_the_test_command_and_nothing_else() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]


def test_the_lock_names_no_registry() -> None:
    """npm asks the registry the machine is set up with; the addresses that stay are of donations."""
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert [word for word in ('"resolved"', "registry", "npmjs", "tarball") if word in lock] == []


def test_the_checkers_see_what_is_missing() -> None:
    pyproject = (
        '[project]\ndependencies = ["alpha>=1", "beta[x]>=2"]\noptional-dependencies = {dev = ["gamma"]}'
    )
    assert dependencies(pyproject) == ["alpha", "beta", "gamma"]
    page = "| alpha | does the alphabet's work |\n| `beta` |  |"
    assert without_reason(["alpha", "beta", "gamma"], page) == ["beta", "gamma"]
    assert make_commands("run `make all` or\n\n    make tea\n\nand make no sense") == {"all", "tea"}
    assert make_targets("tea: ## brew\nhidden:\n\tx") == {"tea"}
    assert broken_links("[a](nowhere.md) [b](https://x) [c](#d)", ROOT) == ["nowhere.md"]
