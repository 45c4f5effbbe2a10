"""A small app two people change."""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "sales", "label": {"zh": "销售", "en": "Sales"}},
    "forms": [
        {
            "id": "customer",
            "label": {"zh": "客户", "en": "Customer"},
            "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": {"zh": "名称", "en": "Name"}, "required": True},
                {"id": "level", "type": "select", "label": {"zh": "级别", "en": "Level"},
                 "options": {"choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}},
                {"id": "note", "type": "long_text", "label": {"zh": "备注", "en": "Note"}, "visible": "level == 'a'"},
            ],
            "views": [{"id": "all", "label": {"zh": "全部", "en": "All"}, "columns": ["name", "level"]}],
        },
        {
            "id": "visit",
            "label": {"zh": "拜访", "en": "Visit"},
            "fields": [
                {"id": "customer", "type": "link", "label": {"zh": "客户", "en": "Customer"},
                 "options": {"form": "customer"}},
                {"id": "level", "type": "lookup", "label": {"zh": "级别", "en": "Level"},
                 "options": {"through": "customer", "field": "level"}},
            ],
        },
    ],
    "rules": [{"id": "greet", "when": {"trigger": "record_created", "form": "visit"}, "if": "customer.level == 'a'",
               "then": [{"action": "add_tags", "with": {"tags": ["level"]}}]}],
    "roles": [{"id": "seller", "label": {"zh": "销售", "en": "Seller"},
               "forms": {"customer": {"rows": "true", "actions": ["read"], "fields": {"note": "hide"}}}}],
    "menus": [{"label": "Work", "items": [{"form": "customer", "view": "all"}]}],
}  # fmt: skip
