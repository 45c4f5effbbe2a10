"""Packages end to end on both databases: rights, masks, the trail, what hangs together, names, jobs."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import typesetting
from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock, microseconds
from engine.packages import paper as papers
from engine.packages.names import file_name
from engine.packages.verifiers import verify
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import checkpoints, files, inbox, inbox_records, witnesses
from metamodel.problems import Rejected
from tests.engine.evidence.authority import Authority
from tests.engine.packages.case import ask, packed, viewer
from tests.engine.packages.tampering import unpack
from tests.pdfs import codes_of, words_of

MESSAGES = "records/case.message.jsonl"


def checked(package: bytes, folder: Path) -> dict[str, Any]:
    path = folder / "package.zip"
    path.write_bytes(package)
    result: dict[str, Any] = verify.verify(str(path))
    assert result["sound"], result["findings"]
    return result


def lines(package: bytes, path: str = MESSAGES) -> list[dict[str, Any]]:
    return [json.loads(line) for line in unpack(package)[path].splitlines()]


def everything(package: bytes) -> str:
    """All that can be read in it."""
    return "\n".join(content.decode("utf-8", "replace") for content in unpack(package).values())


def refused(codes: set[str], work: Any) -> None:
    with pytest.raises(Rejected) as raised:
        work()
    assert {found.code for found in raised.value.problems} == codes


# -- rights and how far proof goes ---------------------------------------------------------------------


def test_who_may_read_everything_proves_everything(archive: Runtime, tmp_path: Path) -> None:
    package = packed(archive)
    found = checked(package, tmp_path)["counts"]
    assert (found["content"], found["existence"], found["destroyed"]) == (11, 1, 1)
    first = lines(package)[0]
    assert first["values"]["price"] == "0.05"
    assert first["values"]["sent_at"] == "2026-11-01T02:00:00.000000Z"
    assert first["values"]["sent_on"] == "2026-11-01"
    assert first["values"]["recalled"] is True
    assert first["values"]["people"] == ["甲", "乙"]


def test_a_masked_sealed_field_leaves_without_the_key(case: Runtime, tmp_path: Path) -> None:
    package = packed(case, "sun")
    assert (
        checked(package, tmp_path)["counts"] | {"columns": 6, "records": 6}
        == checked(package, tmp_path)["counts"]
    )
    for line in lines(package):
        assert line["proof"] == "columns"
        assert "key" not in line
        assert line["masked"] == ["sender"]
        assert "•" in line["shown"]["sender"]
        assert line["values"]["account"] == "a1"
    assert "客户王" not in everything(package)


def test_a_hidden_plain_field_leaves_without_salt_or_columns(archive: Runtime, tmp_path: Path) -> None:
    package = packed(archive, "li")
    assert checked(package, tmp_path)["counts"]["existence"] == 12
    for line in lines(package):
        assert not {"salt", "commitment", "columns", "key"} & line.keys()
        assert "account" not in line["values"]
        assert "destroyed" in line or line["values"]["content"].startswith("第 ")
    assert "内部" not in everything(package)


def test_reading_is_not_exporting(archive: Runtime) -> None:
    refused({"access.denied"}, lambda: packed(archive, "wu"))
    refused({"access.denied"}, lambda: packed(archive, "sun", form="conversation"))
    refused({"package.empty"}, lambda: packed(archive, "sun", text="没有这个词"))


def test_what_is_asked_for(archive: Runtime) -> None:
    refused({"package.no_reason"}, lambda: packed(archive, reason=" "))
    refused({"package.no_subject"}, lambda: packed(archive, scope="subject"))
    refused({"package.too_many"}, lambda: packed(archive, records=("x",)))
    (line,) = lines(packed(archive, text='"第 3 条"'))
    assert lines(packed(archive, records=(line["record"],))) == [line]


# -- what hangs together -------------------------------------------------------------------------------


def counts(package: bytes) -> dict[str, int]:
    manifest = json.loads(unpack(package)["manifest.json"])
    return {name.split(".")[1]: sum(kinds.values()) for name, kinds in manifest["records"].items()}


def customer(case: Runtime) -> str:
    from engine.records.query import Query

    return case.records.page(SYSTEM, "case", "customer", Query()).items[-1].id


def test_a_case_follows_links(case: Runtime, tmp_path: Path) -> None:
    package = packed(case, form="customer", records=(customer(case),), scope="case")
    assert counts(package) == {"customer": 1, "conversation": 2, "message": 8, "remark": 1}
    found = checked(package, tmp_path)["counts"]
    assert (found["statement"], found["content"]) == (4, 8)
    sun = packed(case, "sun", text="第", scope="case")
    assert counts(sun) == {"message": 6}  # no right to export what hangs on them


def test_a_subject_request_is_a_duty_and_complete(archive: Runtime) -> None:
    wanted = {"form": "customer", "records": (customer(archive),), "scope": "subject"}
    refused({"access.denied"}, lambda: packed(archive, "sun", **wanted))
    archive.records.get(viewer(archive, "qian"), "case", "customer", customer(archive))
    package = packed(archive, **wanted)
    assert counts(package)["message"] == 8
    rows = list(csv.reader(io.StringIO(unpack(package)["tables/accesses.csv"].decode("utf-8-sig"))))
    assert rows[0] == ["时间", "人员", "动作", "表单", "记录", "授权编号"]
    assert ["人qian", "view", "客户"] in [row[1:4] for row in rows]


# -- the trail, jobs ------------------------------------------------------------------------------------


def trail(case: Runtime, action: str) -> list[Any]:
    with case.database.read() as connection:
        latest = case.audit.latest(connection)
    return [entry for entry in latest if entry.action == action]


def test_asked_for_made_and_fetched(case: Runtime, clock: FrozenClock, tmp_path: Path) -> None:
    qian = viewer(case, "qian")
    identifier = case.packages.ask(qian, ask(text="价格"))
    assert [(p.state, p.total) for p in case.packages.of(qian)] == [("waiting", 11)]
    refused({"package.unknown"}, lambda: case.packages.open(qian, identifier))
    case.jobs.run_due()
    found, content = case.packages.open(qian, identifier)
    assert (found.state, found.done, found.request.text) == ("ready", 11, "价格")
    assert found.counts == {"case.message": {"content": 11}}
    package = b"".join(content)
    assert len(package) == found.size
    checked(package, tmp_path)
    refused({"package.unknown"}, lambda: case.packages.open(viewer(case, "sun"), identifier))
    assert case.packages.of(viewer(case, "sun")) == []
    exports = trail(case, "export")
    assert [(e.person, e.form, e.detail["count"], e.detail["reason"]) for e in exports] == [
        ("qian", "message", 11, "诉讼取证")
    ]
    assert [e.detail["package"] for e in trail(case, "package.download")] == [identifier]
    clock.advance(days=8)
    assert case.packages.expire() == 1
    refused({"package.unknown"}, lambda: case.packages.open(qian, identifier))
    with case.database.read() as connection:
        assert (
            connection.scalar(sa.select(sa.func.count()).where(files.c.media_type == "application/zip")) == 0
        )


def test_rights_lost_meanwhile(case: Runtime) -> None:
    sun = viewer(case, "sun")
    case.packages.ask(sun, ask())
    gone = Membership("case", "seller", "person", "sun")
    case.database.write(lambda unit: case.people.remove_memberships(unit, [gone]))
    case.jobs.run_due()
    assert [(p.state, p.problem) for p in case.packages.of(sun)] == [("failed", "access.denied")]


def test_nothing_readable_lies_about(case: Runtime, config: Any) -> None:
    case.packages.ask(viewer(case, "qian"), ask())
    case.jobs.run_due()
    left = [path for path in (config.data / "files").rglob("*") if path.is_file()]
    assert len(left) == 2  # the attachment and the package
    for path in left:
        content = path.read_bytes()
        assert "价格".encode() not in content
        assert b"PK\x03\x04" not in content


def test_receipts_of_witnesses(case: Runtime, tmp_path: Path) -> None:
    """With each goes the checkpoint it is about, consistent with the newest; the token is checked with it."""
    with case.database.read() as connection:
        mine = sa.and_(checkpoints.c.log == "records", checkpoints.c.size == 7)
        token = Authority(tmp_path).stamp(
            connection.scalars(sa.select(checkpoints.c.note).where(mine)).one().encode()
        )

    def seen(unit: Any) -> None:
        row = {
            "log": "records",
            "witness": "tsa",
            "target": "https://tsa.example",
            "at": unit.now,
            "state": "done",
        }
        for identifier, size, kind, receipt in ((1, 7, "rfc3161", token), (2, 7, "folder", None)):
            unit.connection.execute(
                sa.insert(witnesses).values(**row, id=identifier, size=size, kind=kind, receipt=receipt)
            )

    case.database.write(seen)
    package = packed(case)
    (stamp,) = checked(package, tmp_path)["stamps"]
    assert (stamp["size"], stamp["checked"], stamp["authority"]) == ("7", True, "Time")
    found = unpack(package)
    assert found["witnesses/records-7-2.tsr"] == token
    assert "checkpoints/records-7.txt" in found
    assert len(json.loads(found["witnesses/records.json"])) == 2


# -- what people open ----------------------------------------------------------------------------------------


def test_the_same_twice(archive: Runtime) -> None:
    """Order and bytes are the same; only the audit log has grown, by the first of them."""

    def settled(package: bytes) -> list[tuple[str, bytes]]:
        grown = ("manifest", "proofs/audit", "checkpoints/audit", "证据说明")  # it names the checkpoints
        return [(path, content) for path, content in unpack(package).items() if not path.startswith(grown)]

    assert settled(packed(archive)) == settled(packed(archive))


def test_pages_tables_and_letters(archive: Runtime) -> None:
    found = unpack(packed(archive, form="customer", records=(customer(archive),), scope="case"))
    page = found["index.html"].decode()
    assert "第 0 条 &lt;b&gt;价格&lt;/b&gt;<br>=SUM(1)" in page
    assert "<script" not in page
    assert "人qian（qian）于 2026-11-20" in page
    for path in [path for path in found if path.endswith(".csv")]:
        cells = [cell for row in csv.reader(io.StringIO(found[path].decode("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))], path
    letters = [path for path in found if path.endswith(".eml")]
    assert len(letters) == 2
    letter = email.message_from_bytes(found[letters[0]], policy=email.policy.default)
    assert letter["subject"] == "=会话0" or letter["subject"].startswith("=会话")
    assert "第 0 条 <b>价格</b>" in "".join(
        email.message_from_bytes(found[path], policy=email.policy.default).get_content() for path in letters
    )
    (attachment,) = [path for path in found if path.startswith("attachments/")]
    assert attachment.split("/", 2)[2] == "_.._a_b_c_x____名.png"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("合同 终稿.pdf", "合同 终稿.pdf"), ("../../etc/passwd", "_.._etc_passwd"), ("a\\b:c", "a_b_c"), ("", "_"),
        ("...", "_"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("a\u202egpj.exe", "a_gpj.exe"), ("x\x00y", "x_y"),
    ],
)  # fmt: skip
def test_file_names(given: str, safe: str) -> None:
    assert file_name(given) == safe


def test_long_names_keep_their_ending() -> None:
    name = file_name("长" * 200 + ".pdf")
    assert len(name.encode()) <= 100
    assert name.endswith("长.pdf")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_statement(archive: Runtime, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set from what a person typed: none of it is markup, and the same facts give the same pages."""
    pytest.importorskip("typst")
    given: list[Any] = []
    monkeypatch.setattr(
        papers, "pdf", lambda template, told: given.append(told) or typesetting.pdf(template, told)
    )
    qian = replace(viewer(archive, "qian"), language=language)
    wanted = ask(reason='#panic("x") $1 *2* @me 用途')
    package = b"".join(archive.packages.stream(qian, wanted))
    found = unpack(package)["证据说明.pdf"]
    assert found.startswith(b"%PDF")
    assert found == typesetting.pdf(papers.TEMPLATE, given[0])
    said = words_of(found)
    assert "#panic" in said
    assert ("由本单位人员或业务规则写入" if language == "zh" else "writtenbypeopleorrules") in said
    assert "企业微信存档" not in said, "none of these records came through it"


