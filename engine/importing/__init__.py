"""Records in from a spreadsheet: looked at, tried line by line without writing, then written by a job.

`Imports` is what pages are given; the runtime holds it. Everything goes through the one write path as the
person who imports, so an import can do nothing that person could not do by hand.
"""

from engine.importing.imports import Imports as Imports
from engine.importing.plan import Column as Column, Plan as Plan, Target as Target
from engine.importing.shown import Import as Import, Look as Look, WrongLine as WrongLine
