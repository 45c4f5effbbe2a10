"""Another id for a field that was never published, everywhere it is named: in expressions, layouts, roles, rules.

Afterwards ids never change. Pure; asked by the form designer, where an id is first made from a label.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from metamodel.mentions import NamingText, links_to, names_field, naming_parts, naming_texts

if TYPE_CHECKING:
    from metamodel.application import App

# Keys whose texts are values or words for people, never names of fields.
NO_NAMES = frozenset(
    {"value", "color", "placeholder", "unit", "pattern", "url", "connector", "trigger", "action"}
)
IN_BRACES = frozenset(
    {"title", "text", "note", "template", "summary"}
)  # texts in which names stand in braces
_QUOTED = re.compile(r"""('[^']*'|"[^"]*"|“[^”]*”|「[^」]*」)""")


def renamed_field(app: App, form: str, old: str, new: str) -> Mapping[str, Any]:
    """The document of `app` with the field `old` of a form called `new`. `old` of a sub-form is `lines.old`: of such
    a one only the definition changes."""
    document = copy.deepcopy(dict(app.document))
    keys: list[str] = []
    for path, found, links in _texts(app, form, old) if "." not in old else ():
        if found.is_key:
            keys.append(path)
        else:
            _set(document, path, _said(found, links, old, new))
    for path in sorted(keys, key=len, reverse=True):
        _rename_key(document, path, new)
    _rename_itself(document, form, old, new)
    return document


def _texts(app: App, form: str, old: str) -> Iterator[tuple[str, NamingText, list[str]]]:
    for part in naming_parts(app):
        links = links_to(app, part.form, form)
        names = [*([old] if part.form == form else []), *(f"{link}.{old}" for link in links)]
        for path, found in naming_texts(part.raw, part.path, form):
            if found.key not in NO_NAMES and names_field(found, names, old, links):
                yield path, found, [*([""] if part.form == form or found.beside_form else []), *links]


def _said(found: NamingText, links: list[str], old: str, new: str) -> str:
    if found.text == old and (found.beside_form or found.through):
        return new
    change = _change(links, old, new)
    if found.key in IN_BRACES:
        return re.sub(r"\{[^{}]*\}", lambda place: change(place[0]), found.text)
    return "".join(
        piece if number % 2 else change(piece) for number, piece in enumerate(_QUOTED.split(found.text))
    )


def _change(links: list[str], old: str, new: str) -> Callable[[str], str]:
    before = "|".join(re.escape(f"{link}.") if link else "" for link in links)
    wanted = re.compile(rf"(?<![\w.])({before}){re.escape(old)}(?!\w)")
    return lambda text: wanted.sub(lambda match: match[1] + new, text)


def _holder(document: Any, path: str) -> tuple[Any, str]:
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for part in way:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document, last


def _set(document: Any, path: str, value: str) -> None:
    holder, last = _holder(document, path)
    holder[int(last) if isinstance(holder, list) else last] = value


def _rename_key(document: Any, path: str, new: str) -> None:
    """In its place: the order of keys stays."""
    holder, last = _holder(document, path)
    if isinstance(holder, dict) and last in holder:
        items = [(new if key == last else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)


def _rename_itself(document: Any, form: str, old: str, new: str) -> None:
    *around, name = old.split(".")
    holders = [one for one in document.get("forms", ()) if isinstance(one, dict) and one.get("id") == form]
    for container in around:
        holders = [
            inner for one in holders for inner in one.get("fields", ()) if inner.get("id") == container
        ]
    for field in (field for one in holders for field in one.get("fields", ())):
        if isinstance(field, dict) and field.get("id") == name:
            field["id"] = new
