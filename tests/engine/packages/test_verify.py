"""verify.py: sound packages accepted, every kind of touching found and named, and it stands alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.packages.verifiers import verify
from tests.engine.evidence.authority import Authority
from tests.engine.packages.conftest import Made
from tests.engine.packages.stamped import KEYS, stamped, stamps, touches
from tests.engine.packages.tampering import Case, cases, containers, touched, unpack

NAMES = [case.name for case in cases(Ed25519PrivateKey.generate())]


def codes(package: bytes, folder: Path, key: str = "") -> set[str]:
    path = folder / "package.zip"
    path.write_bytes(package)
    return {finding["code"] for finding in verify.verify(str(path), key)["findings"]}


def case_of(name: str, made: Made) -> Case:
    return next(case for case in cases(made.signer) if case.name == name)


def test_a_sound_package(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(made.package)
    result = verify.verify(str(path), made.key)
    assert result["sound"], result["findings"]
    assert result["trusted"]
    assert (result["counts"]["content"], result["counts"]["records"]) == (11, 12)
    assert result["counts"]["entries"] == 20
    assert result["counts"]["attachments"] == 3
    assert result["key"] == made.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_touching_is_found(name: str, made: Made, tmp_path: Path) -> None:
    case = case_of(name, made)
    assert codes(touched(made.package, case, made.signer), tmp_path, made.key) == case.codes


def test_the_container(made: Made, tmp_path: Path) -> None:
    for name, package, expected in containers(made.package):
        assert codes(package, tmp_path) == expected, name


def test_the_key_in_each_notation(made: Made, tmp_path: Path) -> None:
    name, _, encoded = made.key.split("+", 2)
    fingerprint = made.fingerprint
    for key in (made.key, encoded, fingerprint, fingerprint.replace(" ", "").upper()):
        assert codes(made.package, tmp_path, key) == set(), key
    for key in ("x", name, fingerprint[:-1] + "0", made.key[:-2]):
        assert codes(made.package, tmp_path, key) == {"key.other"}, key


def test_alone_in_a_folder(made: Made, tmp_path: Path) -> None:
    """As a stranger runs it: unpacked, by another process, from the package itself."""
    for path, content in unpack(made.package).items():
        target = tmp_path / "case" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    script = tmp_path / "verify.py"
    script.write_bytes((tmp_path / "case" / "verify.py").read_bytes())
    command = [sys.executable, "-I", str(script), str(tmp_path / "case"), "--key", made.key, "--json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["sound"]
    (tmp_path / "case" / "index.html").write_text("other")
    ran = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "file.changed" in ran.stdout


@pytest.mark.parametrize("key", list(KEYS))
def test_time_stamps(key: str, made: Made, tmp_path: Path) -> None:
    """Both verifiers have this table; openssl says the same of the pair the program names."""
    by, other = stamps(tmp_path, key), Authority(tmp_path)
    roots, others = (x509.load_pem_x509_certificates(one.roots.encode()) for one in (by, other))
    for case in touches(by):
        path = tmp_path / "package.zip"
        path.write_bytes(stamped(made.package, by, made.signer, case.touch))
        result = verify.verify(str(path), made.key, roots=roots)
        assert {finding["code"] for finding in result["findings"]} == case.codes, case.name
        assert [(one["checked"], one["trusted"]) for one in result["stamps"]] == (
            [case.state] if case.state else []
        )
        if case.state:
            (told,) = result["stamps"]
            assert told["authority"] == "Time"
            assert openssl_agrees(path, told, by.roots, tmp_path)
            assert not openssl_agrees(path, told, other.roots, tmp_path)
            for wrong in ((), others):
                (told,) = verify.verify(str(path), made.key, roots=wrong)["stamps"]
                assert (told["checked"], told["trusted"]) == (True, False)
            lines = "\n".join(verify.told(verify.verify(str(path), made.key), False))
            assert "openssl ts -verify -in witnesses/records-1.tsr -data checkpoints/records.txt" in lines


def openssl_agrees(package: Path, told: dict[str, str], roots: str, folder: Path) -> bool:
    files = unpack(package.read_bytes())
    for name, content in (
        ("token", files[told["token"]]),
        ("note", files[told["checkpoint"]]),
        ("pem", roots.encode()),
    ):
        (folder / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-in", "token", "-data", "note", "-CAfile", "pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(verify.__file__).read_text("utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert names <= sys.stdlib_module_names | {"cryptography"}
