"""Throw-away houses: gone when a run ends, and when whoever comes next finds that nobody lives there any more."""

from __future__ import annotations

import os
from pathlib import Path

from engine.app_tests.trials import FOLDER, LOCK, YOUNG, clear_trials, trial_folder


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    with trial_folder(tmp_path) as mine:
        (mine / "muniment.db").write_text("…")
        left, fresh, old = (tmp_path / FOLDER / name for name in ("left", "fresh", "old"))
        for folder in (left, fresh, old):
            folder.mkdir()
        (left / LOCK).touch()  # nobody holds it
        os.utime(old, (0, os.stat(old).st_mtime - 2 * YOUNG))
        clear_trials(tmp_path)
        assert sorted(folder.name for folder in (tmp_path / FOLDER).iterdir()) == sorted(["fresh", mine.name])
    assert not mine.exists()
    clear_trials(tmp_path / "nowhere")
