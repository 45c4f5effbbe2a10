"""A form's views in a draft, drawn for the views designer: the list, the kinds, and the panel of one view.

Which options a kind has, and which fields fit them, stands in `metamodel/view_kinds.py`; no kind is known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder_ui.design_canvas import form_place
from builder_ui.icon_choice import icon_label
from builder_ui.layouts import behind, fits_in_list, is_column, way_to
from builder_ui.models.design_views import (
    MapRow,
    PickedField,
    ViewControl,
    ViewLine,
    ViewPart,
    ViewsBody,
    ViewTile,
)
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from builder_ui.templating import href
from engine.designing import Looked
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.problems import Problem
from metamodel.view_kinds import VIEW_KINDS, ViewKind, ViewOption

Raw = Mapping[str, Any]
TABLE = "table"


class Views:
    """The views of one form of a draft, for one visit. Rejected (form.unknown) where the draft has no such form."""

    def __init__(self, visit: Visit, looked: Looked, form: str) -> None:
        self.visit, self.app, self.name = visit, looked.app, form
        self.place, raw = form_place(looked, form)
        found = raw.get("views")
        self.raws: list[Raw] = (
            [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        )
        self.form: Form | None = looked.app.form(form) if looked.app else None
        self.label = label_text(raw.get("label"), visit.language, form)
        start = f"/forms/{self.place}/views/"
        applications = visit.runtime.applications
        drafted = {looked.app.id: looked.app} if looked.app else {}
        self._apps = {**visit.runtime.services.apps(), **drafted}
        served = looked.draft.app in applications.served()
        known = applications.get(looked.draft.app).form(form) if served else None
        self.published = frozenset(view.id for view in known.views) if known else frozenset()
        self._base = f"/design/{looked.draft.app}/forms/{form}/views"
        self._revision = looked.draft.revision
        self._problems = [one for one in looked.problems if one.path.startswith(start)]

    def body(self, at: str) -> ViewsBody:
        """`at`: the id of the chosen view; without one, the first."""
        chosen = self.chosen(at)
        lines = tuple(self._line(number, raw, raw is chosen) for number, raw in enumerate(self.raws))
        part = self._part(self.raws.index(chosen), chosen) if chosen is not None else None
        return ViewsBody(self.name, lines, tuple(self._tiles()), part)

    def chosen(self, at: str) -> Raw | None:
        return next((one for one in self.raws if one.get("id") == at), next(iter(self.raws), None))

    def kind(self, raw: Raw) -> ViewKind:
        """Of an unknown kind: a table, as it is shown."""
        return VIEW_KINDS.get(str(raw.get("kind") or TABLE), VIEW_KINDS[TABLE])

    # -- the list ----------------------------------------------------------------------------------

    def _line(self, number: int, raw: Raw, current: bool) -> ViewLine:
        kind, text = self.kind(raw), self.visit.text
        about = [self._words(kind.label)]
        about += [text("filtered")] if raw.get("filter") else []
        about += [text("on a record's page")] if not kind.listed else []
        defaults = raw.get("default_for")
        if isinstance(defaults, list) and defaults:
            named = self.visit.joined(self._role(str(role)) for role in defaults)
            about.append(text("opens for %(roles)s", roles=named))
        problems = self._about(number)
        problem = problems[0].text(self.visit.language) if problems else ""
        return ViewLine(_text(raw, "id"), self.title(raw), kind.icon, " · ".join(about), current, problem)

    def title(self, raw: Raw) -> str:
        return label_text(raw.get("label") or None, self.visit.language, _text(raw, "id"))

    def _role(self, role: str) -> str:
        found = self.app.role(role) if self.app else None
        return label_text(found.label, self.visit.language, role) if found else role

    def _tiles(self) -> Iterator[ViewTile]:
        for name, kind in VIEW_KINDS.items():
            options, lacks = self._first_options(kind)
            label = self._words(kind.label)
            yield ViewTile(
                name, label, self._words(kind.about), kind.icon, _json(_item(name, options) | {"label": label}),
                self.visit.text("No field fits “%(option)s” yet", option=lacks) if lacks else "",
            )  # fmt: skip

    def _first_options(self, kind: ViewKind) -> tuple[dict[str, Any], str]:
        """What a new view of it begins with: the first fields that fit what it needs; the first without one."""
        found: dict[str, Any] = {}
        lacks, taken = "", set[str]()
        for option in kind.options:
            if not option.needed or option.of or not option.names_fields:
                continue
            fitting = [one.id for one in self._fields(option, {}) if one.id not in taken]
            if fitting:
                found[option.key] = fitting[0]
                taken.add(fitting[0])
            else:
                lacks = lacks or self._words(option.label)
        return found, lacks

    # -- one view ----------------------------------------------------------------------------------

    def _part(self, number: int, raw: Raw) -> ViewPart:
        kind, options = self.kind(raw), raw.get("options")
        values: Raw = options if isinstance(options, dict) else {}
        problems = self._about(number)
        start = f"/forms/{self.place}/views/{number}"
        told: set[int] = set()
        controls = [self._columns(raw, problems, start, told)] if kind.columned else []
        controls += [self._control(one, values, problems, start, told) for one in kind.options]
        sort = self._sort(raw, problems, start, told) if kind.listed else None
        filtered = self._told(problems, f"{start}/filter", "", told)
        rest = tuple(one.text(self.visit.language) for place, one in enumerate(problems) if place not in told)
        return ViewPart(
            _text(raw, "id"), self.title(raw), self._words(kind.label), self._labels(raw),
            tuple(self._kinds(raw)), kind.listed, _text(raw, "filter"), tuple(controls), sort,
            tuple(self._roles(raw)), self._taken(raw), rest, filtered,
            self._locked(raw), href(f"{self._base}/uses", at=_text(raw, "id"), revision=self._revision),
        )  # fmt: skip

    def _locked(self, raw: Raw) -> str:
        published = _text(raw, "id") in self.published
        return self.visit.text("Published: menus and links name it by this id") if published else ""

    def _labels(self, raw: Raw) -> tuple[tuple[str, str, str], ...]:
        label, language = raw.get("label"), self.visit.language[:2]
        if isinstance(label, dict):
            named = sorted(label.items(), key=lambda one: one[0] != language)
            return tuple((f"label/{name}", str(words), name) for name, words in named)
        return (("label", label if isinstance(label, str) else "", language),)

    def _kinds(self, raw: Raw) -> Iterator[Option]:
        """What it may become: the first fields that fit, and what is chosen now and fits there too."""
        now, options = str(raw.get("kind") or TABLE), raw.get("options")
        values: Raw = options if isinstance(options, dict) else {}
        for name, kind in VIEW_KINDS.items():
            made = self._first_options(kind)[0] | dict(self._kept(kind, values))
            yield Option(_json(_item(name, made)), self._words(kind.label), name == now)

    def _kept(self, kind: ViewKind, values: Raw) -> Iterator[tuple[str, Any]]:
        for option in kind.options:
            value = values.get(option.key)
            named = set(value if isinstance(value, list) else [value])
            if value and not option.of and named <= {one.id for one in self._fields(option, values)}:
                yield option.key, value

    def _roles(self, raw: Raw) -> Iterator[Option]:
        held = raw.get("default_for")
        for role in self.app.roles if self.app else ():
            label = label_text(role.label, self.visit.language, role.id)
            yield Option(role.id, label, isinstance(held, list) and role.id in held)

    def _taken(self, raw: Raw) -> dict[str, str]:
        """Roles another view is opened for, and its name."""
        others = (one for one in self.raws if one is not raw)
        return {str(role): self.title(one) for one in others for role in one.get("default_for") or ()}

    def _columns(self, raw: Raw, problems: Sequence[Problem], start: str, told: set[int]) -> ViewControl:
        text = self.visit.text
        found = raw.get("columns")
        names = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        fields = [one for one in (self.form.fields if self.form else ()) if fits_in_list(one)]
        return ViewControl(
            "columns", text("Columns"), "fields", picked=tuple(self._picked(one, self.form) for one in names),
            offered=self._offered(fields, names), none=text("None chosen: the first eight that fit"),
            problems=self._told(problems, f"{start}/columns", "", told), behind=tuple(self._behind(names)),
        )  # fmt: skip

    def _sort(self, raw: Raw, problems: Sequence[Problem], start: str, told: set[int]) -> ViewControl:
        found = raw.get("sort")
        keys = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        names = [one.removeprefix("-") for one in keys]
        fields = [
            one for one in (self.form.fields if self.form else ())
            if one.type and one.type.sortable and not one.sealed and fits_in_list(one)
        ]  # fmt: skip
        return ViewControl(
            "sort", self.visit.text("Order"), "sort", picked=tuple(self._picked(one, self.form) for one in keys),
            offered=self._offered(fields, names), none=self.visit.text("Newest first"),
            problems=self._told(problems, f"{start}/sort", "", told),
        )  # fmt: skip

    # -- its options -------------------------------------------------------------------------------

    def _control(
        self, option: ViewOption, values: Raw, problems: Sequence[Problem], start: str, told: set[int]
    ) -> ViewControl:
        value = _at(values, option.key)
        path = "options/" + option.key.replace(".", "/")
        look = {"form": "field", "tab": "field"}.get(option.picks, option.picks)
        form, fields = self._form_of(option, values), self._fields(option, values)
        chosen = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        text = value if isinstance(value, str) else ""
        single = self._single(option, text, form, fields) if look == "field" else ()
        return ViewControl(
            path, self._words(option.label), look, single, tuple(self._picked(one, form) for one in chosen),
            self._offered(fields, chosen), tuple(self._rows(option, values)), option.needed, option.most,
            self.visit.text("None chosen: the first that fit") if option.usual else self.visit.text("None"),
            self._told(problems, f"{start}/{path}", option.key, told),
            self._lacking(option, form, fields),
        )  # fmt: skip

    def _lacking(self, option: ViewOption, form: Form | None, fields: Sequence[FieldDefinition]) -> str:
        """Why nothing can be chosen."""
        if not option.names_fields or fields:
            return ""
        if option.of and form is None:
            return self.visit.text("Choose the form first")
        return self.visit.text("The form has no field that fits") if option.needed else ""

    def _single(
        self, option: ViewOption, value: str, form: Form | None, fields: Sequence[FieldDefinition]
    ) -> tuple[Option, ...]:
        language, text = self.visit.language, self.visit.text
        if option.picks == "form":
            offered = [(one.id, one.text(language)) for one in (self.app.forms if self.app else ())]
        elif option.picks == "tab":
            chats = [one for one in self.raws if not self.kind(one).listed]
            offered = [*((_text(one, "id"), self.title(one)) for one in chats), ("details", text("Details"))]
        else:
            offered = [(one.id, one.text(language)) for one in fields]
        if value and value not in {name for name, _ in offered}:
            offered.insert(0, (value, self._picked(value, form).label))
        made = tuple(Option(name, words, name == value) for name, words in offered)
        if value and option.needed:
            return made
        usual = text("The first tab") if option.picks == "tab" else text("None")
        return (Option("", text("Choose") if option.needed else usual), *made)

    def _form_of(self, option: ViewOption, values: Raw) -> Form | None:
        if not option.of:
            return self.form
        named = values.get(option.of)
        found = named if isinstance(named, dict) else {}
        own = not found.get("app") or (self.app is not None and found["app"] == self.app.id)
        return self.app.form(_text(found, "form")) if self.app and own else None

    def _fields(self, option: ViewOption, values: Raw) -> list[FieldDefinition]:
        """The fields that come into question."""
        form = self._form_of(option, values)
        if form is None or not option.names_fields:
            return []
        usable = [one for one in form.fields if fits_in_list(one) and one.options is not None]
        fitting = [one for one in usable if option.fits is None or option.fits(one)]
        return [one for one in fitting if not (option.strict and one.sealed and not option.opened)]

    def _rows(self, option: ViewOption, values: Raw) -> Iterator[MapRow]:
        """One for every key of a map: a choice of the field it is over, or one of its own."""
        if option.picks not in ("map", "icons"):
            return
        given = _at(values, option.key)
        held: Raw = given if isinstance(given, dict) else {}
        form = self._form_of(option, values)
        for key, label in self._keys(option, form, values):
            value = held.get(key)
            text = value if isinstance(value, str) else ""
            yield MapRow(
                key, label, text, self._map_values(option, form, text), self._icon_words(option, text)
            )

    def _icon_words(self, option: ViewOption, value: str) -> str:
        if option.picks != "icons":
            return ""
        return icon_label(value, self.visit.language) if value else self.visit.text("The usual one")

    def _keys(self, option: ViewOption, form: Form | None, values: Raw) -> list[tuple[str, str]]:
        if option.keys is not None:
            return [(key, self._words(words)) for key, words in option.keys.items()] if form else []
        field = form.field(_text(values, option.over)) if form else None
        if field is None or field.type is None or field.options is None:
            return []
        return [(one.value, one.text(self.visit.language)) for one in field.type.choices(field)]

    def _map_values(self, option: ViewOption, form: Form | None, value: str) -> tuple[Option, ...]:
        if option.values is not None:
            offered = [(key, self._words(words)) for key, words in option.values.items()]
        else:
            fields = form.fields if form else ()
            offered = [(one.id, one.text(self.visit.language)) for one in fields if fits_in_list(one)]
        usual = Option("", self.visit.text("As usual"), not value)
        return (usual, *(Option(name, words, name == value) for name, words in offered))

    # -- words -------------------------------------------------------------------------------------

    def _picked(self, value: str, form: Form | None) -> PickedField:
        """A field or a path through links, `-` before it for descending."""
        path, descending = value.removeprefix("-"), value.startswith("-")
        way = way_to(self._apps, self.app, form, path) if self.app and form else ()
        said = " › ".join(one.text(self.visit.language) for one in way)
        several = len(way) > 1 and not is_column(way)
        note = self.visit.text("Lists show nothing behind a link to several records") if several else ""
        return PickedField(value, said or path, not way, descending, note)

    def _behind(self, taken: Sequence[str]) -> Iterator[tuple[str, tuple[Option, ...]]]:
        """What the records behind each link to one of them have to show."""
        for link in self.form.fields if self.form else ():
            there = (
                behind(self._apps, self.app, link) if self.app and link.type and not link.type.many else None
            )
            fields = [one for one in (there[1].fields if there else ()) if fits_in_list(one)]
            paths = {f"{link.id}.{one.id}": one.text(self.visit.language) for one in fields}
            offered = tuple(Option(path, text) for path, text in paths.items() if path not in taken)
            if offered:
                yield link.text(self.visit.language), offered

    def _offered(self, fields: Sequence[FieldDefinition], taken: Sequence[str]) -> tuple[Option, ...]:
        language = self.visit.language
        return tuple(Option(one.id, one.text(language)) for one in fields if one.id not in taken)

    def _words(self, words: Mapping[str, str]) -> str:
        return label_text(words, self.visit.language)

    # -- problems ----------------------------------------------------------------------------------

    def problems_of(self, view: str) -> list[Problem]:
        """What the checks say of the view with this id."""
        places = (place for place, one in enumerate(self.raws) if one.get("id") == view)
        return [one for place in places for one in self._about(place)]

    def _about(self, number: int) -> list[Problem]:
        start = f"/forms/{self.place}/views/{number}"
        return [one for one in self._problems if one.path == start or one.path.startswith(start + "/")]

    def _told(self, problems: Sequence[Problem], path: str, key: str, told: set[int]) -> tuple[str, ...]:
        """What belongs to one control: inside its path, or missing there. Noted, so that it is said once."""
        here = [
            place for place, one in enumerate(problems)
            if one.path == path or one.path.startswith(path + "/") or (key and _missing(one, path, key))
        ]  # fmt: skip
        fresh = [place for place in here if place not in told]
        told.update(fresh)
        return tuple(problems[place].text(self.visit.language) for place in fresh)


def _missing(one: Problem, path: str, key: str) -> bool:
    """`shape.missing` is told where the key should be: in the view, or in the object that holds it."""
    if one.code != "shape.missing":
        return False
    outer = path.rpartition("/options/")[0]
    whole = one.path == outer and one.params.get("key") == key.partition(".")[0]
    inside = one.path == path.rpartition("/")[0] and one.params.get("key") == key.rpartition(".")[2]
    return whole or (inside and "." in key)


def _at(values: Raw, key: str) -> Any:
    holder, _, name = key.rpartition(".")
    inside = values.get(holder) if holder else values
    return inside.get(name) if isinstance(inside, dict) else None


def _item(kind: str, options: Raw) -> dict[str, Any]:
    return {"kind": kind, **({"options": dict(options)} if options else {})}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(part: Raw, key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""
