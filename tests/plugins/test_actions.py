"""Wrong rules are told where: rows of (trigger's form, action, options, [(path, code)])."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from metamodel.application import load
from metamodel.plugin_api import Registry
from tests.engine.archive_app import ARCHIVE

MESSAGE = {"trigger": "message_received"}
CREATED = {"trigger": "record_created", "form": "message"}
CREATE = [{"action": "create_record", "with": {"form": "message"}}]
TALK = {"form": "conversation", "match": {"thread": "thread"}}

ROWS: list[tuple[dict[str, Any], str, dict[str, Any], list[tuple[str, str]]]] = [
    (MESSAGE, "create_record", {"form": "nowhere"}, [("/form", "rule.unknown_form")]),
    (MESSAGE, "create_record", {"form": "message", "values": {"no": "text"}}, [("/values/no", "rule.unknown_field")]),
    (MESSAGE, "create_record", {"form": "message", "values": {"content": "texts"}},
     [("/values/content", "expression.unknown_name")]),
    (MESSAGE, "create_record", {"form": "message", "values": {"content": "text"}}, []),
    (MESSAGE, "set_fields", {"values": {"content": "text"}}, [("", "rule.needs_record")]),
    (MESSAGE, "add_tags", {"tags": ["x"]}, [("", "rule.needs_record")]),
    (MESSAGE, "link", {"form": "contact", "link": "contact", "match": [{"wecom_id": "text"}]},
     [("", "rule.needs_record")]),
    (MESSAGE, "find_or_create", {**TALK, "match": {"thread": "text"}, "link": "conversation"},
     [("/link", "rule.needs_record")]),
    (CREATED, "add_tags", {"tags": ["x"], "field": "content"}, [("/field", "rule.not_a_list")]),
    (CREATED, "add_tags", {"tags": ["x"], "of": ["content"]}, [("/of/0", "rule.not_a_link")]),
    (CREATED, "add_tags", {"tags": ["x"], "of": ["conversation"]}, []),
    (CREATED, "set_fields", {"values": {"nothing": "1"}}, [("/values/nothing", "rule.unknown_field")]),
    (CREATED, "set_fields", {"of": "thread", "values": {}}, [("/of", "rule.not_a_link")]),
    (CREATED, "set_fields", {"of": "conversation", "values": {"no": "1"}}, [("/values/no", "rule.unknown_field")]),
    (CREATED, "find_or_create", {**TALK, "match": {}}, [("/match", "rule.nothing_to_match")]),
    (CREATED, "find_or_create", {"form": "message", "match": {"content": "thread"}},
     [("/match/content", "rule.sealed_key")]),
    (CREATED, "find_or_create", {**TALK, "add": {"account": "thread"}}, [("/add/account", "rule.not_a_list")]),
    (CREATED, "find_or_create", {**TALK, "add": {"participants": "staff"}, "link": "thread"},
     [("/link", "rule.not_a_link")]),
    (CREATED, "find_or_create",
     {**TALK, "span": {"start": "happened_at", "end": "later", "moment": "sent_at", "silence": "a while"}},
     [("/span/end", "rule.unknown_field"), ("/span/silence", "rule.bad_duration")]),
    (CREATED, "link", {"form": "contact", "link": "thread", "match": [{}]},
     [("/link", "rule.not_a_link"), ("/match", "rule.nothing_to_match")]),
    (CREATED, "link", {"form": "contact", "link": "conversation", "match": [{"wecom_id": "thread"}],
                       "copy": {"staff": "surname", "no": "name"}},
     [("/copy/staff", "rule.unknown_field"), ("/copy/no", "rule.unknown_field")]),
    (CREATED, "update_records", {"form": "conversation", "match": {"thread": "thread"}, "values": {"no": "1"}},
     [("/values/no", "rule.unknown_field")]),
    (CREATED, "update_records", {"form": "message", "match": {"content": "thread"}, "values": {}, "where": "nothing"},
     [("/match/content", "rule.sealed_key"), ("/where", "expression.unknown_name")]),
    (MESSAGE, "update_records", {"form": "nowhere", "match": {}, "values": {}},
     [("/form", "rule.unknown_form"), ("/match", "rule.nothing_to_match")]),
    (MESSAGE, "update_records", {"form": "conversation", "match": {"thread": "text"}, "values": {}}, []),
    (CREATED, "create_for_each", {"each": "STAFF()", "form": "message", "field": "staff"}, []),
    (CREATED, "create_for_each",
     {"each": "nobody", "form": "message", "field": "nothing", "match": {"content": "thread"}},
     [("/field", "rule.unknown_field"), ("/match/content", "rule.sealed_key"), ("/each", "expression.unknown_name")]),
    (CREATED, "remove_tags", {"tags": ["x"], "field": "content"}, [("/field", "rule.not_a_list")]),
    (CREATED, "create_task", {"to": "person:a", "title": "跟进 {thread}", "note": "“{content}”", "of": "conversation",
                              "once_per": ["conversation", "day"], "due_in": "PT8H", "outcomes": [{"id": "done"}]}, []),
    (CREATED, "create_task", {"to": [], "title": "x"}, [("/to", "recipient.nobody")]),
    (CREATED, "create_task", {"to": "everybody", "title": "x"}, [("/to", "recipient.unreadable")]),
    (CREATED, "create_task", {"to": ["field:staff", "field:sent_at"], "title": "x"},
     [("/to/1", "expression.wrong_type")]),
    (CREATED, "create_task", {"to": "role:nobody", "title": "x"}, [("/to", "reference.unknown_role")]),
    (CREATED, "create_task", {"to": "person:a", "title": "“{content}”"}, [("/title", "expression.sealed")]),
    (CREATED, "create_task", {"to": "person:a", "title": {"zh": "{no}", "en": "{thread"}},
     [("/title/zh", "expression.unknown_name"), ("/title/en", "rule.bad_template")]),
    (CREATED, "create_task", {"to": "person:a", "title": "x", "of": "thread"}, [("/of", "rule.not_a_link")]),
    (CREATED, "create_task", {"to": "person:a", "title": "x", "once_per": ["day", "nothing"]},
     [("/once_per/1", "rule.bad_once")]),
    (CREATED, "create_task", {"to": "person:a", "title": "x", "due": "sent_at", "due_in": "PT1H"},
     [("/due_in", "rule.two_dues")]),
    (CREATED, "create_task", {"to": "person:a", "title": "x", "due_in": "soon"}, [("/due_in", "rule.bad_duration")]),
    (CREATED, "create_task", {"to": "person:a", "title": "x", "outcomes": [{"id": "a"}, {"id": "a"}]},
     [("/outcomes/1", "rule.twin_outcome")]),
    (MESSAGE, "create_task", {"to": "person:a", "title": "来信 {channel}"}, []),
    (MESSAGE, "create_task", {"to": "person:a", "title": "x", "of": "channel"}, [("/of", "rule.needs_record")]),
    (CREATED, "notify", {"to": "person:a", "title": "{content}", "body": "{content}"},
     [("/title", "expression.sealed")]),
    (CREATED, "refuse", {"message": "不行"}, [("", "rule.refuse_late")]),
    (CREATED, "grant", {"to": "field:staff", "form": "conversation", "where": "thread == record.thread", "days": "3",
                        "purpose": "查阅"}, []),
    (CREATED, "grant", {"to": "field:staff", "form": "nowhere", "where": "true", "days": "3", "purpose": "查阅"},
     [("/form", "rule.unknown_form")]),
    (CREATED, "grant", {"to": "field:staff", "form": "conversation", "where": "thread == record.no", "purpose": "x"},
     [("/where", "expression.unknown_attribute"), ("/days", "rule.no_end")]),
    (CREATED, "run_analyzer", {"analyzer": "magic"}, [("/analyzer", "analyzer.unknown_type")]),
    (CREATED, "run_analyzer", {"analyzer": "words", "options": {"field": "content", "feild": "content"}},
     [("/options/feild", "shape.unknown_key")]),
    (CREATED, "start_flow", {"flow": "none"}, [("/flow", "rule.unknown_flow")]),
    (CREATED, "close_tasks", {"outcome": "done", "rule": "none"}, [("/rule", "rule.unknown_rule")]),
    (CREATED, "keyword_feedback", {"list": "risk", "text": "content"}, [("", "rule.no_keywords")]),
]  # fmt: skip


@pytest.mark.parametrize(("when", "action", "options", "expected"), ROWS)
def test_checks(
    registry: Registry,
    when: dict[str, Any],
    action: str,
    options: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    document = copy.deepcopy(ARCHIVE)
    document["rules"] = [
        {"id": "it", "label": "It", "when": when, "then": [{"action": action, "with": options}]}
    ]
    _, problems = load(document, registry)
    prefix = "/rules/0/then/0/with"
    found = [(p.path.removeprefix(prefix), p.code) for p in problems if p.path.startswith(prefix)]
    assert [one for one in found if one[1] != "rule.unfilled"] == expected


FILLED = {"channel": "channel", "sent_at": "sent_at"}  # what a message requires


@pytest.mark.parametrize(
    ("action", "options", "unfilled"),
    [
        ("create_record", {"form": "message", "values": {}}, ["/values/channel", "/values/sent_at"]),
        ("create_record", {"form": "message", "values": FILLED}, []),
        (
            "find_or_create",
            {"form": "message", "match": {"channel": "channel"}, "update": {"sent_at": "sent_at"}},
            [],
        ),
        ("find_or_create", {"form": "message", "match": {"channel": "channel"}}, ["/create/sent_at"]),
        ("create_record", {"app": "crm", "form": "customer", "values": {}}, []),  # not seen from here
    ],
)
def test_required_fields_that_nothing_fills_are_told(
    registry: Registry, action: str, options: dict[str, Any], unfilled: list[str]
) -> None:
    """Where a rule completes such records before they are saved, nobody can tell."""
    document = copy.deepcopy(ARCHIVE)
    rule = {"id": "it", "label": "It", "when": {"trigger": "message_received"},
            "then": [{"action": action, "with": options}]}  # fmt: skip
    document["rules"] = [rule]
    assert told_unfilled(document, registry) == unfilled
    completing = {"id": "full", "label": "Full", "when": {"trigger": "before_save", "form": "message"},
                  "then": [{"action": "set_fields", "with": {"values": FILLED}}]}  # fmt: skip
    document["rules"] = [rule, completing]
    assert told_unfilled(document, registry) == []


def told_unfilled(document: dict[str, Any], registry: Registry) -> list[str]:
    _, problems = load(document, registry)
    assert all(one.severity == "warning" for one in problems if one.code == "rule.unfilled")
    return [one.path.removeprefix("/rules/0/then/0/with") for one in problems if one.code == "rule.unfilled"]


def test_a_rule_on_a_channel_that_is_not_there(registry: Registry) -> None:
    document = copy.deepcopy(ARCHIVE)
    document["rules"] = [
        {"id": "it", "label": "It", "when": {"trigger": "message_received", "channel": "fax"}, "then": CREATE}
    ]
    _, problems = load(document, registry)
    assert [(p.path, p.code) for p in problems if p.severity == "error"] == [
        ("/rules/0/when/channel", "rule.unknown_channel")
    ]


@pytest.mark.parametrize("kind", ["trigger", "action"])
def test_they_say_what_they_are_in_both_languages(registry: Registry, kind: str) -> None:
    for plugin in registry.all(kind).values():
        for words in (plugin.label, plugin.doc):
            assert words["zh"], plugin.name
            assert words["en"], plugin.name
