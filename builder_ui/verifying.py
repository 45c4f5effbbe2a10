"""A verification started from the page: at most one at a time, in a thread of its own, with its progress."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from engine.access.viewer import Viewer
from engine.evidence.steps import Mode
from engine.failures import failure
from engine.runtime import Runtime

log = logging.getLogger("muniment.web")


@dataclass
class Running:
    """A verification under way in this process, and how far it is."""

    done: int = 0
    total: int = 0


class Verifying:
    """At most one verification at a time; the page asks how far it is."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self.running: Running | None = None
        self.failed = False

    def start(self, viewer: Viewer, mode: Mode = "full") -> bool:
        """False while another one is under way."""
        with self._lock:
            if self.running is not None:
                return False
            self.running, self.failed = Running(), False
            threading.Thread(
                target=self._work, args=(viewer, self.running, mode), name="verify", daemon=True
            ).start()
        return True

    def _work(self, viewer: Viewer, running: Running, mode: Mode) -> None:
        def progress(done: int, total: int) -> None:
            running.done, running.total = done, total

        try:
            self._runtime.verify(progress, viewer.person, mode=mode, workers=1)
        except Exception:
            self.failed = True
            log.error("the verification started from the page failed\n%s", failure())
        finally:
            with self._lock:
                self.running = None
