"""A new version that masks what was found before: older records are indexed anew."""

from __future__ import annotations

import copy

from engine.records.query import Query
from engine.runtime import Runtime
from tests.engine.access.masked import CLINIC, MOBILE, SAID, add_note, clinic, viewer

__all__ = ["clinic"]


def found(runtime: Runtime, person: str, text: str) -> int:
    return runtime.records.page(viewer(runtime, person), "clinic", "note", Query(text=text)).total


def test_what_a_new_version_masks_is_found_no_longer(clinic: Runtime) -> None:
    app = copy.deepcopy(CLINIC)
    words = app["forms"][1]["fields"][0]
    words["mask"] = {"patterns": ["bank_card"]}
    clinic.applications.publish(None, app, "system")
    clinic.jobs.run_due()
    for _ in range(3):
        add_note(clinic, words=SAID, sender="wx")
    assert (found(clinic, "bu", MOBILE), found(clinic, "fu", MOBILE)) == (3, 3)
    clinic.applications.publish(None, CLINIC, "system")
    clinic.jobs.run_due()
    assert (found(clinic, "bu", MOBILE), found(clinic, "fu", MOBILE), found(clinic, "bu", "报价")) == (
        0,
        3,
        3,
    )


def test_a_field_that_becomes_searchable_is_found(clinic: Runtime) -> None:
    add_note(clinic, words=SAID, sender="wx", remark="验收已通过")
    assert found(clinic, "fu", "验收") == 0
    app = copy.deepcopy(CLINIC)
    app["forms"][1]["fields"][3]["searchable"] = True
    clinic.applications.publish(None, app, "system")
    clinic.jobs.run_due()
    assert found(clinic, "fu", "验收") == 1
