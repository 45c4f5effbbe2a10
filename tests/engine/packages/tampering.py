"""Ways to touch a package, and what both verifiers must say of each: one table for Python and the browser.

`signed` ones are re-signed with the installation's own key: what an archive's keeper could try who has the
key but cannot change the log he has published.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.evidence import notes
from engine.evidence.notes import Checkpoint

Files = dict[str, bytes]
Line = dict[str, Any]
RECORDS, PROOFS, CHECKPOINT = "records/case.message.jsonl", "proofs/records.jsonl", "checkpoints/records.txt"
NO_SCHEMA = frozenset({"schema.unreadable", "record.unreadable", "record.count"})  # nothing can be read
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True)
class Case:
    """`touch` changes the files in place; `codes` is what must be found, nothing else."""

    name: str
    touch: Callable[[Files], None]
    codes: frozenset[str]
    signed: bool = False


def unpack(package: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def sign(files: Files, signer: Ed25519PrivateKey) -> None:
    """A manifest over the files as they are now, and its note."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"path": path, "size": str(len(content)), "sha256": sha256(content).hexdigest()}
        for path, content in files.items()
        if path not in ("manifest.json", "manifest.note")
    ]
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False).encode()
    name = f"{manifest['origin']}/packages"
    digest = base64.b64encode(sha256(files["manifest.json"]).digest()).decode()
    body = f"{name}\nmuniment package 1\n{digest}\ntime {manifest['made_at']}\n"
    identity = notes.key_id(name, signer.public_key().public_bytes_raw())
    signature = base64.b64encode(identity + signer.sign(body.encode())).decode()
    files["manifest.note"] = f"{body}\n— {name} {signature}\n".encode()


# -- pieces ----------------------------------------------------------------------------------------


def lines_of(files: Files, path: str = RECORDS) -> list[Line]:
    return [json.loads(line) for line in files[path].splitlines()]


def put(files: Files, lines: Iterable[Line], path: str = RECORDS) -> None:
    text = "".join(
        json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for line in lines
    )
    files[path] = text.encode()


def on_line(
    change: Callable[[Line], object], number: int = 0, path: str = RECORDS
) -> Callable[[Files], None]:
    def touch(files: Files) -> None:
        lines = lines_of(files, path)
        change(lines[number])
        put(files, lines, path)

    return touch


def column(line: Line, field: str) -> str:
    return next(name for name in line["columns"] if name.endswith(f"_{field}"))


def flip(path: str, place: int = 20) -> Callable[[Files], None]:
    def touch(files: Files) -> None:
        content = bytearray(files[path])
        content[place] ^= 1
        files[path] = bytes(content)

    return touch


def swap_bit(text: str) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


def swapping(name: str) -> Callable[[Line], object]:
    return lambda line: line.update({name: swap_bit(line[name])})


def _at(position: str) -> Callable[[Line], object]:
    return lambda line: line["entries"][0].update(position=position)


def _file(**values: str) -> Callable[[Line], object]:
    return lambda line: line["files"][0].update(values)


def on_destroyed(change: Callable[[Line], object]) -> Callable[[Files], None]:
    """Of the record that was shredded."""

    def touch(files: Files) -> None:
        lines = lines_of(files)
        change(next(line["destroyed"] for line in lines if "destroyed" in line))
        put(files, lines)

    return touch


def _other_cause(stone: Line) -> None:
    stone["statement"] = stone["statement"].replace("erasure/1", "erasure/2")


def _resurrected(files: Files) -> None:
    lines = lines_of(files)
    for line in lines:
        line.pop("destroyed", None)
    put(files, lines)


def _other_bytes(files: Files) -> None:
    """An attachment exchanged with all that the package says of it, as only the keeper could."""
    content, lines = b"another picture", lines_of(files)
    files[_attachment(files)] = content
    for line in lines:
        for file in line["files"]:
            file.update(sha256=sha256(content).hexdigest(), size=str(len(content)))
    put(files, lines)


def _sealed(line: Line) -> None:
    name = column(line, "content")
    line["columns"][name] = swap_bit(line["columns"][name])


def _path(proof: Line) -> None:
    proof["inclusion"][0] = swap_bit(proof["inclusion"][0])


def _cut(path: str) -> Callable[[Files], None]:
    return lambda files: files.update({path: files[path][:-9]})


