"""The property panel of what is no field: a block of the layout, and the form itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builder_ui.design_layout import Block
from builder_ui.design_opening import opened_form, opening_controls
from builder_ui.design_palette import block_words
from builder_ui.design_pieces import compared_control, paper_control
from builder_ui.icon_choice import icon_label
from builder_ui.models.design_form import Control, ControlGroup, Panel
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing import Looked
from metamodel.forms import Form
from metamodel.labels import label_text


def block_panel(visit: Visit, looked: Looked, form: Form, block: Block) -> Panel:
    """`block` with its id, as `layout_of` gives it."""
    kind = str(block.get("kind") or "section")
    label, icon = block_words(visit).get(kind, (kind, "dot"))
    title = label_text(block.get("label"), visit.language) or label
    makers = {
        "section": _section, "tabs": _tabs, "note": _note, "button": _button, "embed": _embed, "related": _related,
    }  # fmt: skip
    own = tuple(makers[kind](visit, looked, form, block)) if kind in makers else ()
    controls = [] if kind == "note" else [_label(visit, block)]
    groups = [ControlGroup("basic", visit.text("Basics"), (*controls, *own))]
    shown = Control("/visible", "text", "expression", visit.text("Shown when"), block.get("visible", ""), "",
                    placeholder=visit.text("Always"), expects="boolean", form=form.id)  # fmt: skip
    groups.append(ControlGroup("behaviour", visit.text("Behaviour"), (shown,)))
    return Panel(
        title, label, icon, (f"block:{block['id']}",), (), tuple(groups), id=str(block["id"]), kind="block"
    )


def form_panel(visit: Visit, looked: Looked, form: Form, place: int, published: bool) -> Panel:
    raw = looked.draft.document["forms"][place]
    text = visit.text
    fields = visit.joined(f"{{{one.id}}}" for one in form.fields[:3])
    kinds = (
        Option("record", text("Records, which change"), not form.is_archive),
        Option("archive", text("An archive: what is recorded stays as it is"), form.is_archive),
    )
    locked = text("Cannot change once there are records") if published else ""
    groups = (
        ControlGroup("basic", text("Basics"), (
            Control("/label", "label", "label", text("Label"), raw.get("label", ""), ""),
            Control("/description", "label", "label", text("What it is for"), raw.get("description", ""), ""),
            Control("/title", "text", "text", text("What a record is called"), raw.get("title", ""), "",
                    placeholder=fields, help=text("Field ids in braces, like {name}")),
            Control("/icon", "text", "icon", text("Icon"), raw.get("icon", ""), "", sentence=_icon_words(visit, raw)),
            Control("/kind", "text", "select", text("Kind"), form.kind, "record", kinds, locked=locked),
            Control("@public", "act", "public", text("Open to people without an account"),
                    f"/design/{looked.draft.app}/forms/{form.id}/public"),
        )),
        ControlGroup("same", text("The same twice"), (compared_control(visit, form, raw),), open=bool(form.duplicates)),
        ControlGroup("paper", text("On paper"), (paper_control(visit, form, raw, looked.app),), open=bool(form.print)),
    )  # fmt: skip
    found = [one for one in looked.problems if one.path.startswith(form.path) and "/fields/" not in one.path]
    errors = tuple(one.text(visit.language) for one in found if one.severity == "error")
    mild = tuple(one.text(visit.language) for one in found if one.severity != "error")
    about = visit.count("Form with %(num)s field", "Form with %(num)s fields", len(form.fields))
    return Panel(form.text(visit.language), about, form.icon or "list", ("form",), (form.path,), groups, errors, mild,
                 id=form.id, id_locked=text("Ids of forms stay as they are"), kind="form")  # fmt: skip


def _icon_words(visit: Visit, raw: Mapping[str, Any]) -> str:
    name = raw.get("icon")
    return icon_label(name, visit.language) if isinstance(name, str) and name else visit.text("The usual one")


def mixed_panel(visit: Visit, keys: tuple[str, ...]) -> Panel:
    """Blocks and fields together have nothing in common but that they can be moved, copied and removed."""
    title = visit.count("%(num)s part chosen", "%(num)s parts chosen", len(keys))
    return Panel(title, "", "columns", keys, (), (), kind="mixed")


def _label(visit: Visit, block: Block) -> Control:
    return Control("/label", "label", "label", visit.text("Label"), block.get("label", ""), "")


def _section(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    now = block.get("columns", 2)
    options = tuple(
        Option(str(n), visit.count("%(num)s column", "%(num)s columns", n), n == now) for n in (1, 2, 3)
    )
    yield Control("/columns", "number", "segments", visit.text("Columns of fields"), now, 2, options)
    yield Control(
        "/folded", "flag", "switch", visit.text("Starts folded"), block.get("folded") is True, False
    )


def _tabs(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    for place, tab in enumerate(block.get("tabs") or ()):
        words = visit.text("Tab %(n)s", n=place + 1)
        yield Control(f"/tabs/{place}/label", "label", "label", words, tab.get("label", ""), "")
    yield Control("@tabs", "act", "tabs", visit.text("Tabs"), len(block.get("tabs") or ()))


def _note(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    yield Control("/text", "label", "area", visit.text("Words"), block.get("text", ""), "")


def _button(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    rules = [rule for rule in looked.app.rules if _presses(looked, rule.path, form.id)] if looked.app else []
    now = block.get("rule", "")
    options = (Option("", visit.text("Choose a rule")), *(
        Option(rule.id, label_text(rule.label, visit.language, rule.id), rule.id == now) for rule in rules
    ))  # fmt: skip
    opening = next((rule for rule in rules if rule.id == now and opened_form(looked, rule.path)), None)
    if opening is None:
        yield Control("/rule", "text", "select", visit.text("Rule it presses"), now, "", options,
                      help="" if rules else visit.text("No rule of this form has a button yet"))  # fmt: skip
    if looked.app is not None and (opening is not None or not now):
        yield from opening_controls(visit, looked, looked.app, form, opening)


def _presses(looked: Looked, path: str, form: str) -> bool:
    raw: Any = looked.draft.document["rules"][int(path.split("/")[2])]
    when = raw.get("when") if isinstance(raw, Mapping) else None
    return isinstance(when, Mapping) and when.get("trigger") == "button" and when.get("form") == form


def _embed(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    yield Control(
        "/url", "text", "text", visit.text("Address"), block.get("url", ""), "", placeholder="https://…"
    )
    yield Control("/height", "number", "number", visit.text("Height in pixels"), block.get("height", 320), 320,
                  minimum=80, maximum=2000)  # fmt: skip


def _related(visit: Visit, looked: Looked, form: Form, block: Block) -> Iterator[Control]:
    now, link = block.get("form", ""), block.get("link", "")
    forms = looked.app.forms if looked.app else ()
    yield Control("/form", "text", "select", visit.text("Records of"), now, "", (
        Option("", ""), *(Option(one.id, one.text(visit.language), one.id == now) for one in forms),
    ))  # fmt: skip
    other = looked.app.form(str(now)) if looked.app else None
    yield Control("/link", "text", "select", visit.text("Their link to this form"), link, "", (
        Option("", ""),
        *(Option(one.id, one.text(visit.language), one.id == link) for one in (other.fields if other else ())),
    ))  # fmt: skip
    yield Control(
        "/limit",
        "number",
        "number",
        visit.text("Rows at most"),
        block.get("limit", 10),
        10,
        minimum=1,
        maximum=100,
    )
