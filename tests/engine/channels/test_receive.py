"""A vendor's delivery: verified on its raw bytes, durable before it is acknowledged, then a record."""

from __future__ import annotations

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.plugin_api import RawMessage
from metamodel.problems import Rejected
from tests.engine.archive_app import rows
from tests.engine.channels.deliveries import SECRET, delivery


def code_of(runtime: Runtime, raw: RawMessage, channel: str = "chat") -> tuple[str, int]:
    with pytest.raises(Rejected) as refused:
        runtime.channels.receive(channel, [raw])
    (found,) = refused.value.problems
    return found.code, found.status


def test_a_signed_delivery_becomes_a_record(archive: Runtime) -> None:
    archive.channels.set_secret("chat", SECRET)
    ids = archive.channels.receive("chat", [delivery()])
    assert len(ids) == 1
    assert rows(archive, "message") == []  # durable, not yet worked
    archive.jobs.run_due()
    (message,) = rows(archive, "message")
    assert (message["content"], message["channel"], message["direction"]) == ("在吗", "chat", "in")
    assert archive.channels.records_of(ids) == [message["id"]]
    assert archive.channels.receive("chat", [delivery()]) == []  # the vendor tries again


def test_a_bad_signature_is_refused_and_nothing_is_kept(archive: Runtime) -> None:
    assert code_of(archive, delivery()) == ("channel.no_secret", 401)
    archive.channels.set_secret("chat", SECRET)
    assert code_of(archive, delivery("another")) == ("channel.bad_signature", 401)
    assert code_of(archive, RawMessage(delivery().body)) == ("channel.no_signature", 401)
    assert archive.channels.all()[1].counts == {}


def test_a_channel_may_be_unknown_or_disabled(archive: Runtime) -> None:
    assert code_of(archive, delivery(), "nowhere") == ("channel.unknown", 404)
    archive.channels.set_secret("chat", SECRET)
    archive.channels.set_enabled("chat", False)
    assert code_of(archive, delivery()) == ("channel.disabled", 403)
    archive.channels.set_enabled("chat", True)
    assert len(archive.channels.receive("chat", [delivery()])) == 1
    health = {health.channel.id: health for health in archive.channels.all()}
    assert (health["chat"].enabled, health["chat"].has_secret, health["wecom"].has_secret) == (
        True,
        True,
        False,
    )


def test_what_no_rule_takes_stays_in_the_inbox(archive: Runtime) -> None:
    document = dict(archive.applications.document("archive"))
    archive.applications.publish(None, {**document, "rules": []}, "system")
    archive.channels.set_secret("chat", SECRET)
    archive.channels.receive("chat", [delivery()])
    archive.jobs.run_due()
    assert rows(archive, "message") == []
    assert archive.channels.all()[1].counts == {"done": 1}
    assert archive.channels.quarantine() == []


def test_the_channel_tells_how_to_try_it(archive: Runtime) -> None:
    sample = archive.channels.sample("wecom")
    assert sample is not None
    archive.channels.receive("wecom", [sample])
    archive.jobs.run_due()
    assert len(rows(archive, "message")) == 1
    assert archive.channels.dismiss(SYSTEM, []) == 0
