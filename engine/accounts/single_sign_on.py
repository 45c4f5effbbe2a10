"""Single sign-on: away to the organisation's provider and back, and whom its identities are here.

Linked by the person himself, signed in, or by an address the provider verified and only one person has.
Called by the pages under /sign-in/with.
"""

from __future__ import annotations

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.accounts.oidc import Attempt, Claims, OpenIdConnect
from engine.accounts.providers import Provider, Providers
from engine.accounts.sessions import IN, Origin, Session
from engine.accounts.signing_in import Parts, SigningIn, Started
from engine.database import Unit
from metamodel.problems import Rejected, problem


class SingleSignOn:
    def __init__(
        self, parts: Parts, signing_in: SigningIn, providers: Providers, oidc: OpenIdConnect
    ) -> None:
        self._parts, self._signing_in = parts, signing_in
        self.providers, self._oidc = providers, oidc

    def begin(self, provider: int, back: str, following: str, person: str = "") -> tuple[str, str]:
        """(where to send the browser, the state for its cookie); `person`: who wants an identity linked.
        Rejected: provider.unknown, provider.unfit, outgoing.…"""
        return self._oidc.begin(self._enabled(provider), back, following, person)

    def come_back(
        self, provider: int, state: str, code: str, origin: Origin, session: Session | None
    ) -> tuple[Started | None, str]:
        """The new session (None: an identity was linked to the one there is), and where to go. Rejected:
        provider.stale, provider.refused, provider.nobody, identity.taken."""
        attempt, known = self._oidc.take(state), self._enabled(provider)
        if attempt.provider != provider:
            raise Rejected([problem("provider.stale")])
        claims = self._oidc.finish(known, attempt, code)
        if attempt.person:
            self._link_own(known, attempt, claims, origin, session)
            return None, attempt.next
        person = self._person(known, claims, origin)
        return self._sign_in(known, claims, person, origin, session), attempt.next

    def unlink(self, viewer: Viewer, person: str, provider: int) -> bool:
        def work(unit: Unit) -> bool:
            gone = self.providers.unlink(unit, person, provider)
            detail = {"person": person, "provider": provider}
            self._parts.audit.add(unit, viewer, [Occurrence("identity.unlink", detail=detail)])
            return gone

        return self._parts.database.write(work)

    def save(self, viewer: Viewer, provider: Provider) -> int:
        """Its id. It must answer as what it says it is. Rejected as `Providers.save`, and provider.unfit,
        outgoing.…"""
        if found := provider.problems():
            raise Rejected(found)
        if provider.enabled:
            self._oidc.check(provider)

        def work(unit: Unit) -> int:
            detail = {
                "label": provider.label,
                "issuer": provider.issuer,
                "by_email": provider.by_email,
                "asks_factor": provider.asks_factor,
                "enabled": provider.enabled,
            }
            self._parts.audit.add(unit, viewer, [Occurrence("provider.set", detail=detail)])
            return self.providers.save(unit, provider)

        return self._parts.database.write(work)

    # -- inside ------------------------------------------------------------------------------------

    def _enabled(self, provider: int) -> Provider:
        found = self.providers.get(provider)
        if not found.enabled:
            raise Rejected([problem("provider.unknown")])
        return found

    def _link_own(
        self, provider: Provider, attempt: Attempt, claims: Claims, origin: Origin, session: Session | None
    ) -> None:
        """Only in the session that asked for it, or a link sent to somebody would give his account away."""
        if session is None or session.stage != IN or session.person != attempt.person:
            raise Rejected([problem("provider.stale")])
        self._link(provider, claims, attempt.person, Viewer(attempt.person, address=origin.address))

    def _link(self, provider: Provider, claims: Claims, person: str, by: Viewer) -> None:
        def work(unit: Unit) -> None:
            self.providers.link(unit, provider.id, claims.subject, person, claims.email)
            detail = {"person": person, "provider": provider.label, "email": claims.email}
            self._parts.audit.add(unit, by, [Occurrence("identity.link", detail=detail)])

        self._parts.database.write(work)

    def _person(self, provider: Provider, claims: Claims, origin: Origin) -> str:
        organisation = self._parts.people.organisation()
        known = self.providers.person_of(provider.id, claims.subject)
        if known is not None and organisation.active(known):
            return known
        if known is None and provider.by_email and claims.email:
            wanted = claims.email.casefold()
            having = [p.id for p in organisation.people.values() if p.active and p.email.casefold() == wanted]
            if len(having) == 1:
                self._link(provider, claims, having[0], Viewer(having[0], address=origin.address))
                return having[0]
        self._signing_in.note_failure(known or "", origin, "provider")
        raise Rejected([problem("provider.nobody", label=provider.label)])

    def _sign_in(
        self, provider: Provider, claims: Claims, person: str, origin: Origin, session: Session | None
    ) -> Started:
        self._parts.database.write(lambda unit: self.providers.used(unit, provider.id, claims.subject))
        return self._signing_in.proven(
            person, origin, session, how=f"provider {provider.label}", factor=not provider.asks_factor
        )
