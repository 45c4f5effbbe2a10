"""From headings somebody pastes to an app people use, a recorded test, and back to an older version."""

from __future__ import annotations

import copy
from collections.abc import Callable

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.e2e.browsing import Tab

Open = Callable[..., Tab]


def test_from_headings_to_a_published_app_with_a_recorded_test(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    page.goto("/design/new")
    page.wait_for_load_state("networkidle")
    page.fill("[name=label]", "合同登记")
    page.check("[value=headings]", force=True)
    page.fill("[name=headings]", "客户名称*，合同金额，签约日期")
    page.wait_for_selector(".guesses li:nth-child(3)")
    assert page.locator(".guesses li").nth(1).inner_text().split() == ["合同金额", "金额"]
    page.click(".begin-form button.primary")
    page.wait_for_url("**/design/he_tong_deng_ji/forms/he_tong_deng_ji")

    page.goto("/design/he_tong_deng_ji/publish")
    page.wait_for_load_state("networkidle")
    page.click("form.reach button")
    page.wait_for_selector("form.reach", state="detached")
    page.click(".publish-bar .primary")
    page.get_by_role("heading", name="版本 1 已发布").wait_for()
    page.goto("/design/he_tong_deng_ji/bindings")
    for place in (0, 1):
        role = page.locator("form:has(select)").nth(place)
        role.locator("select").select_option(index=1)
        with page.expect_navigation():
            role.locator("button.button").last.click()

    page.goto("/design/he_tong_deng_ji/tests")
    page.get_by_role("button", name="录制测试").click()
    page.wait_for_url("**/apps/he_tong_deng_ji/**")
    page.goto("/apps/he_tong_deng_ji/forms/he_tong_deng_ji/new")
    page.get_by_label("客户名称").fill("苏州恒锐")
    page.get_by_label("合同金额").fill("1200")
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.wait_for_url("**/records/*")
    made = page.url.partition("?")[0].rpartition("/")[2]
    cheng = runtime.require_viewer("cheng")
    runtime.comments.add(cheng, "he_tong_deng_ji", "he_tong_deng_ji", made, "只有我们知道的话")
    page.goto("/design/he_tong_deng_ji/tests")
    page.wait_for_load_state("networkidle")
    assert page.locator(".recorder li").all_inner_texts() == ["填写“合同登记”", "在“合同登记”上评论"]
    page.fill("[data-test-words]", "请核对金额")
    page.fill("[data-test-label]", "合同能登记")
    page.get_by_role("button", name="存为测试").click()
    page.get_by_role("button", name="全部运行").click()
    page.locator(".trials .passed").get_by_text("合同能登记").wait_for(timeout=30_000)
    (test,) = runtime.designing.open(cheng, "he_tong_deng_ji").document["tests"]
    assert [step["say"] for step in test["steps"] if "say" in step] == ["请核对金额"]


def test_back_to_a_version_can_be_undone(desk: Open, runtime: Runtime) -> None:
    cheng = runtime.require_viewer("cheng")
    relabel = [{"op": "replace", "path": "/app/label", "value": "改过的名字"}]
    runtime.designing.edit(cheng, "desk", 0, relabel)
    page = desk("cheng").page
    page.goto("/design/desk/versions")
    page.wait_for_load_state("networkidle")
    with page.expect_navigation():
        page.get_by_role("button", name="恢复为草稿").click()
    page.get_by_text("两者相同。").wait_for()
    page.wait_for_load_state("networkidle")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.click("[data-design-frame-target=undo]")
    page.reload()
    page.locator(".told-list").get_by_text("改过的名字").wait_for()

    # What was taken out with its values stands in the draft again after a click.
    before = dict(runtime.applications.document("desk"))
    forms = copy.deepcopy(before["forms"])
    forms[0]["fields"].append({"id": "height", "type": "integer", "label": "楼层"})
    runtime.applications.publish(None, {**before, "forms": forms}, "cheng")
    runtime.records.create(SYSTEM, "desk", "customer", [{"name": "苏州恒锐", "height": 7}])
    runtime.applications.publish(None, before, "cheng")
    page.reload()
    page.get_by_role("row", name="楼层 客户 1 个值").get_by_role("button", name="恢复").click()
    page.get_by_text("已停用的表单和字段").wait_for(state="detached")
    newest = runtime.designing.open(cheng, "desk").document
    assert newest["forms"][0]["fields"][-1] == forms[0]["fields"][-1]
