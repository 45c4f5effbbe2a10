"""`muniment backup` and `muniment restore`."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import click

from engine.commands.console import data_option, language, opened, refusals, say
from engine.config import Config
from metamodel.problems import Rejected, problem

folder = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("destination", type=folder)
@data_option
@click.option("--keys-to", type=folder, help="Copy the keys there too: another folder, better another place.")
@click.option(
    "--keep", default="", metavar="30d", help="Then remove older ones; none while a hold is in force."
)
def backup(destination: Path, data: Path | None, keys_to: Path | None, keep: str) -> None:
    """A consistent copy of everything but the keys, while people work."""
    from rich.console import Console
    from rich.progress import Progress

    from engine.backup import age_out, make_backup
    from engine.backup.aging import holds_in_force

    with opened(data) as runtime:
        span = _span(keep) if keep else None
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("backup", total=None)
            made = make_backup(
                runtime, destination, keys_to,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )  # fmt: skip
        click.echo(f"{made.folder}: {made.manifest.size:,} B")
        code = made.manifest.check_code
        if made.keys:
            say(
                f"密钥副本：{made.keys}（校验码 {code}）",
                f"Copy of the keys: {made.keys} (check code {code})",
            )
        else:
            say(f"密钥不在备份中（校验码 {code}）", f"The keys are not in it (check code {code})")
        if span is not None:
            gone = age_out(runtime.database, destination, span, runtime.clock.now())
            held = holds_in_force(runtime.database)
            if held:
                say(
                    f"有 {held} 项保全生效，旧备份未清理", f"{held} holds are in force: no backup was removed"
                )
            for path in gone:
                say(f"已清理 {path.name}", f"Removed {path.name}")


@click.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
@click.option(
    "--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A copy or the sheet."
)
@click.option("--verify/--no-verify", default=True, help="The whole evidence chain afterwards.")
def restore(source: Path, data: Path | None, keys: Path | None, verify: bool) -> None:
    """Put a backup back into an empty data directory and database."""
    from rich.console import Console
    from rich.progress import Progress

    from engine.backup import restore_backup
    from engine.commands.keys import read_copy

    with refusals():
        copy = read_copy(keys) if keys else None
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("restore", total=None)
            restored = restore_backup(
                source, Config.from_environment(data), copy,
                lambda done, total: progress.update(bar, completed=done, total=total),
            )  # fmt: skip
    click.echo(f"{source.name}: {restored.manifest.origin}")
    if restored.shredded:
        say(
            f"备份之后销毁的 {restored.shredded} 条记录已重新销毁",
            f"{restored.shredded} records shredded since then were shredded again",
        )
    say(
        "到期处置已暂停：重新设置备份之后的保全，再由管理保存与保全的人继续（页面或 muniment go-on --as 人员）",
        "Disposal pauses: set the holds set since the backup again, then somebody who manages retention lets it go "
        "on (the page, or muniment go-on --as PERSON)",
    )
    if not restored.listed:
        say(
            "备份旁没有销毁清单（shredded.jsonl）：备份之后销毁的记录未能重新销毁",
            "No list of what was shredded (shredded.jsonl) lies beside the backup: what went since then is back",
        )
    if restored.left:
        say(
            f"清单中的 {restored.left} 条记录所属表单在该版本中已移除，未能重新销毁",
            f"{restored.left} records of the list may lie in forms taken away in that version: not shredded again",
        )
    if verify:
        with opened(data) as runtime:
            report = runtime.verify()
            click.echo(report.text(language()))
            sys.exit(1 if report.findings else 0)


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,4})d", text)
    if found is None:
        raise Rejected([problem("backup.bad_span", "/keep", text=text)])
    return timedelta(days=int(found[1]))
