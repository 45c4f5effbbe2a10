"""What the pages of the life of an app show: the list, beginning one, its overview, publishing, versions, tests."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.parts import Link


@dataclass(frozen=True, slots=True)
class AppLine:
    """One app as a designer sees it in the list; `state`: published, changed or new."""

    label: str
    href: str
    icon: str
    id: str
    state: str
    state_text: str
    about: str
    saved: str


@dataclass(frozen=True, slots=True)
class AppsPage:
    title: str
    apps: tuple[AppLine, ...]


@dataclass(frozen=True, slots=True)
class SampleLine:
    id: str
    label: str
    about: str
    icon: str
    forms: str
    there: bool


@dataclass(frozen=True, slots=True)
class NewAppPage:
    """`sent` keeps what was typed when something was wrong."""

    title: str
    trail: tuple[Link, ...]
    samples: tuple[SampleLine, ...]
    how: str = "blank"
    label: str = ""
    app: str = ""
    form: str = ""
    headings: str = ""
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guesses:
    """The fields that headings or a sheet would become: (label, type, first values)."""

    fields: tuple[tuple[str, str, str], ...]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClashLine:
    """What the file and the draft did to the same thing, in words; `take`: path, whether it goes, and the file's value,
    as JSON."""

    text: str
    take: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ImportPage:
    title: str
    trail: tuple[Link, ...]
    wrong: tuple[str, ...] = ()
    how: str = "merge"
    app: Link | None = None  # what was imported
    told: str = ""
    changes: tuple[str, ...] = ()
    more: str = ""
    conflicts: tuple[ClashLine, ...] = ()
    app_id: str = ""
    revision: int = 0


# -- an app ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FormLine:
    label: str
    href: str
    icon: str
    about: str
    records: str
    public: Link | None = None


@dataclass(frozen=True, slots=True)
class PartList:
    """Parts of a kind: rules, flows, boards, roles, channels."""

    title: str
    icon: str
    parts: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """An app it requires, or one that requires it."""

    text: str
    there: bool


@dataclass(frozen=True, slots=True)
class Edit:
    at: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    frame: DesignFrame
    title: str
    label: str
    icon: str
    about: str
    language: str
    state: str
    state_text: str
    forms: tuple[FormLine, ...]
    parts: tuple[PartList, ...]
    needs: tuple[Need, ...]
    needed_by: tuple[Need, ...]
    edits: tuple[Edit, ...]
    bindings_href: str
    loose: str
    may_open: bool


# -- publishing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words, who mentions what it is about, and what it costs."""

    kind: str
    text: str
    mentions: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    icon: str
    text: str
    rows: str
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A test as it went."""

    id: str
    label: str
    state: str  # passed failed waiting unknown
    seconds: str = ""
    step: str = ""
    problems: tuple[str, ...] = ()
    steps: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    text: str
    disabled: str = ""  # why it cannot be had


@dataclass(frozen=True, slots=True)
class Reach:
    """A form people do not get to: who is to use it (nothing to choose where a role opens it), and where it stands.
    `presets` hold permissions as JSON; `new`: nobody was asked before."""

    form: str
    label: str
    presets: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    new: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """A run of tests or of publishing; `state`: running, failed, published, tested."""

    state: str
    text: str
    done: int
    total: int
    trials: tuple[Trial, ...] = ()
    problems: tuple[str, ...] = ()
    may_insist: bool = False
    copies: tuple[tuple[str, int, int], ...] = ()  # what jobs still bring over: words, done, total


@dataclass(frozen=True, slots=True)
class PublishPage:
    frame: DesignFrame
    title: str
    action: str
    revision: int
    version: int
    changes: tuple[Told, ...]
    plan: tuple[PlanLine, ...]
    reaches: tuple[Reach, ...]
    tests: int
    run: Run | None
    nothing: bool
    bindings_href: str = ""
    loose: bool = False  # something is not bound to the house yet
    may_open: bool = False
    words: str = "{}"
    gains: tuple[tuple[str, str], ...] = ()  # what its designers could read that they cannot, and who
    reason: str = ""


# -- versions ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    text: str
    at: str
    who: str
    hash: str
    file_href: str
    document_href: str
    old: bool
    new: bool


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """`part` is what puts it back, as JSON: `{kind, form, path, definition, permissions}`; '' where `why` says that
    it cannot be."""

    label: str
    form: str
    values: str
    version: str
    part: str
    why: str = ""
    icon: str = "text"


@dataclass(frozen=True, slots=True)
class VersionsPage:
    frame: DesignFrame
    title: str
    action: str
    versions: tuple[VersionLine, ...]
    old: int
    new: int
    compared: str
    changes: tuple[Told, ...]
    parked: tuple[ParkedLine, ...]
    edits: tuple[Edit, ...]
    words: str


# -- tests -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded so far, as the test it would become. A step: its icon, what it was, and where in the test
    words stand for what somebody said ('' nowhere), and those words."""

    since: str
    steps: tuple[tuple[str, str, str, str], ...]
    test: str  # JSON


@dataclass(frozen=True, slots=True)
class TestsPage:
    frame: DesignFrame
    title: str
    action: str
    revision: int
    tests: tuple[Trial, ...]
    run: Run | None
    covered: str
    percent: int
    missed_rules: tuple[str, ...]
    missed_branches: tuple[str, ...]
    told_only: tuple[str, ...]  # rules and branches that only the sample's story goes through
    recording: Recording | None
    may_record: bool
    words: str


# -- binding -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleLine:
    id: str
    label: str
    duties: str
    people: str
    members: tuple[str, ...]
    empty: bool
    open: bool


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel, or the name of a secret with the `address` it is for; `href` is where it is set."""

    label: str
    href: str
    state: str
    bound: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class BindingPage:
    frame: DesignFrame
    title: str
    action: str
    roles: tuple[RoleLine, ...]
    channels: tuple[ChannelLine, ...]
    secrets: tuple[ChannelLine, ...]
    apps: tuple[Need, ...]
    departments: tuple[Choice, ...]
    owner: str  # who answers for the app: '' nobody yet
    keeper: str  # who has its to-dos until then
    app_href: str
    published: bool = True
    wrong: tuple[str, ...] = ()
