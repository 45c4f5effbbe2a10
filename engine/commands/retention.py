"""`muniment go-on`: what a restore paused goes on."""

from __future__ import annotations

from pathlib import Path

import click

from engine.commands.console import data_option, opened, say


@click.command("go-on")
@click.option("--as", "person", required=True, help="Who manages retention and has looked at the holds.")
@data_option
def go_on(person: str, data: Path | None) -> None:
    """After a restore: what is due is disposed of again, once the holds set since the backup are set again."""
    with opened(data) as runtime:
        runtime.retention.go_on(runtime.require_viewer(person))
        say("到期处置已继续", "Disposal goes on")
