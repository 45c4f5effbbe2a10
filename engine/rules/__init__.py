"""The rule interpreter: WHEN something happened, IF an expression holds, THEN effects.

`Rules` is what the runtime holds; `join` makes it part of the write path.
"""

from engine.rules.events import Outcome as Outcome
from engine.rules.log import (
    FIELDS_SET as FIELDS_SET,
    LOG_READERS as LOG_READERS,
    Detail as Detail,
    Done as Done,
    Reason as Reason,
    RuleRun as RuleRun,
)
from engine.rules.rules import Rules as Rules
from engine.rules.trying import Example as Example, Trial as Trial
