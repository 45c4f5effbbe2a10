"""The rules of an app, what they did, and what one would do."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class RuleRecordLine:
    """One record of a run: why the rule applied to it, and what it did about it."""

    link: Link
    why: str = ""
    did: str = ""


@dataclass(frozen=True, slots=True)
class RuleRunLine:
    """One run: when, which rule, how it ended, and what happened in sentences."""

    id: str
    at: str
    stamp: str
    rule: str
    rule_href: str
    outcome: str
    hue: str
    sentences: tuple[str, ...]
    records: tuple[RuleRecordLine, ...] = ()
    more: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleLogPage:
    title: str
    action: str
    rules: tuple[Option, ...]
    outcomes: tuple[Option, ...]
    runs: tuple[RuleRunLine, ...]
    next_href: str = ""
    filtered: bool = False
    clear_href: str = ""
    record: str = ""
    tabs: tuple[Tab, ...] = ()
    try_href: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """`condition`: for whoever may see it; hrefs blank where they may not try it, or see its log."""

    label: str
    when: str
    condition: str
    enabled: bool
    try_href: str
    log_href: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Those about the records of one form."""

    label: str
    lines: list[RuleLine]


@dataclass(frozen=True, slots=True)
class RulesPage:
    title: str
    base: str
    groups: tuple[RuleGroup, ...]
    tabs: tuple[Tab, ...] = ()
    query: str = ""


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A record tried: `texts` as pieces with the hits marked, `standing` how it was judged."""

    link: Link
    texts: tuple[list[tuple[str, bool]], ...] = ()
    why: str = ""
    did: str = ""
    standing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialPage:
    """`planned`: of how many the effects and the judgements were counted, blank for all; numbers as they are read."""

    title: str
    trail: tuple[Link, ...]
    when: str
    sizes: tuple[Option, ...]
    tried: str
    matched: str
    share: str
    seconds: str
    effects: str
    planned: str = ""
    standing: tuple[tuple[str, str], ...] = ()
    hits: tuple[TrialLine, ...] = ()
    misses: tuple[TrialLine, ...] = ()
    problems: tuple[str, ...] = ()
