"""OpenID Connect: the authorization code flow with PKCE, as a client of the organisation's provider.

The browser is sent away with a state and comes back with a code; what was begun is kept sealed, for ten
minutes, for one answer, for the browser that began it. The ID token is checked whole: signature by the
provider's published keys, issuer, audience, times, nonce.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from engine.accounts.opaque import fresh, hash_of
from engine.accounts.providers import Provider
from engine.clock import Clock
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.outgoing import Answer, Outgoing
from engine.system_tables import provider_attempts
from metamodel.problems import Rejected, problem

LIFE = 10 * 60 * 1_000_000
KEPT = 600  # seconds a provider's description and keys are believed
SLACK = 60  # seconds clocks may differ
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was begun: where to go afterwards, and (`person`) who wanted an identity linked."""

    provider: int
    verifier: str
    nonce: str
    back: str
    next: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says: its number for somebody, and an address it verified (or '')."""

    subject: str
    email: str


class OpenIdConnect:
    def __init__(self, database: Database, clock: Clock, box: Box, outgoing: Outgoing) -> None:
        self._database, self._clock, self._box, self._outgoing = database, clock, box, outgoing
        self._kept: dict[str, tuple[float, Any]] = {}

    def check(self, provider: Provider) -> None:
        """Does it answer, as itself? Rejected: provider.unfit, outgoing.…"""
        self._description(provider)

    def begin(self, provider: Provider, back: str, following: str, person: str = "") -> tuple[str, str]:
        """(where to send the browser, the state it must bring back in a cookie). Rejected as `check`."""
        endpoint = self._endpoint(provider, "authorization_endpoint")
        state, verifier, nonce = fresh(), secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        self._keep(state, Attempt(provider.id, verifier, nonce, back, following, person))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": back,
            "scope": "openid email profile", "state": state, "nonce": nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", state

    def take(self, state: str) -> Attempt:
        """What was begun with this state, once. Rejected (provider.stale)."""

        def work(unit: Unit) -> Attempt | None:
            this = provider_attempts.c.state == hash_of(state)
            row = unit.connection.execute(sa.select(provider_attempts).where(this)).mappings().first()
            taken = unit.connection.execute(sa.delete(provider_attempts).where(this)).rowcount
            if row is None or not taken or row["expires_at"] <= unit.now:
                return None
            return Attempt(**self._box.open_json(row["attempt_sealed"], b"attempt " + row["state"]))

        found = self._database.write(work)
        if found is None:
            raise Rejected([problem("provider.stale")])
        return found

    def finish(self, provider: Provider, attempt: Attempt, code: str) -> Claims:
        """Who came back. Rejected: provider.refused, provider.unfit, outgoing.…"""
        tokens = self._exchange(provider, attempt, code)
        claims = self._claims(provider, attempt, str(tokens.get("id_token", "")))
        if "email" not in claims and tokens.get("access_token"):
            claims = {**claims, **self._user_info(provider, str(tokens["access_token"]), claims["sub"])}
        verified = claims.get("email_verified") is True
        return Claims(str(claims["sub"]), str(claims.get("email", "")) if verified else "")

    def clean(self, unit: Unit) -> None:
        unit.connection.execute(
            sa.delete(provider_attempts).where(provider_attempts.c.expires_at <= unit.now)
        )

    def _keep(self, state: str, attempt: Attempt) -> None:
        hashed = hash_of(state)
        fields = {name: getattr(attempt, name) for name in Attempt.__dataclass_fields__}
        sealed = self._box.seal_json(fields, b"attempt " + hashed)

        def work(unit: Unit) -> None:
            row = {"state": hashed, "attempt_sealed": sealed, "expires_at": unit.now + LIFE}
            unit.connection.execute(sa.insert(provider_attempts).values(row))

        self._database.write(work)

    # -- the provider ------------------------------------------------------------------------------

    def _exchange(self, provider: Provider, attempt: Attempt, code: str) -> Mapping[str, Any]:
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": attempt.back,
            "code_verifier": attempt.verifier, "client_id": provider.client_id,
        }  # fmt: skip
        headers = dict(FORM)
        methods = self._description(provider).get("token_endpoint_auth_methods_supported")
        if provider.secret and "client_secret_basic" in (methods or ["client_secret_basic"]):
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        elif provider.secret:
            sent["client_secret"] = provider.secret
        body, endpoint = urlencode(sent).encode(), self._endpoint(provider, "token_endpoint")
        return _json(self._outgoing.post(endpoint, body, headers))

    def _user_info(self, provider: Provider, token: str, subject: object) -> Mapping[str, Any]:
        """What the ID token did not say; nothing if it is about somebody else."""
        endpoint = self._description(provider).get("userinfo_endpoint")
        if not isinstance(endpoint, str):
            return {}
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        said = _json(self._outgoing.send("GET", endpoint, headers))
        return said if said.get("sub") == subject else {}

    def _claims(self, provider: Provider, attempt: Attempt, token: str) -> Mapping[str, Any]:
        claims = self._signed(provider, token)
        now = self._clock.now().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        wrong = (
            claims.get("iss") != self._description(provider)["issuer"]
            or provider.client_id not in audiences
            or (len(audiences) > 1 and claims.get("azp") != provider.client_id)
            or not _number(claims.get("exp")) + SLACK > now
            or not _number(claims.get("iat")) - SLACK < now
            or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode())
            or not str(claims.get("sub") or "")
        )
        if wrong:
            raise Rejected([problem("provider.refused")])
        return claims

    def _signed(self, provider: Provider, token: str) -> Mapping[str, Any]:
        """The claims of a token that one of the provider's keys signed; new keys are fetched once."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        address = self._endpoint(provider, "jwks_uri")
        for again in (False, True):
            try:
                keys = KeySet.import_key_set(self._fetched(address, again=again))
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError, TypeError, KeyError):
                continue
        raise Rejected([problem("provider.refused")])

    def _endpoint(self, provider: Provider, name: str) -> str:
        found = self._description(provider).get(name)
        if not isinstance(found, str):
            raise Rejected([problem("provider.unfit", label=provider.label)])
        return found

    def _description(self, provider: Provider) -> Mapping[str, Any]:
        """What it publishes about itself. It must be the issuer it was entered as."""
        said: Mapping[str, Any] = self._fetched(f"{provider.issuer}/.well-known/openid-configuration")
        if str(said.get("issuer", "")).rstrip("/") != provider.issuer:
            raise Rejected([problem("provider.unfit", label=provider.label)])
        return said

    def _fetched(self, address: str, again: bool = False) -> Any:
        at, kept = self._kept.get(address, (float("-inf"), None))
        if again or time.monotonic() - at > KEPT:
            kept = _json(self._outgoing.send("GET", address, {"accept": "application/json"}))
            self._kept[address] = (time.monotonic(), kept)
        return kept


def _json(answer: Answer) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Rejected([problem("provider.refused")])
    return said


def _number(value: object) -> float:
    """Not a number: never in time."""
    return float(value) if isinstance(value, int | float) else float("nan")
