"""What is wrong with an answer: something hidden told, somebody let in or turned away, a failure."""

from __future__ import annotations

from typing import Any

from tests.security.routes import Call, Route, may
from tests.security.vault import Vault

REFUSED = (401, 403, 404, 429)


def sound(answer: Any, call: Call, vault: Vault, persona: str) -> list[str]:
    """What is wrong with an answer whoever it is for."""
    told = vault.leaks(persona, answer.text + str(dict(answer.headers)))
    wrong = [f"{name_of(call)} tells {persona or 'nobody'} {word}" for word in told]
    if answer.status_code >= 500:
        wrong.append(f"{name_of(call)} for {persona or 'nobody'}: {answer.status_code}")
    return wrong


def turned_away(answer: Any) -> bool:
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in REFUSED


def wrong_with(vault: Vault, persona: str, call: Call, route: Route, answer: Any) -> list[str]:
    wrong = sound(answer, call, vault, persona)
    expected = may(vault, persona, call, route)
    if (
        expected
        and (turned_away(answer) or answer.status_code >= 400)
        and answer.status_code not in route.refuses
    ):
        wrong.append(
            f"{name_of(call)} refuses {persona or 'nobody'} ({answer.status_code}): {answer.text[:200]}"
        )
    if not turned_away(answer) and expected is False and not (route.quiet and persona):
        wrong.append(f"{name_of(call)} lets {persona or 'nobody'} in ({answer.status_code})")
    return wrong


def name_of(call: Call) -> str:
    return f"{call.method} {call.path}"
