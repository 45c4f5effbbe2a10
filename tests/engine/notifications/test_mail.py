"""Mail, against a real server: what leaves the house, in whose language, what is tried again and what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from engine.access.people import Person
from engine.access.viewer import SYSTEM
from engine.accounts.policy import Policy
from engine.accounts.sessions import Origin
from engine.clock import FrozenClock
from engine.config import Config
from engine.notifications import NewNotification
from engine.notifications.letters import Line, digest, single
from engine.notifications.smtp import Server
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.conftest import NOW
from tests.engine.certificates import server_with_certificate
from tests.engine.notifications.mail_server import PASSWORD, USER, Postbox, serving

TOLD = NewNotification("zhou", "", "", None, {"zh": "风险预警：恒锐", "en": "A warning: Hengrui"}, "客户原话")
PEOPLE = [
    Person("zhou", "周婧", email="zhou@example.com"),
    Person("lu", "Lu, \"M\"", email="lu@example.com", language="en"),
    Person("wang", "王磊"),
]  # fmt: skip
Open = Callable[..., Runtime]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def open_with(config: Config, clock: FrozenClock) -> Iterator[Open]:
    opened: list[Runtime] = []

    def open_it(url: str, public: str = "https://archive.example.com/") -> Runtime:
        mail = replace(config, smtp_url=url, mail_from="存鉴 <archive@example.com>", public_url=public)
        runtime = Runtime.open(mail, clock)
        opened.append(runtime)
        runtime.database.write(lambda unit: runtime.people.save_people(unit, PEOPLE))
        return runtime

    yield open_it
    for runtime in opened:
        runtime.close()


@pytest.fixture
def house(open_with: Open, postbox: Postbox) -> Iterator[Runtime]:
    with serving(postbox) as port:
        yield open_with(f"smtp://127.0.0.1:{port}")


def send(runtime: Runtime, *wanted: NewNotification) -> list[int]:
    return runtime.database.write(lambda unit: runtime.notifications.send(unit, wanted))


def work(runtime: Runtime, clock: FrozenClock, minutes: float = 1) -> None:
    clock.advance(minutes=minutes)
    runtime.jobs.run_due()


def states(runtime: Runtime, person: str = "zhou") -> list[str]:
    return [one.mail for one in runtime.notifications.of(runtime.require_viewer(person)).items]


def test_the_title_and_a_link_leave_the_house_and_nothing_else(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    (identifier,) = send(house, TOLD)
    assert states(house) == ["waiting"]
    house.jobs.run_due()
    assert postbox.messages == []  # it waits a minute for company
    work(house, clock)
    (letter,) = postbox.messages
    assert postbox.recipients == ["zhou@example.com"]
    assert (letter["from"], letter["to"]) == ("存鉴 <archive@example.com>", "周婧 <zhou@example.com>")
    assert letter["subject"] == "风险预警：恒锐"
    assert letter["message-id"] == f"<notification.{identifier}@example.com>"
    assert letter["auto-submitted"] == "auto-generated"
    address = f"https://archive.example.com/notifications/{identifier}"
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        assert "风险预警：恒锐" in body.get_content()
        assert address in body.get_content()
        assert "客户原话" not in body.get_content()
    assert states(house) == ["sent"]
    work(house, clock)
    assert len(postbox.messages) == 1


def test_everybody_is_written_to_in_his_language(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    send(house, replace(TOLD, person="lu"))
    work(house, clock)
    (letter,) = postbox.messages
    assert letter["subject"] == "A warning: Hengrui"
    assert letter["to"].addresses[0].display_name == 'Lu, "M"'
    body = letter.get_body(("plain",))
    assert body is not None
    assert "please do not reply" in body.get_content()


@pytest.mark.parametrize(("number", "letters"), [(5, 5), (6, 1), (60, 1)])
def test_more_than_five_are_a_digest(
    house: Runtime, postbox: Postbox, clock: FrozenClock, number: int, letters: int
) -> None:
    send(house, *(replace(TOLD, title=f"第 {one} 条") for one in range(number)))
    work(house, clock)
    assert len(postbox.messages) == letters
    assert set(states(house)) == {"sent"}
    if letters == 1:
        (letter,) = postbox.messages
        body = letter.get_body(("plain",))
        assert body is not None
        assert letter["subject"] == f"您有 {number} 条新通知"
        assert "第 0 条" in body.get_content()
        assert ("另有 10 条" in body.get_content()) == (number == 60)


def test_what_one_letter_does_not_hold_comes_in_the_next(
    house: Runtime, postbox: Postbox, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.notifications.outbox.MOST", 6)
    send(house, *[replace(TOLD, title={"zh": f"第 {number} 条"}) for number in range(8)])
    work(house, clock)
    work(house, clock)
    assert len(postbox.messages) == 3  # a digest of six, and two
    assert states(house) == ["sent"] * 8


def test_two_people_and_two_minutes(house: Runtime, postbox: Postbox, clock: FrozenClock) -> None:
    send(house, TOLD, replace(TOLD, person="lu"))
    work(house, clock)
    send(house, TOLD)
    work(house, clock)
    assert postbox.recipients.count("zhou@example.com") == 2
    assert postbox.recipients.count("lu@example.com") == 1


@pytest.mark.parametrize("what", [{"person": "wang"}, {"mail": False}])
def test_who_has_no_address_and_what_is_for_the_house_alone(
    house: Runtime, postbox: Postbox, clock: FrozenClock, what: dict[str, Any]
) -> None:
    told = replace(TOLD, **what)
    send(house, told)
    work(house, clock)
    assert (postbox.messages, states(house, told.person)) == ([], [""])


def test_what_was_read_needs_no_mail(house: Runtime, postbox: Postbox, clock: FrozenClock) -> None:
    send(house, TOLD)
    zhou = house.require_viewer("zhou")
    house.database.write(lambda unit: house.notifications.read(unit, zhou))
    work(house, clock)
    assert (postbox.messages, states(house)) == ([], [""])


def test_a_key_that_is_counted_is_mailed_once(house: Runtime, postbox: Postbox, clock: FrozenClock) -> None:
    send(house, replace(TOLD, once="k"), replace(TOLD, once="k"))
    work(house, clock)
    send(house, replace(TOLD, once="k"))
    work(house, clock)
    assert len(postbox.messages) == 1


def test_a_story_that_is_replayed_is_written_to_nobody(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    with house.notifications.without_mail():
        send(house, TOLD)
    send(house, replace(TOLD, title="今天"))
    work(house, clock)
    assert [letter["subject"] for letter in postbox.messages] == ["今天"]


# -- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [{"rcpt": "450 busy"}, {"data": "451 later"}, {"data": "421 closing"}], ids=str
)
def test_a_busy_server_is_tried_again(
    house: Runtime, postbox: Postbox, clock: FrozenClock, answer: dict[str, str]
) -> None:
    vars(postbox).update(answer)
    send(house, TOLD)
    work(house, clock)
    assert states(house) == ["failed"]
    postbox.rcpt = postbox.data = ""
    work(house, clock)
    assert states(house) == ["sent"]
    assert len(postbox.messages) == 1


@pytest.mark.parametrize("answer", [{"rcpt": "550 nobody here"}, {"data": "554 no"}], ids=str)
def test_what_a_server_never_takes_is_not_tried_again(
    house: Runtime, postbox: Postbox, clock: FrozenClock, answer: dict[str, str]
) -> None:
    vars(postbox).update(answer)
    send(house, TOLD)
    work(house, clock)
    postbox.rcpt = postbox.data = ""
    work(house, clock, 60)
    assert (states(house), postbox.messages, house.jobs.waiting()) == (["refused"], [], 0)


def test_an_address_that_is_none_is_refused_by_ourselves(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    odd = [Person("zhou", "周婧", email="zhou@@\r\nBcc: all@example.com")]
    house.database.write(lambda unit: house.people.save_people(unit, odd))
    send(house, TOLD)
    work(house, clock)
    assert (states(house), postbox.messages) == (["refused"], [])


def test_a_server_that_is_away_leaves_a_dead_job_at_last(
    open_with: Open, postbox: Postbox, clock: FrozenClock
) -> None:
    with serving(postbox) as port:
        pass
    house = open_with(f"smtp://127.0.0.1:{port}")
    send(house, TOLD)
    for _ in range(10):
        work(house, clock, 61)
    assert states(house) == ["failed"]
    (dead,) = house.jobs.dead()
    assert (dead.name, "周婧" in dead.error, "zhou" in dead.error) == ("send_mail", False, False)
    with serving(postbox) as other:
        house.notifications._outbox._server = Server.of(f"smtp://127.0.0.1:{other}")
        house.jobs.retry(dead.id)
        house.jobs.run_due()
    assert states(house) == ["sent"]


# -- servers ---------------------------------------------------------------------------------------


def test_a_server_that_asks_for_a_password(open_with: Open, postbox: Postbox, clock: FrozenClock) -> None:
    asking = {"authenticator": postbox.authenticate, "auth_required": True, "auth_require_tls": False}
    with serving(postbox, **asking) as port:
        house = open_with(f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}")
        send(house, TOLD)
        work(house, clock)
    assert (postbox.signed_in, states(house)) == ([USER], ["sent"])


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_encrypted_either_way(
    open_with: Open,
    postbox: Postbox,
    clock: FrozenClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    context, trusted = server_with_certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert by_tls(open_with, postbox, clock, scheme, context) == ["sent"]
    assert postbox.encrypted == [True]


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("wrong", ["stranger", "name", "late"])
def test_a_mail_server_that_cannot_prove_who_it_is_gets_nothing(
    open_with: Open, postbox: Postbox, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    scheme: str, wrong: str,
) -> None:  # fmt: skip
    name, days = "mail.example" if wrong == "name" else "127.0.0.1", -1 if wrong == "late" else 1
    context, trusted = server_with_certificate(tmp_path, name, days=days)
    if wrong != "stranger":
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert by_tls(open_with, postbox, clock, scheme, context) == ["failed"]
    assert (postbox.messages, postbox.signed_in) == ([], [])


def by_tls(open_with: Open, postbox: Postbox, clock: FrozenClock, scheme: str, context: Any) -> list[str]:
    """What became of a letter that is to go with a password and TLS to a server with this context."""
    options = {"ssl_context" if scheme == "smtps" else "tls_context": context}
    with serving(postbox, authenticator=postbox.authenticate, auth_require_tls=False, **options) as port:
        server = f"{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
        house = open_with(f"{scheme}://{server}" + ("?starttls=1" if scheme == "smtp" else ""))
        send(house, TOLD)
        work(house, clock)
    return states(house)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", Server("mail", 25, starttls=True)),
        ("smtp://mail?starttls=0", Server("mail", 25)),
        ("smtp://127.0.0.1", Server("127.0.0.1", 25)),
        ("smtps://mail", Server("mail", 465, tls=True)),
        ("smtp://u:p%40x@mail:587?starttls=1", Server("mail", 587, "u", "p@x", starttls=True)),
    ],
)
def test_addresses_of_servers(url: str, server: Server) -> None:
    assert Server.of(url) == server
    assert "p@x" not in repr(Server.of(url))


@pytest.mark.parametrize(
    "url",
    ["mail", "http://mail", "smtp://", "smtp://mail:port", "smtps://mail?starttls=1", "smtp://mail?tls=1"],
)
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(Rejected) as refused:
        Server.of(url)
    assert refused.value.problems[0].code == "mail.bad_url"


# -- letters ---------------------------------------------------------------------------------------


def test_what_people_write_stays_text_and_on_its_line() -> None:
    letter = single(Line("<b>x</b>\r\nBcc: all@example.com\u202e!", ""), "zh", 1)
    message = letter.message("a@example.com", "周\n婧", "zhou@example.com", NOW)
    assert message["subject"] == "<b>x</b> Bcc: all@example.com !"
    assert message["bcc"] is None
    body = message.get_body(("html",))
    assert body is not None
    assert "&lt;b&gt;x&lt;/b&gt;" in body.get_content()
    assert "请登录" in body.get_content()


def test_a_long_title_is_a_short_subject() -> None:
    letter = single(Line("字" * 500, ""), "zh", 1)
    assert (len(letter.subject), letter.lines[0].title) == (150, "字" * 500)


def test_a_digest_leads_to_the_list() -> None:
    letter = digest([Line("一", ""), Line("二", "")], "https://a.example/notifications", "en", 9)
    body = letter.message("a@example.com", "Lu", "lu@example.com", NOW).get_body(("html",))
    assert body is not None
    assert '<a href="https://a.example/notifications">Open it</a>' in body.get_content()


# -- trying it out ---------------------------------------------------------------------------------


def test_trying_it_out(house: Runtime, postbox: Postbox) -> None:
    house.notifications.try_mail("me@example.com", "en")
    assert [letter["subject"] for letter in postbox.messages] == ["Mail from Muniment arrives"]
    assert postbox.recipients == ["me@example.com"]


@pytest.mark.parametrize(
    ("address", "answer", "code"),
    [
        ("me@example.com", "550 no", "mail.not_taken"),
        ("me@example.com", "450 busy", "mail.failed"),
        ("me", "", "mail.not_taken"),
    ],
)
def test_trying_it_out_in_vain(
    house: Runtime, postbox: Postbox, address: str, answer: str, code: str
) -> None:
    postbox.rcpt = answer or "501 what"
    with pytest.raises(Rejected) as refused:
        house.notifications.try_mail(address, "zh")
    assert refused.value.problems[0].code == code


def test_without_a_server_there_is_nothing_to_try(open_with: Open) -> None:
    with pytest.raises(Rejected) as refused:
        open_with("").notifications.try_mail("me@example.com", "zh")
    assert refused.value.problems[0].code == "mail.no_server"


# -- a forgotten password ----------------------------------------------------------------------------


def link_in(letter: Any) -> str:
    found = re.search(
        r"https://archive\.example\.com/invitation/(\S+)", letter.get_body(("plain",)).get_content()
    )
    assert found
    return found[1]


def test_a_forgotten_password_is_set_anew_by_a_link_in_a_mail(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    accounts, here = house.accounts, Origin("192.0.2.7")
    accounts.set_password("zhou", "lantern moss 81 ferry")
    accounts.set_password("wang", "lantern moss 81 ferry")  # whom no mail reaches; lu has no password yet
    _, session = accounts.signing_in.with_password("zhou", "lantern moss 81 ferry", here)
    invited = house.database.write(lambda unit: accounts.invite(unit, "zhou", SYSTEM))
    work(house, clock)
    postbox.messages.clear()
    for name in ("zhou@example.com", "wang", "lu", "nobody"):
        accounts.forgot(name, here)
    house.jobs.run_due()
    (letter,) = postbox.messages
    assert postbox.recipients[-1] == "zhou@example.com"
    assert house.invitations.find(invited).purpose == "reset", "an administrator's link goes on"
    with house.database.read() as connection:
        asked = [one for one in house.audit.latest(connection) if one.action == "user.reset_asked"]
    assert {(one.person, one.detail["outcome"]) for one in asked} == {
        ("zhou", "sent"), ("wang", "none"), ("", "none"),
    }  # fmt: skip
    token = link_in(letter)
    assert accounts.accept(token, "copper gate 12 violin", "192.0.2.7") == "zhou"
    assert house.sessions.of("zhou") == [], "signed out everywhere"
    assert session.person == "zhou"
    work(house, clock)
    assert "已通过邮件里的链接重设" in str(postbox.messages[-1]["subject"])
    for used in (token, invited):
        with pytest.raises(Rejected, match=r"invitation\.unknown"):
            house.invitations.find(used)


def test_a_link_by_mail_ends_after_an_hour_and_only_the_newest_works(
    house: Runtime, postbox: Postbox, clock: FrozenClock
) -> None:
    house.accounts.set_password("zhou", "lantern moss 81 ferry")
    for _ in range(2):
        house.accounts.forgot("zhou", Origin("192.0.2.7"))
        house.jobs.run_due()
    first, second = map(link_in, postbox.messages)
    with pytest.raises(Rejected, match=r"invitation\.unknown"):
        house.invitations.find(first)
    assert house.invitations.find(second).person == "zhou"
    clock.advance(hours=1)
    with pytest.raises(Rejected, match=r"invitation\.unknown"):
        house.invitations.find(second)


@pytest.mark.parametrize("name", ["zhou", "nobody"])
def test_asking_again_and_again_is_slowed_whoever_it_is(house: Runtime, name: str) -> None:
    for _ in range(3):
        house.accounts.forgot(name, Origin("192.0.2.7"))
    with pytest.raises(Rejected, match=r"access\.locked"):
        house.accounts.forgot(name, Origin("192.0.2.8"))


def test_where_it_is_switched_off_nobody_is_written_to(house: Runtime, postbox: Postbox) -> None:
    house.accounts.set_password("zhou", "lantern moss 81 ferry")
    house.accounts.save_policy(SYSTEM, Policy(reset_by_mail=False))
    assert not house.accounts.resets_by_mail
    house.accounts.forgot("zhou", Origin("192.0.2.7"))
    house.jobs.run_due()
    assert postbox.messages == []
