"""`muniment try`, as a terminal and as JSON, on the rules of a data directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from engine.clock import SystemClock
from engine.config import Config
from engine.runtime import Runtime
from tests.engine.rules.desk import create, publish

SET = {"action": "set_fields", "with": {"values": {"state": "'x'"}}}
MARK = {
    "id": "mark", "when": {"trigger": "record_created", "form": "letter"},
    "if": "CONTAINS_ANY(body, '报价')", "then": [SET],
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MUNIMENT_DATABASE_URL", raising=False)
    runtime = Runtime.open(Config(data=tmp_path), SystemClock())
    create(
        publish(runtime, MARK),
        "letter",
        {"subject": "一", "body": "请发报 价单"},
        {"subject": "二", "body": "您好"},
    )
    runtime.close()
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["try", "office", *arguments, "--data", str(data)])


def test_it_tells_what_matched_and_marks_the_hits(data: Path) -> None:
    result = run(data, "mark")
    assert result.exit_code == 0, result.output
    assert "1 / 2" in result.output
    assert "请发【报 价】单" in result.output
    assert "SetFields × 1" in result.output


def test_a_rule_in_a_file_is_compared_with_the_published_one(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    file.write_text(json.dumps({**MARK, "if": "CONTAINS_ANY(body, '您好')"}), "utf-8")
    answer = json.loads(run(data, str(file), "--json", "--last", "10").output)
    assert (answer["tried"], answer["matched"], answer["compared"]) == (2, 1, {"more": 1, "fewer": 1})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none",), "rule.unknown"),
        (("missing.json",), "rule.unknown"),
        (("mark", "--as", "nobody"), "access.no_such_person"),
    ],
)
def test_what_cannot_be_tried_ends_with_a_problem(data: Path, arguments: tuple[str, ...], code: str) -> None:
    result = run(data, *arguments)
    assert result.exit_code == 1
    assert code in result.output
