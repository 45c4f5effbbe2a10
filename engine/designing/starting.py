"""How an app begins: from nothing, from headings somebody pasted, from a sheet, from a sample, from a file.

Every beginning is a document and ends as the first draft of an app; nothing is published here. A file of an app
that is there already is merged into its draft, or takes the draft's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from engine.access.viewer import Viewer
from engine.applications import Applications, Draft
from engine.applications.drafts import Edited
from engine.applications.packing import read_path, sample_folder, sample_folders, unpack
from engine.designing.clashes import Clash, clashes, taking
from engine.designing.drafting import Designing
from engine.designing.guessing import LOOKED_AT, Column, guess_fields
from engine.designing.identifiers import identifier
from engine.sheets import open_sheet
from metamodel.changes import Change, changes
from metamodel.core_schema import FORMAT, ID_PATTERN
from metamodel.keyed_lists import part_label
from metamodel.labels import Label
from metamodel.merge import merge_and_others
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected, has_errors, problem

MOST_HEADINGS = 200
How = Literal["merge", "replace"]
_BETWEEN = re.compile(r"[\t\n\r,，、;；|]+")


@dataclass(frozen=True, slots=True)
class Sample:
    """An app that comes with Muniment."""

    id: str
    label: Label
    about: Label
    icon: str
    forms: int
    there: bool  # has been imported


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `base`: the version it seems to have been made from (0: none); `changes`: what the
    draft has of it now; `conflicts`: where both changed the same, and the draft stands."""

    draft: Draft
    new: bool
    base: int = 0
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Clash, ...] = ()


