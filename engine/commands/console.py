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
    from engine.commands import settle
    from engine.processes import leave_no_dump
    from engine.runtime import Runtime

    leave_no_dump()
    with refusals():
        runtime = Runtime.open(Config.from_environment(data), MovableClock())
        note_keys(runtime, "key.open", called())
        settle()
        try:
            yield runtime
        finally:
            runtime.close()


def note_keys(runtime: Runtime, action: str, command: str, place: str = "") -> None:
    """Each process that opens the keys, and each that takes them out, leaves a row in the audit trail: what was
    called (without its arguments, which may hold words), by whom on which machine, and where they lie or went."""
    import socket

    from engine.access.audit import Occurrence
    from engine.access.viewer import SYSTEM

    keys = runtime.keys
    detail = {"command": command, "account": _account(), "machine": socket.gethostname(),
              "place": place or keys.where, "code": keys.latest().check_code}  # fmt: skip
    runtime.audit.note(SYSTEM, Occurrence(action, detail=detail))


def called() -> str:
    """The command that runs, as it is typed, without its arguments; a script of somebody's is not one of ours."""
    words, context = list[str](), click.get_current_context(silent=True)
    while context is not None and context.parent is not None:
        words.append(str(context.info_name))
        context = context.parent
    return " ".join(["muniment", *reversed(words)])


def _account() -> str:
    """Of the system; its number where it has no name, as in a container."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


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
