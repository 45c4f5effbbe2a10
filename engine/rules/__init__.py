"""The rule interpreter: WHEN something happened, IF an expression holds, THEN effects.

`Rules` is what the runtime holds; `join` makes it part of the write path.
"""

from engine.rules.interpreter import Outcome as Outcome, Rules as Rules