def test_the_statement_tells_custody_from_capture_to_export(
    case: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through which interface the packed records came in and when, every checkpoint and witness of the package, who
    exported it; the checkpoint as text, and as a QR code that decodes to it."""
    pytest.importorskip("typst")
    given: list[Any] = []
    monkeypatch.setattr(
        papers, "pdf", lambda template, told: given.append(told) or typesetting.pdf(template, told)
    )
    _came_in(case)
    package = unpack(packed(case))
    said = words_of(package["证据说明.pdf"])
    for words in (
        "企业微信存档·通用Webhook4", "2026-11-2008:00:00–2026-11-2008:00:03",  # captured
        "由本单位人员或业务规则写入",
        "SHA-256", "RFC6962", "Ed25519",  # fixed how
        "采集开始", "首条记录写入", "末条记录写入", "检查点签名", "RFC3161时间戳https://tsa.example", "导出", "人qian",
        "verify.html", "pythonverify.py", "opensslts-verify",  # to repeat
    ):  # fmt: skip
        assert words in said, said
    assert "电话录音" not in said, "the app has that channel, these records did not come through it"
    notes = [content.decode() for path, content in package.items() if re.match(r"checkpoints/.*\.txt$", path)]
    assert len(notes) > 2
    for note in notes:
        assert f"·{int(note.split(chr(10))[1]):,}" in said, "each checkpoint is a step of the custody"
    standing = package["checkpoints/records.txt"].decode()
    assert re.sub(r"\s", "", standing) in said
    steps = [row[0] for row in given[0]["custody"]]
    assert steps == sorted(steps)
    (told,) = given
    assert codes_of(papers.TEMPLATE, told) == [standing]


def _came_in(case: Runtime) -> None:
    """Four messages through one of the app's two channels; a time-stamping authority saw the newest checkpoint."""
    rows = case.records.page(SYSTEM, "case", "message", Query(limit=4)).items
    at = microseconds(datetime(2026, 11, 20, tzinfo=UTC))

    def write(unit: Any) -> None:
        for number, row in enumerate(rows):
            unit.connection.execute(sa.insert(inbox).values(
                id=900 + number, channel="wecom_in", digest=bytes([number]), raw_sealed=b"", state="done",
                received_at=at + number * 1_000_000))  # fmt: skip
            unit.connection.execute(sa.insert(inbox_records).values(record=int(row.id), inbox=900 + number))
        size = unit.connection.scalar(
            sa.select(sa.func.max(checkpoints.c.size)).where(checkpoints.c.log == "records")
        )
        unit.connection.execute(sa.insert(witnesses).values(
            id=990, log="records", size=size, witness="w1", kind="rfc3161", target="https://tsa.example", at=at,
            state="done"))  # fmt: skip

    case.database.write(write)
