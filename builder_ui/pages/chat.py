"""A conversation as it was: the messages of a record in a chat view (docs/views.md), oldest first.

What a recall or an edit is about stays where it was said, struck through or with its former
words; the words somebody looks for are marked in everything that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from builder_ui.cells import Chip, record_url
from builder_ui.drawing import Presenter
from builder_ui.models.reading import Bubble, ChatView, Marked
from builder_ui.named_files import file_ids, files_in
from builder_ui.pages import unmasking
from builder_ui.pages.retention.on_record import shredded
from builder_ui.site import Visit
from builder_ui.views import Placed, messages_of
from engine.records.query import Condition, Query, RecordView
from engine.records.references import NOT_SHOWN
from engine.search import highlight
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.forms import Form
from metamodel.masking import DOT
from metamodel.problems import Rejected

SIZE = 300
PAGES = 40  # looked through for the message a search hit points at
SIDES = {"in": "left", "out": "right", "internal": "right", "system": "middle"}
ACTIONS = {"send": "message", "edit": "edit", "recall": "recall", "consent": "event", "system": "event"}
KINDS = frozenset(
    {"image", "file", "voice", "video", "call", "link", "card", "location", "chatrecord", "email", "event"}
)
TOGETHER = timedelta(minutes=3)
OPAQUE = re.compile(r"(?=.*\d)[A-Za-z0-9_.-]{15,}")  # an id a channel made up


@dataclass
class Thread:
    """The messages of one page of a conversation, and how this view reads them."""

    visit: Visit
    app: App
    form: Form
    placed: Placed
    presenter: Presenter
    words: Sequence[str] = ()
    hits: frozenset[str] = frozenset()
    recalled: dict[str, RecordView] = field(default_factory=dict)
    edits: dict[str, list[RecordView]] = field(default_factory=dict)

    def named(self, option: str) -> str:
        """The field id the view gives for one of its parts; '' when it gives none."""
        return str(self.placed.option(option))

    def value(self, message: RecordView, option: str) -> Any:
        return message.values.get(self.named(option))

    def text(self, message: RecordView, option: str) -> str:
        return message.display.get(self.named(option), "")

    def found(self, message: RecordView) -> bool:
        """In its own words, or in those it was given later: they are shown in its place."""
        return any(one.id in self.hits for one in (message, *self.edits.get(message.id, ())))

    def action(self, message: RecordView) -> str:
        known: Mapping[str, str] = self.placed.option("actions", None) or ACTIONS
        return known.get(str(self.value(message, "action") or ""), "message")


def view(visit: Visit, placed: Placed, record: RecordView) -> ChatView:
    """The chat of `record`. What the viewer may not read at all is said, not refused."""
    named = messages_of(placed.view)
    app = visit.runtime.applications.get(named.get("app") or placed.app.id)
    form = app.form(named["form"])
    if form is None:
        return ChatView((), ())
    find, at = visit.query.get("find", "").strip(), visit.query.get("at", "")
    query = Query(
        conditions=(Condition(named["link"], "is", (record.id,)),),
        sort=(str(placed.option("time")),),
        limit=SIZE,
    )
    try:
        page, number = _page_with(visit, app, form, query, at)
    except Rejected:
        return ChatView((), (), away=True)
    messages = page.items
    away = bool(messages) and all(str(placed.option("text")) not in message.values for message in messages)
    files = {i: hide for message in messages for f in form.fields for i, hide in files_in(f, message).items()}
    thread = Thread(visit, app, form, placed, visit.presenter(app.id, files))
    thread.words, thread.hits = _hits(visit, app, form, query, find)
    _gather(thread, messages)
    here = record_url(placed.app.id, placed.form.id, record.id)
    kept = {name: visit.query[name] for name in ("list", "tab") if visit.query.get(name)}
    return ChatView(
        tuple(_bubbles(thread, messages)), _facts(visit, placed, record), find, here, tuple(kept.items()),
        earlier_href=record_url(placed.app.id, placed.form.id, record.id, **kept, part=number - 1) if number else "",
        later_href=record_url(placed.app.id, placed.form.id, record.id, **kept, part=number + 1) if page.next else "",
        total=visit.count("%(num)s message", "%(num)s messages", page.total), at=at, away=away,
        unmask=unmasking.notice(visit, app, _seen(placed, app, form, record, messages)),
    )  # fmt: skip


def _seen(
    placed: Placed, app: App, form: Form, record: RecordView, messages: Sequence[RecordView]
) -> dict[str, Sequence[RecordView]]:
    """What of one app is on this page: the messages, and the record they belong to."""
    home = {placed.form.id: [record]} if placed.app.id == app.id else {}
    return {**home, form.id: messages}


def _page_with(visit: Visit, app: App, form: Form, query: Query, at: str) -> tuple[Any, int]:
    """The page asked for, or the one with the message `at`."""
    asked = visit.query.get("part", "0")
    number = min(whole_number(asked, 0), 1_000_000)
    page = visit.runtime.records.page(visit.viewer, app.id, form.id, replace(query, page=number))
    for later in range(1, PAGES if at and not number else 1):
        if not page.next or any(message.id == at for message in page.items):
            break
        number, page = (
            later,
            visit.runtime.records.page(visit.viewer, app.id, form.id, replace(query, page=later)),
        )
    return page, number


def _hits(
    visit: Visit, app: App, form: Form, query: Query, find: str
) -> tuple[Sequence[str], frozenset[str]]:
    """The words to mark and the messages in which the search finds them."""
    if not find:
        return (), frozenset()
    try:
        found = visit.runtime.records.page(
            visit.viewer, app.id, form.id, replace(query, text=find, columns=(query.sort[0],))
        )
    except Rejected:
        return [find], frozenset()
    return list(found.words) or [find], frozenset(item.id for item in found.items)


def _gather(thread: Thread, messages: Iterable[RecordView]) -> None:
    """Recalls and edits by the message they are about."""
    for message in messages:
        about = str(thread.value(message, "refers_to") or "")
        if about and thread.action(message) == "recall":
            thread.recalled[about] = message
        elif about and thread.action(message) == "edit":
            thread.edits.setdefault(about, []).append(message)


def _bubbles(thread: Thread, messages: Sequence[RecordView]) -> Iterable[Bubble]:
    here = {message.id for message in messages}
    before: RecordView | None = None
    spoke: RecordView | None = None  # whose bubble came right before
    for message in messages:
        action = thread.action(message)
        if action in ("recall", "edit") and str(thread.value(message, "refers_to") or "") in here:
            if action == "recall":
                yield _event(thread, message, before)
                spoke = None
            continue
        told = action == "event"
        yield _event(thread, message, before) if told else _bubble(thread, message, before, spoke)
        before, spoke = message, None if told else message


def _event(thread: Thread, message: RecordView, before: RecordView | None) -> Bubble:
    words = thread.text(message, "text")
    if thread.action(message) == "recall":
        words = thread.visit.text("%(name)s took a message back", name=_sender(thread, message) or "?")
    return Bubble(
        message.id, "middle", "event", marked(words, thread.words), _clock(thread, message), _stamp(thread, message),
        day=_day(thread, message, before),
    )  # fmt: skip


def _sender(thread: Thread, message: RecordView) -> str:
    """A name people know: the sender's own, else that of whoever he was found to be, else the end of his id.
    Where his own is masked, whoever he was found to be, as far as that may be read."""
    said, identifier = thread.text(message, "sender"), str(thread.value(message, "sender_id") or "")
    if DOT in said:
        return known_name(thread.placed, message) or said
    if said and said != identifier and not OPAQUE.fullmatch(said):
        return said
    return known_name(thread.placed, message) or short_id(said)


def known_name(placed: Placed, message: RecordView) -> str:
    """What the view's `known_as` says of the sender of this message; '' when nobody knows him."""
    sides: Mapping[str, str] = placed.option("sides", None) or SIDES
    side = sides.get(str(message.values.get(str(placed.option("side"))) or ""), "left")
    fields: Mapping[str, str] = placed.option("known_as", None) or {}
    name = message.display.get(fields.get(side, ""), "")
    return "" if name in NOT_SHOWN.values() else name


