"""`muniment try`: what a rule would have matched, in a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.access.viewer import SYSTEM
from engine.rules import Example, Trial
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.runtime import Runtime


def try_rule(runtime: Runtime, app: str, rule: str, last: int, samples: int, person: str) -> Trial:
    """`rule` is an id, or a file with the rule as JSON. Rejected as `Rules.try_out` says."""
    viewer = runtime.require_viewer(person) if person else SYSTEM
    return runtime.rules.try_out(viewer, app, _read(rule), last, samples)


def _read(rule: str) -> Any:
    path = Path(rule)
    if path.suffix != ".json":
        return rule
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise Rejected([problem("rule.unknown", rule=rule)]) from None
    return read if isinstance(read, dict) else rule


def trial_text(trial: Trial, language: str) -> str:
    """What matched, what it would have led to and how that stands by now, then an example a line, hits between
    【 and 】."""
    chinese = language.startswith("zh")
    lines = [
        f"{trial.matched:,} / {trial.tried:,}  ({trial.seconds:.2f} s)",
        *(f"  {name} × {number:,}" for name, number in trial.effects.items()),
    ]
    lines += [f"  {label} = {text} × {number:,}" for (label, text), number in trial.standing.items()]
    if trial.compared is not None:
        more, fewer = trial.compared
        lines.append(
            f"  +{more:,} −{fewer:,} " + ("与已发布的相比" if chinese else "against the published rule")
        )
    lines += [f"  {found.text(language)}" for found in trial.problems]
    return "\n".join([*lines, *(_line(example) for example in trial.examples)])


def _line(example: Example) -> str:
    texts = ["".join(f"【{text}】" if hit else text for text, hit in pieces) for _, pieces in example.texts]
    standing = [f"［{one.label} = {one.text}］" for one in example.standing]
    return "\t".join([example.record, example.title, *standing, *texts])
