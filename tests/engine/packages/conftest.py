"""The case on both databases; and one package of it, made once for everything that only reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.engine.conftest import make_runtime
from tests.engine.packages.case import furnish, packed

__all__ = ["make_runtime"]


@pytest.fixture
def case(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    furnish(runtime)
    yield runtime
    runtime.close()


@dataclass(frozen=True)
class Made:
    """A sound package, the key to check it with, and the one it was signed with."""

    package: bytes
    key: str
    fingerprint: str
    signer: Ed25519PrivateKey


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The case on SQLite, for tests that only read it."""
    config = Config(data=tmp_path_factory.mktemp("case"), synchronous="OFF")
    runtime = Runtime.open(config, FrozenClock(NOW))
    furnish(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="session")
def made(archive: Runtime) -> Made:
    found = archive.packages
    return Made(packed(archive), found.key, found.fingerprint, archive.keys.signer)
