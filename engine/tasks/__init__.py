"""Tasks: a person's to-dos, opened by rules and flows, closed by whoever is first."""

from engine.tasks.parts import (
    ClosedTask as ClosedTask,
    MovingTask as MovingTask,
    NewTask as NewTask,
    OpenedTask as OpenedTask,
    Outcome as Outcome,
    Quoted as Quoted,
    TaskCounts as TaskCounts,
    TaskPage as TaskPage,
    TaskView as TaskView,
)
from engine.tasks.tasks import Tasks as Tasks
