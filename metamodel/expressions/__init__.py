"""The expression language: text -> a checked tree with a type. Who runs it is the engine's business.

`check` is the one door; the same tree is walked, compiled to closures, and turned into SQL.
"""

from metamodel.expressions.checker import Expression, Scope, check

__all__ = ["Expression", "Scope", "check"]
