"""What every command of `muniment` does alike: open the installation, answer problems as lines."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.config import Config
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from engine.runtime import Runtime

data_option = click.option(
    "--data", type=click.Path(path_type=Path), envvar="MUNIMENT_DATA", help="Data directory."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """A refusal becomes lines, with what to do about it, and exit code 1."""
    try:
        yield
    except Rejected as refused:
        for found in refused.problems:
            report([found])
            if hint := found.hint(language()):
                click.echo(f"  → {hint}", err=True)
        sys.exit(1)


@contextlib.contextmanager
def opened(data: Path | None) -> Iterator[Runtime]:
    """The runtime; a refusal becomes lines and exit code 1."""
    from engine.clock import MovableClock
    from engine.commands import leave_no_dump, settle
    from engine.runtime import Runtime

    leave_no_dump()
    with refusals():
        runtime = Runtime.open(Config.from_environment(data), MovableClock())
        settle()
        try:
            yield runtime
        finally:
            runtime.close()


def report(problems: Any, prefix: str = "") -> None:
    """Problems, one a line: `file#/json/pointer: code: text`."""
    for found in problems:
        click.echo(
            f"{prefix}{'#' if prefix else ''}{found.path}: {found.code}: {found.text(language())}", err=True
        )


def say(zh: str, en: str) -> None:
    """A line in the language of the terminal."""
    click.echo(in_language(zh, en))


def in_language(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def language() -> str:
    import locale
    import os

    return "en" if (os.environ.get("LANG") or locale.getlocale()[0] or "zh").startswith("en") else "zh"
