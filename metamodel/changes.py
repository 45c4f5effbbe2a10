"""What changed between two versions of an app, as people would say it, and what a change touches.

`changes` compares by id: a part is added, removed, renamed, moved, of another type, or one of
its properties is another. `affected` finds what mentions a field or a form, for the question
before a removal. `merge` brings two people's changes together (its own file).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any, Literal

from metamodel.keyed_lists import by_name, moved_names, name_key, part_label
from metamodel.labels import Label, label_text
from metamodel.merge import merge as merge, same
from metamodel.problems import pointer
from metamodel.words import PARTS, VALUES, property_words, shown

ChangeKind = Literal["added", "removed", "relabelled", "type_changed", "moved", "changed"]
Trail = tuple[tuple[str, str], ...]  # (what, id) of each part from the outside in

# what a part is -> its lists of parts: key of the document -> what they are
CHILDREN: Mapping[str, Mapping[str, str]] = {
    "app": {
        "requires": "requirement", "forms": "form", "rules": "rule", "flows": "flow", "reports": "report",
        "roles": "role", "channels": "channel", "menus": "menu", "tests": "test",
    },
    "form": {"fields": "field", "layout": "block", "views": "view", "retention": "retention_rule"},
    "block": {"tabs": "tab"},
    "tab": {"blocks": "block"},
    "field": {"fields": "field"},
    "flow": {"nodes": "node"},
    "report": {"widgets": "widget"},
    "role": {"forms": "permission"},
    "menu": {"items": "menu_item"},
}  # fmt: skip

# objects whose keys are told one by one
NESTED = frozenset({"app", "options", "when", "retention", "search", "fields"})
TERMS = frozenset({"unmask", "emergency", "reports"})  # of a role: absent is the same as empty
REST: Label = {"zh": "其余字段", "en": "all other fields"}

SENTENCES: Mapping[ChangeKind, Mapping[str, str]] = {
    "added": {"zh": "{where}新增{what}“{label}”", "en": "Added {what} “{label}”{where}"},
    "removed": {"zh": "{where}删除{what}“{label}”", "en": "Removed {what} “{label}”{where}"},
    "relabelled": {
        "zh": "{where}{what}“{old}”改名为“{new}”",
        "en": "Renamed {what} “{old}” to “{new}”{where}",
    },
    "type_changed": {
        "zh": "{where}{what}“{label}”的类型由 {old} 改为 {new}",
        "en": "Changed the type of {what} “{label}” from {old} to {new}{where}",
    },
    "moved": {"zh": "{where}移动{what}“{label}”", "en": "Moved {what} “{label}”{where}"},
    "changed": {
        "zh": "{where}{what}“{label}”的{property}由“{old}”改为“{new}”",
        "en": "Changed {property} of {what} “{label}” from “{old}” to “{new}”{where}",
    },
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one part. `path` stands in the new document, of what is removed in the old one."""

    kind: ChangeKind
    trail: Trail
    label: Label
    path: str = ""
    key: str = ""  # of `changed`: `required`, `options/minimum`
    old: Any = None
    new: Any = None
    within: Label = ""  # of the part around it
    about: Label = dataclass_field(default="", compare=False)  # where `key` names a part, what that is called
    names: Mapping[str, Label] = dataclass_field(default_factory=dict, compare=False, repr=False)  # of values

    @property
    def what(self) -> str:
        return self.trail[-1][0]

    @property
    def id(self) -> str:
        return self.trail[-1][1]

    def text(self, language: str = "en") -> str:
        zh = language.startswith("zh")
        sentence = SENTENCES[self.kind]["zh" if zh else "en"]
        words = {
            "what": label_text(PARTS[self.what], language),
            "label": label_text(self.label, language, self.id),
            "property": label_text(self.about or property_words(self.key), language),
            "old": label_text(shown(self.old, names=self.names), language),
            "new": label_text(shown(self.new, names=self.names), language),
            "where": self._where(language),
        }
        return sentence.format_map(words)

    def _where(self, language: str) -> str:
        if len(self.trail) < 3:  # right inside the app
            return ""
        around = label_text(self.within, language, self.trail[-2][1])
        return f"“{around}”：" if language.startswith("zh") else f" in “{around}”"


