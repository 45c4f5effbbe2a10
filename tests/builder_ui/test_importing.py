"""The pages that bring records in: what each step says, and what is refused at its door."""

from __future__ import annotations

import re
from typing import Any

from engine.runtime import Runtime
from tests.builder_ui.desk import Tab

BASE = "/apps/desk/forms/customer/import"
CSV = "客户名称,来源,单价\n苏州恒锐,电话,12\n,电话,3\n合肥科瑞,传真,x\n".encode()


def opened(runtime: Runtime, tab: Tab, content: bytes = CSV) -> str:
    """The address of a new import."""
    viewer = runtime.require_viewer("zhou")
    file = runtime.store_file(viewer, content, "客户.csv", "text/csv")
    answer = tab.post(BASE, {"file": str(file["id"])})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def mapping(page: str) -> dict[str, Any]:
    """The form of the columns as it would be sent."""
    selects = re.findall(r'<select class="select" name="column".*?</select>', page, re.S)
    chosen = [
        (re.search(r'value="([^"]*)" selected', one) or re.search(r'value="()"', one))[1]  # type: ignore[index]
        for one in selects
    ]
    return {
        "column": chosen,
        "by": [""] * len(chosen),
        "sheet": "CSV",
        "heading": "1",
        "mode": "create",
        "bad": "leave_out",
    }


def test_the_steps(runtime: Runtime, zhou: Tab) -> None:
    assert "导入" in zhou.page("/apps/desk/forms/customer")
    assert zhou.get(f"{BASE}/template").content.startswith(b"PK")
    address = opened(runtime, zhou)
    sent = mapping(zhou.page(address))
    assert sent["column"] == ["name", "channel", "price"]
    refused = zhou.post(f"{address}/check", {**sent, "column": ["name", "name", ""]})
    assert refused.status_code == 422
    assert "两列都对应到" in refused.text
    answer = zhou.post(f"{address}/check", sent)
    assert answer.status_code == 303, re.findall(r'role="alert".*?</div>', answer.text, re.S)
    assert "正在检查" in zhou.page(address)
    runtime.jobs.run_due()
    page = zhou.page(address)
    for text in ("将新建", "导入这 1 行", "传真", "尚未写入", "有错的行"):
        assert text in page
    assert zhou.get(f"{address}/errors").content.startswith(b"PK")
    assert zhou.post(f"{address}/begin").status_code == 303
    assert zhou.post(f"{address}/stop").status_code == 303
    assert "已停止" in zhou.page(address)
    assert zhou.post(f"{address}/begin").status_code == 303
    runtime.jobs.run_due()
    assert "导入完成" in zhou.page(address)
    assert zhou.post(f"{address}/begin").status_code == 409
    assert "客户.csv" in zhou.page(BASE)


def test_a_file_that_is_none_is_told_on_the_page(runtime: Runtime, zhou: Tab) -> None:
    file = runtime.store_file(runtime.require_viewer("zhou"), b"PK\x03\x04x", "x.xlsx", "application/zip")
    for sent, said in (
        ({"file": str(file["id"])}, "无法读取这个文件"),
        ({}, "上传的文件已不在"),
        ({"file": "x"}, "已不在"),
    ):
        answer = zhou.post(BASE, sent)
        assert (answer.status_code, said in answer.text) == (422, True)


def test_nobody_else_comes_near(runtime: Runtime, zhou: Tab) -> None:
    address = opened(runtime, zhou)
    wang, wei = Tab(runtime, "wang"), Tab(runtime, "wei")
    assert wang.get(address).status_code == 404
    assert wang.post(f"{address}/begin").status_code == 404
    assert wang.get(f"{address}/errors").status_code == 404
    assert wei.get(BASE).status_code == 403
    assert zhou.get(address.replace("/customer/", "/wish/")).status_code == 404
    assert zhou.get("/apps/desk/forms/line/import").status_code == 403  # evidence
