"""An app with a form of every registered field type, and a record of it: what the page journey fills and reads.

Values are the first example of each type, as its declaration gives it; options are its `example_options`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metamodel.plugin_api import Field, Registry

APP = "every"
# Values that must be there in this installation, or that depend on another field.
GIVEN: Mapping[str, Any] = {
    "member": "zhou", "members": ["zhou"], "department": "sales", "departments": ["sales"], "role": "clerk",
    "roles": ["clerk"], "sub_form": [{"what": "钢笔", "period": {"start": "2026-11-01", "end": "2026-11-02"}}],
}  # fmt: skip
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "capitals": {"amount": "money"}, "date_formula": {"start": "date", "plus": "30"},
    "text_combination": {"template": "{text}-{integer}"}, "lookup": {"through": "link", "field": "name"},
    "link": {"form": "note"}, "links": {"form": "note"}, "linked_from": {"form": "note", "via": "parent"},
    "rollup": {"form": "note", "via": "parent"}, "formula": {"expression": "integer * 2"},
    "related_query": {"queries": [{"form": "note"}], "result": "integer"}, "checklist": {},
    "message_participants": {},
}  # fmt: skip
COLUMNS = [
    {"id": "what", "type": "text", "label": "品名"},
    {"id": "period", "type": "date_range", "label": "有效期"},
]
FILES = ("attachment", "image", "audio", "video", "signature")
GROUPS = {
    "text": "文字", "number": "数字", "choice": "选择", "time": "时间", "people": "人员", "file": "文件",
    "relation": "关联", "system": "系统", "layout": "明细",
}  # fmt: skip


def document(registry: Registry) -> dict[str, Any]:
    """The app: one form with a field of each type, grouped as the palette is, and a form it links with."""
    types: Mapping[str, Field] = registry.all("field")
    fields = [_field(type_) for type_ in types.values()]
    sections = [
        {"kind": "section", "label": label, "columns": 2, "fields": names}
        for group, label in GROUPS.items()
        if (names := [name for name, type_ in types.items() if type_.group == group])
    ]
    return {
        "muniment": 1,
        "app": {"id": APP, "label": {"zh": "字段展厅", "en": "Every field"}},
        "forms": [
            {
                "id": "thing", "label": {"zh": "东西", "en": "Thing"}, "title": "{text}", "fields": fields,
                "layout": sections, "views": [{"id": "all", "label": "全部", "columns": list(types)}],
            },
            {
                "id": "note", "label": "便条", "title": "{name}",
                "fields": [
                    {"id": "name", "type": "text", "label": "名称"},
                    {"id": "parent", "type": "link", "label": "属于", "options": {"form": "thing"}},
                ],
            },
        ],
        "roles": [{"id": "clerk", "label": {"zh": "文员", "en": "Clerk"}, "forms": {
            form: {"actions": ["read", "create", "update"]} for form in ("thing", "note")
        }}],
    }  # fmt: skip


def _field(type_: Field) -> dict[str, Any]:
    options = OPTIONS.get(type_.name, type_.example_options)
    made = {"id": type_.name, "type": type_.name, "label": dict(_words(type_)), "options": dict(options)}
    return {**made, "fields": COLUMNS} if type_.container else made


def _words(type_: Field) -> Mapping[str, str]:
    assert isinstance(type_.label, Mapping)
    return type_.label


ELSEWHERE = ("outside_choice",)  # asks another system for its choices: tests/engine/test_outside.py


def values(registry: Registry, files: Mapping[str, str], note: str) -> dict[str, Any]:
    """What is sent for a record: `files` by media type, `note` a record to link to."""
    found: dict[str, Any] = {}
    for name, type_ in registry.all("field").items():
        if name in FILES:
            found[name] = [files[name]]
        elif name in ("link", "links"):
            found[name] = note if name == "link" else [note]
        elif name in GIVEN:
            found[name] = GIVEN[name]
        elif type_.input != "none" and type_.examples and name not in ELSEWHERE:
            found[name] = type_.examples[0][0]
    return found
