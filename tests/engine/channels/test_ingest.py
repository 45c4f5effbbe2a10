"""Recorded traffic in: nothing lost, nothing doubled, one bad line stops nobody."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.engine.archive_app import AT, HOUR, line, rows, traffic

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "data" / "wecom_messages.jsonl"
recorded = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded traffic is not here")


def contents(runtime: Runtime) -> list[str]:
    return [row["content"] for row in rows(runtime, "message")]


def test_lines_become_records_once(archive: Runtime, tmp_path: Path) -> None:
    file = traffic(tmp_path / "a.jsonl", *(line(n, f"第{n}条") for n in range(1, 8)))
    steps: list[tuple[int, int | None]] = []
    report = archive.channels.ingest("wecom", [file], lambda done, total: steps.append((done, total)))
    assert (report.read, report.new, report.records, report.quarantined) == (7, 7, 7, 0)
    assert contents(archive) == [f"第{n}条" for n in range(1, 8)]
    assert steps[-1] == (file.stat().st_size, file.stat().st_size)
    again = archive.channels.ingest("wecom", [file])
    assert (again.read, again.new, again.records) == (7, 0, 0)
    assert len(contents(archive)) == 7


def test_the_cursor_stands_after_the_last_and_gaps_are_told(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1), line(2), line(5), line(9))])
    assert {account: at for account, (at, _) in archive.channels.cursors("wecom").items()} == {"": 9}
    assert archive.channels.gaps("wecom") == [(6, 8), (3, 4)]
    archive.channels.ingest("wecom", [traffic(tmp_path / "b", line(3))])
    assert archive.channels.cursors("wecom")[""][0] == 9
    assert archive.channels.gaps("wecom") == [(6, 8), (4, 4)]


def test_a_line_that_cannot_be_read_is_kept_with_its_reason(archive: Runtime, tmp_path: Path) -> None:
    file = traffic(
        tmp_path / "a.jsonl", line(1), b'{"seq": 2, "message": {', line(3), b"\xff\xfe", line(4, msgid="")
    )
    report = archive.channels.ingest("wecom", [file])
    assert (report.records, report.quarantined) == (2, 3)
    found = archive.channels.quarantine("wecom")
    assert [(row.code, row.source) for row in found] == [
        ("message.no_id", "a.jsonl:5"),
        ("message.not_json", "a.jsonl:4"),
        ("message.not_json", "a.jsonl:2"),
    ]
    assert "JSON" in found[1].text()
    assert archive.channels.all()[0].counts == {"done": 2, "quarantine": 3}


def test_the_quarantined_are_tried_again_or_dismissed(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", b"broken", b"worse")])
    worse, broken = archive.channels.quarantine()
    assert archive.channels.retry(SYSTEM, [broken.id]) == 1
    assert [row.id for row in archive.channels.quarantine()] == [worse.id]
    archive.jobs.run_due()
    assert {row.id for row in archive.channels.quarantine()} == {broken.id, worse.id}
    assert archive.channels.dismiss(SYSTEM, [broken.id, worse.id, "x"]) == 2
    assert archive.channels.quarantine() == []
    assert archive.channels.retry(SYSTEM, [broken.id]) == 0


def test_the_same_message_in_other_bytes_is_dropped(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "原文"))])
    other = line(1, "原文").replace(b'"seq": 1', b'"seq":  1')
    report = archive.channels.ingest("wecom", [traffic(tmp_path / "b", other)])
    assert (report.new, report.records, report.quarantined) == (1, 0, 0)
    assert contents(archive) == ["原文"]


def test_the_same_id_with_other_content_is_an_edit_of_the_first(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "原文"), line(2))])
    for _ in range(2):
        archive.channels.ingest("wecom", [traffic(tmp_path / "b", line(1, "改过"), line(1, "又改"))])
    first, _, *edits = rows(archive, "message")
    assert (first["content"], first["action"]) == ("原文", "send")
    assert [(e["content"], e["action"], e["refers_to"]) for e in edits] == [
        ("改过", "edit", first["id"]),
        ("又改", "edit", first["id"]),
    ]


def test_a_recall_points_at_its_original_though_both_come_at_once(archive: Runtime, tmp_path: Path) -> None:
    recall = {"msgtype": "revoke", "action": "recall", "revoke": {"pre_msgid": "m1"}}
    unknown = {"msgtype": "revoke", "action": "recall", "revoke": {"pre_msgid": "m0"}}
    file = traffic(tmp_path / "a", line(1, "六折"), line(2, **recall), line(3), line(4, **unknown))
    assert archive.channels.ingest("wecom", [file]).records == 4
    original, recalled, _, lost = rows(archive, "message")
    assert (original["content"], original["action"]) == ("六折", "send")
    assert (recalled["action"], recalled["refers_to"]) == ("recall", original["id"])
    assert (lost["action"], lost["refers_to"]) == ("recall", None)


def test_what_cannot_become_a_record_is_quarantined_alone(archive: Runtime, tmp_path: Path) -> None:
    long = "长" * 4_000_000
    file = traffic(tmp_path / "a", line(1), line(2, long), line(3))
    document = dict(archive.applications.document("archive"))
    forms = [dict(form) for form in document["forms"]]
    forms[0]["fields"] = [
        {**f, "options": {"max_length": 100}} if f["id"] == "content" else f for f in forms[0]["fields"]
    ]
    archive.applications.publish(None, {**document, "forms": forms}, "system")
    report = archive.channels.ingest("wecom", [file])
    assert (report.records, report.quarantined) == (2, 1)
    assert [row.code for row in archive.channels.quarantine()] == ["value.too_many_letters"]


def test_reasons_do_not_quote_what_was_said(archive: Runtime, tmp_path: Path) -> None:
    document = dict(archive.applications.document("archive"))
    values = {**document["rules"][0]["then"][0]["with"]["values"], "direction": "text"}
    rule = {
        **document["rules"][0],
        "then": [{"action": "create_record", "with": {"form": "message", "values": values}}],
    }
    archive.applications.publish(None, {**document, "rules": [rule]}, "system")
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "绝密报价"))])
    (row,) = archive.channels.quarantine()
    assert row.code == "value.not_a_choice"
    assert "绝密" not in str(row)


def test_when_a_unit_breaks_the_row_at_fault_is_found(
    archive: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = archive.records.store.insert

    def fragile(unit: object, viewer: object, program: object, drafts: list[object], **more: object) -> None:
        if any("崩" in (draft.values.get("content") or "") for draft in drafts):  # type: ignore[attr-defined]
            raise RuntimeError("a bug")
        original(unit, viewer, program, drafts, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(archive.records.store, "insert", fragile)
    file = traffic(tmp_path / "a", *(line(n, "崩" if n in (3, 6) else f"第{n}条") for n in range(1, 9)))
    report = archive.channels.ingest("wecom", [file])
    assert (report.records, report.quarantined) == (6, 2)
    assert contents(archive) == [f"第{n}条" for n in range(1, 9) if n not in (3, 6)]
    assert {row.code for row in archive.channels.quarantine()} == {"inbox.failed"}
    monkeypatch.undo()
    archive.channels.retry(SYSTEM, [row.id for row in archive.channels.quarantine()])
    archive.jobs.run_due()
    assert len(contents(archive)) == 8
    assert archive.channels.quarantine() == []


def test_conversations_end_after_four_hours_of_silence(archive: Runtime, tmp_path: Path) -> None:
    ours = {"from": "sales04", "tolist": ["wm1"]}
    other = {"from": "wm2", "tolist": ["sales02"]}
    lines = [
        line(1, at=AT), line(2, at=AT + 3 * HOUR, **ours), line(3, at=AT + 6 * HOUR), line(4, at=AT + HOUR, **other),
        line(5, at=AT + 11 * HOUR), line(6, at=AT + 2 * HOUR),
    ]  # fmt: skip
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", *lines)])
    found = rows(archive, "conversation")
    by_id = {c["id"]: c for c in found}
    of = [m["conversation"] for m in rows(archive, "message")]
    assert of[0] == of[1] == of[2] == of[5]
    assert len({of[0], of[3], of[4]}) == len(found) == 3
    assert by_id[of[0]]["happened_at"] == "2026-11-20T01:00:00Z"
    assert by_id[of[0]]["last_at"] == "2026-11-20T07:00:00Z"
    assert by_id[of[0]]["participants"] == ["sales04"]
    # a later batch: joins the last one, fills the gap before it, or begins anew
    more = [line(7, at=AT + 12 * HOUR), line(8, at=AT - 3 * HOUR), line(9, at=AT + 17 * HOUR)]
    archive.channels.ingest("wecom", [traffic(tmp_path / "b", *more)])
    later = [m["conversation"] for m in rows(archive, "message")][6:]
    assert later[:2] == [of[4], of[0]]
    assert later[2] not in of
    assert {c["id"]: c for c in rows(archive, "conversation")}[of[0]]["happened_at"] == "2026-11-19T22:00:00Z"


def test_a_message_is_written_once_with_its_conversation(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "价格多少"), line(2))])
    first, second = rows(archive, "message")
    assert (first["revision"], first["tags"], second["tags"]) == (1, ["商务洽谈"], None)
    (conversation,) = rows(archive, "conversation")
    assert conversation["tags"] == ["商务洽谈"]
    assert first["conversation"] == second["conversation"] == conversation["id"]


def test_raw_messages_lie_sealed(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "绝密报价单"))])
    if archive.database.dialect == "sqlite":
        archive.database.close()
        kept = b"".join(p.read_bytes() for p in archive.config.data.rglob("*") if p.is_file())
        assert "绝密报价单".encode() not in kept
        assert b"\\u7edd\\u5bc6" not in kept


@recorded
def test_all_recorded_traffic(archive: Runtime) -> None:
    if archive.database.dialect != "sqlite":
        pytest.skip("once is enough")
    report = archive.channels.ingest("wecom", [RECORDED])
    assert (report.read, report.records, report.quarantined) == (8458, 8458, 0)
    again = archive.channels.ingest("wecom", [RECORDED])
    assert (again.read, again.new, again.records) == (8458, 0, 0)
    assert archive.channels.gaps("wecom") == []


CHILD = """
import sys
from pathlib import Path
from engine.config import Config
from engine.runtime import Runtime
data, url, file = sys.argv[1:]
runtime = Runtime.open(Config(data=Path(data), database_url=url))
runtime.channels.ingest("wecom", [Path(file)], lambda done, total: print(done, flush=True))
print("finished", flush=True)
"""


@pytest.mark.parametrize("kill_at", [1, 3])
def test_kill_9_in_the_middle_loses_and_doubles_nothing(
    archive: Runtime, tmp_path: Path, kill_at: int
) -> None:
    total = 2_300
    file = traffic(
        tmp_path / "a.jsonl",
        *(line(n, f"第{n}条", **{"from": f"wm{n % 40}"}) for n in range(1, total + 1)),
    )
    root = Path(__file__).resolve().parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(archive.config.data), archive.config.database_url, str(file)],
        stdout=subprocess.PIPE, cwd=root,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(kill_at):
        assert child.stdout.readline().strip().isdigit()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    before = len(contents(archive))
    assert before < total
    archive.channels.ingest("wecom", [file])
    assert Counter(contents(archive)) == Counter(f"第{n}条" for n in range(1, total + 1))
    assert archive.channels.all()[0].counts == {"done": total}
    assert archive.channels.cursors("wecom")[""][0] == total
