"""`make run`: a new directory is filled once and the sign-ins are said; the next time it is only said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.commands import demo
from engine.config import Config
from engine.runtime import Runtime


def test_samples_are_loaded_once_and_the_sign_ins_are_said_each_time(
    sqlite_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(runtime: Runtime, as_of: str, say: Any) -> None:
        runtime.applications.publish(None, {"muniment": 1, "app": {"id": "one", "label": "One"}}, "system")
        sees = {"zh": "看全部", "en": "sees everything"}
        demo._write_sign_ins(runtime.config, [{"person": "dir01", "sees": sees}], "secret")
        loaded.append(f"{as_of} {runtime.config.synchronous}")

    monkeypatch.setattr(demo, "load_samples", load)
    for _ in range(2):
        said: list[str] = []
        demo.prepare(Config(data=sqlite_data), "2026-11-20", said.append, 8000)
        assert "127.0.0.1:8000" in "".join(said)
        assert "dir01     secret   看全部 / sees everything" in "".join(said)
    assert loaded == ["2026-11-20 OFF"]
