"""builder_ui: what people see. A Litestar plugin found in the entry-point group `muniment.web`.

It adds the pages, the static files and the error pages to the application the engine
makes; the engine never names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.plugins import InitPlugin

if TYPE_CHECKING:
    from engine.runtime import Runtime


class BuilderUI(InitPlugin):
    """Everything in a browser, over one runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self.serve(runtime)

    def serve(self, runtime: Runtime) -> None:
        """From now on this one."""
        from builder_ui.site import Site

        self.site = Site(runtime)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        from builder_ui.pages.index import router

        app_config.route_handlers.append(router)
        app_config.dependencies["site"] = Provide(self._provide_site, sync_to_thread=False)
        app_config.state["error_page"] = self._error_page
        return app_config

    def _provide_site(self) -> Any:
        return self.site

    def _error_page(self, *told: Any) -> Any:
        from builder_ui.pages.errors import error_page

        return error_page(self.site, *told)
