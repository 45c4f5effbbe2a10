"""Keys from a file, the environment or a program, and a rotation that running processes notice."""

from __future__ import annotations

import base64
import stat
import sys
from pathlib import Path

import pytest

from engine.config import Config
from engine.evidence import key_sources
from engine.evidence.key_sources import KeyCommand, KeyFile, KeyVariable, source_of
from engine.evidence.keys import ROTATED, MasterKeys
from engine.evidence.seals import Seals
from metamodel.problems import Rejected

KEEPER = """#!{python}
import pathlib, sys
place = pathlib.Path({place!r})
if sys.argv[2] == "write":
    place.write_text(sys.stdin.read())
elif place.exists():
    print(place.read_text())
"""


@pytest.fixture
def keeper(tmp_path: Path) -> str:
    """A program that keeps keys, as one that asks a KMS would; called with an argument of the operator's."""
    program = tmp_path / "keeper"
    program.write_text(KEEPER.format(python=sys.executable, place=str(tmp_path / "kept")))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{program} --of-archive"


def test_a_program_keeps_them(keeper: str) -> None:
    made = MasterKeys.open(KeyCommand(keeper))
    assert MasterKeys.open(KeyCommand(keeper)) == made
    made.rotated().save()
    assert MasterKeys.open(KeyCommand(keeper)).current == "2"


def test_a_process_asks_the_program_again(keeper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = MasterKeys.open(KeyCommand(keeper))
    running = Seals(keys)
    keys.rotated().save()
    assert running.new_keys([1])[0].master == "1"  # not asked for every key
    new = Seals(MasterKeys.open(KeyCommand(keeper))).new_keys([2])[0]
    assert running.unwrap(new.master, new.wrapped, 2) == new.key  # but for one it does not know
    keys.rotated().rotated().save()
    monkeypatch.setattr(key_sources, "ASK_AGAIN", 0.0)
    assert running.new_keys([3])[0].master == "3"


def test_what_the_program_said_last_counts_while_it_fails(
    keeper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Seals(MasterKeys.open(KeyCommand(keeper)))
    (tmp_path / "keeper").unlink()
    monkeypatch.setattr(key_sources, "ASK_AGAIN", 0.0)
    assert running.new_keys([1])[0].master == "1"


@pytest.mark.parametrize("program", ["exit 3", "echo '{}'", "echo nonsense", "printf '\\377'"])
def test_a_program_that_fails(tmp_path: Path, program: str) -> None:
    path = tmp_path / "keeper"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o700)
    assert refusal(KeyCommand(str(path))) == "keys.unreadable"


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(KeyCommand(str(tmp_path / "nothing"))) == "keys.unreadable"


def test_the_environment_holds_them() -> None:
    keys = MasterKeys.generate()
    encoded = base64.b64encode(keys.text().encode()).decode()
    opened = MasterKeys.open(KeyVariable(encoded))
    assert (opened, opened.check_code) == (keys, keys.check_code)
    with pytest.raises(Rejected) as refused:
        opened.rotated().save()
    assert refused.value.problems[0].code == "keys.read_only"
    assert refusal(KeyVariable("not base64")) == refusal(KeyVariable("e30=")) == "keys.unreadable"


def test_rotated_keys_lie_sealed_under_those_in_the_environment(tmp_path: Path) -> None:
    """Every process that has the old text and the data directory has the new keys at once; so has one that was
    started with the new text; nobody has them without either."""
    first, beside = MasterKeys.generate(), tmp_path / "rotated" / "keys.json"
    running = Seals(MasterKeys.open(variable(first, beside)))
    rotated = MasterKeys.open(variable(first, beside)).rotated(kinds=ROTATED)
    rotated.source.write(rotated.text())  # type: ignore[union-attr]
    assert beside.stat().st_mode & 0o777 == 0o600
    assert not any(key in beside.read_bytes() for key in map(base64.b64encode, rotated.wrapping.values()))
    assert running.new_keys([1])[0].master == "2"
    assert MasterKeys.open(variable(first, beside)) == MasterKeys.open(variable(rotated, beside)) == rotated
    again = MasterKeys.open(variable(rotated, beside)).rotated()
    again.save()
    assert MasterKeys.open(variable(rotated, beside)).current == "3"
    with pytest.raises(Rejected) as refused:
        MasterKeys.open(variable(first, beside))
    assert refused.value.problems[0].code == "keys.other_variable"
    beside.write_text(beside.read_text().replace('"sealed": "', '"sealed": "AAAA'))
    assert refusal(variable(rotated, beside)) == "keys.unreadable"


def variable(keys: MasterKeys, beside: Path) -> KeyVariable:
    return KeyVariable(base64.b64encode(keys.text().encode()).decode(), beside)


def test_one_source(tmp_path: Path) -> None:
    assert isinstance(source_of(Config(tmp_path)), KeyFile)
    assert isinstance(source_of(Config(tmp_path, master_key_text="x")), KeyVariable)
    assert isinstance(source_of(Config(tmp_path, master_key_command="x y")), KeyCommand)
    with pytest.raises(Rejected) as refused:
        source_of(Config(tmp_path, master_key_text="x", master_key_file=tmp_path / "k"))
    assert refused.value.problems[0].code == "keys.several_sources"


def test_the_check_code_is_of_all_keys() -> None:
    keys = MasterKeys.generate()
    assert keys.check_code == MasterKeys.parse(keys.text()).check_code
    others = [keys.rotated(kinds=(kind,)) for kind in ROTATED]
    assert len({one.check_code for one in (keys, *others, MasterKeys.generate())}) == 6
    assert others[2].without_old_index().check_code == others[2].check_code  # nothing is lost with it


def refusal(source: key_sources.KeySource) -> str:
    with pytest.raises(Rejected) as refused:
        MasterKeys.open(source)
    return refused.value.problems[0].code