class Starting:
    def __init__(self, designing: Designing, applications: Applications, registry: Registry) -> None:
        self._designing, self._applications, self._registry = designing, applications, registry

    # -- new ones ----------------------------------------------------------------------------------

    def blank(self, viewer: Viewer, label: str, form: str = "", app: str = "") -> Draft:
        """An app with one empty form, called like the app where nobody says otherwise."""
        return self._begin(viewer, label, app, [_form(form or label, [])])

    def from_headings(self, viewer: Viewer, label: str, text: str, form: str = "", app: str = "") -> Draft:
        """One form with a field for each heading. Rejected: begin.no_headings."""
        fields = guess_fields(map(Column, headings_of(text)), self._registry)
        if not fields:
            raise Rejected([problem("begin.no_headings", "/headings")])
        return self._begin(viewer, label, app, [_form(form or label, fields)])

    def from_sheet(
        self, viewer: Viewer, label: str, content: bytes, form: str = "", app: str = "", sheet: str = ""
    ) -> Draft:
        """One form with a field for each column, its type by what stands in it. Rejected: sheet.*"""
        fields = guess_fields(columns_of(content, sheet), self._registry)
        return self._begin(viewer, label, app, [_form(form or label, fields)])

    def from_sample(self, viewer: Viewer, name: str) -> Draft:
        """Rejected: begin.no_sample, draft.there_already."""
        folder = sample_folder(name)
        if folder is None:
            raise Rejected([problem("begin.no_sample", name=name)])
        document, problems = read_path(folder)
        if has_errors(problems):
            raise Rejected(problems)
        return self._designing.begin(viewer, document)

    def samples(self) -> list[Sample]:
        served = self._applications.served()
        return [_sample(folder, served) for folder in sample_folders()]

    def _begin(self, viewer: Viewer, label: str, app: str, forms: Sequence[Mapping[str, Any]]) -> Draft:
        label = label.strip()
        if not label:
            raise Rejected([problem("begin.no_label", "/label")])
        taken = self._designing.taken()
        wanted = app.strip() or identifier(label, taken, "app")
        if re.fullmatch(ID_PATTERN, wanted) is None:
            raise Rejected([problem("begin.bad_id", "/app", id=wanted)])
        if wanted in taken:
            raise Rejected([problem("begin.id_taken", "/app", id=wanted)])
        return self._designing.begin(viewer, starter(wanted, label, forms))

    # -- files -------------------------------------------------------------------------------------

    def from_file(self, viewer: Viewer, content: bytes, how: How = "merge") -> Imported:
        """A JSON file, or the folder form in a ZIP. Rejected: begin.too_large, app.unreadable, folder.*"""
        document = unpack(content)
        app = str(self._designing.readable(document))
        if app not in self._designing.taken():
            return Imported(self._designing.begin(viewer, document), new=True)
        draft = self._designing.open(viewer, app)
        if how == "replace":
            return self._put(viewer, draft, document, Imported(draft, new=False))
        base, before = self._closest(app, document)
        merged, conflicts, others = merge_and_others(before, draft.document, document)
        found = Imported(draft, False, base, (), clashes(conflicts, others))
        return self._put(viewer, draft, merged, found)

    def take(
        self, viewer: Viewer, app: str, revision: int, wanted: Sequence[tuple[str, bool, Any]]
    ) -> Edited:
        """Of these clashes (path, gone, value) what the file has, in the draft as it was at that revision. Rejected:
        access.denied, draft.*, request.unreadable."""
        draft = self._designing.open(viewer, app, revision)
        patch = taking(draft.document, wanted)
        return self._designing.edit(
            viewer, app, draft.revision, patch, "采用文件中的内容 / taken from the file"
        )

    def _put(self, viewer: Viewer, draft: Draft, document: Mapping[str, Any], found: Imported) -> Imported:
        made = tuple(changes(draft.document, document))
        if not made and document == draft.document:
            return found
        whole = [{"op": "replace", "path": "", "value": document}]
        edited = self._designing.edit(viewer, draft.app, draft.revision, whole, "导入文件 / imported a file")
        return replace(found, draft=edited.draft, changes=made)

    def _closest(self, app: str, document: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """The published version from which the file differs least; (0, {}) without any."""
        if app not in self._applications.served():
            return 0, {}
        versions = range(self._applications.version(app), 0, -1)
        documents = ((number, self._applications.document(app, number)) for number in islice(versions, 30))
        return min(documents, key=lambda one: len(changes(one[1], document)))


# -- documents -------------------------------------------------------------------------------------


def starter(app: str, label: str, forms: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A whole document around some forms, with somebody who designs it and those who use it."""
    return {
        "muniment": FORMAT,
        "app": {"id": app, "label": label},
        "forms": [dict(form) for form in forms],
        "roles": [
            {"id": "designer", "label": {"zh": "应用设计", "en": "Designers"}, "manages": ["design"]},
            {"id": "member", "label": {"zh": "成员", "en": "Members"}},
        ],
        "menus": [],
    }


def _form(label: str, fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    text = next((one["id"] for one in fields if one["type"] in ("text", "auto_number")), "")
    title = {"title": f"{{{text}}}"} if text else {}
    return {
        "id": identifier(label.strip(), (), "form"),
        "label": label.strip(),
        **title,
        "fields": list(fields),
    }


def headings_of(text: str) -> list[str]:
    """Column headings as people paste them: a line of a sheet, or one a line; doubles once."""
    found = (piece.strip() for piece in _BETWEEN.split(text))
    return list(dict.fromkeys(piece for piece in found if piece))[:MOST_HEADINGS]


def columns_of(content: bytes, sheet: str = "") -> Iterator[Column]:
    """The columns of a sheet with the first values of each; those without a heading are left out."""
    opened = open_sheet(content, sheet)
    lines = list(islice(opened.lines(), LOOKED_AT))
    for place, heading in enumerate(opened.headings):
        if heading:
            yield Column(heading, tuple(line.cells[place] for line in lines if line.cells[place]))


def _sample(folder: Path, served: Iterable[str]) -> Sample:
    document, _ = read_path(folder)
    head = document["app"]
    return Sample(
        head["id"], part_label(head), head.get("description", ""), head.get("icon", "box"),
        len(document.get("forms", ())), head["id"] in served,
    )  # fmt: skip
