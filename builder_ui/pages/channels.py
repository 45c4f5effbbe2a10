"""Channels: whether messages come in, what could not be read and why, and a way to try it at once."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Response, get, post

from builder_ui.capture_places import mappings
from builder_ui.cells import record_url
from builder_ui.models.parts import Link
from builder_ui.models.places import ChannelLine, ChannelPage, ChannelsPage, Quarantined, Stat
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.channels.channels import Health
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.labels import label_text
from metamodel.plugin_api import RawMessage
from metamodel.problems import TEXTS, Problem, Rejected, problem

CHANNELS = "/apps/{app_id:str}/channels"
STYLES = ("list", "pages")
SHOWN = 50


@get(CHANNELS, sync_to_thread=True)
def channels_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app = _managed(visit, app_id)
    page = ChannelsPage(
        visit.text("Channels"), tuple(_line(visit, health) for health in _healths(visit, app))
    )
    return visit.page("channels.html", page, title=page.title, styles=STYLES, app=app)


@get(f"{CHANNELS}/{{channel_id:str}}", sync_to_thread=True)
def channel_page(request: Ask, site: Here, app_id: InPath, channel_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app = _managed(visit, app_id)
    health = _health(visit, app, channel_id)
    page = _page(visit, app, health)
    return visit.page("channel.html", page, title=page.title, styles=STYLES, app=app)


@post(f"{CHANNELS}/{{channel_id:str}}/try", sync_to_thread=True)
def try_channel(request: Ask, site: Here, app_id: InPath, channel_id: InPath) -> Response[Any]:
    """The connector's own sample goes the whole way; the page then links to what it became."""
    visit = site.visit(request)
    health = _health(visit, _managed(visit, app_id), channel_id)
    sample = _sample(visit, health)
    if sample is None:
        raise Rejected([problem("channel.unknown", channel=channel_id)])
    address, channels = f"/apps/{app_id}/channels/{channel_id}", visit.runtime.channels
    try:
        arrived = channels.receive(channel_id, [sample])
    except Rejected as refused:
        return visit.go(href(address, refused=refused.problems[0].code))
    channels.work(channel_id)
    records = channels.records_of(arrived) if arrived else []
    return visit.go(href(address, tried=records[0] if records else "none"))


