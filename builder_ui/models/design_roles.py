"""What the permission designer shows: roles, what each may do, and who gains or loses by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link, Option


@dataclass(frozen=True, slots=True)
class RoleLine:
    """`people`: how many hold it today."""

    id: str
    label: str
    href: str
    people: str
    current: bool = False
    empty: bool = False
    errors: int = 0


@dataclass(frozen=True, slots=True)
class PresetOption:
    """`value`: the rows and actions it sets, as JSON; '' for what cannot be chosen."""

    name: str
    text: str
    value: str
    chosen: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick."""

    name: str
    text: str
    on: bool
    closed: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`access` is what holds; `own`: said of this field, not of the rest."""

    id: str
    label: str
    icon: str
    access: str
    own: bool
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What the checks say, where it stands; `bad`: it keeps the app from being published."""

    text: str
    bad: bool


@dataclass(frozen=True, slots=True)
class FormCard:
    """What a role may do with one form; `about`: in few words."""

    id: str
    label: str
    icon: str
    granted: bool
    archive: bool
    presets: tuple[PresetOption, ...]
    actions: tuple[Tick, ...]
    rows: str
    unmasked: str
    masks: bool
    rest: str
    writes: bool
    fields: tuple[FieldLine, ...]
    views: tuple[Tick, ...]
    about: str
    said: str
    problems: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardLine:
    id: str
    label: str
    access: str


@dataclass(frozen=True, slots=True)
class UnmaskCard:
    """Asking to see masked fields in full; `confirm`: who has to agree, nobody ticked: nobody."""

    on: bool
    minutes: int
    confirm: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class GlassCard:
    """Breaking the glass; `first_forms` and `first_alarm` are what it begins with, as JSON."""

    on: bool
    hours: int
    forms: tuple[Tick, ...]
    alarm: tuple[Tick, ...]
    first_forms: str
    first_alarm: str


@dataclass(frozen=True, slots=True)
class RoleCard:
    """One role in full. `pointer` is its place in the draft; `holders`: who has it today; `uses_href` answers who
    uses it."""

    id: str
    label: str
    pointer: str
    label_key: str
    forms: tuple[FormCard, ...]
    boards: tuple[BoardLine, ...]
    duties: tuple[Tick, ...]
    watermark: bool
    combines: str
    united: str
    unmask: UnmaskCard
    glass: GlassCard
    people: str
    holders: tuple[Link, ...]
    members_href: str
    problems: tuple[Wrong, ...] = ()
    uses_href: str = ""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    role: str
    form: str
    presets: tuple[PresetOption, ...]
    granted: bool
    href: str
    name: str
    preset: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    icon: str
    archive: bool
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class PermissionBody:
    """The roles at the left and what is in the middle: one role, or all of them with all forms."""

    roles: tuple[RoleLine, ...]
    all_href: str
    role: RoleCard | None
    matrix: tuple[MatrixRow, ...]
    levels: tuple[Option, ...]
    reports: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class PermissionPage:
    frame: DesignFrame
    body: PermissionBody
    words: Mapping[str, str]
    see_as: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of who gains or loses: `who` are names, `more` how many beside them, `records` in words."""

    gains: bool
    icon: str
    text: str
    people: str
    who: tuple[str, ...]
    more: str = ""
    records: str = ""
    each: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectGroup:
    """`gains` and `loses` are about the form (or the app) that is named."""

    label: str
    icon: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class EffectList:
    groups: tuple[EffectGroup, ...]
    gaining: str
    losing: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class SeeAsPage:
    title: str
    apps: tuple[Option, ...]
    person: Picked | None
    back: str
    reason: str = ""
    problems: tuple[str, ...] = ()
    minutes: int = 30