class _Called:
    """What people call forms, fields, reports and roles of two documents, the new one first."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._forms = {**_by_id(old, "forms"), **_by_id(new, "forms")}
        self._reports = {**_by_id(old, "reports"), **_by_id(new, "reports")}
        self._roles = {**_by_id(old, "roles"), **_by_id(new, "roles")}

    def part(self, what: str, name: str, part: Any) -> Label:
        """A permission is called like its form."""
        if what == "permission" and name in self._forms:
            return part_label(self._forms[name], name)
        return part_label(part, name)

    def key(self, trail: Trail, key: str) -> Label:
        """Of a key that names a field of a permission, or a report of a role."""
        what, name = trail[-1]
        holder, _, inner = key.partition("/")
        if (what, holder) == ("permission", "fields") and inner:
            fields = _by_id(self._forms.get(name, {}), "fields")
            return REST if inner == "*" else part_label(fields.get(inner), inner)
        if (what, holder) == ("role", "reports") and inner:
            return part_label(self._reports.get(inner), inner)
        return ""

    def values(self) -> Mapping[str, Label]:
        """What roles and permissions hold: actions, duties, forms, whom they name."""
        forms = {name: part_label(form, name) for name, form in self._forms.items()}
        roles = {f"role:{name}": part_label(role, name) for name, role in self._roles.items()}
        return {**forms, **roles, **VALUES}


def _by_id(holder: Mapping[str, Any], key: str) -> dict[str, Any]:
    items = holder.get(key)
    return {
        str(one["id"]): one
        for one in (items if isinstance(items, list) else ())
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    }


@dataclass(frozen=True, slots=True)
class _Pair:
    """One part as it was and as it is, with its pointers in both documents."""

    trail: Trail
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    old_path: str = ""
    path: str = ""
    within: Label = ""
    called: _Called = dataclass_field(default_factory=lambda: _Called({}, {}))

    @property
    def what(self) -> str:
        return self.trail[-1][0]

    @property
    def label(self) -> Label:
        return self.called.part(self.what, self.trail[-1][1], self.new)

    def change(self, kind: ChangeKind, path: str, name: str, old: Any, new: Any) -> Change:
        about = self.called.key(self.trail, name) if kind == "changed" else ""
        names = self.called.values() if self.what in ("role", "permission") else {}
        return Change(kind, self.trail, self.label, path, name, old, new, self.within, about, names)


def changes(old: Any, new: Any) -> list[Change]:
    """The changes from one App or document to another, in the order of the new one."""
    before, after = _document(old), _document(new)
    head = after.get("app")
    name = str(head.get("id", "")) if isinstance(head, dict) else ""
    return list(_of_part(_Pair((("app", name),), before, after, called=_Called(before, after))))


def _document(value: Any) -> Mapping[str, Any]:
    found = getattr(value, "document", value)
    return found if isinstance(found, Mapping) else {}


def _of_part(pair: _Pair) -> Iterator[Change]:
    yield from _of_keys(pair, pair.old, pair.new, pair.old_path, pair.path, "")


def _of_keys(
    pair: _Pair, old: Mapping[str, Any], new: Mapping[str, Any], old_path: str, path: str, name: str
) -> Iterator[Change]:
    """Each key of two objects that belong to one part; `name` is theirs inside it."""
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if not same(before, after):
            inner = f"{name}/{key}" if name else key
            yield from _of_key(pair, key, before, after, old_path + pointer(key), path + pointer(key), inner)


def _of_key(
    pair: _Pair, key: str, before: Any, after: Any, old_path: str, path: str, name: str
) -> Iterator[Change]:
    child = "choice" if key == "choices" else CHILDREN.get(pair.what, {}).get(key)
    inside = _named(before, child), _named(after, child)
    if child and inside[0] is not None and inside[1] is not None:
        yield from _of_children(pair, child, inside[0], inside[1], old_path, path)
    elif key in NESTED and isinstance(before, dict) and isinstance(after, dict):
        yield from _of_keys(pair, before, after, old_path, path, name)
    elif (
        key in TERMS
        and pair.what == "role"
        and isinstance(before or {}, dict)
        and isinstance(after or {}, dict)
    ):
        yield from _of_keys(pair, before or {}, after or {}, old_path, path, name)
    elif key == "label":
        yield pair.change("relabelled", path, name, before, after)
    elif key == "type":
        yield pair.change("type_changed", path, name, before, after)
    else:
        yield pair.change("changed", path, name, before, after)


def _named(value: Any, what: str | None) -> dict[str, tuple[str | int, Any]] | None:
    """Parts by name, each with its place; None when they have no names. Nothing is no parts."""
    if value is None:
        return {}
    if isinstance(value, dict) and what == "permission":
        return {name: (name, part) for name, part in value.items()}
    key = name_key(value) if isinstance(value, list) else None
    if not key:
        return {} if value == [] else None
    return {name: (place, part) for place, (name, part) in enumerate(by_name(value, key).items())}


def _of_children(
    pair: _Pair, what: str, old: Mapping[str, Any], new: Mapping[str, Any], old_path: str, path: str
) -> Iterator[Change]:
    ordered = all(isinstance(place, int) for place, _ in new.values())
    moved = set(moved_names(old, new)) if ordered else set()
    for name, (place, part) in new.items():
        trail, where = (*pair.trail, (what, name)), path + pointer(place)
        if name not in old:
            label = pair.called.part(what, name, part)
            yield Change("added", trail, label, where, new=part, within=pair.label)
            continue
        old_place, old_part = old[name]
        if name in moved:
            yield Change("moved", trail, pair.called.part(what, name, part), where, within=pair.label)
        if isinstance(part, dict) and isinstance(old_part, dict):
            old_where = old_path + pointer(old_place)
            yield from _of_part(_Pair(trail, old_part, part, old_where, where, pair.label, pair.called))
    for name, (place, part) in old.items():
        if name not in new:
            trail, where = (*pair.trail, (what, name)), old_path + pointer(place)
            label = pair.called.part(what, name, part)
            yield Change("removed", trail, label, where, old=part, within=pair.label)
