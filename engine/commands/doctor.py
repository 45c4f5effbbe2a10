"""`muniment doctor`: what is not as it should be, with what to do about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from engine.commands.console import data_option, json_option, language, opened

MARKS = {"ok": ("✓", "green"), "hint": ("·", "white"), "warning": ("!", "yellow"), "error": ("✗", "red")}


@click.command()
@data_option
@json_option
def doctor(data: Path | None, as_json: bool) -> None:
    """Is everything set up and looked after? Exit 1 when something is wrong, not for warnings."""
    from engine.doctor import examine

    with opened(data) as runtime:
        found = examine(runtime)
    if as_json:
        click.echo(json.dumps([one.to_json(language()) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            mark, colour = MARKS[one.state]
            click.echo(f"{click.style(mark, fg=colour)} {one.label(language())}")
            for note in one.notes:
                click.echo(click.style(f"    {note.text(language())}", dim=True))
            for problem in one.problems:
                hint = problem.hint(language())
                click.echo(f"    {problem.text(language())}" + (f"\n      → {hint}" if hint else ""))
    sys.exit(1 if any(one.state == "error" for one in found) else 0)
