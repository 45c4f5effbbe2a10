"""Presets of permissions: what they make of a form, and how one is known again."""

from __future__ import annotations

from typing import Any

import pytest

from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.forms import Form
from metamodel.presets import CUSTOM, permission_of, preset_of, presets

REGISTRY = load_registry(None)
NAME = {"id": "name", "type": "text", "label": "名称"}
OWNER = {"id": "owner", "type": "member", "label": "负责人"}
FILER = {"id": "filer", "type": "member", "label": "登记人", "default": "me"}
TEAM = {"id": "team", "type": "members", "label": "参与人"}
PLACE = {"id": "place", "type": "department", "label": "部门"}
SECRET = {**OWNER, "sealed": True}


def form_of(*fields: dict[str, Any], **more: Any) -> Form:
    """Checked by the very checks a permission goes through: every preset must pass them."""
    document = {"id": "it", "label": "它", "fields": [NAME, *fields], **more}
    app = {"muniment": 1, "app": {"id": "a", "label": "a"}, "forms": [document]}
    read, _ = load(app, REGISTRY)
    assert read is not None
    form = read.forms[0]
    roles = [
        {"id": one.name, "label": one.name, "forms": {"it": permission_of(one)}}
        for one in presets(form)
        if not one.missing
    ]
    _, problems = load({**app, "roles": roles}, REGISTRY)
    assert not [found for found in problems if found.path.startswith("/roles")]
    return form


@pytest.mark.parametrize(
    ("fields", "own", "department", "branch"),
    [
        ((), "", "", ""),
        ((OWNER,), "owner == me", "owner in MY_COLLEAGUES()", "owner in MY_PEOPLE()"),
        ((OWNER, FILER), "filer == me", "filer in MY_COLLEAGUES()", "filer in MY_PEOPLE()"),
        ((TEAM,), "me in team", "", ""),
        ((TEAM, OWNER, PLACE), "owner == me", "place == me.department", "place in MY_DEPARTMENTS()"),
        ((SECRET,), "", "", ""),
    ],
)
def test_rows(fields: tuple[dict[str, Any], ...], own: str, department: str, branch: str) -> None:
    found = presets(form_of(*fields))
    assert [one.rows for one in found] == [own, department, branch, "true", "true"]
    assert [bool(one.missing) for one in found[:3]] == [not own, not department, not branch]


def test_nobody_deletes_of_an_archive() -> None:
    actions = {one.name: one.actions for one in presets(form_of(OWNER, kind="archive"))}
    assert "delete" not in actions["manage_all"]
    assert "delete" in {one.name: one.actions for one in presets(form_of(OWNER))}["manage_all"]


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ({}, "read_all"),
        ({"actions": ["read"], "fields": {"name": "mask"}}, "read_all"),
        ({"rows": "owner == me", "actions": ["update", "read", "create"]}, "own"),
        ({"rows": "owner == me", "actions": ["read"]}, CUSTOM),
        ({"rows": "name == 'x'", "actions": ["read"]}, CUSTOM),
    ],
)
def test_known_again(permission: dict[str, Any], name: str) -> None:
    assert preset_of(form_of(OWNER), permission) == name
