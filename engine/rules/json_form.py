"""Trials and runs as JSON, for the API and the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.rules.log import RuleRun
from engine.rules.trying import Trial


def trial_json(trial: Trial, language: str) -> dict[str, Any]:
    return {
        "rule": trial.rule,
        "form": trial.form,
        "tried": trial.tried,
        "matched": trial.matched,
        "exact": trial.exact,
        "examples": [
            {
                "id": one.record,
                "title": one.title,
                "texts": dict(one.texts),
                "standing": [asdict(stands) for stands in one.standing],
                "why": [asdict(reason) for reason in one.why],
                "did": [asdict(done) for done in one.did],
            }
            for one in trial.examples
        ],
        "misses": [
            {"id": one.record, "title": one.title, "why": [asdict(reason) for reason in one.why]}
            for one in trial.misses
        ],
        "effects": dict(trial.effects),
        "planned": trial.planned,
        "compared": {"more": trial.compared[0], "fewer": trial.compared[1]} if trial.compared else None,
        "standing": [
            {"label": label, "text": text, "records": records}
            for (label, text), records in trial.standing.items()
        ],
        "problems": [found.to_json(language) for found in trial.problems],
        "seconds": round(trial.seconds, 3),
    }


def run_json(run: RuleRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "at": run.at.isoformat().replace("+00:00", "Z"),
        "rule": run.rule,
        "label": run.label,
        "form": run.form,
        "outcome": run.outcome,
        "tried": run.tried,
        "matched": run.matched,
        "records": list(run.records),
        "hidden": run.hidden,
        "effects": dict(run.effects),
        "problems": list(run.problems),
        "sample": run.sample,
        "details": [asdict(one) for one in run.details],
    }
