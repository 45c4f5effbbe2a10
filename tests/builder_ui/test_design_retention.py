"""How long a form's records are kept, in the designer: rules as rows, what is wrong at its row, usual periods."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD, Tab
from tests.engine.retention.conftest import DESK, ROLES

LETTER = "/design/desk/forms/letter/retention"


@pytest.fixture
def archive(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    """Ye keeps retention and designs, Wang does neither."""
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    document = deepcopy(DESK)
    document["roles"].append({"id": "maker", "label": "设计", "manages": ["design"]})
    runtime.applications.publish(None, document, "system")
    members = [Membership("desk", role, "person", person) for person, role in ROLES.items()]
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def save(unit: Any) -> None:
        runtime.people.save_people(
            unit, [Person("wang", "王磊"), Person("ye", "叶知秋"), Person("fang", "方圆")]
        )
        runtime.people.save_memberships(unit, [*members, Membership("desk", "maker", "person", "ye")])
        for person in ("wang", "ye", "fang"):
            runtime.accounts.passwords.set_hash(unit, person, hashed)

    runtime.database.write(save)
    yield runtime
    runtime.close()


@pytest.fixture
def ye(archive: Runtime) -> Tab:
    return Tab(archive, "ye")


def edit(runtime: Runtime, *steps: dict[str, Any]) -> None:
    viewer = runtime.require_viewer("ye")
    runtime.designing.edit(viewer, "desk", runtime.designing.open(viewer, "desk").revision, list(steps))


def row(page: str, rule: str) -> str:
    (found,) = re.findall(rf'<tbody id="rule-{rule}".*?</tbody>', page, re.S)
    return found


def chosen(part: str) -> list[str]:
    return re.findall(r'value="(\w*)" selected', part)


def test_a_rule_is_a_row_with_everything_it_says(ye: Tab) -> None:
    page = ye.page(LETTER)
    ordinary, trades = row(page, "ordinary"), row(page, "trades")
    assert 'value="一般信件"' in ordinary
    assert chosen(ordinary) == ["sent_on", "Y", "Y", "shred"]
    assert re.findall(r'type="number"[^>]*value="(\d*)"', ordinary) == ["1", "2"]
    assert re.findall(r'type="number"[^>]*value="(\d*)"', trades) == ["20", ""]
    assert ">trade</textarea>" in trades
    assert re.findall(r'data-path="([\w/]+)"', trades) == [
        "label", "from", "keep", "at_most", "then", "where", "source",
    ]  # fmt: skip
    (starts,) = re.findall(r'id="trades-from".*?</select>', trades, re.S)
    assert re.findall(r'value="(\w*)"', starts) == ["", "sent_on"]  # dates only
    assert f'href="{LETTER}"' in ye.page("/design/desk/forms/letter")


def test_a_usual_period_becomes_a_row_with_its_source_and_the_advice_to_ask(
    ye: Tab, archive: Runtime
) -> None:
    page = ye.page(LETTER)
    (item,) = re.findall(r'id="use-securities_20y"[^>]*data-preset="([^"]*)"', page)
    rule = json.loads(html.unescape(item))
    assert (rule["keep"], rule["then"], rule["preset"]) == ("P20Y", "shred", "securities_20y")
    assert "第一百三十七条" in rule["source"]["zh"]
    edit(archive, {"op": "add", "path": "/forms/2/retention/-", "value": rule})
    used = row(ye.page(f"{LETTER}/body"), "securities_20y")
    assert "第一百三十七条" in used
    assert "请咨询律师" in used
    assert "证券业务资料" in used
    assert "已改动" not in used
    edit(archive, {"op": "replace", "path": "/forms/2/retention/2/keep", "value": "P21Y"})
    assert "已改动" in row(ye.page(f"{LETTER}/body"), "securities_20y")


@pytest.mark.parametrize(
    ("key", "value", "control"),
    [
        ("from", "body", 'id="ordinary-from"'),
        ("keep", "P9Y", 'id="ordinary-at_most"'),  # longer than the maximum
        ("where", "nothing == 1", 'data-do="where"'),
        ("at_most", "P1Y2M3D", 'value="P1Y2M3D"'),
    ],
)
def test_what_is_wrong_stands_in_its_row(
    ye: Tab, archive: Runtime, key: str, value: str, control: str
) -> None:
    edit(archive, {"op": "add", "path": f"/forms/2/retention/0/{key}", "value": value})
    page = ye.page(f"{LETTER}/body")
    assert control in row(page, "ordinary")
    if value == "P1Y2M3D":  # no number and unit: shown as it is written, and fine
        return
    behind = row(page, "ordinary").split(control, 1)[1]
    assert "card-problems" in behind.split("</td>", 1)[0]
    assert "card-problems" not in row(page, "trades")
    assert f"{LETTER}?at=ordinary" in ye.page("/design/desk/problems")


def test_the_rule_in_short_and_a_form_without_any(ye: Tab, archive: Runtime) -> None:
    edit(archive, {"op": "replace", "path": "/forms/3/retention", "value": {"keep": "P18M", "then": "shred"}})
    short = row(ye.page("/design/desk/forms/note/retention"), "keep")
    assert 'value="保存期限"' in short
    assert 'data-path="label/zh"' in short
    assert re.findall(r'type="number"[^>]*value="(\d*)"', short) == ["18", ""]
    none = ye.page("/design/desk/forms/client/retention")
    assert "<tbody" not in none
    assert "use-network_log_6m" in none


def test_retention_leads_there_for_who_designs(ye: Tab, archive: Runtime) -> None:
    page = ye.page("/admin/retention")
    assert page.count(f'href="{LETTER}"') == 2  # at its rules, and below the usual periods
    assert "/design/" not in Tab(archive, "fang").page("/admin/retention")
    assert Tab(archive, "wang").get(LETTER).status_code == 403
    assert ye.get("/design/desk/forms/gone/retention").status_code == 404


def test_a_file_of_the_house_that_cannot_be_read_is_said(ye: Tab, archive: Runtime) -> None:
    (archive.config.data / "retention_presets.json").write_text("{", "utf-8")
    page = ye.page(LETTER)
    assert "retention_presets.json" in page
    assert "rule-ordinary" in page
