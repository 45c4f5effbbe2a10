"""The doctor: is this installation set up and looked after as evidence-grade operation asks?

`examine` looks at everything and changes nothing. Called by `muniment doctor` and the page of keys and
operations.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.doctor import evidence, machine, people, surroundings
from engine.failures import failure
from engine.runtime import Runtime
from metamodel.labels import label_text
from metamodel.problems import Problem, problem

__all__ = ["CHECKS", "Check", "Finding", "examine"]

log = logging.getLogger("muniment.doctor")
Look = Callable[[Runtime], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at; `look` yields what is wrong with it, `tell` what is worth knowing all the
    same. `away`: it asks other machines."""

    name: str
    zh: str
    en: str
    look: Look
    away: bool = False
    tell: Look | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A check and what it found, the worst first; `notes` are no problems."""

    check: Check
    problems: Sequence[Problem]
    notes: Sequence[Problem] = ()

    @property
    def state(self) -> str:
        """ok, warning or error."""
        return next((found.severity for found in self.problems), "ok")

    def label(self, language: str) -> str:
        return label_text({"zh": self.check.zh, "en": self.check.en}, language, self.check.name)

    def to_json(self, language: str) -> dict[str, Any]:
        problems = [found.to_json(language) for found in self.problems]
        notes = [note.text(language) for note in self.notes]
        return {"check": self.check.name, "state": self.state, "problems": problems, "notes": notes}


CHECKS: Sequence[Check] = (
    Check("database", "数据库", "Database", machine.database),
    Check("disk", "磁盘空间", "Disk space", machine.disk),
    Check("clock", "时钟", "Clock", machine.clock),
    Check("zone", "时区", "Time zone", machine.zone),
    Check("triggers", "数据库触发器", "Triggers of the database", evidence.triggers),
    Check("keys", "密钥", "Keys", evidence.keys, tell=evidence.key_ages),
    Check("verification", "存证核验", "Verification", evidence.verification),
    Check("checkpoints", "检查点", "Checkpoints", evidence.checkpoint),
    Check("witnesses", "外部见证", "Witnesses", evidence.witnessed),
    Check("backups", "备份", "Backups", surroundings.backed_up),
    Check("disposal", "到期处置", "Disposal", surroundings.disposal),
    Check("tls", "证书", "Certificate", surroundings.certificate),
    Check("mail", "邮件服务器", "Mail server", surroundings.mail, away=True),
    Check("connections", "外部连接", "Connections", surroundings.connections),
    Check("quarantine", "隔离区", "Quarantine", surroundings.quarantine),
    Check("jobs", "作业", "Jobs", surroundings.jobs),
    Check("administrators", "管理员", "Administrators", people.administrators),
    Check("roles", "角色成员", "Members of roles", people.roles),
)
_WORST = ("error", "warning", "hint")


def examine(runtime: Runtime, *, away: bool = True) -> list[Finding]:
    """Every check in order; without `away` none that waits for another machine."""
    return [_look(check, runtime) for check in CHECKS if away or not check.away]


def _look(check: Check, runtime: Runtime) -> Finding:
    """A check that fails is itself a finding: the doctor always comes to the end."""
    try:
        found = list(check.look(runtime))
        notes = list(check.tell(runtime)) if check.tell else []
    except Exception as error:
        log.error("the check %s failed\n%s", check.name, failure(error))
        return Finding(check, [problem("doctor.failed", reason=type(error).__name__)])
    return Finding(check, sorted(found, key=lambda one: _WORST.index(one.severity)), notes)
