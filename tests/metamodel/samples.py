"""Two small apps in order, one that needs the other, and broken variants of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = json.loads((Path(__file__).parents[1] / "cases/broken_apps.json").read_text("utf-8"))
SAMPLE = CASES["sample"]
CRM: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "crm", "label": "CRM"},
    "forms": [{
        "id": "customer", "label": "Customer",
        "fields": [
            {"id": "name", "type": "text", "label": "Name"},
            {"id": "level", "type": "select", "label": "Level", "options": {"choices": [{"value": "A"}]}},
            {"id": "city", "type": "text", "label": "City"},
        ],
    }],
}  # fmt: skip
