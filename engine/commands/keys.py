"""`muniment keys …`: the recovery sheet, bringing keys back from it, and saying where a copy lies."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.commands.console import (
    called,
    data_option,
    in_language,
    language,
    note_keys,
    opened,
    refusals,
    say,
)
from engine.config import Config
from engine.evidence.key_sheet import from_sheet, sheet_lines
from engine.evidence.key_sources import KeyVariable, source_of, write_private
from engine.evidence.keys import ROTATED, MasterKeys
from engine.typesetting import pdf
from metamodel.problems import Rejected, problem

TEMPLATE = Path(__file__).with_name("sheet.typ")

if TYPE_CHECKING:
    from engine.runtime import Runtime


@click.group()
def keys() -> None:
    """Copies of the keys, without which nothing sealed can be read again."""


@keys.command("sheet")
@data_option
@click.option(
    "--to", "place", type=click.Path(path_type=Path), help="A new file (.pdf, .html, .txt) instead."
)
def sheet(data: Path | None, place: Path | None) -> None:
    """The recovery sheet: all keys, to be kept on paper elsewhere."""
    with opened(data) as runtime:
        if place is None:
            print_sheet(runtime)
        else:
            write_sheet(runtime, place)


@keys.command("check")
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(copy: Path) -> None:
    """The check code of a copy: a recovery sheet or a key file."""
    with refusals():
        click.echo(read_copy(copy).check_code)


@keys.command("restore")
@data_option
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(data: Path | None, copy: Path) -> None:
    """Bring the keys back from a recovery sheet or a key file; never over others."""
    with refusals():
        source = source_of(Config.from_environment(data))
        found = read_copy(copy)
        if source.read() is not None:
            raise Rejected([problem("keys.there_already", file=source.where)])
        source.make(found.text())
        click.echo(f"{source.where}: {found.check_code}")


@keys.command("confirm")
@data_option
@click.option("--code", prompt="Check code", help="The check code that stands on the copy.")
@click.option("--place", prompt="Place", help="Where the copy lies.")
@click.option("--by", default="system", help="Who says so: a person's id.")
def confirm(data: Path | None, code: str, place: str, by: str) -> None:
    """Say that a copy of the keys lies elsewhere; the warnings end."""
    from engine.access.viewer import SYSTEM

    with opened(data) as runtime:
        viewer = SYSTEM if by == "system" else runtime.require_viewer(by)
        runtime.confirm_key_copy(viewer, code, place)
        say("已记录", "Noted")


@keys.command("variable")
@data_option
@click.option("--to", "place", type=click.Path(path_type=Path), required=True, help="A new file.")
def variable(data: Path | None, place: Path) -> None:
    """The present keys as MUNIMENT_MASTER_KEY takes them, after a rotation of keys kept in the environment."""
    with opened(data) as runtime:
        _note_copy(runtime, str(place))
        _write_new(place, base64.b64encode(runtime.keys.text().encode()).decode() + "\n")
        say(
            f"{place}：请放进各进程的环境变量 MUNIMENT_MASTER_KEY，然后删除此文件。",
            f"{place}: put it into MUNIMENT_MASTER_KEY of every process, then delete this file.",
        )


@click.command("rotate-key")
@data_option
@click.option(
    "--only", "kinds", multiple=True, type=click.Choice(ROTATED), help="Of this kind alone; several times."
)
def rotate_key(data: Path | None, kinds: tuple[str, ...]) -> None:
    """Make new keys and wrap every data key with the new master key, while people work; no record is touched."""
    from rich.progress import Progress

    with opened(data) as runtime:
        with Progress() as progress:
            bar = progress.add_task("rotate", total=None)
            number = runtime.rotate_key(
                lambda done, total: progress.update(bar, completed=done, total=total), kinds=kinds or ROTATED
            )
        runtime.jobs.run_due()  # the index is made anew
        say(
            f"{runtime.keys.where}：重新加密 {number:,} 个数据密钥。请制作新的恢复单：muniment keys sheet",
            f"{runtime.keys.where}: {number:,} data keys wrapped anew. Make a new copy: muniment keys sheet",
        )
        if isinstance(runtime.keys.source, KeyVariable):
            say(
                f"新密钥由环境变量中的密钥加密，放在 {runtime.config.rotated_keys}；"
                "取出：muniment keys variable --to 文件",
                f"The new keys lie in {runtime.config.rotated_keys}, sealed under those in the environment. "
                "To put them there: muniment keys variable --to FILE",
            )


def print_sheet(runtime: Runtime) -> None:
    """On the terminal, with a QR code of the same lines."""
    import segno

    _note_copy(runtime, in_language("终端", "the terminal"))
    lines = _lines(runtime)
    click.echo("\n".join(["", *_words(runtime), "", *(f"  {line}" for line in lines), ""]))
    segno.make("\n".join(lines), error="l").terminal(compact=True)


def write_sheet(runtime: Runtime, place: Path) -> None:
    """A new file for its owner alone; `.pdf` and `.html` are to be printed. What is in the way becomes a usage
    error."""
    made: str | bytes
    if place.suffix == ".pdf":
        made = _pdf(runtime)
    elif place.suffix == ".html":
        made = _page(runtime)
    else:
        made = "\n".join([*_words(runtime), "", *_lines(runtime), ""])
    _note_copy(runtime, str(place))
    _write_new(place, made)
    say(
        f"恢复单：{place}。打印后请删除此文件。", f"Recovery sheet: {place}. Print it, then delete this file."
    )


def _pdf(runtime: Runtime) -> bytes:
    import segno

    title, code, *rest = _words(runtime)
    lines, drawn = _lines(runtime), io.BytesIO()
    segno.make("\n".join(lines), error="m").save(drawn, kind="svg", border=2)
    fields = (("存放处", "Where it lies"), ("日期", "Date"), ("签名", "Signature"))
    told = {
        "language": language(), "title": title, "code": code, "words": rest, "lines": lines,
        "qr": drawn.getvalue().decode(), "fields": [in_language(*each) for each in fields],
    }  # fmt: skip
    made = pdf(TEMPLATE, told)
    if made is None:
        raise Rejected([problem("report.no_typesetter")])
    return made


def _note_copy(runtime: Runtime, place: str) -> None:
    """Before it is made: nobody has the keys without a row that says so."""
    note_keys(runtime, "key.copy", called(), place)


def _write_new(place: Path, content: str | bytes) -> None:
    try:
        write_private(place, content)
    except OSError as error:
        raise click.ClickException(f"{place}: {error.strerror}") from None


def _lines(runtime: Runtime) -> list[str]:
    return sheet_lines(runtime.keys.latest())


def _words(runtime: Runtime) -> list[str]:
    code = runtime.key_copies.code
    whose = runtime.installation.organisation or runtime.ledger.origin
    return [
        in_language(f"存鉴 恢复单 · {whose}", f"Muniment recovery sheet · {whose}"),
        in_language(f"校验码 {code}", f"Check code {code}"),
        in_language(
            "没有这些密钥，加密的内容谁也无法再读取；有了它和数据库，谁都能读取。请存放在别处（保险柜、公证处）。",
            "Without these keys nobody can read what is sealed; with them and the database anybody can. "
            "Keep this somewhere else (a safe, a notary).",
        ),
        in_language(
            f"还原：muniment keys restore 文件。放好后：muniment keys confirm --code {code}",
            f"To restore: muniment keys restore FILE. Once it is put away: muniment keys confirm --code {code}",
        ),
    ]


def _page(runtime: Runtime) -> str:
    import segno

    title, code, *rest = map(html.escape, _words(runtime))
    lines = _lines(runtime)
    picture = segno.make("\n".join(lines), error="m").svg_inline(scale=3)
    said = "".join(f"<p>{line}</p>" for line in rest)
    return (
        f'<!doctype html><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1><p class=code>{code}</p>{said}<pre>\n{chr(10).join(lines)}\n</pre>{picture}"
    )


STYLE = (
    "body{font:11pt/1.6 system-ui,'Noto Sans CJK SC',sans-serif;max-width:42em;margin:2em auto;color:#111}"
    "pre{font:11pt/1.9 ui-monospace,monospace;border:1px solid #999;border-radius:6px;padding:1em}"
    ".code{font-weight:600}svg{display:block;margin:1em auto;max-width:9cm;height:auto}"
)


def read_copy(copy: Path) -> MasterKeys:
    """The keys of a sheet or a key file. Rejected (keys.bad_sheet, keys.bad_line, keys.unreadable)."""
    text = copy.read_text("utf-8", "replace")
    if text.lstrip().startswith("{"):
        return MasterKeys.parse(text, str(copy))
    return from_sheet(text)
