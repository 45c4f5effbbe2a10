"""Whom a role's settings name: `role:legal`, `person:li`, `manager:me`, made concrete for who asks."""

from __future__ import annotations

from collections.abc import Iterable

from engine.access.people import Organisation
from engine.access.recipients import people_of
from metamodel import recipients


def others(organisation: Organisation, app: str, asker: str, named: Iterable[str]) -> list[str]:
    """Active people behind these, the asker himself left out: nobody agrees to his own request."""
    concrete = [_concrete(text, app, asker) for text in named]
    return [person for person in people_of(organisation, concrete) if person != asker]


def _concrete(text: str, app: str, asker: str) -> str:
    read = recipients.read(text)
    assert read is not None, text  # checked with the role
    if read.kind == "manager":
        return f"manager:{asker}:{read.level}"
    return f"role:{app}/{read.of}" if read.kind == "role" and "/" not in read.of else f"{read.kind}:{read.of}"
