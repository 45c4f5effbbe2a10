"""外发: the page of what rules tell other systems, for who manages channels."""

from __future__ import annotations

from typing import Any

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from engine.system_tables import web_hook_calls
from tests.builder_ui.desk import Tab

URL = "https://hooks.example.com/deals"
SHOP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "店"},
    "forms": [{"id": "order", "label": "订单", "title": "{what}",
               "fields": [{"id": "what", "type": "text", "label": "何物"}]}],
    "rules": [{"id": "tell", "label": "报给总部", "when": {"trigger": "record_created", "form": "order"},
               "then": [{"action": "web_hook", "with": {"url": URL, "data": {"what": "what"}}}]}],
    "roles": [{"id": "keeper", "label": "管", "manages": ["channels"]}],
}  # fmt: skip


def test_addresses_keys_and_what_nobody_took(runtime: Runtime) -> None:
    runtime.applications.publish(None, SHOP, "system")
    member = Membership("shop", "keeper", "person", "cheng")
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [member]))
    runtime.records.create(SYSTEM, "shop", "order", [{"what": "灯"}])
    runtime.database.write(
        lambda unit: unit.connection.execute(web_hook_calls.update().values(state="dead")).rowcount
    )
    keeper = Tab(runtime, "cheng")
    page = keeper.page("/admin/web-hooks")
    for text in ("报给总部", URL, "未送达", runtime.web_hooks.key("shop", URL)):
        assert text in page
    assert "灯" not in page, "whoever manages channels reads no orders"
    (call,) = runtime.web_hooks.latest(["shop"])
    assert keeper.post(f"/admin/web-hooks/shop/{call.id}", {"action": "discard"}).status_code == 303
    assert "已放弃" in keeper.page("/admin/web-hooks")
    assert keeper.post(f"/admin/web-hooks/shop/{call.id}", {"action": "retry"}).status_code == 404
    assert keeper.post(f"/admin/web-hooks/desk/{call.id}", {"action": "retry"}).status_code == 404
    assert Tab(runtime, "zhou").get("/admin/web-hooks").status_code == 403
    keeps_secrets(runtime, keeper)


def keeps_secrets(runtime: Runtime, keeper: Tab) -> None:
    """What another system asks for: set for one address, never shown again, and what is missing is told."""
    source = {"url": "https://erp.example.com/sites", "secret": "erp"}
    field = {"id": "site", "type": "outside_choice", "label": "园区", "options": {"source": source}}
    form = {"id": "visit", "label": "走访", "title": "{site}", "fields": [field]}
    runtime.applications.publish(
        None, {"muniment": 1, "app": {"id": "visits", "label": "走访"}, "forms": [form]}, "system"
    )
    page = keeper.page("/admin/web-hooks")
    assert "未设置" in page
    assert "走访 · https://erp.example.com/sites" in page
    refused = keeper.post(
        "/admin/secrets", {"name": "E R P", "address": "https://erp.example.com", "secret": "s3cret"}
    )
    assert refused.status_code == 422
    sent = {"name": "erp", "address": "https://erp.example.com/any", "secret": "s3cret"}
    assert keeper.post("/admin/secrets", sent).status_code == 303
    page = keeper.page("/admin/web-hooks")
    assert "https://erp.example.com:443" in page
    assert "s3cret" not in page
    assert Tab(runtime, "zhou").post("/admin/secrets", sent).status_code == 403
    assert keeper.post("/admin/secrets/erp/remove").status_code == 303
    assert keeper.post("/admin/secrets/erp/remove").status_code == 404
