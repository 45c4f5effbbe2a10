"""A runtime with the small archive of `archive_app.py` published."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.runtime import Runtime
from tests.engine.archive_app import ARCHIVE


@pytest.fixture
def archive(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, ARCHIVE, "system")
    yield runtime
    runtime.close()
