"""Accounts, sessions, second factors, identity providers, tokens."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

sessions = table(
    "sessions",
    sa.Column("hash", sa.LargeBinary, primary_key=True),  # SHA-256 of the cookie's token
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("seen_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("address", sa.String(100), nullable=False),
    sa.Column("agent", sa.String(300), nullable=False),
    sa.Column("stage", sa.String(10), nullable=False, server_default="in"),  # in; factor, enrol: not yet in
    sa.Column("seeing_app", sa.String(63)),  # seeing that app as somebody else does, until then
    sa.Column("seeing_person", sa.String(100)),
    sa.Column("seeing_until", Time),
    sa.Index("ix_sessions_person", "person"),
)
invitations = table(
    "invitations",
    sa.Column("hash", sa.LargeBinary, primary_key=True),  # SHA-256 of the link's token
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(10), nullable=False),  # join reset
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Index("ix_invitations_person", "person"),
)
accounts = table(  # what is worth knowing of somebody's signing in
    "accounts",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("password_at", Time),
    sa.Column("signed_in_at", Time),
    sa.Column("signed_in_from", sa.String(100), nullable=False, server_default=""),
)
second_factors = table(
    "second_factors",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("secret_sealed", sa.LargeBinary),  # none: off
    sa.Column("offered_sealed", sa.LargeBinary),  # shown, not confirmed yet
    sa.Column("last_step", sa.BigInteger, nullable=False),  # of the last code used: none works twice
    sa.Column("since", Time),
)
recovery_codes = table(
    "recovery_codes",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("code", sa.LargeBinary, primary_key=True),  # keyed (Box.fingerprint)
)
identity_providers = table(  # OpenID Connect
    "identity_providers",
    sa.Column("id", Id, primary_key=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("client_id", sa.String(300), nullable=False),
    sa.Column("secret_sealed", sa.LargeBinary, nullable=False),
    sa.Column("by_email", sa.Boolean, nullable=False),  # a verified address links
    sa.Column("asks_factor", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created_at", Time, nullable=False),
)
identities = table(
    "identities",
    sa.Column("provider", Id, primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),  # the provider's own name of somebody
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("linked_at", Time, nullable=False),
    sa.Column("used_at", Time),
    sa.Index("ix_identities_person", "person"),
)
provider_attempts = table(  # sign-ins under way at a provider
    "provider_attempts",
    sa.Column("state", sa.LargeBinary, primary_key=True),  # SHA-256
    sa.Column("attempt_sealed", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
)
api_tokens = table(
    "api_tokens",
    sa.Column("id", Id, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # JSON list: read write ingest
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time),
    sa.Column("revoked_at", Time),
    sa.Column("used_at", Time),
    sa.Index("ix_api_tokens_person", "person"),
)
throttle = table(
    "throttle",
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("until", Time, nullable=False),
)
