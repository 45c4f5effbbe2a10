"""What the command line does, one file a group of commands; `cli.py` only reads the arguments."""

from __future__ import annotations

import gc


def settle() -> None:
    """Called once a process has loaded what it stays with: definitions and compiled expressions are
    never garbage, and looking through them again and again costs a seventh of a bulk capture."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
