"""Accounts: everything by which somebody proves who he is, and what ends it.

One object that holds the parts of the room; the runtime opens it, pages and commands ask it. What
changes an account is audited here, in the unit of the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.accounts.invitations import Invitations, Purpose
from engine.accounts.oidc import OpenIdConnect
from engine.accounts.passwords import Passwords, require_good
from engine.accounts.policy import Policies, Policy
from engine.accounts.providers import Providers
from engine.accounts.second_factor import SecondFactor
from engine.accounts.sessions import Origin, Session, Sessions, Spans
from engine.accounts.signing_in import Parts, SigningIn, remember
from engine.accounts.single_sign_on import SingleSignOn
from engine.accounts.throttle import AGAIN, FORGOT, FORGOT_FROM, Throttle
from engine.accounts.tokens import Tokens
from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.outgoing import Outgoing
from engine.system_tables import accounts
from metamodel.labels import Label
from metamodel.problems import Rejected, problem

DAY = timedelta(days=1)
RESET = "reset_password"  # a job
FRESH = 10 * 60 * 1_000_000  # so long after signing in nobody is asked again
T = TypeVar("T")
TOLD = {
    "link": {
        "zh": "请设置您的存鉴密码（链接只能用一次）",
        "en": "Set your Muniment password (the link works once)",
    },
    "reset": {
        "zh": "管理员为您生成了重设密码的链接。如果不是您要求的，请立即告知管理员",
        "en": "An administrator made a link that resets your password. If you did not ask for it, say so at once",
    },
    "forgot": {
        "zh": "重设存鉴密码（链接一小时内有效，只能用一次）。如果不是您要求的，请忽略本邮件",
        "en": "Set a new Muniment password (the link works once, within an hour). If you did not ask, do nothing",
    },
    "changed": {
        "zh": "您的存鉴密码已通过邮件里的链接重设，其他登录已结束。如果不是您本人，请立即告知管理员",
        "en": "Your Muniment password was set anew by a link in a mail; you were signed out elsewhere. If it was "
        "not you, tell an administrator at once",
    },
    "totp_off": {
        "zh": "管理员关闭了您的两步验证。如果不是您要求的，请立即告知管理员",
        "en": "An administrator removed your second factor. If you did not ask for it, say so at once",
    },
}


class Accounts:
    def __init__(
        self, database: Database, clock: Clock, people: People, audit: AuditTrail, jobs: Jobs, box: Box,
        outgoing: Outgoing, public_url: str,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._people, self._audit = database, clock, people, audit
        self.policies = Policies(database)
        self.throttle = Throttle(database)
        self.passwords = Passwords(database)
        self.factor = SecondFactor(database, clock, box)
        self.sessions = Sessions(database, clock, self._spans)
        self.tokens = Tokens(database, clock)
        self.invitations = Invitations(database, clock, public_url)
        parts = Parts(
            database, people, audit, self.policies, self.passwords, self.factor, self.sessions, self.throttle
        )
        self.signing_in = SigningIn(parts)
        self._oidc = OpenIdConnect(database, clock, box, outgoing)
        self.single_sign_on = SingleSignOn(parts, self.signing_in, Providers(database, box), self._oidc)
        # How people are reached stands on a higher floor; the runtime fills these in.
        self.tell: Callable[[Unit, str, Label], object] = lambda _unit, _person, _title: None
        self.post: Callable[[Unit, str, Label, str], bool] = lambda _unit, _person, _title, _link: False
        self.mails = False  # can mail carry a link at all?
        people.changed.append(self._people_changed)
        self._jobs = jobs
        jobs.register(RESET, self._send_reset)
        jobs.register("clean_accounts", lambda _payload, _job: database.write(self._clean), every=DAY)

    # -- passwords ---------------------------------------------------------------------------------

    def set_password(self, person: str, password: str, by: Viewer = SYSTEM) -> None:
        """For the command line: no questions but whether it is any good. Rejected as `require_good` does."""
        require_good(password, self.active(person))
        hashed = self.passwords.hash(password)
        self._database.write(lambda unit: self._set(unit, person, hashed, by, None))

    def change_password(self, viewer: Viewer, session: Session, old: str, new: str) -> None:
        """The own: every other session ends. Rejected: account.wrong_password, account.sign_in_again,
        password.same, access.locked, and as `require_good` does."""
        self.require_password(viewer.person, old, session)
        if old == new:
            raise Rejected([problem("password.same", "/password")])
        require_good(new, self.active(viewer.person))
        hashed = self.passwords.hash(new)
        self._database.write(lambda unit: self._set(unit, viewer.person, hashed, viewer, session))

    def accept(self, token: str, password: str, address: str = "") -> str:
        """An invitation is taken up: the password is set, the link is used up. The person's id. Rejected:
        invitation.unknown, and as `require_good` does."""
        invitation = self.invitations.find(token)
        person = self.active(invitation.person)
        require_good(password, person)
        hashed = self.passwords.hash(password)

        def work(unit: Unit) -> None:
            self.invitations.use(unit, token)
            by = Viewer(person.id, person.name, address=address)
            self._set(
                unit, person.id, hashed, by, None, by="mail" if invitation.purpose == "forgot" else "link"
            )
            if invitation.purpose == "forgot":
                self.tell(unit, person.id, TOLD["changed"])

        self._database.write(work)
        return person.id

    # -- forgotten ---------------------------------------------------------------------------------

    @property
    def resets_by_mail(self) -> bool:
        return self.mails and self.policies.current.reset_by_mail

    def forgot(self, name: str, origin: Origin) -> None:
        """Somebody says that he forgot his password. Answered alike and as fast whoever it is: who that is, and
        whether mail reaches him, is looked up later by a job. Rejected (access.locked)."""
        self.throttle.take([FORGOT.of(name.strip()), FORGOT_FROM.at(origin.address)])
        said = {"name": name.strip(), "address": origin.address}
        self._database.write(lambda unit: self._jobs.defer(unit, RESET, said))

    def _send_reset(self, payload: Mapping[str, Any], _job: str) -> None:
        """A link to who may set a password by mail: somebody active who has one, and whom mail reaches."""
        person = self.signing_in.person_called(payload["name"]) if self.resets_by_mail else None
        known = person.id if person and person.active and self.passwords.has_one(person.id) else ""

        def work(unit: Unit) -> None:
            link = self.invitations.link(self.invitations.make(unit, known, "forgot", known)) if known else ""
            sent = link.startswith("http") and self.post(unit, known, TOLD["forgot"], link)
            if known and not sent:
                self.invitations.void(unit, [known], ("forgot",))
            by = Viewer(known, person.name if person and known else "", address=payload["address"])
            self._say(unit, by, "user.reset_asked", outcome="sent" if sent else "none")

        self._database.write(work)

    def require_password(self, person: str, password: str, session: Session) -> None:
        """Before what must not be done by whoever sits down at an open screen. Who has no password must have
        signed in just now. Rejected: account.wrong_password, account.sign_in_again, access.locked."""
        if not self.passwords.has_one(person):
            return self._require_fresh(session)
        tries = [AGAIN.of(person)]
        self.throttle.take(tries)
        if not self.passwords.fits(person, password):
            raise Rejected([problem("account.wrong_password", "/old")])
        self._database.write(lambda unit: self.throttle.forgive(unit, tries))

    def _require_fresh(self, session: Session) -> None:
        now = microseconds(self._clock.now())
        mine = [one for one in self.sessions.of(session.person) if one.name == session.hash.hex()]
        if not mine or now - mine[0].created_at > FRESH:
            raise Rejected([problem("account.sign_in_again")])

    def _set(
        self, unit: Unit, person: str, hashed: str, viewer: Viewer, but: Session | None, **detail: str
    ) -> None:
        self.passwords.set_hash(unit, person, hashed)
        self.invitations.void(unit, [person])
        self.sessions.end_all(unit, [person], but)
        self.throttle.lift(unit, person)
        remember(unit, person, password_at=unit.now)
        self._say(unit, viewer, "user.password_set", person=person, **detail)

    # -- the own second factor, sessions and tokens ------------------------------------------------

    def offer_factor(self, person: str) -> tuple[str, str]:
        """(secret, address for the QR code), ready to be confirmed."""
        self._database.write(lambda unit: self.factor.offer(unit, person))
        return self.factor.offered(person)

    def confirm_factor(self, viewer: Viewer, code: str) -> list[str]:
        """The recovery codes, shown once. Rejected: factor.none_offered, factor.wrong_code."""
        work = self.factor.confirm
        return self._audited(viewer, "user.totp_on", lambda unit: work(unit, viewer.person, code))

    def drop_factor(self, viewer: Viewer) -> None:
        """Rejected (factor.required) where the policy wants one."""
        if self.policies.current.wants_factor(viewer):
            raise Rejected([problem("factor.required")])
        self._audited(viewer, "user.totp_off", lambda unit: self.factor.remove(unit, viewer.person))

    def renew_codes(self, viewer: Viewer) -> list[str]:
        work = self.factor.renew_codes
        return self._audited(viewer, "user.recovery_codes", lambda unit: work(unit, viewer.person))

    def make_token(self, viewer: Viewer, name: str, scopes: Sequence[str], expires_at: int | None) -> str:
        """Shown once. Rejected as `Tokens.make` does."""
        detail = {"name": name.strip(), "scopes": sorted(scopes)}
        work = self.tokens.make
        return self._audited(
            viewer, "token.make", lambda unit: work(unit, viewer.person, name, scopes, expires_at), **detail
        )

    def revoke_token(self, viewer: Viewer, person: str, identifier: int) -> bool:
        work = self.tokens.revoke
        return self._audited(
            viewer,
            "token.revoke",
            lambda unit: work(unit, person, identifier),
            person=person,
            token=identifier,
        )

    def end_session(self, viewer: Viewer, person: str, name: str) -> bool:
        """One of this person's, by its name in the list."""
        work = self.sessions.end_named
        return self._audited(viewer, "user.session_end", lambda unit: work(unit, person, name), person=person)

    def end_sessions(self, viewer: Viewer, person: str, but: Session | None = None) -> int:
        work = self.sessions.end_all
        return self._audited(
            viewer, "user.session_end", lambda unit: work(unit, [person], but), person=person, all=True
        )

    # -- administration ----------------------------------------------------------------------------

    def invite(self, unit: Unit, person: str, by: Viewer) -> str:
        """A one-time link's token: to join, or where there is a password to set another. Rejected
        (access.no_such_person)."""
        self.active(person)
        purpose: Purpose = "reset" if self.passwords.has_one(person) else "join"
        self._say(unit, by, "user.invite", person=person, purpose=purpose)
        if purpose == "reset":
            self.tell(unit, person, TOLD["reset"])
        return self.invitations.make(unit, person, purpose, by.person)

    def send_link(self, person: str, by: Viewer) -> str:
        """Invite by mail, which nobody else sees; where mail does not reach, the link to hand over ('' else).
        Rejected as `invite`."""

        def work(unit: Unit) -> str:
            link = self.invitations.link(self.invite(unit, person, by))
            return "" if link.startswith("http") and self.post(unit, person, TOLD["link"], link) else link

        return self._database.write(work)

    def remove_factor(self, viewer: Viewer, person: str) -> None:
        """Somebody lost his telephone and his codes; he is told, in case he did not."""

        def work(unit: Unit) -> None:
            self.factor.remove(unit, person)
            self.tell(unit, person, TOLD["totp_off"])

        self._audited(viewer, "user.totp_off", work, person=person)

    def unlock(self, viewer: Viewer, person: str) -> None:
        self._audited(viewer, "user.unlock", lambda unit: self.throttle.lift(unit, person), person=person)

    def save_policy(self, viewer: Viewer, policy: Policy) -> None:
        """Rejected (account.span)."""
        self._audited(
            viewer, "accounts.policy", lambda unit: self.policies.save(unit, policy), **policy.to_json()
        )

    def rows(self, people: Sequence[str] | None = None) -> dict[str, sa.RowMapping]:
        """(password_at, signed_in_at, signed_in_from) by person; None: everybody's."""
        query = sa.select(accounts)
        if people is not None:
            query = query.where(accounts.c.person.in_(people))
        with self._database.read() as connection:
            return {row["person"]: row for row in connection.execute(query).mappings()}

    def active(self, person: str) -> Person:
        """Rejected (access.no_such_person)."""
        found = self._people.organisation().people.get(person)
        if found is None or not found.active:
            raise Rejected([problem("access.no_such_person", person=person)])
        return found

    # -- inside ------------------------------------------------------------------------------------

    def _audited(self, viewer: Viewer, action: str, work: Callable[[Unit], T], **detail: Any) -> T:
        def both(unit: Unit) -> T:
            result = work(unit)
            self._say(unit, viewer, action, **detail)
            return result

        return self._database.write(both)

    def _say(self, unit: Unit, viewer: Viewer, action: str, **detail: Any) -> None:
        self._audit.add(unit, viewer, [Occurrence(action, detail=detail)])

    def _spans(self) -> Spans:
        policy = self.policies.current
        return Spans(policy.session_most, policy.session_idle)

    def _people_changed(self, unit: Unit, saved: Sequence[Person]) -> None:
        """Who is active no more loses everything he could sign in with, in the same unit, for good: should he
        come back, he is sent a link like somebody new."""
        gone = [person.id for person in saved if not person.active]
        for person in gone:
            self.passwords.set_hash(unit, person, "")
            self.factor.remove(unit, person)
        if gone:
            self.sessions.end_all(unit, gone)
            self.tokens.revoke_all(unit, gone)
            self.invitations.void(unit, gone)

    def _clean(self, unit: Unit) -> None:
        for part in (self.sessions, self.invitations, self.throttle, self._oidc):
            part.clean(unit)
