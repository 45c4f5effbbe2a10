"""The commands that need no data directory, as the checks call them, and one that does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import main
from metamodel.plugin_api import KINDS

SAMPLES = Path(__file__).parents[2] / "sample_apps"
APPS = [str(SAMPLES / "crm"), str(SAMPLES / "conversation_archive")]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_check_is_silent_on_the_sample_apps() -> None:
    result = run("check", *APPS)
    assert (result.exit_code, result.output) == (0, "")


def test_check_names_file_pointer_and_code(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    field = {"id": "a", "label": "A", "type": "nothing"}
    document = {
        "muniment": 1, "app": {"id": "x", "label": "X"}, "forms": [{"id": "f", "label": "F", "fields": [field]}],
    }  # fmt: skip
    broken.write_text(json.dumps(document))
    result = run("check", str(broken))
    assert result.exit_code == 1
    assert f"{broken}#/forms/0/fields/0/type: field.unknown_type" in result.output


@pytest.mark.parametrize(
    ("expression", "given", "value"),
    [
        ("LEFT(name, 2)", '{"name": "苏州恒锐"}', "苏州"),
        ("a > 1", '{"a": 2}', True),
        ("a / 4", '{"a": 1}', "0.25"),
    ],
)
def test_eval_prints_the_value_as_json(expression: str, given: str, value: object) -> None:
    result = run("eval", expression, "--given", given)
    assert (result.exit_code, json.loads(result.output)) == (0, value)


@pytest.mark.parametrize("expression", ["1 = 2", "x.__class__", "open('x')"])
def test_eval_ends_with_a_problem(expression: str) -> None:
    result = run("eval", expression, "--given", '{"x": "a"}')
    assert result.exit_code == 1
    assert "expression." in result.output


def test_plugins_are_listed_by_kind() -> None:
    rows = json.loads(run("plugin", "list", "--json").output)
    assert {"kind": "field", "name": "money"}.items() <= next(r for r in rows if r["name"] == "money").items()
    assert {row["kind"] for row in rows} <= set(KINDS)


def test_an_installation_verifies_and_answers_a_search(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    assert run("init", *data).exit_code == 0
    assert run("verify", *data).exit_code == 0
    refused = run("search", "crm", "customer", "x", "--as", "nobody", *data)
    assert refused.exit_code == 1
    assert "access.no_such_person" in refused.output


def test_the_calendar_is_set_and_shown(tmp_path: Path) -> None:
    raw = {"holidays": ["2026-10-01"], "workdays": [], "hours": ["08:30", "17:30"]}
    file, data = tmp_path / "calendar.json", str(tmp_path / "data")
    file.write_text(json.dumps(raw))
    assert json.loads(run("calendar", str(file), "--data", data).stdout) == raw
    assert json.loads(run("calendar", "--data", data).stdout) == raw
    for text, code in (
        ('{"hours": ["18:00", "09:00"]}', "hours"),
        ("[]", "unreadable"),
        ("what", "unreadable"),
    ):
        file.write_text(text)
        refused = run("calendar", str(file), "--data", data)
        assert (refused.exit_code, f"calendar.{code}" in refused.output) == (1, True)


def test_mail_without_a_server_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUNIMENT_SMTP_URL", raising=False)
    result = run("mail", "me@example.com", "--data", str(tmp_path / "data"))
    assert (result.exit_code, "mail.no_server" in result.output) == (1, True)
