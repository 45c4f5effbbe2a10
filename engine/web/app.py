"""create_app: the JSON API and whatever is plugged in beside it (entry points `muniment.web`)."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.plugins import InitPlugin

from engine.runtime import Runtime
from engine.web import problem_details
from engine.web.api import (
    absences,
    around,
    audit,
    description,
    design,
    design_expressions,
    flows,
    imports,
    ledger,
    public_links,
    records,
    reports,
    rules,
    system,
    tasks,
)
from engine.web.rates import Rates
from engine.web.security import HEADERS, Identify, refuse_beyond_looking, refuse_beyond_scope, refuse_forged
from metamodel.problems import Rejected

log = logging.getLogger("muniment.web")


def create_app(runtime: Runtime, *, pages: bool = True) -> Litestar:
    """The web application over one runtime, which is closed by whoever opened it; without `pages`
    the API alone."""

    served = Served(runtime, _plugins(runtime) if pages else [])

    def provide_runtime() -> Runtime:
        return served.runtime

    async def before(request: Request[Any, Any, Any]) -> None:
        served.rates.count(request)
        refuse_beyond_scope(request)
        refuse_beyond_looking(request)
        await refuse_forged(request)

    rooms = [
        records.router, imports.router, around.router, reports.router, flows.router, rules.router, tasks.router,
        absences.router,
        system.router, ledger.router, audit.router, design.router, design_expressions.router, public_links.router,
        description.router,
    ]  # fmt: skip
    api = Router("/api/v1", route_handlers=rooms)
    return Litestar(
        route_handlers=[system.health, ledger.static, api],
        dependencies={"runtime": Provide(provide_runtime, sync_to_thread=False)},
        middleware=[DefineMiddleware(Identify, served=served)],
        before_request=before,
        exception_handlers={
            Rejected: problem_details.rejected,
            HTTPException: problem_details.http_error,
            Exception: problem_details.bug,
        },
        plugins=[Headers(), *served.plugins],
        state=State({"served": served}, deep_copy=False),
        openapi_config=None,
        request_max_body_size=20_000_000,
    )


class Served:
    """What an application serves. Laying out its hundreds of ways takes most of a second, so whoever opens one
    runtime after another, as tests do, turns the same application to the next."""

    def __init__(self, runtime: Runtime, plugins: list[Any]) -> None:
        self.plugins = plugins
        self._begin(runtime)

    def _begin(self, runtime: Runtime) -> None:
        self.runtime, self.rates = runtime, Rates(runtime.config.requests_per_minute)

    def turn_to(self, runtime: Runtime) -> None:
        """The one before must be closed."""
        self._begin(runtime)
        for plugin in self.plugins:
            plugin.serve(runtime)


class Headers(InitPlugin):
    """Security headers on every answer that does not set its own."""

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        async def add(message: Any, scope: Any) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                missing = [(n, v) for n, v in ENCODED if n not in present]
                message["headers"] = [*message["headers"], *missing]

        app_config.before_send.append(add)
        return app_config


ENCODED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def _plugins(runtime: Runtime) -> list[Any]:
    return [entry.load()(runtime) for entry in entry_points(group="muniment.web")]
