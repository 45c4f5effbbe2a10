"""Serving: one process on SQLite, with the jobs worked in a thread of it.

TLS with the operator's certificate, taken anew when it is renewed; in the clear to this machine alone,
or to a proxy that speaks TLS to everybody else.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
from litestar import Litestar
from litestar.types import ASGIApp

from engine.addresses import is_loopback
from engine.commands.console import note_keys, refusals
from engine.config import Config
from engine.web.transport import Transport, networks
from metamodel.problems import Rejected, problem

LOOK_AGAIN = 60.0  # seconds between looks at the certificate
OVERLAP = 20.0  # seconds for which an old worker goes on beside the new one, which needs a few to start


def serve(config: Config, host: str, port: int) -> None:
    """Until stopped. The worker process opens the runtime itself, from the environment. Rejected
    (serve.in_the_clear, serve.bad_proxy, serve.bad_certificate)."""
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols

    _check(config, host)
    refuse_used_port(host, port)
    _tell_worker(config)
    server = Granian(
        "engine.commands.serve:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=config.tls_certificate,
        ssl_key=config.tls_key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_interval=OVERLAP,
    )
    if config.tls_certificate and config.tls_key:
        renewal = Renewal(config.tls_certificate, config.tls_key, server.signal_handler_reload)
        server.on_reload(renewal.taken)
        renewal.watch()
    server.serve()


def _check(config: Config, host: str) -> None:
    """Everything that is wrong with how it is to be served, before anything is opened."""
    wrong = []
    certificate, key = config.tls_certificate, config.tls_key
    if not (certificate and key) and not config.behind_proxy and not is_loopback(host):
        wrong.append(problem("serve.in_the_clear", host=host))
    if certificate or key:
        reason = _misfit(certificate, key)
        wrong += [problem("serve.bad_certificate", reason=reason)] if reason else []
    try:
        networks(config.behind_proxy)
    except ValueError as error:
        wrong.append(problem("serve.bad_proxy", reason=error))
    if wrong:
        raise Rejected(wrong)


def _misfit(certificate: Path | None, key: Path | None) -> str:
    """Why these two are not a server's certificate and its key; '' when they are."""
    if certificate is None or key is None:
        return "--certificate, --key"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:  # SSLError is an OSError
        return str(error)
    return ""


def _tell_worker(config: Config) -> None:
    os.environ["MUNIMENT_DATA"] = str(config.data)
    os.environ["MUNIMENT_BEHIND_PROXY"] = " ".join(config.behind_proxy)


class Renewal:
    """Looks at the certificate now and then; a new pair that fits begins to be served at once, by a new
    worker beside the old one, which finishes what it has begun. Half a renewal is waited for."""

    def __init__(self, certificate: Path, key: Path, reload: Callable[[], object]) -> None:
        self._pair, self._reload = (certificate, key), reload
        self._served = self._stamps()

    def watch(self) -> None:
        threading.Thread(target=self._watch, name="certificate", daemon=True).start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_AGAIN):
            self.look()

    def look(self) -> None:
        found = self._stamps()
        if found != self._served and not _misfit(*self._pair):
            self._reload()

    def taken(self) -> None:
        """The server reloads, for us or for a HUP: what lies there now is what it serves."""
        self._served = self._stamps()

    def _stamps(self) -> tuple[object, ...]:
        """What changes when either file does."""
        return tuple(_stamp(path) for path in self._pair)


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def application() -> ASGIApp:
    """The ASGI application over a runtime of its own; jobs run beside it."""
    from engine.app_tests.trials import clear_trials
    from engine.backup import list_shredded
    from engine.commands import settle
    from engine.processes import leave_no_dump
    from engine.runtime import Runtime
    from engine.web.app import create_app

    leave_no_dump()
    config = Config.from_environment()
    with refusals():
        runtime = Runtime.open(config)
        note_keys(runtime, "key.open", "muniment serve")
    list_shredded(runtime)
    clear_trials(config.data)
    app = create_app(runtime)
    settle()

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        stop = threading.Event()
        worker = threading.Thread(target=runtime.work_jobs, args=(stop,), name="jobs", daemon=True)
        worker.start()
        yield
        stop.set()
        worker.join(10)
        runtime.close()

    app._lifespan_managers.append(life)
    return Transport(app, networks(config.behind_proxy))


def refuse_used_port(host: str, port: int) -> None:
    """Name the cause and the next command before anything is prepared."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"端口 {port} 无法使用 / port {port} cannot be used: {error.strerror}\n  → make run PORT={port + 1}"
            ) from None


__all__: list[Any] = ["application", "refuse_used_port", "serve"]
