"""Steps: what happens in a test. Messages come in by their channel's door, people act, time passes."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any, Literal, cast

from engine.access.viewer import SYSTEM
from engine.app_tests.expecting import expect
from engine.sample_data import Acting
from engine.sample_data.passing import pass_time, step_for, strike
from engine.sample_data.stand_ins import stand_in
from metamodel.app_tests import DURATION, Step
from metamodel.parts import Part
from metamodel.plugin_api import MediaReference, Message, Participant, read_duration
from metamodel.problems import Problem, Rejected, problem

Direction = Literal["in", "out", "internal", "system"]


def take_step(acting: Acting, step: Step) -> list[Problem]:
    """What went otherwise than the step says; paths are those of the document."""
    try:
        found = _do(acting, step)
    except Rejected as error:
        return _refused(step, error)
    if step.refused:
        return [problem("app_test.not_refused", step.path, expected=step.refused)]
    return found


def _do(acting: Acting, step: Step) -> list[Problem]:
    if step.kind == "expect":
        return expect(acting, step)
    if step.kind == "message":
        _message(acting, step.part.part("message"))
    elif step.kind == "wait":
        _wait(acting, step.part.text("wait"))
    else:
        acting.act(step.part)
    return []


def _refused(step: Step, error: Rejected) -> list[Problem]:
    codes = [found.code for found in error.problems]
    if step.refused in codes:
        return []
    reasons = {
        language: "；".join(f"{found.text(language)} ({found.code})" for found in error.problems)
        for language in ("zh", "en")
    }
    if step.refused:
        return [problem("app_test.refused_otherwise", step.path, expected=step.refused, reasons=reasons)]
    return [problem("app_test.refused", step.path, reasons=reasons)]


# -- time ------------------------------------------------------------------------------------------


def _wait(acting: Acting, text: str) -> None:
    """For a duration, or until a moment; what is due on the way is done."""
    now = acting.runtime.clock.now()
    until = now + read_duration(text) if DURATION.fullmatch(text) else datetime.fromisoformat(text)
    if until <= now:
        strike(acting.runtime)
    pass_time(acting.runtime, until, step_for(until - now))


# -- messages --------------------------------------------------------------------------------------


def _message(acting: Acting, part: Part) -> None:
    """One message, or several of the same kind, `every` so long."""
    every = part.text("every")
    for number in range(part.integer("times", 1)):
        if number and every:
            _wait(acting, every)
        _take(acting, part)


def _take(acting: Acting, part: Part) -> None:
    message = _normalised(acting, part)
    records = acting.runtime.channels.take(part.text("channel"), message)
    if part.text("name") and records:
        form = _form_of(acting, records[0])
        acting.give(part.text("name"), form, records[0], vendor_id=message.vendor_id)


def _normalised(acting: Acting, part: Part) -> Message:
    """Who is one of ours is known by the organisation; everybody else is a customer."""
    sender, *receivers = [_participant(acting, part, who) for who in (part.text("from"), *part.texts("to"))]
    refers = acting.place(part.text("refers_to")).vendor_id if part.text("refers_to") else ""
    number = next(acting.numbers)
    room = part.text("room")
    people = sorted((sender, *receivers), key=lambda person: (person.kind == "customer", person.id))
    return Message(
        vendor_id=f"test-{number}",
        sender=sender,
        receivers=tuple(receivers),
        sent_at=acting.runtime.clock.now(),
        account="test",
        vendor_seq=number,
        conversation_id=room or "|".join(dict.fromkeys(person.id for person in people)),
        conversation_kind=cast(Any, part.text("kind", "group" if room else "single")),
        direction=_direction(sender, receivers),
        action=cast(Any, part.text("action", "send")),
        type=part.text("type", "text"),
        text=part.text("text"),
        refers_to=refers,
        attachments=tuple(_file(name) for name in part.texts("files")),
    )


def _file(name: str) -> MediaReference:
    content, kind = stand_in(name)
    return MediaReference(name, kind, len(content), content=content)


def _participant(acting: Acting, part: Part, who: str) -> Participant:
    person = acting.runtime.people.organisation().people.get(who)
    if person is not None:
        return Participant(who, "staff", person.name)
    return Participant(who, "customer", part.text_mapping("names").get(who, ""))


def _direction(sender: Participant, receivers: list[Participant]) -> Direction:
    if sender.kind == "customer":
        return "in"
    return "out" if any(person.kind == "customer" for person in receivers) else "internal"


def _form_of(acting: Acting, record: str) -> str:
    """The form that a message became a record of; archives are looked at first."""
    runtime, app = acting.runtime, acting.runtime.applications.get(acting.app)
    for form in sorted(app.forms, key=lambda form: not form.is_archive):
        with contextlib.suppress(Rejected):
            runtime.records.get(SYSTEM, app.id, form.id, record)
            return form.id
    raise Rejected([problem("app_test.nothing", form=app.id, where=record)])
