"""Where the organisation's pages are, and an app in which somebody keeps the people."""

from __future__ import annotations

from typing import Any

BASE = "/admin/people"
OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "house", "label": {"zh": "内务", "en": "House"}},
    "roles": [
        {"id": "keeper", "label": {"zh": "人事", "en": "Keeper"}, "manages": ["people"]},
        {"id": "guest", "label": {"zh": "访客", "en": "Guest"}},
    ],
}