def _attachment(files: Files) -> str:
    return next(path for path in files if path.startswith("attachments/"))


def _account(line: Line) -> None:
    """The row and what is shown of it agree, but were not so written."""
    line["columns"][column(line, "account")] = line["values"]["account"] = line["shown"]["account"] = "a9"


def _entry(line: Line) -> None:
    entry = json.loads(line["entries"][0]["entry"])
    entry["time"] = str(int(entry["time"]) - 1)
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    line["entries"][0]["entry"] = text


def _other_checkpoint(files: Files) -> None:
    lines = files[CHECKPOINT].decode().split("\n")
    made = Checkpoint(
        lines[0], int(lines[1]), base64.b64decode(lines[2]), int(lines[3][5:]), int(lines[4][9:])
    )
    files[CHECKPOINT] = notes.sign(made, OTHER).encode()


def _manifest(change: Callable[[Line], object]) -> Callable[[Files], None]:
    def touch(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        change(manifest)
        files["manifest.json"] = json.dumps(manifest, ensure_ascii=False).encode()

    return touch


def _schema(change: Callable[[Line], object]) -> Callable[[Files], None]:
    def touch(files: Files) -> None:
        schema = json.loads(files["schema.json"])
        form = next(form for form in schema["forms"] if form["form"] == "message")
        change({one["field"]: one for one in form["fields"]})
        files["schema.json"] = json.dumps(schema).encode()

    return touch


def _swap_names(fields: dict[str, Line]) -> None:
    fields["sender"]["field"], fields["content"]["field"] = "content", "sender"


def _drop(path: str) -> Callable[[Files], None]:
    return lambda files: files.pop(path) and None


def _history(line: Line) -> None:
    line["entries"].pop()


def _shorter(files: Files) -> None:
    put(files, lines_of(files)[:-1])


def _twice(files: Files) -> None:
    lines = lines_of(files)
    put(files, [*lines[:-1], lines[0]])


def _borrowed(files: Files) -> None:
    lines = lines_of(files)
    lines[0]["entries"] = lines[1]["entries"]
    put(files, lines)


def _stranger(files: Files) -> None:
    """All of it signed anew by somebody else, his keys in the manifest."""
    manifest = json.loads(files["manifest.json"])
    public = OTHER.public_key().public_bytes_raw()
    manifest["keys"] = {
        name: notes.verifier_key(f"{manifest['origin']}/{name}", public) for name in manifest["keys"]
    }
    files["manifest.json"] = json.dumps(manifest).encode()
    sign(files, OTHER)


def _stated(line: Line) -> None:
    line["proof"] = "statement"
    for name in ("columns", "salt", "commitment", "key"):
        line.pop(name, None)


def _forked(signer: Ed25519PrivateKey) -> Callable[[Files], None]:
    """An earlier checkpoint, truly signed, of a log that was another."""

    def touch(files: Files) -> None:
        path = next(p for p in files if p.startswith("checkpoints/records-"))
        origin, size, _, time, previous, *_ = files[path].decode().split("\n")
        made = Checkpoint(origin, int(size), bytes(32), int(time[5:]), int(previous[9:]))
        files[path] = notes.sign(made, signer).encode()

    return touch


def cases(signer: Ed25519PrivateKey) -> list[Case]:
    def found(*codes: str) -> frozenset[str]:
        return frozenset(codes)

    plain = [
        Case("a byte of a record", flip(RECORDS, 0), found("file.changed", "record.unreadable", "record.count")),
        Case("a byte of the readable page", flip("index.html", 400), found("file.changed")),
        Case("a byte of an attachment", lambda f: flip(_attachment(f))(f), found("file.changed")),
        Case("a byte of a verifier", flip("verify.py"), found("file.changed")),
        Case("a file taken out", _drop("index.html"), found("file.missing")),
        Case("a file put in", lambda f: f.update({"extra.html": b"?"}), found("file.unlisted")),
        Case("a form put in", lambda f: f.update({"records/x.jsonl": b"{}\n"}), found("file.unlisted")),
        Case("another reason", _manifest(lambda m: m.update(reason="别的")), found("signature.wrong")),
        Case("no manifest", _drop("manifest.json"), found("manifest.missing")),
        Case("a manifest that is no JSON", lambda f: f.update({"manifest.json": b"{"}), found("manifest.unreadable")),
        Case("a manifest of another format", _manifest(lambda m: m.update(format="x")), found("manifest.unreadable")),
        Case("no signature", _drop("manifest.note"), found("signature.missing")),
        Case("a signature cut off", _cut("manifest.note"), found("signature.wrong")),
        Case("signed by a stranger", _stranger, found("key.other")),
        Case("a path that climbs", lambda f: f.update({"../evil.py": b""}), found("path.unsafe")),
        Case("a key that is none", _manifest(lambda m: m["keys"].update(records="x")), found("key.unreadable")),
    ]  # fmt: skip
    by_keeper: list[tuple[str, Callable[[Files], None], frozenset[str]]] = [
        ("another value shown", on_line(lambda r: r["values"].update(content="改")), found("content.value")),
        ("another text shown", on_line(lambda r: r["shown"].update(content="改")), found("content.value")),
        ("a value added", on_line(lambda r: r["values"].update(extra="改")), found("content.value")),
        ("a column and its value", on_line(_account), found("content.hash")),
        ("a column left out", on_line(lambda r: r["columns"].pop(column(r, "account"))), found("content.hash")),
        ("a sealed value", on_line(_sealed), found("content.hash")),
        ("another salt", on_line(swapping("salt")), found("content.hash")),
        ("another commitment", on_line(swapping("commitment")), found("content.hash")),
        ("another key", on_line(swapping("key")), found("content.key")),
        ("an entry's time", on_line(_entry), found("proof.wrong")),
        ("the newest revision withheld", on_line(_history), found("entry.wrong")),
        ("entries of another record", _borrowed, found("entry.wrong")),
        ("an entry's position", on_line(_at("3")), found("proof.wrong")),
        ("a position that is none", on_line(_at("-1")), found("record.unreadable")),
        ("a proof left out", lambda f: put(f, lines_of(f, PROOFS)[1:], PROOFS), found("proof.missing")),
        ("a proof", on_line(_path, 0, PROOFS), found("proof.wrong")),
        ("no checkpoint", _drop(CHECKPOINT), found("checkpoint.missing")),
        ("a checkpoint of a stranger", _other_checkpoint, found("checkpoint.wrong", "checkpoint.missing")),
        ("a fork", _forked(signer), found("consistency.wrong")),
        ("a record left out", _shorter, found("record.count")),
        ("a record twice", _twice, found("record.twice", "record.count")),
        ("a record called unarchived", on_line(_stated), found("entry.missing", "record.count")),
        ("an attachment's digest", on_line(_file(sha256="0" * 64)), found("attachment.wrong")),
        ("another reason to shred", on_destroyed(_other_cause), found("tombstone.wrong")),
        ("a tombstone's signature", on_destroyed(swapping("signature")), found("tombstone.wrong")),
        ("a shredded record called whole", _resurrected, found("entry.wrong")),
        ("other bytes of an attachment", _other_bytes, found("attachment.wrong")),
        ("an attachment without its entry", on_line(lambda r: r["files"][0].pop("entry")), found("record.unreadable")),
        ("no audit log", _drop("checkpoints/audit.txt"), found("checkpoint.missing")),
        ("an attachment of another record", on_line(_file(id="99")), found("attachment.wrong")),
        ("names of fields exchanged", _schema(_swap_names), NO_SCHEMA),
        ("a scale", _schema(lambda s: s["price"].update(scale=3)), found("content.value")),
        ("no schema", _drop("schema.json"), NO_SCHEMA),
        ("a line that is no JSON", lambda f: f.update({RECORDS: b"{\n" + f[RECORDS]}), found("record.unreadable")),
    ]  # fmt: skip
    return [*plain, *(Case(name, touch, codes, signed=True) for name, touch, codes in by_keeper)]


def touched(package: bytes, case: Case, signer: Ed25519PrivateKey) -> bytes:
    """The package after it."""
    files = unpack(package)
    case.touch(files)
    if case.signed:
        sign(files, signer)
    return pack(files.items())


def containers(package: bytes) -> list[tuple[str, bytes, frozenset[str]]]:
    """What can be done to the ZIP itself."""
    files = unpack(package)
    twice = pack([*files.items(), ("index.html", b"another")])
    return [
        ("cut short", package[: len(package) // 2], frozenset({"package.unreadable"})),
        ("no ZIP", b"hello", frozenset({"package.unreadable"})),
        ("a path twice", twice, frozenset({"path.twice"})),
    ]
