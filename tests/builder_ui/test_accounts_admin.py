"""Administration of accounts: only for whoever manages people; links, second factors, policy, providers."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from engine.accounts.policy import Policy
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab

BASE = "/admin/accounts"


@pytest.fixture
def manager(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """cheng, whose role designs the app; here it manages people too."""
    known = runtime.manages_anywhere

    def manages(viewer: Any, what: str) -> bool:
        return viewer.person == "cheng" if what == "people" else known(viewer, what)

    monkeypatch.setattr(runtime, "manages_anywhere", manages)
    return Tab(runtime, "cheng")


@pytest.mark.parametrize("path", ["", "/policy", "/of/zhou"])
def test_it_is_closed_to_everybody_else(zhou: Tab, manager: Tab, path: str) -> None:
    assert zhou.get(BASE + path).status_code == 403
    assert BASE not in zhou.page("/")
    assert manager.get(BASE + path).status_code == 200


def test_what_is_posted_is_closed_too(zhou: Tab, manager: Tab) -> None:
    for path in ("invite", "sessions", "tokens/revoke", "second-factor/remove", "unlock"):
        assert zhou.post(f"{BASE}/of/zhou/{path}").status_code == 403, path
    for path in ("policy", "providers"):
        assert zhou.post(f"{BASE}/{path}").status_code == 403, path


def test_everybody_is_found_by_name_and_state(runtime: Runtime, manager: Tab) -> None:
    page = manager.page(BASE)
    assert "周婧" in page
    assert "王磊" not in manager.page(f"{BASE}?q=zhoujing")
    assert "没有符合的人" in manager.page(f"{BASE}?only=closed")
    cheng = runtime.require_viewer("cheng")
    runtime.accounts.save_policy(cheng, Policy(factor_roles=frozenset({"desk.seller"})))
    missing = manager.page(f"{BASE}?only=no_factor")
    assert "周婧" in missing
    assert "魏然" not in missing


def test_a_link_is_handed_over_where_mail_does_not_reach(runtime: Runtime, manager: Tab) -> None:
    shown = manager.post(f"{BASE}/of/zhou/invite")
    found = re.search(r"/invitation/([A-Za-z0-9_-]{43})", shown.text)
    assert found
    assert shown.headers["cache-control"] == "no-store"
    assert runtime.invitations.find(found[1]).person == "zhou"
    assert found[1] not in manager.page(f"{BASE}/of/zhou")
    zhou = runtime.require_viewer("zhou")
    told = [view.title for view in runtime.notifications.of(zhou).items]
    assert any("重设密码" in title for title in told), "the person hears of it"
    assert manager.post(f"{BASE}/of/nobody/invite").status_code == 404


def test_a_link_goes_by_mail_where_it_reaches_and_is_shown_to_nobody(
    runtime: Runtime, manager: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[str] = []

    def post(_unit: Any, _person: str, _title: Any, link: str) -> bool:
        posted.append(link)
        return True

    monkeypatch.setattr(runtime.accounts, "post", post)
    monkeypatch.setattr(runtime.invitations, "_public", "https://muniment.example")
    answer = manager.post(f"{BASE}/of/zhou/invite")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/of/zhou?done=mailed")
    assert posted[0].startswith("https://muniment.example/invitation/")


def test_sessions_and_second_factors_of_others(runtime: Runtime, manager: Tab, zhou: Tab) -> None:
    secret, _ = runtime.accounts.offer_factor("zhou")
    code = pyotp.TOTP(secret).at(runtime.clock.now())
    runtime.accounts.confirm_factor(runtime.require_viewer("zhou"), code)
    assert "还剩 10 个恢复码" in manager.page(f"{BASE}/of/zhou")
    manager.post(f"{BASE}/of/zhou/second-factor/remove")
    assert runtime.accounts.factor.state("zhou") is None
    manager.post(f"{BASE}/of/zhou/sessions", {"session": "others"})
    assert zhou.get("/me").status_code == 303
    token = runtime.tokens.create("zhou", "import")
    (kept,) = runtime.tokens.of("zhou")
    manager.post(f"{BASE}/of/zhou/tokens/revoke", {"token": str(kept.id)})
    assert runtime.tokens.find(token) is None
    for _ in range(6):
        Tab(runtime).post("/sign-in", {"person": "zhou", "password": "wrong"})
    assert manager.post(f"{BASE}/of/zhou/unlock").status_code == 303


def test_policy_and_providers(runtime: Runtime, manager: Tab) -> None:
    wrong = manager.post(f"{BASE}/policy", {"most": "1", "idle": "x"})
    assert (wrong.status_code, wrong.text.count("须在 5 到")) == (422, 2)
    manager.post(f"{BASE}/policy", {"most": "600", "idle": "30", "roles": "desk.seller"})
    assert runtime.accounts.policies.current == Policy(False, frozenset({"desk.seller"}), 600, 30, False)
    entered = {"label": "总部登录", "issuer": "http://login.example.com", "client_id": "x", "enabled": "on"}
    refused = manager.post(f"{BASE}/providers", entered)
    assert refused.status_code == 422
    assert "http://login.example.com" in refused.text, "what was entered stands there still"
    later = {**entered, "issuer": "https://login.example.com", "secret": "s"}
    del later["enabled"]  # who is not offered yet need not answer yet
    assert manager.post(f"{BASE}/providers", later).status_code == 303
    (kept,) = runtime.accounts.single_sign_on.providers.all()
    assert f"/sign-in/with/{kept.id}/back" in manager.page(f"{BASE}/policy")
    assert "总部登录" not in Tab(runtime).page("/sign-in")
