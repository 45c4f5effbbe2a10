"""What the evidence page shows."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.places import Stat


@dataclass(frozen=True, slots=True)
class LogLine:
    """One of the two logs; `waiting`: entries no checkpoint covers yet."""

    label: str
    size: str
    root: str
    checkpoint_at: str
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    text: str
    record: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """`said`: what it was shown last; `failed`: why it was not."""

    id: str
    kind: str
    icon: str
    target: str
    every: str
    said: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure an auditor asks for; `warn`: somebody should look."""

    label: str
    value: str
    href: str = ""
    warn: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A witness as it was filled in, when it could not be taken."""

    kind: str = "folder"
    target: str = ""
    hours: str = "24"
    roots: str = ""
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """`state` clean, broken, failed, never or running. `watches`: shown to those who verify or audit."""

    state: str
    when: str
    counts: tuple[Stat, ...]
    logs: tuple[LogLine, ...]
    checkpoint: str
    origin: str
    public_key: str
    findings: tuple[Finding, ...] = ()
    more_findings: str = ""
    may_verify: bool = True
    verify_action: str = "/evidence/verify"
    progress: int = 0
    progress_text: str = ""
    qr: str = ""
    watches: bool = False
    warnings: tuple[tuple[str, str, str], ...] = ()  # text, address, what it leads to
    beside: tuple[Beside, ...] = ()
    witnesses: tuple[WitnessLine, ...] = ()
    may_appoint: bool = False
    sent: Sent = Sent()
    public: bool = False
    schedule: str = ""
    done: str = ""
