"""Findings: what a verification came upon, in words, and where its result is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.system_tables import verifications
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
        params |= {"app": app, "form": form, "record": record}
        found = problem(f"evidence.{code}", **params)
        self.findings.append(Finding(found, app, form, str(record)))

    @property
    def clean(self) -> bool:
        return not self.findings

    def text(self, language: str = "zh") -> str:
        """Lines for the command line: the findings, then one with the counts."""
        lines = [finding.text(language) for finding in self.findings]
        if self.more:
            lines.append(problem("evidence.more", number=self.more).text(language))
        counts: Mapping[str, Any] = {
            name: f"{self.counts[name]:,}" for name in ("records", "leaves", "audit")
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


def keep(database: Database, report: Report, by: str) -> int:
    """Remember the result; its id."""

    def work(unit: Unit) -> int:
        (identifier,) = database.take_ids(unit.connection, 1)
        result = json.dumps(report.to_json(), ensure_ascii=False)
        row = {"id": identifier, "at": unit.now, "by": by, "result": result}
        unit.connection.execute(sa.insert(verifications).values(row))
        return identifier

    return database.write(work)
