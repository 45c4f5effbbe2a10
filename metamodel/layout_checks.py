"""Does a form's layout make sense: fields once, tabs not in tabs, buttons of rules, pages from https."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metamodel.checking import Checking, check_ids
from metamodel.constant import constant
from metamodel.forms import Form
from metamodel.layouts import Block, Tab, frame_host, placed, walk
from metamodel.parts import Part
from metamodel.problems import Problem, problem
from metamodel.rules import Rule
from metamodel.view_checks import check_columns, check_elsewhere, check_sort
from metamodel.words import property_words

BLOCKS = {"zh": "布局块", "en": "layout block"}
NEEDED = {"tabs": ("tabs",), "button": ("rule",), "embed": ("url",), "related": ("form", "link")}


def check_layout(form: Form, checking: Checking) -> list[Problem]:
    """Of the form and of its page on paper."""
    return [*_check_blocks(form, form.layout, checking), *_check_blocks(form, form.print, checking)]


def _check_blocks(form: Form, layout: Iterable[Block], checking: Checking) -> list[Problem]:
    blocks = list(walk(layout))
    tabs = [tab for block in blocks for tab in block.tabs]
    parts: list[Block | Tab] = [*blocks, *tabs]
    found = check_ids([one for one in parts if one.id], BLOCKS)
    seen: set[str] = set()
    for block in blocks:
        found += [
            problem("layout.incomplete", block.path, key=property_words(key))
            for key in NEEDED.get(block.kind, ())
            if not block.options.get(key)
        ]
        found += _check_fields(form, block, seen)
        found += _check_kind(form, block, checking)
    for shown in parts:
        found += _check_condition(form, shown, checking)
    for tab in tabs:
        found += [problem("layout.nested_tabs", one.path) for one in tab.blocks if one.kind == "tabs"]
    return found


def _check_fields(form: Form, block: Block, seen: set[str]) -> Iterator[Problem]:
    for one in block.fields:
        if form.field(one.field) is None:
            yield problem("reference.unknown_field", one.path, name=one.field, form=form.text(), known="")
        elif one.field in seen:
            yield problem("layout.twice", one.path, field=one.field)
        seen.add(one.field)


def _check_kind(form: Form, block: Block, checking: Checking) -> Iterable[Problem]:
    match block.kind:
        case "button":
            return _check_button(form, block, checking)
        case "embed" if block.url and not frame_host(block.url):
            return [problem("layout.bad_address", block.path + "/url", url=block.url)]
        case "related":
            return _check_related(form, Part(block.options, block.path), checking)
    return []


def _check_button(form: Form, block: Block, checking: Checking) -> Iterator[Problem]:
    """It presses a rule that waits for a button on this form."""
    rule = next((rule for rule in checking.app.rules if rule.id == block.rule), None)
    if block.rule and rule is None:
        yield problem("rule.unknown", block.path + "/rule", rule=block.rule)
    elif rule is not None and rule.trigger is not None and not _pressed_on(rule, form):
        yield problem("layout.no_button", block.path + "/rule", rule=block.rule, form=form.text())


def _pressed_on(rule: Rule, form: Form) -> bool:
    return rule.trigger is not None and rule.trigger.event == "button" and rule.form == form.id


def _check_condition(form: Form, shown: Block | Tab, checking: Checking) -> Iterator[Problem]:
    """What is never shown must hold nothing that has to be filled in."""
    place = shown.path + "/visible"
    checked, found = checking.condition(shown.visible, place, checking.scope(form))
    yield from found
    if checked is not None and constant(checked) is False:
        inside = shown.blocks if isinstance(shown, Tab) else (shown,)
        for name in placed(inside):
            field = form.field(name)
            if field is not None and field.required and field.derived is None:
                yield problem("field.required_but_hidden", place, field=field.text())


def _check_related(form: Form, part: Part, checking: Checking) -> list[Problem]:
    found = check_elsewhere(part, ("link",), checking)
    other = checking.app.form(part.text("form")) if part.text("app") in ("", checking.app.id) else None
    if other is None or found:
        return found
    link = other.field(part.text("link"))
    target = link.type.reference(link) if link and link.type and link.options is not None else None
    if part.text("link") and (target is None or target.target != "record" or target.form != form.id):
        found.append(problem("layout.no_link", part.where("link"), form=other.text(), link=part.text("link")))
    found += check_columns(other, part.texts("columns"), part.path, checking)
    return found + check_sort(other, part.texts("sort"), part.path + "/sort", checking)
