"""docs/evidence.md is enough: a third verifier, written from its rules alone, agrees with the other two.

It shares nothing with the engine or with verify.py, and keeps to the numbered rules of the page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.runtime import Runtime
from tests.engine.packages.case import packed
from tests.engine.packages.conftest import Made
from tests.engine.packages.tampering import Case, cases, touched

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text("utf-8")
NAMES = [case.name for case in cases(Ed25519PrivateKey.generate())]
Json = Any


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def note(text: str, key: str) -> list[str]:
    name, identity, encoded = key.split("+", 2)
    raw = base64.b64decode(encoded)
    assert sha(name.encode(), b"\n", raw)[:4].hex() == identity
    body, signature = re.fullmatch(rf"(.*\n)\n— {re.escape(name)} (\S+)\n", text, re.S).groups()  # type: ignore[union-attr]
    signed = base64.b64decode(signature)
    assert signed[:4].hex() == identity
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signed[4:], body.encode())
    lines: list[str] = body.splitlines()
    assert lines[0] == name
    return lines


def root_of(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3, told recursively."""
    if size == 1:
        assert not path
        return leaf
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sha(b"\1", root_of(index, split, leaf, path[:-1]), path[-1])
    return sha(b"\1", path[-1], root_of(index - split, size - split, leaf, path[:-1]))


def both_roots(
    first: int, size: int, path: list[bytes], old: bytes, whole: bool = True
) -> tuple[bytes, bytes]:
    """RFC 9162 §2.1.4: the roots of the beginning and of all, from a consistency proof."""
    if first == size:
        return (old, old) if whole else (path[-1], path[-1])
    split = 1 << (size - 1).bit_length() - 1
    if first <= split:
        early, late = both_roots(first, split, path[:-1], old, whole)
        return early, sha(b"\1", late, path[-1])
    early, late = both_roots(first - split, size - split, path[:-1], old, False)
    return sha(b"\1", path[-1], early), sha(b"\1", path[-1], late)


def check(package: bytes, key: str) -> Counter[str]:
    """The levels found; any exception is a refusal."""
    archive = zipfile.ZipFile(io.BytesIO(package))
    names = archive.namelist()
    assert len(names) == len(set(names))
    assert not [n for n in names if n.startswith("/") or set(n.split("/")) & {"", ".", ".."}]
    files = {name: archive.read(name) for name in names}
    manifest = json.loads(files["manifest.json"])
    assert manifest["format"] == "muniment package 1"
    digest = base64.b64encode(sha(files["manifest.json"])).decode()
    keys, origin = manifest["keys"], manifest["origin"]
    assert note(files["manifest.note"].decode(), key) == [
        f"{origin}/packages", manifest["format"], digest, f"time {manifest['made_at']}"
    ]  # fmt: skip
    for name in ("records", "audit"):
        assert keys[name].split("+")[0] == f"{origin}/{name}"
        assert keys[name].split("+", 2)[2] == key.split("+", 2)[2]
    listed = {one["path"]: one for one in manifest["files"]}
    assert listed.keys() | {"manifest.json", "manifest.note"} == files.keys()
    for path, one in listed.items():
        assert (str(len(files[path])), sha(files[path]).hex()) == (one["size"], one["sha256"])
    logs = {
        name: log(files, name, keys[name])
        for name in ("records", "audit")
        if f"checkpoints/{name}.txt" in files
    }
    forms = {(f["app"], f["form"]): f for f in json.loads(files["schema.json"])["forms"]}
    found: dict[str, Counter[str]] = {}
    seen = set()
    for path in (p for p in files if p.startswith("records/")):
        for line in map(json.loads, files[path].splitlines()):
            which = (line["app"], line["form"])
            assert (*which, line["record"]) not in seen
            seen.add((*which, line["record"]))
            found.setdefault(".".join(which), Counter())[line["proof"]] += 1
            record(line, forms[which], logs)
            attachments(line, listed, manifest["broken"], logs)
    assert found == manifest["records"]
    return sum(found.values(), Counter())


class Log:
    def __init__(self, size: int, root: bytes, proofs: dict[str, list[str]], key: str) -> None:
        self.size, self.root, self.proofs = size, root, proofs
        self.key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.split("+", 2)[2])[1:])

    def holds(self, one: Json) -> Json:
        """The entry, once its proof leads to the root."""
        entry = json.loads(one["entry"])
        assert rfc8785.dumps(entry).decode() == one["entry"]
        path = [base64.b64decode(step) for step in self.proofs[one["position"]]]
        assert root_of(int(one["position"]), self.size, sha(b"\0", one["entry"].encode()), path) == self.root
        return entry


def log(files: dict[str, bytes], name: str, key: str) -> Log:
    newest = note(files[f"checkpoints/{name}.txt"].decode(), key)
    size, root = int(newest[1]), base64.b64decode(newest[2])
    for link in json.loads(files[f"checkpoints/{name}.json"]):
        earlier = note(files[link["path"]].decode(), key)
        path, old = list(map(base64.b64decode, link["consistency"])), base64.b64decode(earlier[2])
        assert both_roots(int(earlier[1]), size, path, old) == (old, root)
    proofs = map(json.loads, files[f"proofs/{name}.jsonl"].splitlines())
    return Log(size, root, {p["position"]: p["inclusion"] for p in proofs}, key)


