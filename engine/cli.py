"""The `muniment` command. Each command opens what it needs, late: importing the web takes seconds."""

from __future__ import annotations

import json
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import click

from engine.commands.backup import backup, restore
from engine.commands.bytes import show_bytes
from engine.commands.console import data_option, json_option, language, opened, refusals, report
from engine.commands.doctor import doctor
from engine.commands.init import init
from engine.commands.keys import keys, rotate_key
from engine.commands.new_plugin import new_plugin
from engine.commands.packages import export_package
from engine.commands.reindexing import reindex
from engine.commands.retention import go_on
from engine.commands.user import user
from engine.commands.verifying import verify
from engine.config import Config
from metamodel.problems import Problem, Rejected, has_errors, problem


@click.group()
def main() -> None:
    """Muniment 存鉴: compose applications, keep their records as evidence."""


# -- an installation -------------------------------------------------------------------------------

main.add_command(init)
main.add_command(doctor)
main.add_command(show_bytes)
main.add_command(backup)
main.add_command(restore)
main.add_command(go_on)
main.add_command(keys)
main.add_command(rotate_key)
main.add_command(export_package)
main.add_command(verify)
main.add_command(reindex)
main.add_command(user)


pem = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@main.command()
@data_option
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=int)
@click.option("--certificate", type=pem, help="PEM file with the chain; a renewed one is noticed.")
@click.option("--key", type=pem, help="The certificate's key, PEM.")
@click.option(
    "--behind-proxy", multiple=True, metavar="ADDRESS", help="Of a proxy that speaks TLS; or a network."
)
def serve(
    data: Path | None, host: str, port: int, certificate: Path | None, key: Path | None,
    behind_proxy: tuple[str, ...],
) -> None:  # fmt: skip
    """Serve the web application and work the jobs."""
    from engine.commands.serve import serve as run

    with refusals():
        config = Config.from_environment(data)
        config = replace(
            config,
            tls_certificate=certificate or config.tls_certificate,
            tls_key=key or config.tls_key,
            behind_proxy=behind_proxy or config.behind_proxy,
        )
        run(config, host, port)


@main.command()
@data_option
@click.option("--port", default=8000, type=int)
@click.option("--as-of", "as_of", default="", help="Lay the sample data up to this day.")
def run(data: Path | None, port: int, as_of: str) -> None:
    """From nothing to a running flagship on sample data, on this machine only."""
    from engine.commands.demo import prepare
    from engine.commands.serve import refuse_used_port, serve as run_server

    refuse_used_port("127.0.0.1", port)
    config = Config.from_environment(data)
    prepare(config, as_of, click.echo, port)
    run_server(config, "127.0.0.1", port)


@main.command()
@data_option
def worker(data: Path | None) -> None:
    """Work jobs until stopped; any number of workers on PostgreSQL."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _number, _frame: stop.set())
    from engine.backup import list_shredded

    with opened(data) as runtime:
        list_shredded(runtime)
        runtime.work_jobs(stop)


# -- definitions -----------------------------------------------------------------------------------


@main.command()
@click.argument("apps", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def check(apps: tuple[Path, ...], as_json: bool) -> None:
    """Everything wrong with these apps; exit 1 on errors."""
    from engine.commands.app_files import check_files

    found = check_files(list(apps))
    if as_json:
        click.echo(
            json.dumps([{"file": f, **p.to_json(language())} for f, p in found], ensure_ascii=False, indent=1)
        )
    else:
        for place, problem in found:
            click.echo(f"{place}: {problem.code}: {problem.text(language())}")
    if has_errors(p for _, p in found):
        sys.exit(1)


@main.command()
@click.argument("apps", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--only", multiple=True, help="Only the tests of this id; may be given several times.")
@click.option("--keep", is_flag=True, help="Keep the data of those that fail.")
@json_option
def test(apps: tuple[Path, ...], only: tuple[str, ...], keep: bool, as_json: bool) -> None:
    """The apps' own tests, each in a database of its own; exit 1 when one fails."""
    from engine.commands.app_tests import run_app_tests

    url = Config.from_environment().database_url
    try:
        passed = run_app_tests(
            apps, url, click.echo, only=only, keep=keep, as_json=as_json, language=language()
        )
    except Rejected as refused:
        report(refused.problems)
        sys.exit(1)
    sys.exit(0 if passed else 1)


