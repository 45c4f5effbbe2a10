"""`muniment verify`: the whole evidence chain of an installation, or a package alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.commands.console import data_option, json_option, language, opened, refusals
from engine.commands.packages import verify_bundle
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.evidence.findings import Report
    from engine.evidence.steps import Mode

path = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@data_option
@json_option
@click.option("--quick", is_flag=True, help="Open no sealed values; every hash is compared still.")
@click.option("--since-last", is_flag=True, help="Only what is newer than the last one that found nothing.")
@click.option("--resume", is_flag=True, help="Go on with the one that was stopped.")
@click.option(
    "--workers", type=click.IntRange(0), default=os.cpu_count() or 1, help="Processes; 0: this one alone."
)
@click.option("--checkpoint", "checkpoints", multiple=True, type=path, help="One you kept: still in the log?")
@click.option("--bundle", type=click.Path(exists=True, path_type=Path), help="Check this package instead.")
@click.option("--key", default="", help="For --bundle: the public key, or its fingerprint, as you know it.")
def verify(data: Path | None, as_json: bool, bundle: Path | None, key: str, **wanted: Any) -> None:
    """The whole evidence chain; exit 1 and the records' names if anything was touched."""
    if bundle is not None:
        verify_bundle(bundle, key, as_json)
    with refusals():
        found = _damaged_or(data, wanted)
    click.echo(json.dumps(found.to_json(), ensure_ascii=False) if as_json else found.text(language()))
    sys.exit(0 if found.clean else 1)


def _damaged_or(data: Path | None, wanted: dict[str, Any]) -> Report:
    """A database that does not even open is a finding like any other."""
    from sqlalchemy.exc import DBAPIError

    from engine.engines import sqlite_driver

    try:
        return _verify(data, wanted)
    except (DBAPIError, sqlite_driver().Error, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise Rejected([problem("evidence.database_unreadable", reason=reason)]) from error


def _verify(data: Path | None, wanted: dict[str, Any]) -> Report:
    from rich.console import Console
    from rich.progress import Progress

    mode: Mode = "quick" if wanted["quick"] else "since" if wanted["since_last"] else "full"
    notes = [file.read_text("utf-8", "replace") for file in wanted["checkpoints"]]
    with opened(data) as runtime, Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("verify", total=None)
        return runtime.verify(
            lambda done, total: progress.update(bar, completed=done, total=total),
            mode=mode, workers=wanted["workers"], resume=wanted["resume"], notes=notes,
        )  # fmt: skip