def record(line: Json, form: Json, logs: dict[str, Log]) -> None:
    if line["proof"] == "statement":
        assert not form["archive"]
        assert not line["entries"]
        return
    entries = [logs["records"].holds(one) for one in line["entries"]]
    for number, entry in enumerate(entries, 1):
        assert {n: entry[n] for n in ("app", "form", "record")} == {
            n: line[n] for n in ("app", "form", "record")
        }
        shred = "destroyed" in line and number == len(entries)
        kind = "create" if number == 1 else "shred" if shred else "change"
        assert (entry["revision"], entry["kind"]) == (str(number), kind)
        assert entry["evidence"] == entries[0]["evidence"]
    assert entries[-1]["revision"] == line["revision"]
    if "destroyed" in line:
        text = line["destroyed"]["statement"].encode()
        signed = base64.b64decode(line["destroyed"]["signature"])
        logs["records"].key.verify(signed, b"muniment tombstone 1\n" + text)
        assert base64.b64decode(entries[-1]["working"]) == sha(text)
        said = json.loads(text)
        assert all(said[name] == entries[-1][name] for name in ("app", "form", "record", "revision", "time"))
    if line["proof"] in ("content", "columns"):
        content(line, form, entries[-1])


def content(line: Json, form: Json, entry: Json) -> None:
    fields = {one["column"]: one for one in form["fields"]}
    for name, one in fields.items():
        assert re.fullmatch(r"c_\d+_" + one["field"], name)
    own = set(form["evidence"]) | {name for name, one in fields.items() if one["evidence"]}
    for part in ("evidence", "working"):
        chosen = {n: v for n, v in line["columns"].items() if (n in own) == (part == "evidence")}
        text = rfc8785.dumps({**chosen, "key": line["commitment"]})
        assert sha(base64.b64decode(line["salt"]), text) == base64.b64decode(entry[part])
    key = base64.b64decode(line["key"]) if line["proof"] == "content" else None
    if key is not None:
        assert hmac.digest(key, b"muniment key", "sha256") == base64.b64decode(line["commitment"])
    there = set()
    for name, held in line["columns"].items():
        one = fields.get(name)
        if one is None or one["parked"]:
            continue
        there.add(one["field"])
        if one["sealed"] and key is not None:
            raw = base64.b64decode(held)
            place = f"muniment value {line['record']} {one['field']}"
            held = AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
        if not one["sealed"] or key is not None:
            assert value(held, one) == line["values"][one["field"]]
            assert not one["literal"] or line["shown"].get(one["field"], "") == held
    assert line["values"].keys() <= there


def value(held: str, field: Json) -> Any:
    match field["storage"]:
        case "boolean":
            return held == "1"
        case "date":
            return (date(1, 1, 1) + timedelta(days=int(held) - 1)).isoformat()
        case "timestamp":
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(held))
            return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case "decimal":
            return f"{int(held) / 10 ** field['scale']:.{field['scale']}f}"
        case "json":
            return json.loads(held)
    return held


def attachments(line: Json, listed: Json, broken: list[str], logs: dict[str, Log]) -> None:
    for file in line["files"]:
        assert file["id"] in line["values"][file["field"]]
        if file["id"] in broken and file["path"] not in listed:
            continue
        assert (listed[file["path"]]["size"], listed[file["path"]]["sha256"]) == (
            file["size"],
            file["sha256"],
        )
        entry = logs["audit"].holds(file)
        told = rfc8785.dumps({"digest": file["sha256"], "id": file["id"], "size": file["size"]})
        evidence = base64.b64encode(sha(base64.b64decode(file["salt"]), told)).decode()
        assert (entry["kind"], entry["record"], entry["evidence"]) == ("file", file["id"], evidence)


# -- the tests -----------------------------------------------------------------------------------------


def test_sound_packages_of_every_level(archive: Runtime, made: Made) -> None:
    assert check(made.package, made.key) == {"content": 11, "existence": 1}
    assert check(packed(archive, "sun"), made.key) == {"columns": 6}
    assert check(packed(archive, "li"), made.key) == {"existence": 12}
    case = packed(archive, form="customer", scope="case")
    assert check(case, made.key) == {"content": 11, "existence": 1, "statement": 6}


@pytest.mark.parametrize("name", NAMES)
def test_it_refuses_what_the_others_refuse(name: str, made: Made) -> None:
    case: Case = next(case for case in cases(made.signer) if case.name == name)
    with pytest.raises(Exception):  # noqa: B017, PT011
        check(touched(made.package, case, made.signer), made.key)


def test_the_page_names_what_a_line_holds(made: Made) -> None:
    archive = zipfile.ZipFile(io.BytesIO(made.package))
    line = json.loads(archive.read("records/case.message.jsonl").splitlines()[0])
    manifest, schema = json.loads(archive.read("manifest.json")), json.loads(archive.read("schema.json"))
    for name in {*line, *manifest, *schema["forms"][0], *schema["forms"][0]["fields"][0], *line["files"][0]}:
        assert f"`{name}`" in PAGE, name