@main.command("eval")
@click.argument("expression")
@click.option("--given", default="{}", help="JSON object of values.")
def evaluate(expression: str, given: str) -> None:
    """The value of an expression as JSON, or its problem and exit 1."""
    from engine.commands.expression_console import evaluate_text

    value, problems = evaluate_text(expression, given)
    if problems:
        report(problems)
        sys.exit(1)
    click.echo(json.dumps(value, ensure_ascii=False))


@main.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
def diff(old: Path, new: Path) -> None:
    """What changed between two versions of an app, by meaning."""
    from engine.commands.app_files import compare

    for line in compare(old, new, language()):
        click.echo(line)


@main.command()
@click.argument("base", type=click.Path(exists=True, path_type=Path))
@click.argument("ours", type=click.Path(exists=True, path_type=Path))
@click.argument("theirs", type=click.Path(exists=True, path_type=Path))
def merge(base: Path, ours: Path, theirs: Path) -> None:
    """Three-way merge by id to standard output; exit 1 on conflicts."""
    from engine.commands.app_files import merge_files

    document, conflicts = merge_files(base, ours, theirs)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    report(conflicts)
    sys.exit(1 if conflicts else 0)


@main.command("import")
@click.argument("app", type=click.Path(exists=True, path_type=Path))
@click.option("--data/--no-data", "with_data", default=False, help="Its sample data too.")
@click.option("--as-of", "as_of", default="", help="Lay the sample data up to this day.")
@click.option("--directory", type=click.Path(path_type=Path), envvar="MUNIMENT_DATA")
def import_app(app: Path, with_data: bool, as_of: str, directory: Path | None) -> None:
    """Publish an app from a file or folder."""
    from engine.commands.demo import import_app as run_import

    with opened(directory) as runtime:
        version = run_import(runtime, app, with_data=with_data, as_of=as_of, say=click.echo)
        click.echo(f"{app.name}: version {version}")


@main.command("export")
@click.argument("app_id")
@click.option("--version", default=0, type=click.IntRange(0), help="This version, not the newest.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="As a folder, a file a part."
)
@click.option("--directory", type=click.Path(path_type=Path), envvar="MUNIMENT_DATA")
def export_app(app_id: str, version: int, folder: Path | None, directory: Path | None) -> None:
    """The published document to standard output, or into a folder."""
    from engine.commands.app_files import write_folder

    with opened(directory) as runtime:
        document = runtime.applications.document(app_id, version or None)
    if folder is None:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        write_folder(document, folder)


@main.command()
def schema() -> None:
    """The JSON Schema of an app document."""
    from engine.plugin_loader import load_registry
    from metamodel.schema import schema as app_schema

    click.echo(json.dumps(app_schema(load_registry()), ensure_ascii=False, indent=2))


@main.group()
def plugin() -> None:
    """Plugins."""


plugin.add_command(new_plugin)


@plugin.command("list")
@json_option
def plugin_list(as_json: bool) -> None:
    """Every registered plugin: kind, name, label, source."""
    from engine.plugin_loader import load_registry
    from metamodel.labels import label_text
    from metamodel.plugin_api import KINDS

    registry = load_registry()
    rows = [
        {
            "kind": k,
            "name": n,
            "label": label_text(p.label, language(), n),
            "source": registry.source_of(k, n),
        }
        for k in KINDS
        for n, p in sorted(registry.all(k).items())
    ]
    click.echo(
        json.dumps(rows, ensure_ascii=False, indent=1)
        if as_json
        else "\n".join("\t".join(r.values()) for r in rows)
    )


# -- traffic, search, evidence ---------------------------------------------------------------------


@main.command()
@click.argument("channel")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@data_option
def ingest(channel: str, files: tuple[Path, ...], data: Path | None) -> None:
    """Recorded traffic through a channel's connector: progress, idempotent, resumable."""
    from rich.progress import Progress

    with opened(data) as runtime:
        with Progress() as progress:
            bar = progress.add_task(channel, total=None)

            def shown(done: int, total: int | None) -> None:
                progress.update(bar, completed=done, total=total)

            result = runtime.channels.ingest(channel, list(files), shown)
        click.echo(str(result))