@post(f"{CHANNELS}/{{channel_id:str}}/quarantine", sync_to_thread=True)
def quarantine(request: Ask, site: Here, app_id: InPath, channel_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    _health(visit, _managed(visit, app_id), channel_id)
    items = [item for item in sent.get("item", []) if is_whole_number(item)]
    if sent.get("do") == ["dismiss"]:
        visit.runtime.channels.dismiss(visit.viewer, items)
    else:
        visit.runtime.channels.retry(visit.viewer, items)
        visit.runtime.jobs.run_due()
    return visit.go(f"/apps/{app_id}/channels/{channel_id}")


@post(f"{CHANNELS}/{{channel_id:str}}/settings", sync_to_thread=True)
def settings(request: Ask, site: Here, app_id: InPath, channel_id: InPath, body: bytes) -> Response[Any]:
    """The secret (never shown again) and whether messages are taken."""
    visit, sent = site.visit(request), sent_form(body)
    _health(visit, _managed(visit, app_id), channel_id)
    if secret := sent.get("secret", [""])[-1].strip():
        visit.runtime.channels.set_secret(channel_id, secret)
    if "enabled" in sent:
        visit.runtime.channels.set_enabled(channel_id, sent["enabled"][-1] == "true")
    return visit.go(f"/apps/{app_id}/channels/{channel_id}")


# -- what the page shows -------------------------------------------------------------------------------


def _managed(visit: Visit, app_id: str) -> App:
    app = visit.app(app_id)
    if not visit.runtime.manages(visit.viewer, app_id, "channels"):
        raise Rejected([problem("access.denied")])
    return app


def _healths(visit: Visit, app: App) -> list[Health]:
    return [health for health in visit.runtime.channels.all() if health.app == app.id]


def _health(visit: Visit, app: App, channel_id: str) -> Health:
    found = next((health for health in _healths(visit, app) if health.channel.id == channel_id), None)
    if found is None:
        raise Rejected([problem("channel.unknown", channel=channel_id)])
    return found


def _line(visit: Visit, health: Health) -> ChannelLine:
    channel = health.channel
    done = health.counts.get("done", 0)
    return ChannelLine(
        label_text(channel.label, visit.language, channel.id), f"/apps/{health.app}/channels/{channel.id}",
        _connector(visit, health), health.enabled, visit.moments.short(health.last_at),
        visit.count("%(num)s message", "%(num)s messages", done), health.counts.get("quarantine", 0),
    )  # fmt: skip


def _page(visit: Visit, app: App, health: Health) -> ChannelPage:
    channel, base = health.channel, f"/apps/{app.id}/channels/{health.channel.id}"
    rows = visit.runtime.channels.quarantine(channel.id, SHOWN)
    tried = visit.query.get("tried", "")
    return ChannelPage(
        label_text(channel.label, visit.language, channel.id),
        (Link(visit.text("Channels"), f"/apps/{app.id}/channels"),),
        _connector(visit, health), health.enabled, (*_stats(visit, health.counts), *_watched(visit, health)),
        _facts(visit, health),
        _curl(visit, health), f"{base}/try", f"{base}/quarantine",
        tuple(
            Quarantined(row.id, visit.moments.short(row.received_at), row.source, _reasons(visit, row), row.code)
            for row in rows
        ),
        becomes=tuple(_becomes(visit, app, channel.id)),
        secret_set=health.has_secret, settings_action=f"{base}/settings", address=f"/hooks/{channel.id}",
        may_try=_sample(visit, health) is not None,
        refused=_refused(visit), tested=_tested(visit, tried), tested_href=_record(visit, app, tried),
    )  # fmt: skip


def _connector(visit: Visit, health: Health) -> str:
    channel = health.channel
    return (
        label_text(channel.connector.label, visit.language) if channel.connector else channel.connector_name
    )


def _stats(visit: Visit, counts: Mapping[str, int]) -> tuple[Stat, ...]:
    quarantined = counts.get("quarantine", 0)
    return (
        Stat(f"{sum(counts.values()):,}", visit.text("Messages arrived")),
        Stat(f"{counts.get('done', 0):,}", visit.text("Archived")),
        Stat(f"{counts.get('new', 0):,}", visit.text("Waiting")),
        Stat(f"{quarantined:,}", visit.text("In quarantine"), bad=quarantined > 0),
    )


def _watched(visit: Visit, health: Health) -> tuple[Stat, ...]:
    numbers = visit.runtime.channels.watched(health.app, health.channel)
    return tuple(
        Stat(f"{number:,}", label_text(label, visit.language), bad=number > 0) for label, number in numbers
    )


def _facts(visit: Visit, health: Health) -> tuple[tuple[str, str], ...]:
    positions = visit.runtime.channels.cursors(health.channel.id)
    gaps = visit.runtime.channels.gaps(health.channel.id, 5)
    facts = [
        (visit.text("Last arrival"), visit.moments.short(health.last_at) or "–"),
        (visit.text("Address"), f"/hooks/{health.channel.id}"),
        (visit.text("Secret"), visit.text("set") if health.has_secret else visit.text("not set")),
    ]
    facts += [
        (visit.text("Position"), f"{account} {position:,}".strip() + f" · {visit.moments.short(at)}")
        for account, (position, at) in list(positions.items())[:5]
    ]
    missing = visit.joined(f"{first:,}–{last:,}" if first != last else f"{first:,}" for first, last in gaps)
    facts.append((visit.text("Gaps in the vendor's numbers"), missing or visit.text("None")))
    return tuple(facts)


def _becomes(visit: Visit, app: App, channel: str) -> Iterator[Link]:
    """What messages of this channel become; whoever designs the app may look at the tables and change them."""
    designs = visit.runtime.designing.designs(visit.viewer, app.id)
    for one in mappings(app):
        trigger = one.rule.trigger
        if one.rule.enabled and trigger and trigger.matches(one.rule.trigger_options, {"channel": channel}):
            address = f"/design/{app.id}/capture{one.address}" if designs else ""
            yield Link(label_text(one.rule.label, visit.language, one.rule.id), address)


def _sample(visit: Visit, health: Health) -> RawMessage | None:
    return visit.runtime.channels.sample(health.channel.id) if health.channel.connector else None


def _curl(visit: Visit, health: Health) -> str:
    """A line for a shell: address, headers with the signature, body."""
    sample = _sample(visit, health)
    if sample is None:
        return ""
    origin = f"{visit.request.url.scheme}://{visit.request.url.netloc}"
    parts = [f"curl -X POST {shlex.quote(f'{origin}/hooks/{health.channel.id}')}"]
    headers = {"content-type": "application/json", **sample.headers}
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
    parts.append(f"--data {shlex.quote(sample.body.decode('utf-8', 'replace'))}")
    return " \\\n  ".join(parts)


def _reasons(visit: Visit, row: Any) -> str:
    """The reasons in the reader's language; they are kept as problems."""
    texts = []
    for reason in row.reasons:
        try:
            texts.append(Problem(reason["code"], params=reason.get("params", {})).text(visit.language))
        except KeyError:
            texts.append(str(reason.get("text", "")))
    return "；".join(filter(None, texts)) or row.code


def _refused(visit: Visit) -> str:
    code = visit.query.get("refused", "")
    return Problem(code).text(visit.language) if code in TEXTS else ""


def _tested(visit: Visit, tried: str) -> str:
    if not tried:
        return ""
    if tried == "none":
        return visit.text("The message had arrived before; nothing new was archived.")
    return visit.text("The test message was archived.")


def _record(visit: Visit, app: App, tried: str) -> str:
    """Where the record is, when this viewer may see it at all: managers of channels often may not."""
    for form in app.forms:
        try:
            if is_whole_number(tried) and form.is_archive:
                visit.runtime.records.get(visit.viewer, app.id, form.id, tried)
                return record_url(app.id, form.id, tried)
        except Rejected:
            continue
    return ""


HANDLERS = (channels_page, channel_page, try_channel, quarantine, settings)
