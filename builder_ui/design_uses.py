"""Who uses a part of a draft, in words: what is shown before a view or a role is taken away, and said afterwards.

Asked for by the panels of the designers, apart from them: it is found by checking the whole definition again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from builder_ui.design_frame import problem_place
from builder_ui.models.design_uses import Uses
from builder_ui.models.parts import Link
from builder_ui.site import Visit
from engine.designing import Looked
from metamodel.labels import label_text
from metamodel.problems import Problem
from metamodel.renaming import NamedPart, naming

# the part a place belongs to, and how it is drawn
PARTS = {
    "rules": ("rule", "pulse"), "flows": ("flow", "flow"), "reports": ("report", "board"), "roles": ("role", "people"),
    "menus": ("menu", "menu"), "tests": ("test", "check"), "channels": ("channel", "channel"),
}  # fmt: skip
INSIDE = {"views": ("view", "columns"), "fields": ("field", "table")}
ANOTHER_APP = ("app", "box")


def uses(visit: Visit, looked: Looked, part: NamedPart) -> Uses:
    """Of a draft nothing can be made of: nobody."""
    if looked.app is None:
        return Uses("", ())
    applications = visit.runtime.applications
    found = naming(looked.draft.document, part, lambda document: applications.reading(document)[1])
    lines = dict.fromkeys(_line(visit, looked, one) for one in found)
    said = [mentions(visit, Counter(what for what, _ in lines))] if lines else []
    people = _people(visit, looked, part)
    return Uses(" · ".join([*said, *([people] if people else [])]), tuple(line for _, line in lines), people)


def _line(visit: Visit, looked: Looked, found: Problem) -> tuple[str, Link]:
    """What kind of part it stands in, and the way there."""
    what, icon = _part(found.path)
    if what == "app":
        return what, Link(found.text(visit.language), "", icon)
    where, address = problem_place(
        looked.draft.app, looked.draft.document, found.path, visit.language, looked.app
    )
    return what, Link(f"{_name(visit, what)} {where}".strip(), address, icon)


def _part(path: str) -> tuple[str, str]:
    _, *names = path.split("/")
    if names and names[0] == "forms":
        return INSIDE.get(names[2] if len(names) > 2 else "", ("form", "list"))
    return PARTS.get(names[0] if names else "", ANOTHER_APP)


def _people(visit: Visit, looked: Looked, part: NamedPart) -> str:
    """Whom it is gone for, which no definition says: who holds a role, whose lists open with a view."""
    app = looked.draft.app
    if part.what == "role":
        number = len(visit.runtime.people.organisation().members(app, part.id))
        return visit.count("%(num)s person holds it", "%(num)s people hold it", number) if number else ""
    form = looked.app.form(part.form) if looked.app else None
    view = form.view(part.id) if form else None
    number = visit.runtime.chosen_views.count(app, part.form, part.id)
    said = (
        [visit.count("%(num)s person looked at it last", "%(num)s people looked at it last", number)]
        if number
        else []
    )
    for name in view.default_for if view else ():
        role = looked.app.role(name) if looked.app else None
        label = label_text(role.label, visit.language, name) if role else name
        said.append(visit.text("opens for %(roles)s", roles=label))
    return " · ".join(said)


def mentions(visit: Visit, counts: Mapping[str, int]) -> str:
    """被 3 条规则、2 个看板使用: who mentions what changes."""
    count = visit.count
    words = {
        "rule": lambda n: count("%(num)s rule", "%(num)s rules", n),
        "flow": lambda n: count("%(num)s flow", "%(num)s flows", n),
        "report": lambda n: count("%(num)s board", "%(num)s boards", n),
        "role": lambda n: count("%(num)s role", "%(num)s roles", n),
        "view": lambda n: count("%(num)s view", "%(num)s views", n),
        "form": lambda n: count("%(num)s form", "%(num)s forms", n),
        "field": lambda n: count("%(num)s field", "%(num)s fields", n),
        "menu": lambda n: count("%(num)s menu group", "%(num)s menu groups", n),
        "test": lambda n: count("%(num)s test", "%(num)s tests", n),
        "app": lambda n: count("%(num)s other app", "%(num)s other apps", n),
    }
    told = [words[what](number) for what, number in counts.items() if what in words]
    return visit.text("Used by %(parts)s", parts=visit.joined(told)) if told else ""


def _name(visit: Visit, what: str) -> str:
    count = visit.count
    names = {
        "rule": count("rule", "rules", 1), "flow": count("flow", "flows", 1), "report": count("board", "boards", 1),
        "role": count("role", "roles", 1), "view": count("view", "views", 1), "field": count("field", "fields", 1),
        "form": count("form", "forms", 1), "menu": count("menu", "menus", 1), "test": visit.text("Tests"),
    }  # fmt: skip
    return names.get(what, "")
