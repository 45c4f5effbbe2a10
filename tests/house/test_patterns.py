"""No pattern takes quadratic time: one request that repeats its beginning would hold up the whole process, since
matching does not let go of the interpreter."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from types import ModuleType

ROOMS = ("metamodel", "engine", "plugins", "builder_ui")
NOT_IMPORTED = ("__main__", "engine.cli", "engine.sheet_reader")
LONG = 16_000  # characters: a linear pattern takes a millisecond or less, a quadratic one 256 million steps
ALLOWED = 0.08  # seconds of the processor, not of the clock
PIECES = (
    "<", "<a ", "[", "[a](", "{{ ", "(", "（a", "'", '"', "\\", "1", "1,", "1.", " ", "\n", "a", "a.", "a@", "中1", "-",
    "`", "_a", "# ", "|", "：a", "http://", "&amp", "00:", "@ ", "=", "/a", "a b ",
)  # fmt: skip
BEGUN = ("", "a@", "（")  # of what is asked at one place
END = "\0\n@"  # what no pattern ends with


def patterns() -> Iterator[tuple[ModuleType, str, re.Pattern[str]]]:
    """Those that modules keep, under their names."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.name.endswith(NOT_IMPORTED):
                module = importlib.import_module(found.name)
                for name, value in vars(module).items():
                    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                        yield module, name, value


def ways_of(module: ModuleType, name: str) -> set[str]:
    """How the module asks its pattern: `fullmatch` begins at one place, `search` and `sub` everywhere. Nothing where
    somebody is handed it."""
    text = inspect.getsource(module)
    asked = set(re.findall(rf"\b{name}\.(fullmatch|match|search|sub|finditer|split)\b", text))
    return set() if re.search(rf"\b{name}\b(?!\.| = )", text) else asked


def slow(pattern: re.Pattern[str], ways: set[str]) -> str:
    """A piece whose repetition takes it long, at the second try too; blank: none."""
    at_one_place = bool(ways) and ways <= {"fullmatch", "match"}
    begun = BEGUN if at_one_place else ("",)
    texts = ((piece, start + piece * (LONG // len(piece)) + END) for piece in PIECES for start in begun)
    asked = ways if at_one_place else {"finditer"}
    found = (one for one, text in texts if all(_seconds(pattern, text, asked) > ALLOWED for _ in range(2)))
    return next(found, "")


def _seconds(pattern: re.Pattern[str], text: str, ways: set[str]) -> float:
    before = time.thread_time()
    for way in ways:
        if way == "finditer":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, way)(text)
    return time.thread_time() - before


def test_every_pattern_is_linear() -> None:
    found = {
        (module.__name__, name): slow(pattern, ways_of(module, name)) for module, name, pattern in patterns()
    }
    assert len(found) > 100
    assert not {name: piece for name, piece in found.items() if piece}


def test_a_quadratic_pattern_is_seen() -> None:
    assert slow(re.compile(r"<[^>]*>"), {"search"})


def test_one_that_is_only_asked_for_the_whole_is_judged_so() -> None:
    assert slow(re.compile(r"[^@]+@[^@]+\.[^@]+"), {"fullmatch"})
    assert not slow(re.compile(r"[0-9]+x"), {"fullmatch"})
