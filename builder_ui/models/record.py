"""The record page, its related lists and history, the proof drawer, and the create/edit form."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.cells import Cell, Chip
from builder_ui.models.around import Activity, Deleting
from builder_ui.models.audit import LooksView
from builder_ui.models.inputs import Input
from builder_ui.models.listing import Column, Row
from builder_ui.models.parts import Button, EvidenceBadge, Link, Tab
from builder_ui.models.retention import Keeping
from builder_ui.models.tasks import FlowPart, TaskLine
from builder_ui.models.unmasking import MaskNotice


@dataclass(frozen=True, slots=True)
class Embedded:
    """A page of somebody else's inside ours, in its own box."""

    url: str
    height: int
    label: str


@dataclass(frozen=True, slots=True)
class Adding:
    """What may be done at the other end of a link: `new_href` makes a record there that links here, `picker` finds one
    to link, `parting` are the linked ones that may be linked no more, with their ids."""

    label: str
    field: str
    action: str
    new_href: str
    picker: str
    csrf: str
    parting: tuple[tuple[Chip, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RelatedList:
    label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: str
    all_href: str = ""
    new_href: str = ""  # a new one that links here


@dataclass(frozen=True, slots=True)
class SectionTab:
    key: str
    label: str
    sections: tuple[Section, ...]
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """One block of a record's page; `kind` says which of the parts it has (metamodel.layouts.KINDS)."""

    label: str
    cells: tuple[Cell, ...] = ()
    columns: int = 2
    folded: bool = False
    note: str = ""
    kind: str = "section"
    key: str = ""
    tabs: tuple[SectionTab, ...] = ()
    button: Button | None = None
    related: RelatedList | None = None
    embedded: Embedded | None = None


@dataclass(frozen=True, slots=True)
class RecordPage:
    title: str
    trail: tuple[Link, ...]
    tabs: tuple[Tab, ...]
    tab: str
    sections: tuple[Section, ...] = ()
    activity: Activity | None = None
    facts: tuple[tuple[str, str], ...] = ()
    badge: EvidenceBadge | None = None
    context: Link | None = None
    edit_href: str = ""
    previous_href: str = ""
    next_href: str = ""
    place: str = ""
    list_href: str = ""
    granted: str = ""
    chat: object = None
    timeline: object = None
    flow: FlowPart | None = None
    buttons: tuple[Button, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    unmask: MaskNotice | None = None
    who_href: str = ""  # who can see it
    keepings: tuple[Keeping, ...] = ()
    hold_href: str = ""
    package_href: str = ""
    print_href: str = ""
    looks: LooksView | None = None
    deleting: Deleting | None = None


@dataclass(frozen=True, slots=True)
class ProofPage:
    """What proves one record, in the order a person can check it."""

    title: str
    recorded_at: str
    log: str
    position: str
    leaf_hash: str
    entry: str
    path: tuple[str, ...]
    size: str
    root: str
    checkpoint: str
    checkpoint_at: str
    download_href: str
    revision: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class FormTab:
    key: str
    label: str
    sections: tuple[FormSection, ...]
    shown: bool = True
    wrong: bool = False  # something in it is


@dataclass(frozen=True, slots=True)
class FormSection:
    """One block of a form that is filled in. `shown`: does its condition hold? `key` is what it is called
    where the state is answered."""

    label: str
    inputs: tuple[Input, ...] = ()
    columns: int = 2
    folded: bool = False
    note: str = ""
    kind: str = "section"
    key: str = ""
    shown: bool = True
    tabs: tuple[FormTab, ...] = ()
    embedded: Embedded | None = None

    @property
    def wrong(self) -> bool:
        return any(item.problems for item in self.inputs) or any(tab.wrong for tab in self.tabs)


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """What was typed before and not saved: go on with it, or throw it away."""

    text: str
    resume_href: str
    drop_action: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A record with the same values where no two records should have them."""

    title: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """`state_url` answers what is visible, required, writable and computed for the values so far."""

    title: str
    trail: tuple[Link, ...]
    action: str
    state_url: str
    cancel_href: str
    sections: tuple[FormSection, ...]
    record: str = ""
    revision: str = ""
    problems: tuple[str, ...] = ()
    may_add_next: bool = False
    draft_url: str = ""  # takes what is typed, until it is saved
    kept: KeptNotice | None = None
    same: tuple[Alike, ...] = ()  # records that seem to be the same
    left: str = ""  # of what was kept while typing, what the form does not take any more
    way: str | None = None  # who would be asked to approve it; None where no flow begins
