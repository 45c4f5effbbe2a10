"""Search: blind token indexes, the query language, highlights.

`Search` keeps and asks the index, `parse` reads what a person typed, `fold_tree` turns the tree
into whatever the caller builds, `matches` checks candidates on their text.
"""

from engine.search.check import matches
from engine.search.highlight import highlight, snippet
from engine.search.index import FormTexts, Search, is_indexed
from engine.search.query import parse
from engine.search.targets import Scope
from engine.search.tree import And, Filter, Node, Not, Or, ParsedQuery, Word, candidates, fold_tree

__all__ = [
    "And", "Filter", "FormTexts", "Node", "Not", "Or", "ParsedQuery", "Scope", "Search", "Word",
    "candidates", "fold_tree", "highlight", "is_indexed", "matches", "parse", "snippet",
]  # fmt: skip
