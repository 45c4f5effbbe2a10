"""Records in and out by the API: what a program sends is mapped, checked, mended and written as a person's is."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from typing import Any

import pytest
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from engine.runtime import Runtime
from tests.engine.conftest import OFFICE
from tests.engine.importing.conftest import ORDER, workbook
from tests.serving import app_over

BASE = "/api/v1/apps/office/forms/order"
CONTENT = workbook(["订单号", "金额", "说明"], ["A1", 5, "好"], ["A2", "x", ""], ["A1", 7, ""])


class Caller:
    def __init__(self, runtime: Runtime, client: TestClient[Any]) -> None:
        self.runtime, self.client = runtime, client

    def __call__(self, method: str, path: str, person: str = "zhou", **more: Any) -> Any:
        scopes = more.pop("scopes", ("read", "write"))
        token = self.runtime.tokens.create(person, "test", scopes)
        return self.client.request(method, path, headers={"authorization": f"Bearer {token}"}, **more)

    def opened(self, content: bytes = CONTENT) -> str:
        """The address of a new import."""
        files = {"file": ("订单.xlsx", content, "application/octet-stream")}
        file = self("POST", "/api/v1/files", files=files).json()["id"]
        answer = self("POST", f"{BASE}/imports", json={"file": file})
        assert (answer.status_code, answer.json()["state"]) == (201, "open"), answer.text
        return f"{BASE}/imports/{answer.json()['id']}"


@pytest.fixture
def call(office: Runtime) -> Any:
    document = copy.deepcopy(OFFICE)
    document["forms"].append(ORDER)
    document["roles"][0]["forms"]["order"] = {"actions": ["read", "create", "update", "export"]}
    office.applications.publish(None, document, "system")
    with TestClient(app_over(office, pages=False)) as client:
        yield Caller(office, client)


def test_a_program_imports_as_a_person_does(call: Caller) -> None:
    address = call.opened()
    columns = call("GET", f"{address}/columns").json()
    assert [one["field"] for one in columns["columns"]] == ["code", "price", ""]
    assert {"id": "code", "label": "订单号", "required": True} in columns["fields"]
    columns["columns"][2]["field"] = "note"
    answer = call("POST", f"{address}/check", json={"columns": columns["columns"], "mode": "create"})
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    call.runtime.jobs.run_due()
    state = call("GET", address).json()
    assert {n: state[n] for n in ("state", "total", "done", "created", "wrong")} == {
        "state": "checked", "total": 3, "done": 3, "created": 1, "wrong": 2,
    }  # fmt: skip
    lines = call("GET", f"{address}/wrong").json()
    told = [(line["line"], p["code"], p["column"], p["heading"]) for line in lines for p in line["problems"]]
    assert told == [(3, "value.not_a_number", 1, "金额"), (4, "import.twice", 0, "订单号")]
    assert call("POST", f"{address}/begin").status_code == 202
    call.runtime.jobs.run_due()
    assert call("GET", address).json()["state"] == "done"
    (found,) = call("GET", f"{BASE}/records").json()["items"]
    assert (found["values"]["price"], found["values"]["note"]) == ("5.00", "好")
    book = CalamineWorkbook.from_filelike(io.BytesIO(call("GET", f"{address}/workbook").content))
    assert "金额：" in str(book.get_sheet_by_index(0).to_python()[1][1])
    assert [one["id"] for one in call("GET", f"{BASE}/imports").json()] == [state["id"]]
    assert call("GET", f"{BASE}/imports/template").content.startswith(b"PK")


REFUSED: list[tuple[str, str, str, Any, tuple[str, ...], int, str]] = [
    ("POST", "/imports", "zhou", {"file": "99"}, ("read", "write"), 422, "import.file_gone"),
    ("POST", "/imports", "zhou", {"file": "99"}, ("read",), 403, "access.scope"),
    ("POST", "/imports", "lu", {"file": "99"}, ("read", "write"), 403, "access.denied"),
    ("GET", "/imports", "lu", None, ("read",), 403, "access.denied"),
    ("GET", "/imports/7", "zhou", None, ("read",), 404, "import.unknown"),
    ("GET", "/imports/x/wrong", "zhou", None, ("read",), 404, "import.unknown"),
    ("GET", "/export", "fang", None, ("read",), 403, "access.denied"),
    ("GET", "/export?as=pdf", "zhou", None, ("read",), 400, "request.unreadable"),
    ("GET", "/export?as=csv&rows=sheets", "zhou", None, ("read",), 400, "request.unreadable"),
]
UNREADABLE: list[tuple[Any, int, str]] = [
    ({"columns": [{"field": "code"}]}, 400, "request.unreadable"),
    ({"mode": "delete"}, 400, "request.unreadable"),
    ({"heading": -1}, 400, "request.unreadable"),
    ({"heading": "one"}, 400, "request.unreadable"),
    ({"sheet": "没有"}, 422, "sheet.unknown"),
    ({"attachments": "99"}, 422, "import.file_gone"),
    ({"columns": [{"field": "code"}, {"field": "code"}, {}]}, 422, "import.mapped_twice"),
    ({"columns": [{"field": "nothing"}, {"field": "code"}, {"by": 3}]}, 422, "import.field_closed"),
    ({"mode": "both"}, 422, "import.no_key"),
    ([], 400, "request.unreadable"),
]


def test_what_cannot_be_is_told_with_a_problem(call: Caller) -> None:
    for method, path, person, body, scopes, status, code in REFUSED:
        answer = call(method, BASE + path, person, json=body, scopes=scopes)
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (status, code), path
    address = call.opened()
    assert call("GET", address, "ye").status_code == 404  # somebody else's
    assert call("GET", address.replace("/order/", "/client/")).status_code == 404
    for body, status, code in UNREADABLE:
        answer = call("POST", f"{address}/check", json=body)
        codes = [one["code"] for one in answer.json()["problems"]]
        assert (answer.status_code, code in codes) == (status, True), (body, codes)
    assert call("POST", f"{address}/begin").status_code == 409


def test_a_query_goes_out_as_a_file(call: Caller) -> None:
    call("POST", f"{BASE}/records", json={"code": "=A1", "price": "1200"})
    answer = call("GET", f"{BASE}/export?columns=code,price")
    assert answer.content.decode("utf-8-sig").split() == ["订单号,金额（元）", '\'=A1,"¥1,200.00"']
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(call("GET", f"{BASE}/export?columns=code&as=xlsx").content)
    )
    assert book.get_sheet_by_index(0).to_python() == [["订单号"], ["=A1"]]
    packed = call("GET", f"{BASE}/export?columns=code&as=zip")
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as members:
        assert members.namelist() == ["order.xlsx"]
    apart = call("GET", f"{BASE}/export?columns=code&as=xlsx&rows=sheets").content
    (name,) = CalamineWorkbook.from_filelike(io.BytesIO(apart)).sheet_names
    assert name == "订单"


def test_a_role_with_a_watermark_has_it_below_what_programs_take(call: Caller) -> None:
    marked = copy.deepcopy(dict(call.runtime.applications.get("office").document))
    marked["roles"][0]["watermark"] = True
    call.runtime.applications.publish(None, marked, "system")
    call("POST", f"{BASE}/records", json={"code": "A1", "price": "1"})
    *_, last = call("GET", f"{BASE}/export?columns=code").content.decode("utf-8-sig").splitlines()
    assert re.fullmatch(r"周婧 zhou 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", last)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(call("GET", f"{BASE}/export?columns=code&as=xlsx").content)
    )
    assert "周婧 zhou" in str(book.get_sheet_by_index(0).to_python()[-1])
