"""What a process of ours keeps to itself: its memory, and the settings in its environment.

Called by whatever opens an installation, and by whatever starts another program.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource

PR_SET_DUMPABLE = 4  # linux/prctl.h
OURS = "MUNIMENT_"


def leave_no_dump() -> None:
    """Called by a process before it opens an installation: its memory holds keys and what is being read,
    so a crash writes none of it to the disk, and nobody of the same account looks into it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has it; a core may be piped to a program
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def environment_of_others() -> dict[str, str]:
    """For programs that are not ours: everybody of the same account reads their environment, and ours may hold the
    keys and passwords."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
