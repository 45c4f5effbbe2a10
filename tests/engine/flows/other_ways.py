"""The office's flow with something in it changed, and requests that go its longer way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]


def options_of(document: Document, node: str) -> Document:
    return next(n for n in document["flows"][0]["nodes"] if n["id"] == node).setdefault("options", {})


def asking(node: str, **options: Any) -> Callable[[Document], None]:
    """The flow with other options of a node."""
    return lambda document: options_of(document, node).update(options)


BIG = {"amount": "100000.01"}


def both(*changes: Callable[[Document], None]) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for one in changes:
            one(document)

    return change


EVERYTHING = ["approve", "reject", "return", "transfer", "add"]
ADD = both(asking("manager", may=EVERYTHING), asking("legal", may=EVERYTHING))


def manual(document: Document) -> None:
    document["flows"][0]["start"] = "manual"
    options_of(document, "start")["roles"] = ["staff"]
