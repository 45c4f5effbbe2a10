"""Passwords and one-time links, tokens, and asking for the password once more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from engine.access.people import Person
from engine.accounts.passwords import require_good
from engine.clock import microseconds
from engine.system_tables import people
from tests.engine.accounts.conftest import HERE, PASSWORD, Desk, refused

ZHOU = Person("zhou", "周婧", email="jing.zhou@example.com")
NEW = "copper gate 12 violin"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.short"),
        ("九个字的密码太短了", "password.short"),
        ("x" * 201, "password.long"),
        ("password123", "password.guessable"),
        ("1234567890", "password.guessable"),
        ("qazwsxedcrfv", "password.guessable"),
        ("aaaaaaaaaaaaaa", "password.guessable"),
        ("zhoujing2026", "password.guessable"),  # her name
        ("jing.zhou.1", "password.guessable"),  # her mailbox
        ("muniment2026", "password.guessable"),
        ("中国中国中国中国中国", "password.guessable"),
        ("lantern moss 81 ferry", ""),
        ("Tw7-kelp-oboe-42", ""),
        ("雨后石桥边的旧书店很安静", ""),
    ],
)
def test_what_a_password_must_be(password: str, code: str) -> None:
    if code:
        assert refused(require_good, password, ZHOU) == code
    else:
        require_good(password, ZHOU)


def test_a_changed_password_ends_the_other_sessions(desk: Desk) -> None:
    here, elsewhere = desk.sign_in(), desk.sign_in()
    zhou, change = desk.runtime.require_viewer("zhou"), desk.accounts.change_password
    assert refused(change, zhou, here, "wrong", NEW) == "account.wrong_password"
    assert refused(change, zhou, here, PASSWORD, PASSWORD) == "password.same"
    assert refused(change, zhou, here, PASSWORD, "short") == "password.short"
    change(zhou, here, PASSWORD, NEW)
    assert [one.name for one in desk.runtime.sessions.of("zhou")] == [here.hash.hex()]
    assert elsewhere.hash != here.hash
    assert refused(desk.sign_in) == "access.bad_password"
    assert desk.sign_in("zhou", NEW).person == "zhou"
    for _ in range(5):
        assert refused(change, zhou, here, "wrong", "x") == "account.wrong_password"
    assert refused(change, zhou, here, NEW, PASSWORD) == "access.locked"


def test_a_cheap_hash_of_earlier_days_is_made_anew(desk: Desk) -> None:
    def stored() -> str:
        with desk.runtime.database.read() as connection:
            return str(connection.scalar(sa.select(people.c.password).where(people.c.id == "zhou")))

    before = stored()
    desk.sign_in()
    assert stored() == before
    old = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
    desk.runtime.database.write(lambda unit: desk.accounts.passwords.set_hash(unit, "zhou", old))
    desk.sign_in()
    assert stored() not in (old, before)
    desk.sign_in()


def test_a_link_sets_a_password_once(desk: Desk) -> None:
    runtime, lu = desk.runtime, desk.runtime.require_viewer("lu")
    first = runtime.database.write(lambda unit: desk.accounts.invite(unit, "wang", lu))
    second = runtime.database.write(lambda unit: desk.accounts.invite(unit, "wang", lu))
    assert refused(desk.accounts.accept, first, NEW) == "invitation.unknown", "the newer one voids it"
    assert runtime.invitations.open()["wang"].purpose == "join"
    assert refused(desk.accounts.accept, second, "wanglei2026") == "password.guessable"
    assert desk.accounts.accept(second, NEW) == "wang"
    assert refused(desk.accounts.accept, second, PASSWORD) == "invitation.unknown"
    assert desk.sign_in("wang", NEW).person == "wang"
    third = runtime.database.write(lambda unit: desk.accounts.invite(unit, "wang", lu))
    assert runtime.invitations.find(third).purpose == "reset"
    desk.clock.advance(days=1)
    assert refused(runtime.invitations.find, third) == "invitation.unknown"
    assert runtime.invitations.link(third) == f"/invitation/{third}"
    assert refused(runtime.database.write, lambda unit: desk.accounts.invite(unit, "gone", lu)) == (
        "access.no_such_person"
    )
    assert desk.actions()[:2] == ["user.invite", "user.sign_in"]


def test_tokens_are_scoped_end_and_say_when_they_were_used(desk: Desk) -> None:
    runtime, zhou = desk.runtime, desk.runtime.require_viewer("zhou")
    end = microseconds(desk.clock.now()) + 3_600_000_000
    token = desk.accounts.make_token(zhou, " import ", ["read"], end)
    found = runtime.tokens.find(token)
    assert found is not None
    assert (found.person, found.name, found.scopes) == ("zhou", "import", frozenset({"read"}))
    assert runtime.tokens.of("zhou")[0].used_at == microseconds(desk.clock.now())
    make = desk.accounts.make_token
    assert refused(make, zhou, "", ["read"], None) == "token.name"
    assert refused(make, zhou, "x", [], None) == "token.scopes"
    assert refused(make, zhou, "x", ["admin"], None) == "token.scopes"
    assert refused(make, zhou, "x", ["read"], 1) == "token.past"
    desk.clock.advance(hours=1)
    assert runtime.tokens.find(token) is None
    lasting = runtime.tokens.create("zhou", "lasting")
    (kept, _) = runtime.tokens.of("zhou")
    wang = runtime.require_viewer("wang")
    assert not desk.accounts.revoke_token(wang, "wang", kept.id), "nobody revokes another's as his own"
    assert desk.accounts.revoke_token(zhou, "zhou", kept.id)
    assert runtime.tokens.find(lasting) is None
    assert runtime.tokens.find("mun_nonsense") is None


def test_who_has_no_password_must_have_signed_in_just_now(desk: Desk) -> None:
    _, session = desk.accounts.signing_in.proven("lu", HERE, None, how="provider")
    desk.accounts.require_password("lu", "", session)
    desk.clock.advance(minutes=11)
    assert refused(desk.accounts.require_password, "lu", "", session) == "account.sign_in_again"
