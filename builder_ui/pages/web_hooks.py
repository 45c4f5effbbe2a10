"""外发: what rules tell other systems: the addresses with their keys, the newest calls, and what nobody took; and the
secrets other systems ask for before they hand over a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.models.parts import Link
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.outside import sources_of
from engine.rules.web_hooks import WebHookCall
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.problems import Problem, Rejected, problem

BASE, SECRETS = "/admin/web-hooks", "/admin/secrets"
STYLES = ("list", "pages", "tasks")
SHOWN = 100
HUES = {"sent": "green", "waiting": "blue", "failed": "amber", "dead": "red", "given_up": "grey"}


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that a rule tells things to."""

    app: str
    rule: str
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class CallLine:
    at: str
    rule: str
    url: str
    state: str
    hue: str
    error: str
    record: Link | None
    action: str  # where retry and discard go; '' unless it is dead


@dataclass(frozen=True, slots=True)
class SecretLine:
    """A named secret, or one that a field asks for and nobody has set (`address` blank)."""

    name: str
    address: str
    at: str
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebHooksPage:
    title: str
    hooks: tuple[Hook, ...]
    calls: tuple[CallLine, ...]
    secrets: tuple[SecretLine, ...] = ()
    problems: tuple[str, ...] = ()


@get(BASE, sync_to_thread=True)
def web_hooks_page(request: Ask, site: Here) -> Response[Any]:
    return _answer(site.visit(request))


def _answer(visit: Visit, problems: Sequence[Problem] = ()) -> Response[Any]:
    apps = _managed(visit)
    calls = visit.runtime.web_hooks.latest([app.id for app in apps], SHOWN)
    page = WebHooksPage(
        visit.text("Web hooks"), tuple(hook for app in apps for hook in _hooks(visit, app)),
        tuple(_line(visit, call) for call in calls), _secrets(visit),
        tuple(one.text(visit.language) for one in problems),
    )  # fmt: skip
    status = 422 if problems else 200
    return visit.page("web_hooks.html", page, title=page.title, styles=STYLES, status=status)


@post(SECRETS, sync_to_thread=True)
def set_secret(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`name`, `address`, `secret`: kept sealed, sent to that address alone, never shown again."""
    visit = site.visit(request)
    _managed(visit)
    sent = {name: values[-1] for name, values in sent_form(body).items()}
    try:
        given = (sent.get(name, "").strip() for name in ("name", "address", "secret"))
        visit.runtime.secrets.set(visit.viewer, *given)
    except Rejected as refused:
        return _answer(visit, refused.problems)
    return visit.go(f"{BASE}#secrets")


@post(f"{SECRETS}/{{name:str}}/remove", sync_to_thread=True)
def remove_secret(request: Ask, site: Here, name: InPath) -> Response[Any]:
    visit = site.visit(request)
    _managed(visit)
    visit.runtime.secrets.remove(visit.viewer, name)
    return visit.go(f"{BASE}#secrets")


@post(f"{BASE}/{{app_id:str}}/{{call:str}}", sync_to_thread=True)
def settle(request: Ask, site: Here, app_id: InPath, call: InPath, body: bytes) -> Response[Any]:
    """`action`: retry or discard."""
    visit, action = site.visit(request), sent_form(body).get("action", [""])[-1]
    if app_id not in {app.id for app in _managed(visit)}:
        raise Rejected([problem("web_hook.unknown")])
    hooks = visit.runtime.web_hooks
    (hooks.discard if action == "discard" else hooks.retry)(visit.viewer, app_id, call)
    return visit.go(BASE)


def _managed(visit: Visit) -> list[App]:
    """Rejected (access.denied) for who manages the channels of no app."""
    runtime = visit.runtime
    found = [app for app in runtime.applications.all() if runtime.manages(visit.viewer, app.id, "channels")]
    if not found:
        raise Rejected([problem("access.denied")])
    return found


def _secrets(visit: Visit) -> tuple[SecretLine, ...]:
    """Those that are kept, and those that fields ask for in vain."""
    used: dict[str, list[str]] = {}
    for app in visit.runtime.applications.all():
        for source in sources_of(app):
            if source.secret:
                used.setdefault(source.secret, []).append(f"{app.text(visit.language)} · {source.url}")
    kept = {one.name: one for one in visit.runtime.secrets.all()}
    return tuple(
        SecretLine(
            name, kept[name].origin if name in kept else "", visit.moments.short(kept[name].at) if name in kept else "",
            tuple(used.get(name, ())),
        )
        for name in sorted({*kept, *used})
    )  # fmt: skip


def _hooks(visit: Visit, app: App) -> Iterator[Hook]:
    for rule in app.rules:
        for step in rule.actions:
            url = getattr(step.options, "url", "") if step.action and step.action.name == "web_hook" else ""
            if url:
                key = visit.runtime.web_hooks.key(app.id, url)
                yield Hook(
                    app.text(visit.language), label_text(rule.label, visit.language, rule.id), url, key
                )


def _line(visit: Visit, call: WebHookCall) -> CallLine:
    """The record by its title where this viewer may read it, and not at all where not."""
    place = (call.app, call.form, call.record)
    title = visit.titles([place]).get(place) if call.record else None
    states = {
        "sent": visit.text("Sent"), "waiting": visit.text("Waiting"), "failed": visit.text("Tried again"),
        "dead": visit.text("Not delivered"), "given_up": visit.text("Given up"),
    }  # fmt: skip
    app = visit.runtime.services.apps().get(call.app)
    rule = next((one for one in app.rules if one.id == call.rule), None) if app else None
    return CallLine(
        visit.moments.short(call.at), label_text(rule.label, visit.language, rule.id) if rule else call.rule, call.url,
        states[call.state], HUES[call.state], _error(visit, call.error),
        Link(title or f"#{call.record}", record_url(*place)) if title is not None else None,
        f"{BASE}/{call.app}/{call.id}" if call.state == "dead" else "",
    )  # fmt: skip


def _error(visit: Visit, error: str) -> str:
    reasons = {
        "": "",
        "outgoing.bad_address": visit.text("The address cannot be asked"),
        "outgoing.refused_address": visit.text("An address of the house, which the operator has not allowed"),
        "outgoing.unreachable": visit.text("Nobody answers there"),
        "outgoing.too_slow": visit.text("No answer in time"),
        "outgoing.too_large": visit.text("The answer was too long"),
    }
    if error in reasons:
        return reasons[error]
    return visit.text("The other side answered %(status)s", status=error)


HANDLERS = (web_hooks_page, settle, set_secret, remove_secret)