@main.command()
@click.argument("app_id")
@click.argument("form_id")
@click.argument("query")
@click.option("--as", "person", required=True, help="On whose behalf: the reader's id.")
@click.option("--limit", default=20, type=int)
@json_option
@data_option
def search(
    app_id: str, form_id: str, query: str, person: str, limit: int, as_json: bool, data: Path | None
) -> None:
    """As the search page, on behalf of a person."""
    from engine.records.query import Query

    with opened(data) as runtime:
        viewer = runtime.require_viewer(person)
        page = runtime.records.page(viewer, app_id, form_id, Query(text=query, limit=limit))
        items = [
            {"id": i.id, "title": i.title, "values": i.values, "snippets": i.snippets} for i in page.items
        ]
        if as_json:
            click.echo(json.dumps({"total": page.total, "items": items}, ensure_ascii=False, default=str))
            return
        click.echo(f"{page.total}{'' if page.total_exact else '+'}")
        for item in page.items:
            text = " … ".join("".join(piece for piece, _ in pieces) for _, pieces in item.snippets)
            click.echo(f"{item.id}\t{item.title}\t{text}")


@main.command("try")
@click.argument("app_id")
@click.argument("rule")
@click.option("--last", default=1_000, type=click.IntRange(1), help="Among so many newest records.")
@click.option("--samples", default=5, type=click.IntRange(0, 1_000), help="Examples shown.")
@click.option("--as", "person", default="", help="On whose behalf; blank: over everything.")
@json_option
@data_option
def try_command(
    app_id: str, rule: str, last: int, samples: int, person: str, as_json: bool, data: Path | None
) -> None:
    """What a rule (its id, or a file.json) would have matched among the newest records; changes nothing."""
    from engine.commands.trying import trial_text, try_rule
    from engine.rules.json_form import trial_json

    with opened(data) as runtime:
        trial = try_rule(runtime, app_id, rule, last, samples, person)
        found = trial_json(trial, language())
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else trial_text(trial, language()))


@main.command("report")
@click.argument("app_id")
@click.argument("report_id")
@click.option("--as", "person", default="", help="On whose behalf; blank: over everything.")
@click.option("--filter", "filters", multiple=True, help="FILTER=VALUE, as in the board's address.")
@click.option("--widget", default="", help="This widget alone.")
@json_option
@data_option
def report_command(
    app_id: str, report_id: str, person: str, filters: tuple[str, ...], widget: str, as_json: bool,
    data: Path | None,
) -> None:  # fmt: skip
    """A board's numbers, as the page shows them to a person."""
    from engine.commands.board import board_numbers, board_text

    with opened(data) as runtime:
        found = board_numbers(runtime, app_id, report_id, person, filters, widget, language())
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else board_text(found))


@main.command()
@click.option("--rows", multiple=True, type=int, default=(10_000, 100_000), help="Sizes to measure.")
@click.option("--profile", is_flag=True, help="Profile the capture path too.")
def bench(rows: tuple[int, ...], profile: bool) -> None:
    """Speeds against the floor in the same run; kept in benchmarks/."""
    from benchmarks.bench import run_bench

    run_bench(rows, profile=profile)


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def calendar(file: Path | None, data: Path | None) -> None:
    """The working calendar as JSON; with FILE ({holidays, workdays, hours}), make that the calendar."""
    with opened(data) as runtime:
        if file is not None:
            try:
                raw = json.loads(file.read_text("utf-8"))
            except ValueError:
                raise Rejected([problem("calendar.unreadable")]) from None
            runtime.database.write(lambda unit: runtime.set_calendar(unit, raw))
        click.echo(json.dumps(runtime.calendar.to_json(), indent=1))


@main.command()
@click.argument("address")
@data_option
def mail(address: str, data: Path | None) -> None:
    """Send a mail to ADDRESS through the configured server, to see that it arrives."""
    with opened(data) as runtime:
        runtime.notifications.try_mail(address, language())
        click.echo(address)


__all__ = ["Problem", "main"]


if __name__ == "__main__":
    main()
