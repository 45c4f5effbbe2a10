"""Serving: one process on SQLite, with the jobs worked in a thread of it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import click
from litestar import Litestar

from engine.config import Config


def serve(config: Config, host: str, port: int) -> None:
    """Until stopped. The worker process opens the runtime itself, from the environment."""
    from granian import Granian
    from granian.constants import Interfaces

    refuse_used_port(host, port)
    os.environ["MUNIMENT_DATA"] = str(config.data)
    Granian(
        "engine.commands.serve:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


def application() -> Litestar:
    """The ASGI application over a runtime of its own; jobs run beside it."""
    from engine.commands import settle
    from engine.runtime import Runtime
    from engine.web.app import create_app

    runtime = Runtime.open(Config.from_environment())
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
    return app


def refuse_used_port(host: str, port: int) -> None:
    """Name the cause and the next command before anything is prepared."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"端口 {port} 无法使用 / port {port} cannot be used: {error.strerror}\n  → make run PORT={port + 1}"
            ) from None


__all__: list[Any] = ["application", "refuse_used_port", "serve"]
