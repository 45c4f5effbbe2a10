"""`muniment export-package` and `muniment verify --bundle`: packages on the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from engine.commands.console import data_option, language, opened


@click.command("export-package")
@click.argument("app_id")
@click.argument("form_id")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--as", "person", required=True, help="On whose behalf: rights, masks and the audit trail are theirs."
)
@click.option("--reason", required=True, help="What it is for; it stands on the package.")
@click.option("--record", "records", multiple=True, help="Only these ids; may be given several times.")
@click.option("--query", default="", help="As typed on the search page.")
@click.option(
    "--scope", type=click.Choice(["only", "case", "subject"]), default="only",
    help="case: with everything that hangs on them; subject: all that is held on whom a record is about.",
)  # fmt: skip
@data_option
def export_package(
    app_id: str, form_id: str, out: Path, person: str, reason: str, records: tuple[str, ...], query: str,
    scope: str, data: Path | None,
) -> None:  # fmt: skip
    """Records and all that proves them as one ZIP, to OUT."""
    from rich.console import Console
    from rich.progress import Progress

    from engine.packages import Request

    request = Request(app=app_id, form=form_id, reason=reason, records=records, text=query, scope=scope)  # type: ignore[arg-type]
    with opened(data) as runtime, Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("export", total=None)
        pieces = runtime.packages.stream(
            runtime.require_viewer(person),
            request,
            lambda done, total: progress.update(bar, completed=done, total=total),
        )
        beside = out.with_name(f"{out.name}.part")
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for piece in pieces:
                    file.write(piece)
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)
        click.echo(f"{out}: {out.stat().st_size:,} · {runtime.packages.key}")


def verify_bundle(bundle: Path, key: str, as_json: bool) -> None:
    """Check a package without any installation; leaves with the verifier's exit code."""
    from engine.packages.verifiers import verify as verifier

    result = verifier.verify(str(bundle), key)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(verifier.told(result, language() == "zh")))
    sys.exit(verifier.exit_code(result))
