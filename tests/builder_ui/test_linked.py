"""The other end of a link on a record's page: what may be added there, done without a script, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD, Tab

APP: dict[str, Any] = {
    "muniment": 1, "app": {"id": "club", "label": "社团"},
    "forms": [
        {"id": "team", "label": "小组", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "members", "type": "linked_from", "label": "组员", "options": {"form": "member", "via": "team"}}],
         "layout": [{"kind": "section", "fields": ["name", "members"]},
                    {"kind": "related", "label": "全部组员", "form": "member", "link": "team"}]},
        {"id": "member", "label": "组员", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "姓名"},
            {"id": "team", "type": "link", "label": "小组", "options": {"form": "team"}}]}],
    "roles": [
        {"id": "head", "label": "组长", "forms": {
            "team": {"actions": ["read"]}, "member": {"actions": ["read", "create", "update"]}}},
        {"id": "guest", "label": "来宾", "forms": {"team": {}, "member": {}}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("data"), synchronous="OFF"))
    runtime.applications.publish(None, APP, "system")
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def furnish(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("an", "安"), Person("ke", "柯")])
        held = [Membership("club", "head", "person", "an"), Membership("club", "guest", "person", "ke")]
        runtime.people.save_memberships(unit, held)
        for person in ("an", "ke"):
            runtime.accounts.passwords.set_hash(unit, person, hashed)

    runtime.database.write(furnish)
    yield runtime
    runtime.close()


def test_a_new_one_a_known_one_and_none_any_more(runtime: Runtime) -> None:
    (team,) = runtime.records.create(SYSTEM, "club", "team", [{"name": "登山"}])
    (known,) = runtime.records.create(SYSTEM, "club", "member", [{"name": "林晓彤"}])
    here = f"/apps/club/forms/team/records/{team}"
    head = Tab(runtime, "an")
    page = head.page(here)
    new = f"/apps/club/forms/member/new?team={team}&amp;back-to="
    assert len(re.findall(re.escape(new), page)) == 2, "in the field and in the list"
    assert f'action="{here}/linked/members"' in page
    assert "林晓彤" in head.page("/apps/club/forms/team/options/members?q=lxt")
    filled = head.page(new.replace("&amp;", "&") + here)
    assert "登山" in filled
    made = head.post(f"/apps/club/forms/member?back-to={here}", {"name": "周", "team": team})
    assert made.headers["location"] == here

    assert head.post(f"{here}/linked/members", {"add": known}).headers["location"] == here
    page = head.page(here)
    assert f'name="remove" value="{known}"' in page
    assert runtime.records.get(SYSTEM, "club", "member", known).values["team"] == team
    head.post(f"{here}/linked/members", {"remove": known})
    assert runtime.records.get(SYSTEM, "club", "member", known).values["team"] is None
    assert "linked-tools" not in head.page(f"{here}/print")

    guest = Tab(runtime, "ke")
    assert "linked-tools" not in guest.page(here)
    assert guest.post(f"{here}/linked/members", {"add": known}).status_code == 403
