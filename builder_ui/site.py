"""Site: the renderer and the runtime together, the door of every page.

Handlers in `pages/` are given the Site, ask it for a Visit, ask the runtime for what
they show, and answer with `visit.page(template, model)`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl

from litestar.di import NamedDependency
from litestar.params import FromPath

from builder_ui.assets import Assets
from builder_ui.frames import Frames
from builder_ui.templating import Renderer
from builder_ui.verifying import Verifying
from builder_ui.visit import Ask as Ask, Visit as Visit, respond as respond
from engine.app_tests.publishing import Publishing
from engine.runtime import Runtime
from engine.web.rates import Rates

PUBLIC_RATE = 600  # requests a minute of one public form, whoever asks; half of them at once


@lru_cache(2)
def renderer_of(markup: tuple[tuple[str, str], ...]) -> Renderer:
    """Static files are read and templates compiled once in a process that has these field types."""
    return Renderer(Assets(), markup=dict(markup))


class Site:
    """What all pages share; one for the life of the process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        types = runtime.registry.all("field")
        self.renderer = renderer_of(tuple((n, t.markup) for n, t in types.items() if t.markup))
        self.assets = self.renderer.assets
        self.frames = Frames(runtime)
        self.verifying = Verifying(runtime)
        self.publishing = Publishing(runtime)
        self.public_rates = Rates(PUBLIC_RATE)

    def visit(self, request: Ask) -> Visit:
        """Rejected (access.signed_out) when nobody is signed in."""
        return Visit(self, request)


Here = NamedDependency[Site]
InPath = FromPath[str]


def sent_form(body: bytes) -> dict[str, list[str]]:
    """A posted form: every name with all its values, blank ones too."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20_000
    ):
        found.setdefault(name, []).append(value)
    return found


def local_address(wanted: str, otherwise: str = "/") -> str:
    """An address of ours, never another site's."""
    return wanted if _LOCAL.fullmatch(wanted) else otherwise


# Browsers drop tabs and line ends and take a backslash for a slash: none of them may stand in it.
_LOCAL = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
