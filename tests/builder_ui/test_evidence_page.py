"""The evidence page: who sees how it stands, and who appoints witnesses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.evidence import report
from engine.runtime import Runtime
from engine.system_tables import audit
from engine.typesetting import pdf
from tests.builder_ui.desk import Tab
from tests.pdfs import codes_of, words_of

SignIn = Callable[[str], Tab]


def actions(runtime: Runtime) -> list[str]:
    with runtime.database.read() as connection:
        return list(connection.scalars(sa.select(audit.c.action).order_by(audit.c.id)))


def test_what_stands_beside_it_is_for_those_who_look_after_it(zhou: Tab, sign_in: SignIn) -> None:
    plain, watching = zhou.page("/evidence"), sign_in("wei").page("/evidence")
    for words in ("生效中的授权", "见证", "报告（PDF）", "尚无人确认密钥"):
        assert words in watching
    assert "生效中的授权" not in plain
    assert "报告（PDF）" not in plain
    assert zhou.get("/evidence/report.pdf").status_code == 403


@pytest.mark.parametrize(
    "path", ["witnesses", "witnesses/x/show", "witnesses/x/dismiss", "settings", "verify"]
)
def test_nobody_else_changes_anything(zhou: Tab, path: str) -> None:
    assert zhou.post(f"/evidence/{path}", {"kind": "folder"}).status_code == 403


def test_a_witness_is_appointed_shown_and_dismissed(
    runtime: Runtime, sign_in: SignIn, tmp_path: Path
) -> None:
    wei, folder = sign_in("wei"), tmp_path / "worm"
    runtime.ledger.integrate()
    sent = {"kind": "folder", "target": str(folder), "hours": "24", "roots": ""}
    refused = wei.post("/evidence/witnesses", sent)
    assert (refused.status_code, "请填写一个已存在的文件夹的完整路径" in refused.text) == (422, True)
    assert str(folder) in refused.text  # what was typed is kept
    folder.mkdir()
    assert wei.post("/evidence/witnesses", sent).status_code == 303
    assert {path.name.split("-")[0] for path in folder.iterdir()} >= {"audit"}
    page = wei.page("/evidence")
    assert str(folder) in page
    (witness,) = runtime.witnesses.settings().witnesses
    assert wei.post(f"/evidence/witnesses/{witness.id}/show").status_code == 303
    assert wei.post(f"/evidence/witnesses/{witness.id}/dismiss").status_code == 303
    assert runtime.witnesses.settings().witnesses == ()
    assert actions(runtime).count("witness.set") == 2


def test_the_trees_are_opened_to_everybody_and_closed(runtime: Runtime, sign_in: SignIn) -> None:
    wei, nobody = sign_in("wei"), Tab(runtime)
    runtime.ledger.integrate()
    for public, status in (("1", 200), ("0", 303)):
        wei.post("/evidence/settings", {"public": public})
        assert nobody.get("/ledger/audit/checkpoint").status_code == status


def test_the_report_is_a_pdf_and_noted(
    runtime: Runtime, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each checkpoint as text, and as a QR code that decodes to it."""
    runtime.records.create(SYSTEM, "desk", "line", [{"words": "您好"}])
    runtime.ledger.integrate()
    runtime.verify(by="wei")
    given: list[Any] = []
    monkeypatch.setattr(report, "pdf", lambda template, told: given.append(told) or pdf(template, told))
    answer = sign_in("wei").get("/evidence/report.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert "evidence.report" in actions(runtime)
    said, notes = words_of(answer.content), [log.note for log in runtime.standing().logs]
    assert all("muniment.invalid" in note for note in notes)
    assert [note for note in notes if re.sub(r"\s", "", note) not in said] == []
    assert sorted(codes_of(report.TEMPLATE, given[0])) == sorted(notes)
