"""Errors as problem details (RFC 9457); a page gets the same as a kind page when somebody provides one.

What people did wrong is listed with paths; what we did wrong is only in the log, under an id.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from engine.failures import failure
from engine.web.language import language_of
from metamodel.problems import Problem, Rejected

log = logging.getLogger("muniment.web")
MEDIA_TYPE = "application/problem+json"
URN = "urn:muniment:problem:"
TITLES = {
    400: ("请求有误", "Bad request"), 401: ("请先登录", "Please sign in"), 403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"), 405: ("不支持的方法", "Method not allowed"),
    409: ("有冲突", "Conflict"), 413: ("内容过大", "Too large"), 422: ("请检查输入", "Please check what was entered"),
    429: ("请求过于频繁", "Too many requests"), 500: ("系统出错了", "Something went wrong on our side"),
}  # fmt: skip


def title_of(status: int, language: str) -> str:
    zh, en = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    return zh if language.startswith("zh") else en


def rejected(request: Request[Any, Any, Any], refused: Rejected) -> Response[Any]:
    problems = [p for p in refused.problems if p.severity == "error"] or list(refused.problems)
    return answer(request, problems[0].status, problems)


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return answer(request, error.status_code, (), error.detail if error.status_code < 500 else "")


def bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An exception nobody planned for: 500 with an id that stands in the log beside what failed where."""
    reference = uuid.uuid4().hex[:12]
    log.error("request %s failed, reference %s\n%s", _route(request), reference, failure(error))
    return answer(request, 500, (), f"reference {reference}")


def _route(request: Request[Any, Any, Any]) -> str:
    """As the handler names it: in the address itself may stand a token."""
    return str(request.scope.get("path_template") or "")


def answer(
    request: Request[Any, Any, Any], status: int, problems: Sequence[Problem], detail: str = ""
) -> Response[Any]:
    language = language_of(request)
    body = {
        "type": URN + (problems[0].code if problems else f"http.{status}"),
        "title": title_of(status, language),
        "status": status,
        "detail": problems[0].text(language) if problems else detail,
        "problems": [p.to_json(language) for p in problems],
    }
    page = getattr(request.app.state, "error_page", None)
    if page is not None and _wants_page(request):
        made: Response[Any] = page(request, status, body)
        return made
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if problems and problems[0].code == "request.too_many":
        headers["Retry-After"] = str(problems[0].params["seconds"])
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return not request.url.path.startswith(("/api/", "/hooks/")) and "text/html" in request.headers.get(
        "accept", ""
    )
