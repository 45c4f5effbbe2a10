"""Web applications over a test's runtime. Making one takes most of a second, so those whose runtime is closed
are turned to the next one's."""

from __future__ import annotations

from collections import defaultdict
from weakref import WeakKeyDictionary

from litestar import Litestar

from engine.runtime import Runtime
from engine.web.app import create_app

_free: dict[bool, list[Litestar]] = defaultdict(list)
_serving: dict[bool, WeakKeyDictionary[Runtime, Litestar]] = defaultdict(WeakKeyDictionary)


def app_over(runtime: Runtime, *, pages: bool = True) -> Litestar:
    """As `create_app` gives it; everybody who asks for this runtime is given the same one."""
    known = _serving[pages].get(runtime)
    if known is not None:
        return known
    if _free[pages]:
        app = _free[pages].pop()
        app.state.served.turn_to(runtime)
    else:
        app = create_app(runtime, pages=pages)
    _serving[pages][runtime] = app
    _let_go_when_closed(runtime, app, pages)
    return app


def _let_go_when_closed(runtime: Runtime, app: Litestar, pages: bool) -> None:
    close = runtime.close

    def closing() -> None:
        close()
        if _serving[pages].pop(runtime, None) is app:
            _free[pages].append(app)

    runtime.close = closing  # type: ignore[method-assign]
