"""Keyword lists are records: what KEYWORDS gives, when a change is noticed, spellings, false alarms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.application import load
from tests.engine.rules.desk import KEYWORDS, create, desk, publish, rows, runs, update, values

RISK = [
    {"word": "竞品A", "used": True},
    {"word": "再考虑一下", "also": ["再考虑考虑", "再看看吧"], "used": True},
    {"word": "不满意", "used": False},
]
MARK: dict[str, Any] = {
    "id": "mark", "when": {"trigger": "record_created", "form": "letter"},
    "if": "CONTAINS_ANY(body, KEYWORDS('risk'))",
    "then": [{"action": "set_fields", "with": {"values": {
        "state": "'risk'", "hits": "COUNT_WORDS(body, KEYWORDS('risk'))",
        "found": "FOUND_WORDS(body, KEYWORDS('risk'))",
    }}}],
}  # fmt: skip


def said(runtime: Runtime, *texts: str) -> list[str | None]:
    ids = create(runtime, "letter", *({"subject": "信", "body": text} for text in texts))
    return [values(runtime, "letter", record).get("state") for record in ids]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("竞品A上周来演示了", True),
        ("竞品Ａ上周来演示了", True),
        ("竞 品 A 便宜", True),
        ("競品A便宜", True),
        ("竞\n品a", True),
        ("再 考虑\u3000一下", True),
        ("年底再看看吧", True),
        ("竞品B", False),
        ("不满意", False),  # not in use
        ("", False),
    ],
)
def test_any_spelling_of_a_word_in_use_hits(office: Runtime, text: str, hit: bool) -> None:
    runtime = publish(office, MARK)
    create(runtime, "words", {"code": "risk", "rows": RISK})
    assert said(runtime, text) == ["risk" if hit else None]


def test_hits_are_counted_and_named(office: Runtime) -> None:
    runtime = publish(office, MARK)
    create(runtime, "words", {"code": "risk", "rows": RISK})
    (record,) = create(runtime, "letter", {"subject": "信", "body": "竞品Ａ，再看看吧，竞品a"})
    found = values(runtime, "letter", record)
    assert (found["hits"], found["found"]) == (3, ["竞品A", "再看看吧"])


def test_a_change_is_noticed_at_once(office: Runtime) -> None:
    runtime = publish(office, MARK)
    assert said(runtime, "竞品A") == [None]
    (record,) = create(runtime, "words", {"code": "risk", "rows": RISK})
    assert said(runtime, "竞品A", "不满意") == ["risk", None]
    update(runtime, "words", record, rows=[{"word": "不满意", "used": True}])
    assert said(runtime, "竞品A", "不满意") == [None, "risk"]
    update(runtime, "words", record, code="other")
    assert said(runtime, "不满意") == [None]


def test_a_change_is_noticed_by_another_process(
    office: Runtime, make_runtime: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.records.keyword_lists.LOOK_AGAIN", 0)
    runtime = publish(office, MARK)
    other = make_runtime()
    assert other.keyword_lists.words("office", "risk") is None
    create(runtime, "words", {"code": "risk", "rows": RISK})
    assert other.keyword_lists.words("office", "risk") == ("竞品A", "再考虑一下", "再考虑考虑", "再看看吧")
    other.close()


def test_false_alarms_are_counted_at_the_words_that_stand_there(office: Runtime) -> None:
    feedback = {"action": "keyword_feedback", "with": {"list": "risk", "text": "JOIN(found)"}}
    changed = {"trigger": "record_updated", "form": "letter", "fields": ["state"]}
    runtime = publish(
        office, MARK, {"id": "wrong", "when": changed, "if": "state == '误报'", "then": [feedback]}
    )
    create(runtime, "words", {"code": "risk", "rows": RISK})
    letters = create(
        runtime, "letter", *({"subject": "信", "body": b} for b in ("竞品A", "竞 品Ａ，再看看吧"))
    )
    for letter in letters:
        assert update(runtime, "letter", letter, state="误报") == []
    (record,) = rows(runtime, "words")
    assert [row.get("false_alarms") for row in record["rows"]] == [2, 1, None]


def test_feedback_on_a_list_that_is_not_there_is_told(office: Runtime) -> None:
    feedback = {"action": "keyword_feedback", "with": {"list": "none", "text": "body"}}
    runtime = publish(office, {"id": "wrong", "when": MARK["when"], "then": [feedback]})
    create(runtime, "letter", {"subject": "信", "body": "竞品A"})
    assert runs(runtime) == [("wrong", "failed", ["rule.no_keyword_list"])]


# -- forms whose records are words -----------------------------------------------------------------

RIVAL: dict[str, Any] = {
    "id": "rival", "label": "竞品", "title": "{name}", "keywords": {"word": "name", "also": "also"},
    "fields": [
        {"id": "name", "type": "text", "label": "名称"},
        {"id": "also", "type": "text_list", "label": "别称"},
    ],
}  # fmt: skip


def test_records_may_be_the_words_themselves(office: Runtime) -> None:
    document = desk({**MARK, "if": "CONTAINS_ANY(body, KEYWORDS('rival'))"})
    document["forms"].append(RIVAL)
    office.applications.publish(None, document, "system")
    assert said(office, "竞品C来过") == [None]
    (record,) = create(office, "rival", {"name": "竞品C", "also": ["蓝鲸"]})
    assert said(office, "競 品Ｃ来过", "蓝鲸便宜", "竞品D") == ["risk", "risk", None]
    office.recycle_bin.delete(SYSTEM, "office", "rival", [record])
    assert said(office, "竞品C来过") == [None]


def test_an_app_looks_for_the_words_of_one_it_requires(office: Runtime) -> None:
    own = desk()
    own["forms"].append(RIVAL)
    office.applications.publish(None, own, "system")
    letter = {"id": "mail", "label": "信", "title": "", "fields": [
        {"id": "body", "type": "long_text", "label": "正文"},
        {"id": "hit", "type": "switch", "label": "命中"},
    ]}  # fmt: skip
    mark = {
        "id": "mark", "label": "标记", "when": {"trigger": "record_created", "form": "mail"},
        "if": "CONTAINS_ANY(body, KEYWORDS('office.rival'))",
        "then": [{"action": "set_fields", "with": {"values": {"hit": "true"}}}],
    }  # fmt: skip
    post = {
        "muniment": 1, "app": {"id": "post", "label": "邮局"}, "forms": [letter], "rules": [mark],
        "requires": [{"app": "office", "forms": {"rival": {"name": "text"}}}],
    }  # fmt: skip
    office.applications.publish(None, post, "system")
    create(office, "rival", {"name": "竞品C"})
    (hit, missed) = office.records.create(SYSTEM, "post", "mail", [{"body": "竞品Ｃ"}, {"body": "竞品D"}])
    found = [office.records.get(SYSTEM, "post", "mail", one).values.get("hit") for one in (hit, missed)]
    assert found == [True, None]


# -- the definition --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"code": "codes"}, "reference.unknown_field", "/forms/2/keywords/code"),
        ({"rows": "code"}, "keywords.wrong_field", "/forms/2/keywords/rows"),
        ({"rows": "none"}, "reference.unknown_field", "/forms/2/keywords/rows"),
        ({"word": "words"}, "reference.unknown_field", "/forms/2/keywords/word"),
        ({"enabled": "word"}, "keywords.wrong_field", "/forms/2/keywords/enabled"),
        ({"word": "false_alarms"}, "keywords.wrong_field", "/forms/2/keywords/word"),
    ],
)
def test_what_makes_no_sense_is_told(office: Runtime, change: dict[str, str], code: str, path: str) -> None:
    document = desk()
    document["forms"][2] = {**KEYWORDS, "keywords": {**KEYWORDS["keywords"], **change}}
    found = load(document, office.registry)[1]
    assert (code, path) in [(one.code, one.path) for one in found]


@pytest.mark.parametrize(
    ("keywords", "field", "code"),
    [
        ({"word": "names"}, {}, "reference.unknown_field"),
        ({"word": "name"}, {"type": "integer"}, "keywords.wrong_field"),
        ({"word": "name"}, {"sealed": True}, "keywords.wrong_field"),
        ({"word": "name", "rows": "name"}, {}, "reference.unknown_field"),
    ],
)
def test_words_of_a_form_are_plain_texts(
    office: Runtime, keywords: dict[str, str], field: dict[str, Any], code: str
) -> None:
    document, name = desk(), {**RIVAL["fields"][0], **field}
    document["forms"].append({**RIVAL, "fields": [name], "keywords": keywords, "title": ""})
    assert code in [one.code for one in load(document, office.registry)[1]]


def test_an_app_has_one_form_of_keyword_lists(office: Runtime) -> None:
    document = desk()
    document["forms"].append({**KEYWORDS, "id": "more", "label": "更多"})
    assert "keywords.twice" in [one.code for one in load(document, office.registry)[1]]
