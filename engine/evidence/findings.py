"""Findings: what a verification came upon, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metamodel.problems import Problem, problem

SHOWN = 1000  # findings kept one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of damage (`problem.code`) at one place; `record` is '' where none is concerned."""

    problem: Problem
    app: str = ""
    form: str = ""
    record: str = ""

    @property
    def kind(self) -> str:
        return self.problem.code.removeprefix("evidence.")

    def text(self, language: str = "zh") -> str:
        return self.problem.text(language)

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        return {
            "kind": self.kind, "app": self.app, "form": self.form, "record": self.record,
            "text": self.text(language), "text_en": self.text("en"),
        }  # fmt: skip


@dataclass
class Report:
    """All findings (the first thousand in full) and how much was looked at."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    more: int = 0  # findings beyond those kept

    def add(self, code: str, app: str = "", form: str = "", record: object = "", **params: Any) -> None:
        if len(self.findings) >= SHOWN:
            self.more += 1
            return
        params = {name: _plain(value) for name, value in params.items()}
        params |= {"app": app, "form": form, "record": str(record)}
        found = problem(f"evidence.{code}", **params)
        self.findings.append(Finding(found, app, form, str(record)))

    def absorb(self, other: Report) -> None:
        """What was found elsewhere."""
        room = max(SHOWN - len(self.findings), 0)
        self.findings += other.findings[:room]
        self.more += other.more + len(other.findings[room:])
        self.counts += other.counts

    def to_state(self) -> dict[str, Any]:
        """Plain JSON for another process, or for one that goes on later; `from_state` reads it."""
        found = [[f.problem.code, dict(f.problem.params), f.app, f.form, f.record] for f in self.findings]
        return {"findings": found, "counts": dict(self.counts), "more": self.more}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Report:
        found = [
            Finding(problem(code, **params), app, form, record)
            for code, params, app, form, record in state["findings"]
        ]
        return cls(found, Counter(state["counts"]), state["more"])

    @property
    def clean(self) -> bool:
        return not self.findings

    def text(self, language: str = "zh") -> str:
        """Lines for the command line: the findings, then one with the counts."""
        lines = [finding.text(language) for finding in self.findings]
        if self.more:
            lines.append(problem("evidence.more", number=self.more).text(language))
        counts: Mapping[str, Any] = {
            name: f"{self.counts[name]:,}" for name in ("records", "leaves", "audit", "indexed")
        }
        code = "evidence.clean" if self.clean else "evidence.touched"
        lines.append(problem(code, number=len(self.findings) + self.more, **counts).text(language))
        return "\n".join(lines)

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        return {
            "clean": self.clean,
            "counts": dict(self.counts),
            "findings": [finding.to_json(language) for finding in self.findings],
            "more": self.more,
        }


def _plain(value: Any) -> Any:
    """Damage may be of any type; findings travel as JSON."""
    return value if isinstance(value, int | str) else str(value)
