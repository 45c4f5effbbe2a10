"""Choices from another system's list: fetched, kept when it is gone, and never anything from inside the house."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.outgoing import Allowed, Outgoing
from engine.records.drafts import Draft
from engine.records.query import Change, Query
from engine.records.references import missing_references
from engine.runtime import Runtime
from engine.system_tables import audit, settings
from metamodel.application import load
from metamodel.problems import Rejected


class Elsewhere:
    """The other system: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.status = 0, 200
        self.heard: dict[str, str] = {}
        self.sites: Any = {
            "data": [{"id": 7, "name": "张江园区"}, {"id": "S02", "name": "漕河泾"}, {"no": 1}]
        }
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                elsewhere.asked += 1
                elsewhere.heard = dict(self.headers)
                body = json.dumps(elsewhere.sites).encode()
                self.send_response(elsewhere.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/sites"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.server.shutdown()
    made.server.server_close()


def document(url: str) -> dict[str, Any]:
    source = {"url": url, "path": "data", "value": "id", "label": "name"}
    field = {"id": "site", "type": "outside_choice", "label": "地点", "options": {"source": source}}
    return {
        "muniment": 1, "app": {"id": "visits", "label": "走访"},
        "forms": [{"id": "visit", "label": "走访", "title": "{site}", "fields": [field]}],
    }  # fmt: skip


@pytest.fixture
def visits(office: Runtime, elsewhere: Elsewhere) -> Runtime:
    office.outside._outgoing = Outgoing(Allowed.read(["127.0.0.1"]))
    office.applications.publish(None, document(elsewhere.url), "system")
    office.jobs.run_due()
    return office


def site(runtime: Runtime, record: str) -> str:
    return runtime.records.get(SYSTEM, "visits", "visit", record).display["site"]


def options(runtime: Runtime, text: str = "") -> list[tuple[str, str]]:
    return [(o.id, o.label) for o in runtime.records.options(SYSTEM, "visits", "visit", "site", text)]


def test_what_is_picked_is_kept_by_value_and_shown_by_its_words(
    visits: Runtime, elsewhere: Elsewhere
) -> None:
    assert options(visits) == [("7", "张江园区"), ("S02", "漕河泾")]
    assert options(visits, "zjyq") == [("7", "张江园区")]
    assert elsewhere.asked == 1
    (made,) = visits.records.create(SYSTEM, "visits", "visit", [{"site": "7"}])
    view = visits.records.get(SYSTEM, "visits", "visit", made)
    assert (view.values["site"], view.display["site"], view.title) == ("7", "张江园区", "张江园区")
    found = visits.records.page(SYSTEM, "visits", "visit", Query(filter="site == '7'"))
    assert [item.id for item in found.items] == [made]


def test_everything_reads_on_when_the_other_system_is_gone(
    visits: Runtime, elsewhere: Elsewhere, clock: FrozenClock
) -> None:
    (made,) = visits.records.create(SYSTEM, "visits", "visit", [{"site": "7"}])
    elsewhere.status = 503
    clock.advance(hours=2)
    assert visits.outside.refresh() == 0
    assert (elsewhere.asked, site(visits, made), len(options(visits))) == (2, "张江园区", 2)
    elsewhere.status, elsewhere.sites = 200, {"data": [{"id": "S02", "name": "漕河泾开发区"}]}
    assert visits.outside.refresh() == 1
    assert options(visits) == [("S02", "漕河泾开发区")]
    assert site(visits, made) == "张江园区"  # not offered any more, and still what it was
    (changed,) = visits.records.update(SYSTEM, "visits", "visit", [Change(made, {"site": "7"})])
    assert changed.ok


def test_it_is_asked_again_when_its_time_is_over(
    visits: Runtime, elsewhere: Elsewhere, clock: FrozenClock
) -> None:
    assert visits.outside.refresh() == 0
    clock.advance(minutes=61)
    assert visits.outside.refresh() == 1
    assert elsewhere.asked == 2


def test_what_is_on_no_list_is_refused(visits: Runtime) -> None:
    lu = visits.require_viewer("lu")
    assert lu is not None
    program, drafts = (
        visits.programs.get("visits", "visit"),
        [Draft(0, {"site": "S99"}, 0), Draft(0, {"site": "7"}, 1)],
    )
    found = visits.database.write(lambda unit: missing_references(visits.services, unit, lu, program, drafts))
    assert [(p.code, p.path) for p in found] == [("value.no_such_reference", "/0/site")]


def asking(url: str, **source: str) -> dict[str, Any]:
    """The same with a sub-form whose rows choose from the list as well."""
    made = document(url)
    (field,) = made["forms"][0]["fields"]
    field["options"]["source"].update(source)
    rows = {"id": "stops", "type": "sub_form", "label": "站点", "fields": [{**field, "id": "place"}]}
    made["forms"][0]["fields"].append(rows)
    made["roles"] = [
        {
            "id": "boss",
            "label": "管理",
            "forms": {"visit": {"actions": ["read", "create", "update", "export"]}},
        }
    ]
    return made


def test_the_secret_another_system_asks_for_stands_in_no_document(
    office: Runtime, elsewhere: Elsewhere
) -> None:
    office.outside._outgoing = Outgoing(Allowed.read(["127.0.0.1"]))
    office.applications.publish(
        None, asking(elsewhere.url, secret="erp", header="X-Key", prefix=""), "system"
    )

    def code() -> str:
        with pytest.raises(Rejected) as refused:
            options(office)
        return refused.value.problems[0].code

    assert code() == "outside.no_secret"
    lu = office.require_viewer("lu")
    office.secrets.set(lu, "erp", "https://somewhere.else", "s3cret")
    assert (code(), elsewhere.asked) == (
        "outside.secret_elsewhere",
        0,
    )  # a designer cannot have it sent to himself
    office.secrets.set(lu, "erp", elsewhere.url.replace("/sites", "/"), " s3cret ")
    assert options(office)[0] == ("7", "张江园区")
    assert elsewhere.heard["X-Key"] == "s3cret"
    (kept,) = office.secrets.all()
    assert (kept.name, kept.by, "s3cret" in repr(kept)) == ("erp", "lu", False)
    with office.database.read() as connection:
        values = str(connection.execute(sa.select(settings.c.value)).all())
        said = str(list(connection.scalars(sa.select(audit.c.action))))
    assert "s3cret" not in values
    assert "secret.set" in said
    office.secrets.remove(lu, "erp")
    assert office.secrets.all() == []
    for name, address, secret in (
        ("E", "https://a.b", "x"),
        ("e", "ftp://a.b", "x"),
        ("e", "https://a.b", "x\ny"),
    ):
        with pytest.raises(Rejected):
            office.secrets.set(lu, name, address, secret)


def test_rows_choose_from_the_list_too_and_keep_their_words(office: Runtime, elsewhere: Elsewhere) -> None:
    office.outside._outgoing = Outgoing(Allowed.read(["127.0.0.1"]))
    office.applications.publish(None, asking(elsewhere.url), "system")
    office.jobs.run_due()
    office.database.write(
        lambda unit: office.people.save_memberships(unit, [Membership("visits", "boss", "person", "lu")])
    )
    lu = office.require_viewer("lu")
    offered = office.records.options(lu, "visits", "visit", "stops.place", "")
    assert [one.label for one in offered] == ["张江园区", "漕河泾"]
    (made,) = office.records.create(lu, "visits", "visit", [{"stops": [{"place": "7"}, {"place": "S02"}]}])
    with pytest.raises(Rejected) as refused:
        office.records.create(lu, "visits", "visit", [{"stops": [{"place": "7"}, {"place": "S99"}]}])
    assert [(p.code, p.path) for p in refused.value.problems] == [
        ("value.no_such_reference", "/0/stops/1/place")
    ]
    elsewhere.sites = {"data": [{"id": "S02", "name": "漕河泾"}]}
    office.outside.fetch(office.programs.get("visits", "visit").outside[0][1])
    rows = list(office.records.export(lu, "visits", "visit", Query(columns=("stops",))))
    assert rows == [["站点.地点"], ["张江园区"], ["漕河泾"]]
    (kept,) = office.records.update(lu, "visits", "visit", [Change(made, {"stops": [{"place": "7"}]})])
    assert kept.ok


USELESS: list[tuple[Any, int, str]] = [
    ({"data": "x"}, 200, "outside.no_list"),
    ({"data": [{"x": 1}]}, 200, "outside.no_list"),
    ({}, 200, "outside.no_list"),
    ({"data": []}, 404, "outside.no_list"),
]


@pytest.mark.parametrize(("answer", "status", "code"), USELESS)
def test_an_answer_that_is_no_list_is_a_problem(
    office: Runtime, elsewhere: Elsewhere, answer: Any, status: int, code: str
) -> None:
    office.outside._outgoing = Outgoing(Allowed.read(["127.0.0.1"]))
    elsewhere.sites, elsewhere.status = answer, status
    office.applications.publish(None, document(elsewhere.url), "system")
    with pytest.raises(Rejected) as refused:
        options(office)
    assert refused.value.problems[0].code == code


def test_no_list_is_fetched_from_inside_the_house(office: Runtime, elsewhere: Elsewhere) -> None:
    office.applications.publish(None, document(elsewhere.url), "system")
    with pytest.raises(Rejected) as refused:
        options(office)
    assert refused.value.problems[0].code == "outgoing.refused_address"
    assert elsewhere.asked == 0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://x/y"}, "field.bad_source"),
    ({"url": "https://a:b@c.d/"}, "field.bad_source"),
    ({"url": "https://c.d/", "path": "["}, "field.bad_path"),
    ({"url": "https://c.d/", "ttl": 0}, "schema"),
    ({"url": "https://c.d/", "secret": "Bearer abc"}, "field.bad_secret"),
    ({"url": "https://c.d/", "header": "X:\r\nY"}, "field.bad_header"),
    ({"url": "https://c.d/", "header": "Host"}, "field.bad_header"),
    ({"url": "https://c.d/", "prefix": "a\nb"}, "field.bad_header"),
]


def test_a_source_that_cannot_be_is_told(office: Runtime) -> None:
    for source, code in WRONG:
        made = document("")
        made["forms"][0]["fields"][0]["options"]["source"].update(source)
        found = {p.code for p in load(made, office.registry)[1] if p.severity == "error"}
        assert found if code == "schema" else code in found, source
