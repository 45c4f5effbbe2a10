"""To-dos as people see them: a line of a list, a group by due date, the card that is decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from builder_ui.models.tasks import Answer, TaskCard, TaskGroup, TaskLine
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from builder_ui.site import Visit
    from engine.tasks import TaskView

MOST_KEYS = 9


def task_url(task: str) -> str:
    return f"/tasks/{task}"


def lines(visit: Visit, tasks: Sequence[TaskView]) -> list[TaskLine]:
    """Each to-do as a line: the title of its record where this viewer may see it, its app when there are several."""
    with_app = len({task.app for task in tasks}) > 1
    titles = visit.titles((t.app, t.form, t.record) for t in tasks if t.record)
    return [_line(visit, t, titles.get((t.app, t.form, t.record), ""), with_app=with_app) for t in tasks]


def _line(visit: Visit, task: TaskView, about: str, *, with_app: bool) -> TaskLine:
    return TaskLine(
        task.id, task.title, task_url(task.id), "flow" if task.kind == "approval" else "task",
        task.source_label, about if about not in task.title else "", due_text(visit, task), tone(visit, task),
        task.hits, closed_text(visit, task), app_name(visit, task.app) if with_app else "",
        visit.text("For %(name)s", name=task.standing_in_for) if task.standing_in_for else "",
    )  # fmt: skip


def app_name(visit: Visit, app: str) -> str:
    try:
        return visit.runtime.applications.get(app).text(visit.language)
    except Rejected:
        return app


def about_lines(visit: Visit, tasks: Sequence[TaskView]) -> tuple[TaskLine, ...]:
    """To-dos on the page of their record: whose they are instead of what they are about."""
    ordered = sorted(tasks, key=lambda task: task.state != "open")
    return tuple(
        TaskLine(
            task.id, task.title, task_url(task.id) if task.mine or task.state != "open" else "",
            source=task.source_label,
            about=show_list(task.people, visit.language) if task.state == "open" else task.closed_by,
            due=due_text(visit, task), tone=tone(visit, task), hits=task.hits, closed=closed_text(visit, task),
        )
        for task in ordered
    )  # fmt: skip


# -- when -----------------------------------------------------------------------------------------


def tone(visit: Visit, task: TaskView) -> str:
    """late or today while it is open, ok when it was closed as one would hope."""
    if task.state != "open":
        chosen = next((one for one in task.outcomes if one.id == task.outcome), None)
        return "ok" if chosen is not None and chosen.style == "primary" else ""
    if task.due_at is None:
        return ""
    if task.overdue:
        return "late"
    return "today" if visit.moments.days_until(task.due_at) == 0 else ""


def due_text(visit: Visit, task: TaskView) -> str:
    if task.due_at is None or task.state != "open":
        return ""
    if task.overdue:
        return visit.text("%(span)s overdue", span=visit.moments.span(task.due_at))
    if visit.moments.days_until(task.due_at) == 1:
        return visit.text("Tomorrow %(clock)s", clock=visit.moments.clock(task.due_at))
    return visit.moments.short(task.due_at)


def closed_text(visit: Visit, task: TaskView) -> str:
    """Who closed it, when and how: in a list short, at the right edge."""
    if task.state == "open":
        return ""
    if task.state == "cancelled":
        return visit.text("No longer needed")
    return " · ".join(part for part in (task.outcome_label, visit.moments.short(task.closed_at)) if part)


def _group_of(visit: Visit, task: TaskView) -> tuple[int, str, str]:
    """Rank, label and tone of the group a to-do stands in."""
    if task.state != "open":
        closed = task.closed_at or task.created_at
        return (-visit.moments.days_until(closed), visit.moments.day(closed), "")
    if task.due_at is None:
        return (9, visit.text("No date"), "")
    if task.overdue:
        return (0, visit.text("Overdue"), "late")
    days = visit.moments.days_until(task.due_at)
    if days <= 0:
        return (1, visit.text("Today"), "today")
    if days == 1:
        return (2, visit.text("Tomorrow"), "")
    if days < 7 - visit.moments.today.weekday():
        return (3, visit.text("This week"), "")
    return (4, visit.text("Later"), "")


def groups(visit: Visit, tasks: Sequence[TaskView]) -> tuple[TaskGroup, ...]:
    """By due date when open, by the day they were closed when done; the order given stays within a group."""
    found: dict[tuple[int, str, str], list[TaskLine]] = {}
    for task, line in zip(tasks, lines(visit, tasks), strict=True):
        found.setdefault(_group_of(visit, task), []).append(line)
    return tuple(TaskGroup(key[1], key[2], tuple(found[key])) for key in sorted(found))


# -- what may be answered ----------------------------------------------------------------------------


def answers(visit: Visit, task: TaskView) -> tuple[Answer, ...]:
    """The outcomes this viewer may close it with, each with its key."""
    if task.state != "open" or not task.mine:
        return ()
    made = []
    plain = [one for one in task.outcomes if not one.people]
    for number, outcome in enumerate(sorted(plain, key=lambda one: one.style != "primary"), 1):
        text = label_text(outcome.label, visit.language, outcome.id)
        said = visit.text("%(answer)s: %(title)s", answer=text, title=task.title)
        key = str(number) if number <= MOST_KEYS else ""
        made.append(Answer(outcome.id, text, outcome.style, outcome.reason, key, said))
    return tuple(made)


def adding(visit: Visit, task: TaskView) -> tuple[Answer, ...]:
    """The outcomes by which this viewer has others asked as well."""
    if task.state != "open" or not task.mine:
        return ()
    hints = {
        "add_before": visit.text("They decide first; then it comes back to you."),
        "add_after": visit.text("You approve now; then they have to approve, too."),
    }
    done = visit.text("Others are asked as well: %(title)s", title=task.title)
    return tuple(
        Answer(one.id, label_text(one.label, visit.language, one.id), done=done, hint=hints.get(one.id, ""))
        for one in task.outcomes
        if one.people
    )


def closed_sentence(visit: Visit, task: TaskView) -> str:
    if task.state == "open":
        return ""
    when = visit.moments.short(task.closed_at)
    if task.state == "cancelled":
        return visit.text("No longer needed since %(time)s", time=when)
    who = task.closed_by or visit.text("The system")
    return visit.text("%(who)s, %(time)s: %(outcome)s", who=who, time=when, outcome=task.outcome_label)


def card(visit: Visit, task: TaskView) -> TaskCard:
    """All of a to-do that it says itself; its record and flow are put in by the page."""
    others = [name for name in task.people if name != visit.viewer.name]
    mine = task.state == "open" and task.mine
    if task.standing_in_for:
        others = [name for name in others if name != task.standing_in_for]
    note = visit.text("Its words quote what you may not read.") if task.hidden else task.note
    return TaskCard(
        task.id, task.title, task.kind, task.source_label, app_name(visit, task.app),
        visit.text("Came %(time)s", time=visit.moments.short(task.created_at)), task_url(task.id),
        due=due_text(visit, task), tone=tone(visit, task), hits=_hits(visit, task), others=_others(visit, others),
        moves=tuple(_moves(visit, task)), note=note, answers=answers(visit, task), adding=adding(visit, task),
        close_action=f"{task_url(task.id)}/close",
        transfer_action=f"{task_url(task.id)}/transfer" if mine else "", people_url="/people/options",
        standing_in=visit.text("For %(name)s, who is away", name=task.standing_in_for) if task.standing_in_for else "",
        state=task.state, closed=closed_sentence(visit, task), comment=task.comment,
    )  # fmt: skip


def _moves(visit: Visit, task: TaskView) -> Iterator[str]:
    """How it came to whom it is with: nobody was where it was meant for, or somebody handed it on."""
    if task.keeping:
        yield visit.text(
            "Nobody was found where it was meant for, and nobody answers for the app yet: hand it on. Of the record "
            "you are shown nothing."
        )
    elif task.nobody:
        yield visit.text(
            "Nobody was found where it was meant for, so it came to whoever answers for the app."
        )
    for move in task.moves:
        when = visit.moments.short(move.at)
        handed = visit.text(
            "%(giver)s handed it to %(taker)s, %(time)s.", giver=move.giver, taker=move.taker, time=when
        )
        yield f"{handed} {move.comment}".rstrip()


def _hits(visit: Visit, task: TaskView) -> str:
    again = task.hits - 1
    return visit.count("hit %(num)s time more", "hit %(num)s times more", again) if again > 0 else ""


def _others(visit: Visit, names: Iterable[str]) -> str:
    joined = show_list(names, visit.language)
    return visit.text("also on the list of %(names)s", names=joined) if joined else ""
