"""Pages of the organisation: people by department, one person, leaving, posts, roles, warnings, import."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.cells import Chip
from builder_ui.models.inputs import Input, Picked
from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class Branch:
    """A department of the tree: how many people work in it and below."""

    id: str
    name: str
    href: str
    count: str
    depth: int
    open: bool = True
    current: bool = False
    closed: bool = False
    below: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: str
    name: str
    href: str
    post: str
    department: str
    more_departments: int
    superior: str
    superior_href: str
    roles: tuple[Chip, ...]
    more_roles: int = 0
    left: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    title: str
    tabs: tuple[Tab, ...]
    tree: tuple[Branch, ...]
    rows: tuple[PersonRow, ...]
    query: str
    states: tuple[Option, ...]
    department: str
    department_name: str
    department_facts: str
    department_href: str
    total: str
    range_text: str
    everybody_href: str
    everybody: str
    closed: tuple[Branch, ...] = ()
    previous_href: str = ""
    next_href: str = ""
    base: str = "/admin/people"
    new_href: str = "/admin/people/new"


@dataclass(frozen=True, slots=True)
class HandOverLine:
    """A hand-over, under way or done."""

    text: str
    at: str
    running: bool
    progress: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class HeldRole:
    app: str
    role: str
    reason: str
    href: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    id: str
    name: str
    sub: str
    trail: tuple[Link, ...]
    facts: tuple[tuple[str, str, str], ...]  # label, text, href
    roles: tuple[HeldRole, ...]
    below: tuple[Link, ...]
    heads: tuple[Link, ...]
    warnings: tuple[str, ...]
    hand_overs: tuple[HandOverLine, ...]
    hand_overs_href: str
    left: str = ""
    edit_href: str = ""
    leave_href: str = ""
    hand_over_href: str = ""
    return_action: str = ""
    account_href: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class PersonForm:
    """Also a department's: inputs, and what was wrong."""

    title: str
    trail: tuple[Link, ...]
    action: str
    cancel_href: str
    inputs: tuple[Input, ...]
    problems: tuple[str, ...] = ()
    seal: str = ""
    another: bool = False


@dataclass(frozen=True, slots=True)
class DepartmentDrawer:
    title: str
    action: str
    inputs: tuple[Input, ...]
    problems: tuple[str, ...] = ()
    close_action: str = ""
    reopen_action: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class MoveDrawer:
    action: str
    people: tuple[Picked, ...]
    input: Input


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """Something to hand over: how many of them, and to whom."""

    name: str
    label: str
    sub: str
    count: str
    input: Input
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class LeavePage:
    title: str
    about: str
    trail: tuple[Link, ...]
    action: str
    cancel_href: str
    rows: tuple[HandOverRow, ...]
    staying: tuple[HandOverRow, ...]  # that keep the name unless ticked
    leaving: bool
    day: Input | None
    taker: Input
    roles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostRow:
    name: str
    href: str
    count: str
    roles: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class PostsPage:
    title: str
    tabs: tuple[Tab, ...]
    posts: tuple[PostRow, ...]
    rename_action: str = "/admin/people/posts"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RoleLine:
    label: str
    about: str
    href: str
    count: str
    empty: bool
    duties: str = ""


@dataclass(frozen=True, slots=True)
class RoleGroup:
    app: str
    icon: str
    roles: tuple[RoleLine, ...]


@dataclass(frozen=True, slots=True)
class RolesPage:
    title: str
    tabs: tuple[Tab, ...]
    groups: tuple[RoleGroup, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One reason why people hold a role: a person, a department, a branch or a post."""

    kind: str
    id: str
    icon: str
    text: str
    sub: str
    href: str


@dataclass(frozen=True, slots=True)
class RolePage:
    title: str
    about: str
    trail: tuple[Link, ...]
    members: tuple[Member, ...]
    holders: tuple[Link, ...]
    count: str
    more: str
    duties: tuple[str, ...]
    action: str
    kinds: tuple[Option, ...]
    pickers: tuple[tuple[str, Input], ...]
    problems: tuple[str, ...] = ()
    asks_reason: bool = False
    chosen_kind: str = "person"
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class WarningLine:
    text: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class WarningsPage:
    title: str
    tabs: tuple[Tab, ...]
    groups: tuple[tuple[str, tuple[WarningLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the workbook: what it would do; `changes` are (field, before, after)."""

    place: str
    name: str
    sub: str
    state: str
    changes: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`lines` empty and `file` blank: nothing was chosen yet."""

    title: str
    trail: tuple[Link, ...]
    action: str
    columns: tuple[tuple[str, str], ...]
    file: str = ""
    seal: str = ""
    counts: tuple[tuple[str, str, str], ...] = ()  # state, label, number
    lines: tuple[ImportLine, ...] = ()
    more: str = ""
    problems: tuple[str, ...] = ()
    may_import: bool = False
    done: str = ""
