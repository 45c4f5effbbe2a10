"""An installation to measure: the sample applications, one channel's traffic, and a served process of it."""

from __future__ import annotations

import cProfile
import http.client
import io
import json
import pstats
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.access.organisation_file import load_organisation
from engine.accounts.sessions import Origin
from engine.commands import settle
from engine.commands.demo import APPS, SAMPLES, import_app
from engine.config import Config
from engine.records.query import Condition, Query
from engine.runtime import Runtime
from engine.web.security import COOKIE

APP, FORM, READER = "conversation_archive", "message", "dir01"


class Installation:
    """`rules`: with those that act when a record is saved; without them messages are archived and no more."""

    def __init__(self, data: Path, *, rules: bool = True) -> None:
        self.data = data
        self.runtime = Runtime.open(Config(data=data))
        organisation = json.loads((SAMPLES / "crm" / "data" / "organisation.json").read_text("utf-8"))
        today = self.runtime.clock.now().date()
        self.runtime.database.write(
            lambda unit: load_organisation(self.runtime.people, unit, organisation, today)
        )
        for app in APPS:
            folder = SAMPLES / app if rules else _quiet(SAMPLES / app, data / "samples" / app)
            import_app(self.runtime, folder, with_data=False, as_of="", say=lambda _: None)
        settle()  # as every command does

    def capture(self, lines: Iterator[bytes], profile: Path | None = None) -> float:
        """Seconds to archive these messages: raw bytes stored, parsed, ruled, sealed, in the ledger, indexed."""
        file = self.data / "traffic.jsonl"
        file.write_bytes(b"\n".join(lines))
        profiler = cProfile.Profile()
        if profile is not None:  # enabled by a unit: the work is done in the writer's thread
            self.runtime.database.write(lambda _: profiler.enable())
        started = time.perf_counter()
        self.runtime.channels.ingest("wecom", [file])
        taken = time.perf_counter() - started
        if profile is not None:
            self.runtime.database.write(lambda _: profiler.disable())
            _write_profile(profiler, profile)
        self.runtime.ledger.integrate()
        return taken

    def search(self, text: str) -> Any:
        return self.runtime.records.page(self._reader(), APP, FORM, Query(text=text))

    def newest(self) -> Any:
        condition = Condition("channel", "any_of", ("wecom",))
        return self.runtime.records.page(self._reader(), APP, FORM, Query(conditions=(condition,)))

    def try_rule(self, rows: int) -> Any:
        """A keyword rule tried on every message."""
        rule = {
            "id": "bench", "when": {"trigger": "record_created", "form": FORM},
            "if": "direction == 'in' and CONTAINS_ANY(content, '报价', '合同', '再考虑一下', '竞品A')",
            "then": [{"action": "add_tags", "with": {"tags": ["试"]}}],
        }  # fmt: skip
        return self.runtime.rules.try_out(self._reader(), APP, rule, last=rows)

    def _reader(self) -> Any:
        return self.runtime.require_viewer(READER)

    def pages(self) -> dict[str, str]:
        """What is asked over HTTP."""
        return {
            "search over HTTP": f"/api/v1/apps/{APP}/forms/{FORM}/search?q=%E9%85%92%E5%BA%97",
            "list over HTTP": f"/api/v1/apps/{APP}/forms/{FORM}/records?channel=wecom",
            "list page": f"/apps/{APP}/forms/{FORM}",
        }

    @contextmanager
    def served(self) -> Iterator[Server]:
        """`muniment serve` in a process of its own, over this data."""
        token = self.runtime.tokens.create("sales04", "bench")
        start = self.runtime.sessions.start
        reader, _ = self.runtime.database.write(lambda unit: start(unit, READER, Origin()))
        self.runtime.close()
        port = _free_port()
        command = [sys.executable, "-m", "engine.cli", "serve", "--data", str(self.data), "--port", str(port)]
        process = subprocess.Popen(command)
        try:
            yield Server(port, token, reader)
        finally:
            process.terminate()
            process.wait(20)


def _quiet(sample: Path, folder: Path) -> Path:
    """A copy of a sample whose rules are switched off, but for those people press and those that take messages in."""
    shutil.copytree(sample, folder)
    for file in (folder / "rules").glob("*.json"):
        rule = json.loads(file.read_text("utf-8"))
        if rule["when"]["trigger"] not in ("button", "message_received"):
            file.write_text(json.dumps({**rule, "enabled": False}), "utf-8")
    return folder


class Server:
    def __init__(self, port: int, writer: str, reader: str) -> None:
        """`writer`: a token; `reader`: that of a session, for pages open to people alone."""
        self.port, self._writer, self._reader = port, writer, reader
        deadline = time.monotonic() + 30
        while not self._healthy():
            if time.monotonic() > deadline:
                raise RuntimeError("the served process does not answer")
            time.sleep(0.05)

    def _healthy(self) -> bool:
        try:
            return self._get(http.client.HTTPConnection("127.0.0.1", self.port), "/healthz") == 200
        except OSError:
            return False

    def _get(self, connection: http.client.HTTPConnection, path: str) -> int:
        connection.request("GET", path, headers={"cookie": f"{COOKIE}={self._reader}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def latency(self, path: str, count: int) -> tuple[float, float]:
        """(p50, p95) in milliseconds of one client; a status other than 200 is a bug of the bench."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        taken = []
        for number in range(count + 5):
            started = time.perf_counter()
            status = self._get(connection, path)
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
            if number >= 5:
                taken.append((time.perf_counter() - started) * 1000)
        return statistics.median(taken), statistics.quantiles(taken, n=20)[18]

    def creates(self, clients: int, seconds: float) -> float:
        """Records per second, one a request, that many clients at once."""
        made = [0] * clients
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._create, args=(made, n, until)) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(made) / seconds

    def _create(self, made: list[int], number: int, until: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"authorization": f"Bearer {self._writer}", "content-type": "application/json"}
        while time.perf_counter() < until:
            body = json.dumps({"name": f"客户 {number}-{made[number]}"}).encode()
            connection.request("POST", "/api/v1/apps/crm/forms/customer/records", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {text.decode()}")
            made[number] += 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_profile(profiler: cProfile.Profile, path: Path) -> None:
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    stats.strip_dirs().sort_stats("cumulative").print_stats(70)
    path.write_text(text.getvalue(), "utf-8")
