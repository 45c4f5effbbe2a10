"""Channels: where messages come in, each through one connector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metamodel.binding import Binder
from metamodel.checking import Checking, check_ids, check_labels
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Connector, Options
from metamodel.problems import Problem, problem


@dataclass(frozen=True, slots=True)
class Watch:
    """A number to keep an eye on: how many records of `form` the `filter` picks."""

    label: Label
    form: str
    filter: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """`connector` is None for a name nobody registered. Secrets are bound per installation, never here."""

    id: str
    label: Label
    connector_name: str
    connector: Connector | None
    options: Options | None
    enabled: bool = True
    path: str = ""
    watch: tuple[Watch, ...] = ()

    @property
    def wants_secret(self) -> bool:
        """Does nothing come in before a secret is set for it?"""
        return (
            self.connector is not None
            and self.options is not None
            and self.connector.wants_secret(self.options)
        )


def channel_from_json(part: Part, binder: Binder) -> Channel:
    connector, options = binder.bind("connector", part, "connector", "options")
    enabled = part.flag("enabled", True)
    watch = tuple(
        Watch(each.label(), each.text("form"), each.text("filter"), each.path) for each in part.parts("watch")
    )
    return Channel(
        part.id, part.label(), part.text("connector"), connector, options, enabled, part.path, watch
    )  # fmt: skip


def check_channels(checking: Checking) -> list[Problem]:
    channels = checking.app.channels
    found = check_ids(channels, {"zh": "渠道", "en": "channel"}) + check_labels(channels, needed=False)
    for channel in channels:
        if channel.connector is not None and channel.options is not None:
            own = channel.connector.check_options(channel.options, checking.app)
            found += [one.under(channel.path + "/options") for one in own]
        found += _check_taken(channel, checking)
        for watch in channel.watch:
            found += _check_watch(watch, checking)
    return found


def _check_watch(watch: Watch, checking: Checking) -> list[Problem]:
    form = checking.app.form(watch.form)
    if form is None:
        return checking.form_reference(watch.form, watch.path + "/form")
    return checking.row_condition(watch.filter, watch.path + "/filter", checking.scope(form))


def _check_taken(channel: Channel, checking: Checking) -> Iterator[Problem]:
    """Channel ids are unique in an installation: the address messages are sent to."""
    for other in (checking.apps or {}).values():
        if other.id != checking.app.id and other.channel(channel.id) is not None:
            yield problem("channel.taken", channel.path + "/id", value=channel.id, app=other.text())
