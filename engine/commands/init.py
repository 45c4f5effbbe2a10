"""`muniment init`: whose installation it is, its zone and language, the first administrator, the recovery sheet.

What is not given as an option is asked for when somebody sits at a terminal. Run again it goes on where
something is missing, and changes nothing that was said before.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from engine.commands.console import data_option, in_language, language, opened, say

if TYPE_CHECKING:
    from engine.runtime import Runtime
    from metamodel.problems import Problem

ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{0,62}")


@dataclass
class Answers:
    """Blank: not said."""

    organisation: str
    zone: str
    speaks: str
    admin: str
    admin_name: str
    admin_email: str


@click.command()
@data_option
@click.option("--organisation", default="", help="Whose installation it is.")
@click.option("--zone", default="", help="IANA time zone of days, weeks and working hours.")
@click.option("--language", "speaks", type=click.Choice(["zh", "en"]), default=None, help="Of new people.")
@click.option("--admin", default="", help="Account of the first administrator.")
@click.option("--admin-name", default="")
@click.option("--admin-email", default="")
@click.option(
    "--sheet", type=click.Path(path_type=Path), help="Write the recovery sheet there (.pdf, .html, .txt)."
)
def init(
    data: Path | None, organisation: str, zone: str, speaks: str | None, admin: str, admin_name: str,
    admin_email: str, sheet: Path | None,
) -> None:  # fmt: skip
    """Create an installation: keys, database, its first administrator and the recovery sheet."""
    answers = Answers(organisation, zone, speaks or "", admin, admin_name, admin_email)
    with opened(data) as runtime:
        new = not runtime.installation.zone
        if sys.stdin.isatty():
            _ask(runtime, answers)
        _refuse(answers)
        link = _set_up(runtime, answers)
        say(
            f"{runtime.config.data}：就绪，存证日志 {runtime.ledger.origin}",
            f"{runtime.config.data}: ready, ledger {runtime.ledger.origin}",
        )
        _tell(runtime, answers, link)
        if new or sheet is not None:
            _hand_out_sheet(runtime, sheet)


def _ask(runtime: Runtime, answers: Answers) -> None:
    """What is missing, on the terminal."""
    if not runtime.installation.zone:
        answers.organisation = answers.organisation or click.prompt(in_language("组织名称", "Organisation"))
        answers.zone = answers.zone or click.prompt(in_language("时区", "Time zone"), "Asia/Shanghai")
        choice = click.Choice(["zh", "en"])
        answers.speaks = answers.speaks or click.prompt(
            in_language("语言", "Language"), language(), type=choice
        )
    if not _has_administrator(runtime):
        answers.admin = answers.admin or click.prompt(
            in_language("管理员账号", "Administrator's account"), "admin"
        )
        name = in_language("管理员姓名", "Administrator's name")
        answers.admin_name = answers.admin_name or click.prompt(name, answers.admin)
        mail = in_language("管理员邮箱（可留空）", "Administrator's e-mail (may be blank)")
        answers.admin_email = answers.admin_email or click.prompt(mail, "", show_default=False)


def _refuse(answers: Answers) -> None:
    from metamodel.problems import Rejected, problem

    wrong: list[Problem] = []
    try:
        ZoneInfo(answers.zone or "UTC")
    except (ValueError, OSError, KeyError):
        wrong.append(problem("init.bad_zone", zone=answers.zone))
    if answers.admin and not ACCOUNT.fullmatch(answers.admin):
        wrong.append(problem("init.bad_admin", id=answers.admin))
    if wrong:
        raise Rejected(wrong)


def _set_up(runtime: Runtime, answers: Answers) -> str:
    """Everything that was not there yet, in one unit; the administrator's one-time link, '' without one."""
    from engine.access.audit import Occurrence
    from engine.access.installation import (
        Installation,
        administrator,
        has_administrator,
        read_installation,
        save_installation,
    )
    from engine.access.people import Person
    from engine.access.viewer import SYSTEM

    speaks = answers.speaks or "zh"

    def work(unit: Any) -> str:
        if not runtime.installation.zone:
            zone = answers.zone or str(runtime.config.zone)
            save_installation(unit, Installation(answers.organisation.strip(), zone, speaks))
            runtime.audit.add(unit, SYSTEM, [Occurrence("installation.init", detail={"zone": zone})])
        if not answers.admin or has_administrator(unit.connection):
            return ""
        person = Person(answers.admin, answers.admin_name.strip() or answers.admin,
                        email=answers.admin_email.strip(), language=speaks)  # fmt: skip
        if answers.admin not in runtime.people.organisation().people:
            runtime.people.save_people(unit, [person])
        runtime.people.save_memberships(unit, [administrator(person.id)])
        runtime.audit.add(unit, SYSTEM, [Occurrence("administrator.add", detail={"person": person.id})])
        return runtime.invitations.link(runtime.invitations.make(unit, person.id))

    link = runtime.database.write(work)
    runtime.installation = read_installation(runtime.database)
    return link


def _has_administrator(runtime: Runtime) -> bool:
    from engine.access.installation import has_administrator

    with runtime.database.read() as connection:
        return has_administrator(connection)


def _tell(runtime: Runtime, answers: Answers, link: str) -> None:
    if link:
        whole = link if "://" in link else f"http://127.0.0.1:8000{link}"
        say(
            f"\n管理员 {answers.admin} 用这个一次性链接设置口令（7 天内有效，只显示这一次）：",
            f"\nWith this one-time link {answers.admin} sets a password (7 days, shown only now):",
        )
        click.echo(f"  {whole}\n")
    elif not _has_administrator(runtime):
        say(
            "还没有管理员：muniment init --admin 账号",
            "There is no administrator yet: muniment init --admin ACCOUNT",
        )


def _hand_out_sheet(runtime: Runtime, place: Path | None) -> None:
    """To the file asked for, or on the terminal; never into a log that somebody keeps."""
    from engine.commands.keys import print_sheet, write_sheet

    if place is None and sys.stdin.isatty():
        asked = in_language(
            "恢复单另存为可打印的文件（.pdf 或 .html；留空则显示在这里）",
            "A file for the recovery sheet, to be printed (.pdf or .html; blank: show it here)",
        )
        place = Path(said) if (said := click.prompt(asked, "", show_default=False).strip()) else None
    if place is not None:
        write_sheet(runtime, place)
    elif sys.stdout.isatty():
        print_sheet(runtime)
    else:
        say(
            "请尽快制作密钥副本：muniment keys sheet --to 文件",
            "Make a copy of the keys soon: muniment keys sheet --to FILE",
        )
