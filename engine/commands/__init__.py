"""What the command line does, one file a group of commands; `cli.py` only reads the arguments."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import resource

PR_SET_DUMPABLE = 4  # linux/prctl.h


def settle() -> None:
    """Called once a process has loaded what it stays with: definitions and compiled expressions are
    never garbage, and looking through them again and again costs a seventh of a bulk capture."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def leave_no_dump() -> None:
    """Called by a process before it opens an installation: its memory holds keys and what is being read,
    so a crash writes none of it to the disk, and nobody of the same account looks into it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has it; a core may be piped to a program
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
