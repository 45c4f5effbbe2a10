"""The commands that need no data directory, as the checks call them, and one that does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
    ("theirs", "conflicts", "labels"),
    [
        ({"b": {"label": "乙二"}}, [], {"a": "甲一", "b": "乙二"}),
        ({"a": {"label": "甲二"}}, ["/forms/0/fields/1/label: merge.conflict"], {"a": "甲一", "b": "乙"}),
        ({"a": None}, ["/forms/0/fields/0: merge.removed"], {"a": "甲一", "b": "乙"}),
    ],
    ids=["clean", "both changed a label", "changed here, deleted there"],
)
def test_merge_prints_the_document_and_names_conflicts(
    tmp_path: Path, theirs: dict[str, Any], conflicts: list[str], labels: dict[str, str]
) -> None:
    """By id: the order of theirs is another."""
    files = {
        "base": _with_fields({}),
        "ours": _with_fields({"a": {"label": "甲一"}}),
        "theirs": _with_fields(theirs, "ba"),
    }
    for name, document in files.items():
        (tmp_path / name).with_suffix(".json").write_text(json.dumps(document))
    result = run("merge", *(str(tmp_path / f"{name}.json") for name in files))
    assert result.exit_code == bool(conflicts)
    told = [": ".join(line.split(": ")[:2]) for line in result.stderr.splitlines()]
    assert told == conflicts
    assert all("甲" in line for line in result.stderr.splitlines())  # by its name, not by its place alone
    merged = json.loads(result.stdout)["forms"][0]["fields"]
    assert {one["id"]: one["label"] for one in merged} == labels


def _with_fields(changed: dict[str, Any], order: str = "ab") -> dict[str, Any]:
    """An app with two fields: some with other keys, or (None) gone."""
    base = {"a": {"id": "a", "type": "text", "label": "甲"}, "b": {"id": "b", "type": "text", "label": "乙"}}
    fields = [
        {**base[name], **(changed.get(name) or {})} for name in order if changed.get(name, {}) is not None
    ]
    return {
        "muniment": 1,
        "app": {"id": "x", "label": "X"},
        "forms": [{"id": "f", "label": "F", "fields": fields}],
    }


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
