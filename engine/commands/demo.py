"""`make run`: the sample applications with their data, and who can sign in to see what."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.access.installation import Installation, save_installation
from engine.access.organisation_file import load_organisation
from engine.applications.packing import read_path
from engine.clock import MovableClock
from engine.commands import settle
from engine.config import Config
from engine.runtime import Runtime
from engine.sample_data import Known, load_sample_data
from metamodel.problems import Rejected, has_errors

SAMPLES = Path(str(files("sample_apps").joinpath("")))
APPS = ("crm", "conversation_archive")
PASSWORD_FILE = "sign-ins.txt"
MORE = ["gm01", "it01", "legal02", "sales02", "svcm01"]  # who may sign in besides those that are told of
Say = Callable[[str], object]


def prepare(config: Config, as_of: str, say: Say, port: int) -> None:
    """Import the samples where they are not there yet; then say who may sign in."""
    started = time.monotonic()
    new = not (config.data / PASSWORD_FILE).exists()
    runtime = Runtime.open(_hasty(config) if new else config, MovableClock())
    try:
        if not runtime.applications.all():
            load_samples(runtime, as_of, say)
            say(f"准备好了 / ready in {time.monotonic() - started:.0f} s")
        _say_sign_ins(config, say, port)
    finally:
        runtime.close()
    if new:
        os.sync()


def _hasty(config: Config) -> Config:
    """A new directory is filled without waiting for the disk at each commit: were the power cut, one would
    begin again. Serving opens it anew, with the operator's own setting."""
    return replace(config, synchronous="OFF")


def import_app(runtime: Runtime, path: Path, *, with_data: bool, as_of: str, say: Say) -> int:
    """Publish an app; its new version. Rejected with its problems."""
    document, problems = read_path(path)
    if has_errors(problems):
        raise Rejected(problems)
    version = runtime.applications.publish(None, document, "system")
    if with_data:
        load_sample_data(runtime, [path / "data"], day(runtime, as_of), say)
    return version


def day(runtime: Runtime, as_of: str) -> date:
    """The day sample data is laid up to."""
    return date.fromisoformat(as_of) if as_of else runtime.clock.now().astimezone(runtime.config.zone).date()


def load_samples(runtime: Runtime, as_of: str, say: Say, known: dict[str, Known] | None = None) -> None:
    """People, the sample apps, their data; the sign-ins are written beside it. `known` takes the rows' names."""
    today = day(runtime, as_of)
    organisation = json.loads((SAMPLES / "crm" / "data" / "organisation.json").read_text("utf-8"))
    password = secrets.token_urlsafe(9)
    _people(runtime, organisation, password, today)
    for app in APPS:
        say(f"导入 / importing {app}")
        import_app(runtime, SAMPLES / app, with_data=False, as_of=as_of, say=say)
    settle()
    load_sample_data(runtime, [SAMPLES / app / "data" for app in APPS], today, say, known)
    runtime.ledger.integrate()
    _write_sign_ins(runtime.config, organisation["sign_ins"], password)


def _people(runtime: Runtime, organisation: Any, password: str, today: date) -> None:
    """Everybody, with one password for those who may sign in."""
    hashed = runtime.accounts.passwords.hash(password)
    named = [entry["person"] for entry in organisation["sign_ins"]] + MORE

    def save(unit: Any) -> None:
        whose = Installation(organisation["departments"][0]["name"], str(runtime.config.zone))
        save_installation(unit, whose)
        load_organisation(runtime.people, unit, organisation, today)
        runtime.absences.load(unit, organisation.get("absences", ()), today)
        for person in named:
            runtime.accounts.passwords.set_hash(unit, person, hashed)

    runtime.database.write(save)


def _write_sign_ins(config: Config, sign_ins: list[dict[str, Any]], password: str) -> None:
    lines = [
        f"{entry['person']}\t{password}\t{entry['sees']['zh']} / {entry['sees']['en']}" for entry in sign_ins
    ]
    path = config.data / PASSWORD_FILE
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _say_sign_ins(config: Config, say: Say, port: int) -> None:
    path = config.data / PASSWORD_FILE
    say(f"\n  存鉴 Muniment  →  http://127.0.0.1:{port}/\n")
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        person, password, sees = line.split("\t")
        say(f"  {person:9} {password}   {sees}")
    say("")
