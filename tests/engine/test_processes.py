"""What a process with keys keeps to itself: no core file, nobody looks in, nothing of it in others' environment."""

from __future__ import annotations

import ctypes
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

import pytest

from engine.evidence.verify import _open_here
from engine.processes import environment_of_others

PR_GET_DUMPABLE = 3  # linux/prctl.h


def nothing() -> Any:
    """In place of an installation that is opened again."""
    return SimpleNamespace()


def shown() -> tuple[int, tuple[int, int]]:
    """May others look into this process, and how large a core may it leave?"""
    return ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has it")
def test_nobody_looks_into_a_process_that_verifies() -> None:
    plan: Any = SimpleNamespace(mode="quick")
    opening = partial(_open_here, nothing, plan)
    with ProcessPoolExecutor(1, get_context("spawn"), opening) as pool:
        assert pool.submit(shown).result() == (0, (0, 0))


def test_other_programs_are_not_given_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_MASTER_KEY", "secret")
    monkeypatch.setenv("PGHOST", "db")
    given = environment_of_others()
    assert given["PGHOST"] == "db"
    assert "PATH" in given
    assert not [name for name in given if name.startswith("MUNIMENT_")]
