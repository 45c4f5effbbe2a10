"""Why somebody sees a record, and who does: the answer is what reading itself goes by."""

from __future__ import annotations

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import microseconds
from engine.database import Unit
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.access.masked import SAID, add_note, clinic, viewer

__all__ = ["clinic"]


def test_who_and_why(clinic: Runtime) -> None:
    note = add_note(clinic, words=SAID, sender="wx", state="new")
    seen = {one.person: one for one in clinic.explaining.who(SYSTEM, "clinic", "note", note)}
    assert set(seen) == {"fu", "bu", "zi"}
    assert seen["fu"].masked == ()
    assert seen["bu"].masked == ("内容", "发送人", "原件", "备注")
    (way,) = seen["bu"].ways
    assert (way.kind, way.name, way.rows, way.reaches) == ("role", "部分", "true", True)
    plain, unmasked = seen["zi"].ways
    assert (plain.reaches, unmasked.reaches, unmasked.rows) == (True, False, "state == 'done'")


def test_it_agrees_with_reading(clinic: Runtime) -> None:
    """For everybody and every record: told to see it is to find it."""
    notes = [add_note(clinic, words=SAID, sender="wx", state=state) for state in ("new", "done")]

    def give(unit: Unit) -> None:
        clinic.grants.give(
            unit, "gu", "clinic", "note", filter="state == 'done'", newest=1 << 40, purpose="核查", by="fu",
            expires_at=microseconds(clinic.clock.now()) + 10**9, reference="CY-1",
        )  # fmt: skip

    clinic.database.write(give)
    for note in notes:
        told = {one.person for one in clinic.explaining.who(SYSTEM, "clinic", "note", note)}
        finds = set()
        for person in ("fu", "bu", "zi", "gu"):
            try:
                found = clinic.records.page(viewer(clinic, person), "clinic", "note", Query())
            except Rejected:
                continue
            finds |= {person for one in found.items if one.id == note}
        assert told == finds
    (way,) = clinic.explaining.why(SYSTEM, "clinic", "note", notes[1], "gu").ways
    assert (way.kind, way.purpose, way.reference, way.by) == ("grant", "核查", "CY-1", "fu")


def test_who_may_ask(clinic: Runtime) -> None:
    note = add_note(clinic, words=SAID, sender="wx")
    zi = viewer(clinic, "zi")
    assert clinic.explaining.why(zi, "clinic", "note", note, "zi").sees
    for ask in (
        lambda: clinic.explaining.why(zi, "clinic", "note", note, "fu"),
        lambda: clinic.explaining.who(zi, "clinic", "note", note),
    ):
        with pytest.raises(Rejected, match=r"access\.denied"):
            ask()
