"""Errors as pages: kind, translated, with a way on; nobody signed in is sent to sign in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.response import Redirect

from builder_ui.language import translations
from builder_ui.models.parts import Link
from builder_ui.models.places import ErrorPage
from builder_ui.shell import Shell
from builder_ui.site import Ask, Site, respond
from engine.web.language import language_of

STYLES = ("pages",)


def error_page(site: Site, request: Ask, status: int, body: dict[str, Any]) -> Response[Any]:
    """What `engine.web.problem_details` asks for when a browser meets an error."""
    if status == 401 and request.headers.get("hx-request") != "true":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        following = f"?next={quote(path, safe='')}" if request.method == "GET" and path != "/" else ""
        return Redirect(f"/sign-in{following}", status_code=303)
    page = _page(request, status, body)
    if request.scope["state"].get("viewer") is not None and status != 500:
        return site.visit(request).page("error.html", page, title=page.title, styles=STYLES, status=status)
    language = language_of(request)
    shell = Shell(page.title, language, styles=STYLES)
    return respond(request, site.renderer.render("error.html", language, shell=shell, page=page), status)


def _page(request: Ask, status: int, body: dict[str, Any]) -> ErrorPage:
    words = translations(language_of(request)).gettext
    known = {
        403: (
            words("This needs a right you do not have"),
            words("If your work needs it, ask whoever manages the roles of this app."),
        ),
        404: (words("Not found"), words("It may not exist, or you may not see it.")),
        409: (words("Somebody was faster"), words("Go back, reload the page and try again.")),
        429: (words("Too many attempts"), words("Wait a minute, then try again.")),
        500: (words("Something went wrong on our side"), words("It has been noted. Please try again in a moment.")),
    }  # fmt: skip
    title, text = known.get(status, (str(body.get("title") or status), ""))
    detail = str(body.get("detail") or "")
    reference = detail.removeprefix("reference ") if status >= 500 else ""
    shown = detail if detail and status < 500 and body.get("problems") else text
    back = [Link(words("To the start page"), "/")]
    referrer = request.headers.get("referer", "")
    if referrer.startswith(f"{request.url.scheme}://{request.url.netloc}/"):
        back.append(Link(words("Back to the page before"), referrer))
    return ErrorPage(status, title, shown, reference, tuple(back))
