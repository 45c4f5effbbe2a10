"""Signing in: throttle, second factor and its replays, sessions, and what a departure ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp

from engine.accounts.policy import Policy
from engine.accounts.sessions import ENROL, FACTOR, IN, Origin
from engine.accounts.throttle import ADDRESS, NAME
from tests.engine.accounts.conftest import HERE, PASSWORD, Desk, refused


def test_a_session_begins_ends_and_is_audited(desk: Desk) -> None:
    token, session = desk.accounts.signing_in.with_password("zhou", PASSWORD, HERE)
    assert (session.person, session.stage) == ("zhou", IN)
    assert desk.runtime.sessions.find(token) == session
    assert [(one.address, one.agent) for one in desk.runtime.sessions.of("zhou")] == [
        (HERE.address, HERE.agent)
    ]
    newer, _ = desk.accounts.signing_in.with_password("zhou", PASSWORD, HERE, session)
    assert desk.runtime.sessions.find(token) is None, "the browser's old token ends"
    found = desk.runtime.sessions.find(newer)
    assert found is not None
    desk.accounts.signing_in.sign_out(found, HERE)
    assert desk.runtime.sessions.find(newer) is None
    assert desk.actions()[:3] == ["user.sign_out", "user.sign_in", "user.sign_in"]
    row = desk.accounts.rows(["zhou"])["zhou"]
    assert (row["signed_in_from"], row["signed_in_at"]) == (HERE.address, row["password_at"])


def test_somebody_is_known_by_his_address_too_if_only_he_has_it(desk: Desk) -> None:
    people = desk.runtime.people
    known = people.organisation().people

    def mail(*names: str) -> None:
        rows = [replace(known[name], email="J.Zhou@Example.com") for name in names]
        desk.runtime.database.write(lambda unit: people.save_people(unit, rows))

    mail("zhou")
    assert desk.sign_in("j.zhou@example.com").person == "zhou"
    mail("zhou", "wang")
    assert refused(desk.sign_in, "j.zhou@example.com") == "access.bad_password"


def test_guessing_is_slowed_more_and_more_and_alike_for_names_that_do_not_exist(desk: Desk) -> None:
    for name in ("zhou", "nobody"):
        for _ in range(5):
            assert refused(desk.sign_in, name, "wrong") == "access.bad_password"
        for pause in (1, 2, 4):
            assert refused(desk.sign_in, name, PASSWORD) == "access.locked"
            desk.clock.advance(minutes=pause, seconds=1)
            assert refused(desk.sign_in, name, "wrong") == "access.bad_password"
    elsewhere = Origin("198.51.100.1")
    assert desk.sign_in(origin=elsewhere).stage == IN, "one who guesses locks out himself, not the person"
    desk.clock.advance(hours=25)
    assert refused(desk.sign_in, "zhou", "wrong") == "access.bad_password"
    assert desk.sign_in().stage == IN, "a day later it is forgotten"


def test_many_attempts_at_once_are_counted_each(desk: Desk) -> None:
    def guess(_: int) -> str:
        return refused(desk.sign_in, "zhou", "wrong")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count("access.bad_password") == 5


def test_one_name_from_many_places_and_many_names_from_one_place(desk: Desk) -> None:
    throttle = desk.accounts.throttle
    for number in range(NAME.free):
        throttle.take([NAME.of("zhou"), ADDRESS.of(f"203.0.113.{number}")])
    assert refused(desk.sign_in) == "access.locked"
    desk.accounts.unlock(desk.runtime.require_viewer("lu"), "zhou")
    assert desk.sign_in().stage == IN
    for _ in range(5):
        assert refused(desk.sign_in, "zhou", "wrong") == "access.bad_password"
    assert refused(desk.sign_in) == "access.locked"
    desk.accounts.unlock(desk.runtime.require_viewer("lu"), "zhou")
    assert desk.sign_in().stage == IN
    for number in range(ADDRESS.free - 5):
        throttle.take([NAME.of(f"name{number}"), ADDRESS.of(HERE.address)])
    assert refused(desk.sign_in) == "access.locked"


def test_a_second_factor_is_asked_for_and_no_code_works_twice(desk: Desk) -> None:
    totp, codes = desk.set_up_factor()
    step = desk.accounts.signing_in.with_code
    first = desk.sign_in()
    assert first.stage == FACTOR
    assert refused(step, first, "000000", HERE) == "factor.wrong_code"
    assert refused(step, first, "１２３４５６七", HERE) == "factor.wrong_code"
    code = desk.code(totp)
    token, session = step(first, f"{code[:3]} {code[3:]}", HERE)
    assert (session.stage, session.hash != first.hash) == (IN, True)
    assert desk.runtime.sessions.find(token) == session
    second = desk.sign_in()
    assert refused(step, second, code, HERE) == "factor.wrong_code", (
        "seen over a shoulder, it is worth nothing"
    )
    assert refused(step, second, desk.code(totp, -1), HERE) == "factor.wrong_code", "nor is an older one"
    step(second, codes[0].upper().replace("-", " "), HERE)
    assert refused(step, desk.sign_in(), codes[0], HERE) == "factor.wrong_code"
    state = desk.accounts.factor.state("zhou")
    assert state is not None
    assert state.codes_left == 9
    assert desk.accounts.renew_codes(desk.runtime.require_viewer("zhou"))[0] not in codes
    assert "user.recovery_codes" in desk.actions()


def test_guessing_codes_is_slowed_whichever_session_asks(desk: Desk) -> None:
    totp, _ = desk.set_up_factor()
    for number in range(5):
        session = desk.sign_in(origin=Origin(f"203.0.113.{number}"))
        assert refused(desk.accounts.signing_in.with_code, session, "000000", HERE) == "factor.wrong_code"
    assert refused(desk.accounts.signing_in.with_code, session, desk.code(totp), HERE) == "access.locked"


def test_a_policy_makes_a_role_set_one_up_before_anything_else(desk: Desk) -> None:
    lu = desk.runtime.require_viewer("lu")
    desk.accounts.save_policy(lu, Policy(factor_roles=frozenset({"office.seller"})))
    session = desk.sign_in()
    assert session.stage == ENROL
    secret, address = desk.accounts.offer_factor("zhou")
    assert secret in address
    totp = pyotp.TOTP(secret)
    assert refused(desk.accounts.signing_in.with_new_factor, session, "000000", HERE) == "factor.wrong_code"
    (_, begun), codes = desk.accounts.signing_in.with_new_factor(session, desk.code(totp), HERE)
    assert (begun.stage, len(codes)) == (IN, 10)
    assert desk.sign_in().stage == FACTOR
    zhou = desk.runtime.require_viewer("zhou")
    assert refused(desk.accounts.drop_factor, zhou) == "factor.required"
    desk.accounts.remove_factor(lu, "zhou")
    assert desk.sign_in().stage == ENROL, "a lost telephone is replaced, the duty stays"
    assert refused(desk.accounts.save_policy, lu, Policy(session_idle=1)) == "account.span"


def test_the_new_secret_comes_into_use_when_it_was_shown_to_work(desk: Desk) -> None:
    old, _ = desk.set_up_factor()
    desk.accounts.offer_factor("zhou")
    begun = desk.accounts.signing_in.with_code(desk.sign_in(), desk.code(old), HERE)
    assert begun[1].stage == IN


def test_sessions_end_by_age_by_rest_and_by_an_unfinished_sign_in(desk: Desk) -> None:
    viewer, database = desk.runtime.require_viewer("lu"), desk.runtime.database
    desk.accounts.save_policy(viewer, Policy(session_most=120, session_idle=30))
    start = desk.runtime.sessions.start
    whole, _ = database.write(lambda unit: start(unit, "zhou", HERE))
    half, _ = database.write(lambda unit: start(unit, "zhou", HERE, FACTOR))
    found = desk.runtime.sessions.find
    assert (found(whole) is not None, found(half) is not None) == (True, True)
    for _ in range(5):
        desk.clock.advance(minutes=20)
        assert found(whole) is not None, "it was used within its half hour"
    assert found(half) is None
    desk.clock.advance(minutes=25)
    assert found(whole) is None
    looked, _ = database.write(lambda unit: start(unit, "zhou", HERE))
    for _ in range(2):
        desk.clock.advance(minutes=20)
        found(looked, used=False)
    assert found(looked) is None, "a page that asks by itself is not somebody who works"
    rested, _ = database.write(lambda unit: start(unit, "zhou", HERE))
    desk.clock.advance(minutes=31)
    assert found(rested) is None


def test_who_leaves_loses_sessions_tokens_and_invitations_in_the_same_unit(desk: Desk) -> None:
    runtime = desk.runtime
    session, _ = desk.accounts.signing_in.with_password("zhou", PASSWORD, HERE)
    token = runtime.tokens.create("zhou", "script")
    link = runtime.database.write(lambda unit: runtime.invitations.make(unit, "zhou"))
    zhou = runtime.people.organisation().people["zhou"]
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [replace(zhou, active=False)]))
    assert runtime.sessions.find(session) is None
    assert runtime.tokens.find(token) is None
    assert refused(runtime.invitations.find, link) == "invitation.unknown"
    assert refused(desk.sign_in) == "access.bad_password"


def test_who_comes_back_begins_anew(desk: Desk) -> None:
    """Neither password nor second factor outlive leaving: an old telephone opens nothing."""
    runtime = desk.runtime
    desk.set_up_factor()
    zhou = runtime.people.organisation().people["zhou"]
    for active in (False, True):
        there = replace(zhou, active=active)
        runtime.database.write(lambda unit, there=there: runtime.people.save_people(unit, [there]))
    assert not desk.accounts.passwords.has_one("zhou")
    assert desk.accounts.factor.state("zhou") is None
    assert refused(desk.sign_in) == "access.bad_password"
    token = runtime.database.write(
        lambda unit: desk.accounts.invite(unit, "zhou", runtime.require_viewer("lu"))
    )
    assert runtime.invitations.find(token).purpose == "join"
