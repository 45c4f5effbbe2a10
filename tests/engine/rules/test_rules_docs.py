"""docs/rules.md: its rule checks in the flagship app, its files exist, its table of triggers is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.applications.packing import read_path
from engine.plugin_loader import load_registry
from metamodel.application import load

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/rules.md").read_text("utf-8")
REGISTRY = load_registry()


def flagship() -> tuple[dict[str, Any], dict[str, Any]]:
    crm, archive = (read_path(ROOT / "sample_apps" / name)[0] for name in ("crm", "conversation_archive"))
    return crm, archive


def test_its_examples_check_in_the_flagship() -> None:
    crm, document = flagship()
    needed, _ = load(crm, REGISTRY)
    assert needed is not None
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    rule, keywords = blocks
    document["rules"] = [*document["rules"], rule]
    found = load(document, REGISTRY, {"crm": needed})[1]
    assert [p.code for p in found if p.path.startswith(f"/rules/{len(document['rules']) - 1}")] == []
    assert keywords["keywords"] in [form.get("keywords") for form in document["forms"]]


def test_it_names_every_trigger_and_only_files_that_are_there() -> None:
    triggers = PAGE[PAGE.index("## When") : PAGE.index("## To-dos")]
    assert set(re.findall(r"^\| `([a-z_]+)`", triggers, re.M)) == set(REGISTRY.all("trigger"))
    files = PAGE[PAGE.index("## What happens in the code") :]
    named = set(re.findall(r"`([a-z_]+\.py)`", files))
    assert named <= {path.name for path in (ROOT / "engine/rules").glob("*.py")}
