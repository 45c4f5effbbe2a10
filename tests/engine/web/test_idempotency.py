"""The same request sent twice at once: a client that lost patience, a button pressed twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.records.query import Query
from engine.runtime import Runtime
from engine.web.idempotency import once


def test_what_comes_twice_at_once_is_done_once_and_answered_alike(office: Runtime) -> None:
    lu = office.require_viewer("lu")

    def work(unit: Any) -> dict[str, Any]:
        (made,) = office.records.create(lu, "office", "client", [{"name": "两次"}], unit)
        return {"id": made}

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: once(office, lu, "key", b"body", work), range(8)))
    assert len({answer["id"] for answer in answers}) == 1
    assert office.records.page(lu, "office", "client", Query()).total == 1