def short_id(identifier: str) -> str:
    return identifier if len(identifier) <= 14 else f"{identifier[:4]}…{identifier[-4:]}"


def _bubble(
    thread: Thread, message: RecordView, before: RecordView | None, spoke: RecordView | None
) -> Bubble:
    kind = str(thread.value(message, "type") or "")
    side = _side(thread, message)
    newest, edited = _edited(thread, message)
    back = thread.recalled.get(message.id)
    text_away = thread.named("text") not in message.values
    attached = file_ids(thread.form.field(thread.named("attachments")), message)
    return Bubble(
        message.id, side, kind if kind in KINDS else "text", marked(thread.text(newest, "text"), thread.words),
        _clock(thread, message), _stamp(thread, message), _sender(thread, message),
        str(thread.value(message, "sender_id") or thread.text(message, "sender")), _day(thread, message, before),
        again=_again(thread, message, spoke), taken_back=_taken_back(thread, back), edited=edited,
        also=_also(thread, message),
        files=tuple(thread.presenter.file(identifier) for identifier in attached),
        duration=thread.text(message, "duration"), chips=_tags(thread, message),
        hit=thread.found(message), away=text_away,
        shredded=shredded(thread.visit, message.shredded) if message.shredded else "",
        proof_href=f"{record_url(thread.app.id, thread.form.id, message.id)}/proof" if thread.form.is_archive else "",
        href=record_url(thread.app.id, thread.form.id, message.id),
    )  # fmt: skip


