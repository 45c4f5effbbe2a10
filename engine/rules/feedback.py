"""Performer of keyword feedback: false alarms counted at the words that were hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.records.keyword_lists import keyword_form, spellings
from engine.records.matching import find_ids, key_of
from engine.records.program import FormProgram
from engine.rules.run import Performers, Planned, Run
from metamodel.forms import Keywords
from metamodel.plugin_api import KeywordFeedback, match_form
from metamodel.problems import problem


def count_feedback(run: Run, planned: Sequence[Planned]) -> None:
    for one in planned:
        effect: KeywordFeedback = one.effect
        form = keyword_form(run.services.apps()[effect.app].forms)
        if form is None or form.keywords is None:
            run.fail(one.subject, [problem("rule.no_keywords")])
            continue
        if run.changes.waiting_for(effect.app, form.id):
            run.flush()
        program = run.program(effect.app, form.id)
        record = _list(run, program, form.keywords, effect.code)
        if record is None:
            run.fail(one.subject, [problem("rule.no_keyword_list", list=effect.code)])
        else:
            _count(run, program, form.keywords, record, effect)


def _list(run: Run, program: FormProgram, keywords: Keywords, code: str) -> int | None:
    key = key_of(program, {keywords.code: code})
    found = find_ids(run.unit.connection, program, [keywords.code], {key})
    return found[key][0] if found else None


def _count(run: Run, program: FormProgram, keywords: Keywords, record: int, effect: KeywordFeedback) -> None:
    row = run.load(program, [record], [keywords.rows]).get(record)
    there: list[dict[str, Any]] = (row.values.get(keywords.rows) if row else None) or []
    text = match_form(effect.text)
    counted = [_counted(words, keywords, text, effect.field) for words in there]
    if counted != there:
        place = program.app.id, program.form.id, record
        run.changes.set(*place, {keywords.rows: counted}, run.trace)


def _counted(row: Mapping[str, Any], keywords: Keywords, text: str, field: str) -> dict[str, Any]:
    forms = [match_form(word) for word in spellings(row, keywords)]
    hit = any(form and form in text for form in forms)
    return {**row, field: (row.get(field) or 0) + 1} if hit else dict(row)


FEEDBACK: Performers = {KeywordFeedback: count_feedback}
