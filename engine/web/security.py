"""Who is asking: the session cookie or a bearer token; and that a cookie's unsafe request is meant.

A request that changes something by cookie must carry the session's CSRF token (header or form
field) and must not come from another site. Bearer tokens need neither.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from engine.access.viewer import Viewer
from engine.accounts.sessions import IN, Origin
from engine.web.language import language_of
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.runtime import Runtime

COOKIE = "muniment_session"
QUIET = "x-quiet"  # a page asks by itself: nobody need be there
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Where API tokens are taken at all, and what a handler says in its `opt` of the scope it needs where that is not `read`
# for what is safe and `write` for what is not.
BY_TOKEN = ("/api/", "/hooks/", "/ledger/", "/readyz")
SCOPE = "token_scope"
# What may be asked for while one sees as somebody else.
LOOKED_AT = re.compile(
    r"(/api/v1)?/apps/[^/]+(/search|/reports/.+|/forms/[^/]+(/(new|condition|search|(options|records)/.+|records))?)?"
    r"|/files/[^/]+(/look)?|/people/options|/live|/session|/static/.+"
)
STATE = re.compile(r"(/api/v1)?/apps/[^/]+/forms/[^/]+/state")
ENDING = frozenset({"/see-as/end", "/sign-out", "/printed"})
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
}


def content_policy(frames: Iterable[str]) -> str:
    """The policy of a page that embeds pages of these origins, and of no others."""
    return f"{POLICY}; frame-src 'self' {' '.join(sorted(frames))}"


class Serves(Protocol):
    """What this application serves at the moment."""

    runtime: Runtime


class Identify:
    """ASGI middleware: puts `viewer` and `session` into the scope's state (None when nobody). A session
    whose sign-in is not finished has no viewer yet."""

    def __init__(self, app: ASGIApp, served: Serves) -> None:
        self._app, self._served = app, served

    @property
    def _runtime(self) -> Runtime:
        return self._served.runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            import anyio.to_thread

            connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
            state = scope.setdefault("state", {})
            state["viewer"] = state["session"] = None
            if _identifies(connection):
                await anyio.to_thread.run_sync(self._identify, connection, state)
        await self._app(scope, receive, send)

    def _identify(self, connection: ASGIConnection[Any, Any, Any, Any], state: dict[str, Any]) -> None:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self._runtime.tokens.find(token.strip())
            viewer = self._runtime.viewer(found.person) if found else None
            state["by_token"] = viewer is not None
            if connection.scope["path"].startswith(BY_TOKEN):
                state["viewer"] = _from(viewer, connection, found.scopes) if viewer and found else None
            return
        used = QUIET not in connection.headers
        session = self._runtime.sessions.find(connection.cookies.get(COOKIE, ""), used)
        viewer = self._runtime.viewer(session.person) if session else None
        if session and viewer:
            state["session"] = session
            if session.stage == IN:
                looker = _from(viewer, connection, viewer.scopes)
                state["viewer"] = self._runtime.seeing_as.viewer(session, looker)


def _identifies(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    path = connection.scope["path"]
    return not path.startswith(("/static/", "/healthz")) and (
        COOKIE in connection.cookies or "authorization" in connection.headers
    )


def _from(viewer: Viewer, connection: ASGIConnection[Any, Any, Any, Any], scopes: frozenset[str]) -> Viewer:
    client = connection.scope.get("client")
    return replace(viewer, scopes=scopes, address=client[0] if client else "")


def refuse_beyond_looking(request: Request[Any, Any, Any]) -> None:
    """Who sees an app as somebody else looks at it, and does nothing besides: what is that person's own (to-dos,
    notices, the account) and every way to manage are closed."""
    viewer = request.scope["state"].get("viewer")
    if viewer is None or viewer.looker is None:
        return
    asks, path = request.method in SAFE, request.url.path
    allowed = LOOKED_AT if asks else STATE
    if path not in ENDING and not allowed.fullmatch(path):
        code = "see_as.not_there" if asks else "see_as.only_looks"
        raise Rejected([problem(code, name=viewer.name)])


def refuse_beyond_scope(request: Request[Any, Any, Any]) -> None:
    """Before every handler: a token opens what its scopes name, and no page."""
    state = request.scope["state"]
    if not state.get("by_token"):
        return
    path = request.url.path
    if not path.startswith(BY_TOKEN):
        raise Rejected([problem("access.not_by_token")])
    usual = "read" if request.method in SAFE else "write"
    scope = request.route_handler.opt.get(SCOPE, usual)
    if scope not in viewer_of(request).scopes and path != "/readyz":
        state["viewer"] = None  # nor on the page that says so
        raise Rejected([problem("access.scope", scope=scope)])


async def refuse_forged(request: Request[Any, Any, Any]) -> None:
    """Before every handler: an unsafe request by cookie must carry the token of its session."""
    if request.method in SAFE or request.url.path.startswith("/hooks/"):
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Rejected([problem("access.forged")])
    session = request.scope["state"].get("session")
    if session is None:
        return
    sent = request.headers.get("x-csrf-token") or str((await _form(request)).get("_csrf", ""))
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Rejected([problem("access.forged")])


async def _form(request: Request[Any, Any, Any]) -> Any:
    """Of a plain form only: what comes with files carries the header, and the framework's parser, which keeps larger
    ones unsealed on this disk, never sees it."""
    kind = request.headers.get("content-type", "")
    return await request.form() if kind.startswith("application/x-www-form-urlencoded") else {}


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of everything but the sign-in page, hooks and health."""
    if connection.scope["state"].get("viewer") is None:
        raise Rejected([problem("access.signed_out")])


def may_write(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: a token without the scope `write` changes nothing."""
    signed_in(connection, handler)
    if "write" not in viewer_of(connection).scopes:
        raise Rejected([problem("access.scope", scope="write")])


def reads(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """May who changes something be shown what stands there now? A token that only writes is told that it is done."""
    return "read" in viewer_of(connection).scopes


def viewer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer:
    """Who asks, in the language that this request is answered in."""
    viewer: Viewer | None = connection.scope["state"].get("viewer")
    if viewer is None:
        raise Rejected([problem("access.signed_out")])
    language = language_of(connection)
    return viewer if viewer.language == language else replace(viewer, language=language)


def origin_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Origin:
    client = connection.client
    return Origin(client.host if client else "", connection.headers.get("user-agent", ""))


def session_cookie(token: str, *, secure: bool) -> Cookie:
    return Cookie(COOKIE, value=token, httponly=True, secure=secure, samesite="lax")