def _edited(thread: Thread, message: RecordView) -> tuple[RecordView, tuple[tuple[str, str], ...]]:
    """The words that stand now, and each wording before with when it was replaced."""
    versions = [message, *thread.edits.get(message.id, ())]
    former = [
        (thread.visit.moments.short(thread.value(later, "time")), thread.text(earlier, "text"))
        for earlier, later in pairwise(versions)
    ]
    return versions[-1], tuple(former)


def _taken_back(thread: Thread, recall: RecordView | None) -> str:
    if recall is None:
        return ""
    moments = thread.visit.moments
    return thread.visit.text(
        "%(name)s took this back at %(time)s", name=_sender(thread, recall) or "?",
        time=moments.clock(thread.value(recall, "time")),
    )  # fmt: skip


def _also(thread: Thread, message: RecordView) -> tuple[tuple[str, Marked], ...]:
    made = []
    for name in thread.placed.option("also", ()):
        known, text = thread.form.field(str(name)), message.display.get(str(name), "")
        if known and text:
            made.append((known.text(thread.visit.language), marked(text, thread.words)))
    return tuple(made)


def _tags(thread: Thread, message: RecordView) -> tuple[Chip, ...]:
    known = thread.form.field(thread.named("tags"))
    return thread.presenter.of_record(known, message).chips if known and known.id in message.values else ()


def _side(thread: Thread, message: RecordView) -> str:
    sides: Mapping[str, str] = thread.placed.option("sides", None) or SIDES
    return sides.get(str(thread.value(message, "side") or ""), "left")


def _again(thread: Thread, message: RecordView, before: RecordView | None) -> bool:
    """Same person, same side, a moment later: the name need not be said again."""
    if before is None or _day(thread, message, before):
        return False
    same = all(thread.value(message, o) == thread.value(before, o) for o in ("sender_id", "sender", "side"))
    now, then = (thread.visit.moments.read(thread.value(m, "time")) for m in (message, before))
    return same and now is not None and then is not None and now - then < TOGETHER


def _day(thread: Thread, message: RecordView, before: RecordView | None) -> str:
    moments = thread.visit.moments
    now = moments.read(thread.value(message, "time"))
    then = moments.read(thread.value(before, "time")) if before else None
    return moments.weekday(now) if now and (then is None or then.date() != now.date()) else ""


def _clock(thread: Thread, message: RecordView) -> str:
    return thread.visit.moments.clock(thread.value(message, "time"))


def _stamp(thread: Thread, message: RecordView) -> str:
    return thread.visit.moments.full(thread.value(message, "time"))


def _facts(visit: Visit, placed: Placed, record: RecordView) -> tuple[Any, ...]:
    names = [str(name) for name in placed.option("facts", ())]
    return tuple(
        cell
        for cell in visit.presenter(placed.app.id).cells(placed.form, record, names)
        if cell.kind != "blank"
    )


def marked(text: str, words: Sequence[str]) -> Marked:
    """The text in pieces, those that the search found marked, however they are written."""
    if not words or not text:
        return ((text, False),)
    return tuple((piece, bool(hit)) for piece, hit in highlight(text, words))
