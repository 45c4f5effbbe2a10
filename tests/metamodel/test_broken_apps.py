"""Broken variants of a small app: each mistake at its place, with its code, and nothing besides."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest

from metamodel.application import load
from tests.metamodel.samples import CASES


def test_the_sample_is_in_order(registry: Any) -> None:
    app, problems = load(CASES["sample"], registry)
    assert app is not None
    assert problems == []


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_each_mistake_is_told(case: dict[str, Any], registry: Any) -> None:
    document = jsonpatch.apply_patch(CASES["sample"], case["patch"])
    app, problems = load(document, registry)
    found = [(p.path, p.code, p.severity) for p in problems]
    assert sorted(found) == sorted((row["path"], row["code"], row["severity"]) for row in case["problems"])
    assert all("?" not in p.text(language) for p in problems for language in ("zh", "en"))
    assert app is not None or case["name"] in ("not an object", "a newer format", "no app")


def test_there_are_many() -> None:
    assert len(CASES["cases"]) >= 30
    assert len({row["code"] for case in CASES["cases"] for row in case["problems"]}) >= 30
