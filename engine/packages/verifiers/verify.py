#!/usr/bin/env python3
"""Checks a Muniment evidence package (format "muniment package 1") without Muniment.

    python verify.py PACKAGE.zip [--key KEY] [--roots PEM] [--json] [--show RECORD] [--language zh|en]

Needs Python 3.9 and `pip install cryptography`. PACKAGE may be the ZIP or the folder it was unpacked to.
KEY is the installation's public key as you know it from elsewhere: `name+id+key`, the bare base64 of its
32 bytes, or its SHA-256 fingerprint. Without it, a package can only be shown to agree with itself.
PEM holds the root certificates of time-stamping authorities (RFC 3161) you trust; without it a time stamp is
shown to be over the checkpoint and signed by the certificate in it, not by whom that was issued.
Exit code 0: sound; 1: not sound; 2: not to be read. The rules stand in docs/evidence.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime
import hashlib
import hmac
import json
import os
import re
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import IO, Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FORMAT = "muniment package 1"
TOMBSTONE = b"muniment tombstone 1\n"
CHUNK = 1 << 20
MOST = 1000  # findings told one by one
SMALL = 64 << 20  # a manifest, a note or one line is never larger
BROKEN = (OSError, KeyError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)

TEXTS = {
    "package.unreadable": ("不是可读的 ZIP 或文件夹", "not a ZIP or folder that can be read"),
    "path.unsafe": ("文件路径不安全", "a path that is not safe"),
    "path.twice": ("同一路径出现两次", "the same path twice"),
    "manifest.missing": ("缺少 manifest.json", "manifest.json is missing"),
    "manifest.unreadable": (
        "manifest.json 无法读取或格式未知",
        "manifest.json cannot be read or is of another format",
    ),
    "signature.missing": ("缺少 manifest.note", "manifest.note is missing"),
    "signature.wrong": ("清单的签名不成立", "the signature over the manifest does not hold"),
    "key.unreadable": ("公钥无法读取", "a public key cannot be read"),
    "key.other": ("不是您给出的公钥所签", "not signed by the key you gave"),
    "file.missing": ("清单中的文件不存在", "a file of the manifest is missing"),
    "file.unlisted": ("清单之外的文件", "a file the manifest does not know"),
    "file.changed": ("文件与清单的摘要不符", "a file differs from its digest in the manifest"),
    "checkpoint.missing": ("缺少检查点", "the checkpoint is missing"),
    "checkpoint.wrong": (
        "检查点无法读取或签名不成立",
        "a checkpoint cannot be read or its signature does not hold",
    ),
    "consistency.wrong": (
        "较早的检查点不是同一日志的前段",
        "an earlier checkpoint is not a beginning of the same log",
    ),
    "schema.unreadable": (
        "schema.json 无法读取或与列名不符",
        "schema.json cannot be read or misnames a column",
    ),
    "record.unreadable": ("记录无法读取", "a record cannot be read"),
    "record.twice": ("同一记录出现两次", "the same record twice"),
    "record.count": ("记录数与清单不符", "the number of records differs from the manifest"),
    "entry.missing": ("存档记录没有日志条目", "an archived record without an entry in the log"),
    "entry.wrong": (
        "日志条目不属于该记录或不连续",
        "an entry is not of this record, or revisions are not in order",
    ),
    "proof.missing": ("日志条目缺少证明", "an entry without a proof"),
    "proof.wrong": ("证明不能到达已签名的根", "a proof does not lead to the signed root"),
    "content.hash": ("内容与日志中的摘要不符", "content differs from the hash in the log"),
    "content.key": ("密钥与日志中的承诺不符", "a key differs from the commitment in the log"),
    "content.seal": ("密文不能以该密钥打开", "a sealed value does not open with its key"),
    "content.value": ("显示的值与存证的列不符", "a value shown differs from the column in evidence"),
    "tombstone.wrong": (
        "销毁凭证的签名或日志条目不符",
        "a tombstone differs from its signature or its entry in the log",
    ),
    "attachment.wrong": ("附件与记录或清单不符", "an attachment differs from its record or the manifest"),
    "stamp.unreadable": ("时间戳无法读取", "a time stamp cannot be read"),
    "stamp.wrong": (
        "时间戳不是对该检查点所作，或其签名不成立",
        "a time stamp is not over this checkpoint, or its signature does not hold",
    ),
}
LEVELS = {
    "content": ("全文可核验", "proved to the words"),
    "columns": ("明文字段可核验", "plain fields proved"),
    "existence": ("仅存在与时间可核验", "existence and time proved"),
    "statement": ("仅由存证方签名声明", "stated under signature"),
}


LOGS = ("records", "audit")
Line = dict[str, Any]
Told = Callable[[Line], None]


class Refused(Exception):
    """Something does not hold: a code, and at what."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(code)
        self.code, self.place = code, place


# -- hashes, keys, notes -----------------------------------------------------------------------------


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text: str, size: int | None = None) -> bytes:
    """ValueError for what is not canonical base64 of so many bytes."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text or (size is not None and len(found) != size):
        raise ValueError("base64")
    return found


def canonical(value: Any) -> bytes:
    """RFC 8785 for what stands in evidence: no floats, ASCII names."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def number(text: Any) -> int:
    """A count or a position: decimal digits, nothing else. ValueError."""
    if not isinstance(text, str) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", text):
        raise ValueError("number")
    return int(text)


def parse(content: str | bytes) -> Any:
    """JSON in UTF-8, without what only Python takes for JSON. ValueError."""
    text = content if isinstance(content, str) else content.decode("utf-8")
    return json.loads(text, parse_constant=number)


def listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("list")
    return value


def worded(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


class Key:
    """A verifier key in note notation: name+id+base64(01 ‖ public key)."""

    def __init__(self, text: str) -> None:
        try:
            self.name, self.id, encoded = text.split("+", 2)
            raw = unbase64(encoded, 33)
            if raw[:1] != b"\x01" or sha256(self.name.encode(), b"\n", raw)[:4].hex() != self.id:
                raise ValueError("key")
            self.public = raw[1:]
        except (ValueError, AttributeError, binascii.Error):
            raise Refused("key.unreadable") from None

    def opened(self, note: str) -> list[str]:
        """The lines of a note signed by this key. ValueError otherwise."""
        body, separator, signatures = note.rpartition("\n\n")
        body += "\n"
        mark = f"— {self.name} "
        for line in signatures.splitlines() if separator else ():
            if line.startswith(mark):
                raw = unbase64(line[len(mark) :], 68)
                if raw[:4].hex() == self.id:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], body.encode())
                    lines = body[:-1].split("\n")
                    if lines[0] != self.name:
                        raise ValueError("name")
                    return lines
        raise ValueError("signature")


def fingerprint(public: bytes) -> str:
    digest = hashlib.sha256(public).hexdigest()
    return " ".join(digest[start : start + 8] for start in range(0, 64, 8))


def is_trusted(given: str, key: Key) -> bool:
    """Does what somebody knows of the key (notation, base64, fingerprint) fit?"""
    text = re.sub(r"[\s:]", "", given)
    try:
        return Key(text).public == key.public
    except Refused:
        known = [base64.b64encode(raw).decode() for raw in (b"\x01" + key.public, key.public)]
        return text in known or text.lower() == hashlib.sha256(key.public).hexdigest()


class Point(NamedTuple):
    """A signed checkpoint."""

    log: str
    size: int
    root: bytes
    time: int


# -- the tree (RFC 9162) -------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


def included(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node(step, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, step)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    if first == second:
        return first > 0 and not path and first_root == second_root
    if not 0 < first < second:
        return False
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        return False
    index, last = first - 1, second - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    early = late = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            early, late = node(step, early), node(step, late)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            late = node(late, step)
        index, last = index >> 1, last >> 1
    return last == 0 and early == first_root and late == second_root


# -- time stamps (RFC 3161) ----------------------------------------------------------------------------

OIDS = {
    name: bytes.fromhex(digits)
    for name, digits in {
        "signed_data": "2a864886f70d010702", "stamp": "2a864886f70d0109100104",
        "content_type": "2a864886f70d010903", "digest": "2a864886f70d010904",
        "signer": "2a864886f70d010910020c", "signer2": "2a864886f70d010910022f",
        "pss": "2a864886f70d01010a",
    }.items()
}  # fmt: skip
HASHES: dict[bytes, Any] = {
    bytes.fromhex("2b0e03021a"): hashes.SHA1(),  # names a certificate in old tokens; signs nothing here
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
SHA256_OID = bytes.fromhex("608648016503040201")


class Unknown(Exception):
    """An algorithm this program does not know: nothing was shown to be wrong, nor right."""


class Der(NamedTuple):
    """A value in DER: its tag, all its bytes, and what they hold."""

    tag: int
    whole: bytes
    body: bytes

    @classmethod
    def of(cls, data: bytes) -> Der:
        """The first value. ValueError."""
        if len(data) < 2 or data[0] & 31 == 31:
            raise ValueError("DER")
        start, length = 2, data[1]
        if length & 128:
            start += length & 127
            if not 3 <= start <= 6 or len(data) < start:
                raise ValueError("DER")
            length = int.from_bytes(data[2:start], "big")
        if len(data) < start + length:
            raise ValueError("DER")
        return cls(data[0], data[: start + length], data[start : start + length])

    def parts(self) -> list[Der]:
        found, rest = [], self.body
        while rest:
            found.append(Der.of(rest))
            rest = rest[len(found[-1].whole) :]
        return found


def digest_of(oid: bytes, content: bytes, least: int = 32) -> bytes:
    """Unknown for another algorithm, or one that is too weak for this."""
    algorithm = HASHES.get(oid)
    if algorithm is None or algorithm.digest_size < least:
        raise Unknown("digest")
    return hashlib.new(algorithm.name, content).digest()


class Stamp:
    """A TimeStampResp: what an authority saw, when, and its signature. ValueError or IndexError while reading."""

    def __init__(self, token: bytes) -> None:
        status, *rest = Der.of(token).parts()
        kind, content = rest[0].parts()
        if status.parts()[0].body not in (b"\0", b"\1") or kind.body != OIDS["signed_data"]:
            raise ValueError("status")
        _, _, inner, *more = content.parts()[0].parts()
        inner_kind, inner_content = inner.parts()
        if inner_kind.body != OIDS["stamp"]:
            raise ValueError("content")
        self._said = inner_content.parts()[0].body
        _, _, imprint, serial, moment, *_ = Der.of(self._said).parts()
        algorithm, digest = imprint.parts()
        self._imprint = (algorithm.parts()[0].body, digest.body)
        self.serial = str(int.from_bytes(serial.body, "big", signed=True))
        self.time = datetime.datetime.strptime(  # noqa: DTZ007
            re.sub(r"\.\d+", "", moment.body.decode("ascii")), "%Y%m%d%H%M%SZ"
        )
        certificates = [one.whole for part in more if part.tag == 0xA0 for one in part.parts()]
        self.certificates = [x509.load_der_x509_certificate(one) for one in certificates]
        (signer,) = more[-1].parts()  # RFC 3161: one signature
        self._signer = signer.parts()

    def check(self, note: bytes) -> x509.Certificate:
        """Who signed that this very note was seen. ValueError, InvalidSignature, Unknown."""
        if digest_of(self._imprint[0], note) != self._imprint[1]:
            raise ValueError("imprint")
        _, _, digest, attributes, algorithm, signature, *_ = self._signer
        if attributes.tag != 0xA0:
            raise ValueError("attributes")
        said = {one.parts()[0].body: one.parts()[1].parts()[0] for one in attributes.parts()}
        digest_oid = digest.parts()[0].body
        if said[OIDS["content_type"]].body != OIDS["stamp"]:
            raise ValueError("content type")
        if said[OIDS["digest"]].body != digest_of(digest_oid, self._said):
            raise ValueError("digest")
        certificate = self._named(said)
        signed = b"\x31" + attributes.whole[1:]  # as the set it is
        self._check_signature(certificate, digest_oid, algorithm.parts()[0].body, signature.body, signed)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not valid(certificate, self.time):
            raise ValueError("certificate")
        return certificate

    def _named(self, said: dict[bytes, Der]) -> x509.Certificate:
        """The certificate whose digest the signature holds."""
        newer = said.get(OIDS["signer2"])
        named = newer or said[OIDS["signer"]]
        first = named.parts()[0].parts()[0].parts()
        oid = SHA256_OID if newer else bytes.fromhex("2b0e03021a")
        if first[0].tag == 0x30:
            oid, first = first[0].parts()[0].body, first[1:]
        for one in self.certificates:
            if digest_of(oid, one.public_bytes(Encoding.DER), least=20) == first[0].body:
                return one
        raise ValueError("no certificate")

    @staticmethod
    def _check_signature(
        certificate: x509.Certificate, digest: bytes, algorithm: bytes, signature: bytes, signed: bytes
    ) -> None:
        public, hashed = certificate.public_key(), HASHES[digest]
        if isinstance(public, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(hashed), padding.PSS.AUTO)
            filled = pss if algorithm == OIDS["pss"] else padding.PKCS1v15()
            public.verify(signature, signed, filled, hashed)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(hashed))
        elif isinstance(public, Ed25519PublicKey):
            public.verify(signature, signed)
        else:
            raise Unknown("key")


def valid(certificate: x509.Certificate, moment: datetime.datetime) -> bool:
    """At this moment (UTC, without a zone)."""
    utc = datetime.timezone.utc  # noqa: UP017
    at = moment.replace(tzinfo=utc)
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def leads_to(certificate: x509.Certificate, stamp: Stamp, roots: Sequence[x509.Certificate]) -> bool:
    """By signatures of authorities that were valid then, to one of the roots. Nobody is asked what was revoked."""
    for _ in range(8):
        if certificate in roots:
            return valid(certificate, stamp.time)
        known = [*roots, *stamp.certificates]
        above = next((one for one in known if issued(certificate, one, stamp.time)), None)
        if above is None or above == certificate:
            return False
        certificate = above
    return False


def issued(certificate: x509.Certificate, by: x509.Certificate, moment: datetime.datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
        if not by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return valid(by, moment) and _may_issue(by)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, UnsupportedAlgorithm):
        return False


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def name_of(certificate: x509.Certificate) -> str:
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else certificate.subject.rfc4514_string()


# -- the package as files ------------------------------------------------------------------------------


def safe(path: str) -> bool:
    """Relative, forward slashes only, nothing that climbs or hides."""
    parts = path.split("/")
    odd = any(ord(c) < 32 or ord(c) == 127 for c in path) or "\\" in path or ":" in parts[0]
    return bool(path) and not odd and not any(part in ("", ".", "..") for part in parts)


class Files:
    """Where a package's files come from; this one has none."""

    all_paths: Sequence[str] = ()

    def open(self, path: str) -> IO[bytes]:
        raise KeyError(path)


class Zipped(Files):
    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)  # checks each member's checksum, and refuses what is encrypted
        self.all_paths = [info.orig_filename for info in self._zip.infolist() if not info.is_dir()]

    def open(self, path: str) -> IO[bytes]:
        return self._zip.open(path)


class Folder(Files):
    def __init__(self, path: str) -> None:
        self._path = path
        found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        paths = [os.path.relpath(one, path).replace(os.sep, "/") for one in found]
        self.all_paths = [unicodedata.normalize("NFC", one) for one in paths]
        self._real = dict(zip(self.all_paths, found))  # noqa: B905

    def open(self, path: str) -> IO[bytes]:
        return open(self._real[path], "rb")


def source(path: str) -> Files:
    try:
        return Folder(path) if os.path.isdir(path) else Zipped(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused("package.unreadable", str(error)) from None


# -- the check -----------------------------------------------------------------------------------------


class Check:
    """One package. `run` gives the verdict; `on_record` is called with each record that held."""

    def __init__(
        self, files: Files, trusted: str = "", on_record: Told | None = None,
        roots: Sequence[x509.Certificate] = (),
    ) -> None:  # fmt: skip
        self._files, self._trusted, self._on_record, self._roots = files, trusted, on_record, roots
        self.stamps: list[dict[str, Any]] = []
        self.findings: list[dict[str, str]] = []
        self.more = 0
        self.counts: Counter[str] = Counter()
        self.manifest: Line = {}
        self.listed: dict[str, tuple[int, str]] = {}
        self.paths: set[str] = set()
        self.points: list[Point] = []
        self._logs: dict[str, Point] = {}
        self._proofs: dict[tuple[str, int], str] = {}
        self._keys: dict[str, Key] = {}
        self._schema: dict[tuple[str, str], tuple[bool, dict[str, Line], set[str]]] = {}
        self._seen: set[tuple[str, str, str]] = set()
        self._by_form: dict[str, Counter[str]] = {}

    def add(self, code: str, place: str = "") -> None:
        if len(self.findings) < MOST:
            self.findings.append({"code": code, "place": place})
        else:
            self.more += 1

    def run(self) -> Check:
        """Every step that can still mean something; a package without a manifest has none."""
        for step in (self._check_paths, self._read_manifest, self._check_signature):
            if not self._try(step):
                return self
        self._try(self._check_files)
        self._try(self._read_schema)
        for log in LOGS:
            self._try(partial(self._read_log, log))
            self._try(partial(self._read_proofs, log))
            self._try(partial(self._read_stamps, log))
        self._check_records()
        return self

    def _try(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except Refused as refused:
            self.add(refused.code, refused.place)
            return False
        return True

    @property
    def _key(self) -> Key:
        return self._keys["packages"]

    @property
    def sound(self) -> bool:
        return not self.findings

    # -- files -----------------------------------------------------------------------------------------

    def _check_paths(self) -> None:
        for path in self._files.all_paths:
            if not safe(path):
                raise Refused("path.unsafe", path)
            if path in self.paths:
                raise Refused("path.twice", path)
            self.paths.add(path)

    def _text(self, path: str, code: str) -> bytes:
        """A small file's bytes. Refused(code)."""
        try:
            with self._files.open(path) as file:
                content: bytes = file.read(SMALL + 1)
        except BROKEN:
            raise Refused(code, path) from None
        if len(content) > SMALL:
            raise Refused(code, path)
        return content

    def _read_manifest(self) -> None:
        if "manifest.json" not in self.paths:
            raise Refused("manifest.missing")
        self._manifest_bytes = self._text("manifest.json", "manifest.unreadable")
        try:
            self.manifest = parse(self._manifest_bytes)
            for one in listed(self.manifest["files"]):
                path = worded(one["path"])
                if not safe(path) or path in self.listed:
                    raise ValueError("path")
                self.listed[path] = (number(one["size"]), worded(one["sha256"]))
            if self.manifest["format"] != FORMAT:
                raise ValueError("format")
            self._keys = {name: Key(text) for name, text in self.manifest["keys"].items()}
            self._expected = dict(self.manifest["records"])
            origin = self.manifest["origin"]
            for name in ("packages", *LOGS):
                if self._keys[name].name != f"{origin}/{name}" or self._keys[name].public != self._key.public:
                    raise ValueError("keys")
            listed(self.manifest["broken"])
            number(self.manifest["made_at"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("manifest.unreadable", "manifest.json") from None

    def _check_signature(self) -> None:
        if self._trusted and not is_trusted(self._trusted, self._key):
            raise Refused("key.other")
        if "manifest.note" not in self.paths:
            raise Refused("signature.missing")
        note = self._text("manifest.note", "signature.wrong")
        try:
            lines = self._key.opened(note.decode())
            digest = base64.b64encode(sha256(self._manifest_bytes)).decode()
            if lines[1:] != [FORMAT, digest, f"time {self.manifest['made_at']}"]:
                raise ValueError("lines")
        except (ValueError, InvalidSignature):
            raise Refused("signature.wrong") from None

    def _check_files(self) -> None:
        for path in sorted(self.paths - self.listed.keys() - {"manifest.json", "manifest.note"}):
            self.add("file.unlisted", path)
        for path, (size, digest) in self.listed.items():
            if path not in self.paths:
                self.add("file.missing", path)
            elif self._digest(path, size) != digest:
                self.add("file.changed", path)
            self.counts["files"] += 1

    def _digest(self, path: str, size: int) -> str | None:
        """None for what cannot be read or is larger than it should be."""
        found, read = hashlib.sha256(), 0
        try:
            with self._files.open(path) as file:
                while chunk := file.read(CHUNK):
                    found.update(chunk)
                    read += len(chunk)
                    if read > size:
                        return None
        except BROKEN:
            return None
        return found.hexdigest() if read == size else None

    def _read_schema(self) -> None:
        try:
            forms = parse(self._text("schema.json", "schema.unreadable"))["forms"]
            for form in listed(forms):
                fields = {one["column"]: one for one in form["fields"]}
                for column, one in fields.items():  # the hashes hold the column's name: it says the field's
                    if column != f"c_{column.split('_')[1]}_{one['field']}"[:63]:
                        raise ValueError("column")
                evidence = {*form["evidence"], *(c for c, one in fields.items() if one["evidence"])}
                self._schema[form["app"], form["form"]] = (form["archive"], fields, evidence)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise Refused("schema.unreadable", "schema.json") from None

    # -- the log ---------------------------------------------------------------------------------------

    def _checkpoint(self, path: str, log: str) -> Point:
        """A signed checkpoint of a log."""
        try:
            lines = self._keys[log].opened(self._text(path, "checkpoint.wrong").decode())
            _, size, root, time, previous = lines
            if not (time.startswith("time ") and previous.startswith("previous ")):
                raise ValueError("lines")
            number(previous[9:])
            return Point(log, number(size), unbase64(root, 32), number(time[5:]))
        except (ValueError, InvalidSignature):
            raise Refused("checkpoint.wrong", path) from None

    def _read_log(self, log: str) -> None:
        """The checkpoint of a log, and earlier ones that lead to it; needed only where there are entries."""
        if f"checkpoints/{log}.txt" not in self.paths:
            return
        newest = self._logs[log] = self._checkpoint(f"checkpoints/{log}.txt", log)
        self.points.append(newest)
        name = f"checkpoints/{log}.json"
        try:
            for link in listed(parse(self._text(name, "consistency.wrong"))):
                earlier = self._checkpoint(worded(link["path"]), log)
                path = [unbase64(step, 32) for step in listed(link["consistency"])]
                if not consistent(earlier.size, newest.size, earlier.root, newest.root, path):
                    raise Refused("consistency.wrong", link["path"])
                self.points.append(earlier)
        except (ValueError, KeyError, TypeError):
            raise Refused("consistency.wrong", name) from None

    def _lines(self, path: str) -> Iterator[bytes]:
        with self._files.open(path) as file:
            while line := file.readline(SMALL):
                yield line

    def _read_proofs(self, log: str) -> None:
        """The way of each position; kept as text, they are many."""
        path = f"proofs/{log}.jsonl"
        if path not in self.paths:
            return
        try:
            for line in self._lines(path):
                proof = parse(line)
                steps = listed(proof["inclusion"])
                if any(len(worded(step)) != 44 for step in steps):
                    raise ValueError("inclusion")
                self._proofs[log, number(proof["position"])] = "".join(steps)
        except (ValueError, TypeError, *BROKEN):
            raise Refused("proof.wrong", path) from None

    def _read_stamps(self, log: str) -> None:
        """What outside witnesses signed of the log's checkpoints."""
        path = f"witnesses/{log}.json"
        if path not in self.paths:
            return
        try:
            seen = listed(parse(self._text(path, "stamp.unreadable")))
            tokens = [(number(one["size"]), worded(one["path"])) for one in seen if "path" in one]
        except (ValueError, KeyError, TypeError):
            raise Refused("stamp.unreadable", path) from None
        for size, token in tokens:
            self._try(partial(self._check_stamp, log, size, token))

    def _check_stamp(self, log: str, size: int, token: str) -> None:
        """Over a checkpoint of this package, signed by a certificate for time stamps; whose, the roots tell."""
        newest = self._logs.get(log)
        note = f"checkpoints/{log}.txt" if newest and newest.size == size else f"checkpoints/{log}-{size}.txt"
        if not any((point.log, point.size) == (log, size) for point in self.points):
            raise Refused("stamp.wrong", token)
        told = {"log": log, "size": str(size), "token": token, "checkpoint": note, "checked": False,
                "trusted": False, "time": "", "authority": "", "serial": ""}  # fmt: skip
        try:
            stamp = Stamp(self._text(token, "stamp.unreadable"))
            told["time"], told["serial"] = f"{stamp.time:%Y-%m-%dT%H:%M:%SZ}", stamp.serial
            signer = stamp.check(self._text(note, "checkpoint.wrong"))
            told["checked"], told["authority"] = True, name_of(signer)
            told["trusted"] = bool(self._roots) and leads_to(signer, stamp, self._roots)
        except (Unknown, UnsupportedAlgorithm):
            pass
        except (InvalidSignature, KeyError, x509.ExtensionNotFound):
            raise Refused("stamp.wrong", token) from None
        except (ValueError, TypeError, IndexError):
            raise Refused("stamp.wrong" if told["time"] else "stamp.unreadable", token) from None
        self.counts["stamps"] += 1
        self.stamps.append(told)

    def _check_included(self, log: str, text: bytes, position: int) -> Line:
        """The entry of these bytes, once it stands in the log."""
        entry: Line = parse(text)
        if canonical(entry) != text:
            raise Refused("entry.wrong")
        if log not in self._logs:
            raise Refused("checkpoint.missing")
        if (log, position) not in self._proofs:
            raise Refused("proof.missing")
        joined, point = self._proofs[log, position], self._logs[log]
        path = [unbase64(joined[start : start + 44], 32) for start in range(0, len(joined), 44)]
        if not included(position, point.size, sha256(b"\x00", text), path, point.root):
            raise Refused("proof.wrong")
        self.counts["entries"] += 1
        return entry

    # -- records ---------------------------------------------------------------------------------------

    def _check_records(self) -> None:
        for path in sorted(p for p in self.listed if p.startswith("records/") and p in self.paths):
            try:
                for number, line in enumerate(self._lines(path), 1):
                    self._check_line(line, f"{path}:{number}")
            except BROKEN:
                self.add("record.unreadable", path)
        found = {name: dict(kinds) for name, kinds in self._by_form.items()}
        if found != self._expected:
            self.add("record.count")

    def _check_line(self, line: bytes, place: str) -> None:
        try:
            record = parse(line)
            worded(record["app"]), worded(record["form"]), worded(record["record"])
            place = f"{record['app']}.{record['form']} {record['record']}"
            self._check_record(record)
        except Refused as refused:
            self.add(refused.code, refused.place or place)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
            self.add("record.unreadable", place)

    def _check_record(self, record: Line) -> None:
        name, identity = (
            f"{record['app']}.{record['form']}",
            (record["app"], record["form"], record["record"]),
        )
        if identity in self._seen:
            raise Refused("record.twice")
        self._seen.add(identity)
        archive, fields, evidence = self._schema[record["app"], record["form"]]
        proof = record["proof"]
        if proof not in LEVELS:
            raise ValueError("proof")
        self._by_form.setdefault(name, Counter())[proof] += 1
        self.counts["records"] += 1
        self.counts[proof] += 1
        self._check_files_of(record)
        if proof == "statement":
            if archive or record["entries"]:
                raise Refused("entry.missing")
        else:
            newest = self._check_entries(record)
            if proof in ("content", "columns"):
                self._check_content(record, evidence, newest)
                self._check_values(record, fields)
        if self._on_record:
            self._on_record(record)

    def _check_entries(self, record: Line) -> Line:
        """Every revision is in the log; the newest entry."""
        if not listed(record["entries"]):
            raise Refused("entry.missing")
        before: Line = {}
        for place, one in enumerate(record["entries"], 1):
            text, position = worded(one["entry"]), number(one["position"])
            self._check_entry(parse(text), record, place, before)
            before = self._check_included("records", text.encode(), position)
        if "destroyed" in record:
            self._check_tombstone(record["destroyed"], before)
        return before

    def _check_tombstone(self, stone: Line, entry: Line) -> None:
        """Who shredded it and why, signed, and in the log by its hash."""
        statement = worded(stone["statement"]).encode()
        said = parse(statement)
        try:
            public = Ed25519PublicKey.from_public_bytes(self._key.public)
            public.verify(unbase64(stone["signature"], 64), TOMBSTONE + statement)
        except InvalidSignature:
            raise Refused("tombstone.wrong") from None
        about = ("app", "form", "record", "revision", "time")
        if base64.b64encode(sha256(statement)).decode() != entry["working"] or any(
            said[n] != entry[n] for n in about
        ):
            raise Refused("tombstone.wrong")
        self.counts["destroyed"] += 1

    @staticmethod
    def _check_entry(entry: Line, record: Line, place: int, before: Line) -> None:
        same = ("app", "form", "record")
        destroyed = "destroyed" in record and place == len(record["entries"])
        kind = "create" if place == 1 else "shred" if destroyed else "change"
        fits = (
            entry["v"] == "1" and entry["alg"] == "sha256" and entry["log"] == "records"
            and all(entry[name] == record[name] for name in same)
            and entry["kind"] == kind
            and number(entry["revision"]) == place
            and (not before or entry["evidence"] == before["evidence"])
            and (place < len(record["entries"]) or entry["revision"] == record["revision"])
        )  # fmt: skip
        if not fits:
            raise Refused("entry.wrong")

    def _check_content(self, record: Line, evidence: set[str], entry: Line) -> None:
        """The two hashes of the row, and the key they are bound to."""
        columns, salt = record["columns"], unbase64(record["salt"], 16)
        commitment = unbase64(record["commitment"], 32)
        for part in ("evidence", "working"):
            chosen = {n: v for n, v in columns.items() if (n in evidence) == (part == "evidence")}
            if not all(isinstance(value, str) for value in chosen.values()):
                raise ValueError("columns")
            chosen["key"] = record["commitment"]
            if base64.b64encode(sha256(salt, canonical(chosen))).decode() != entry[part]:
                raise Refused("content.hash")
        if record["proof"] == "content":
            key = unbase64(record["key"], 32)
            if hmac.new(key, b"muniment key", hashlib.sha256).digest() != commitment:
                raise Refused("content.key")

    def _check_values(self, record: Line, fields: dict[str, Line]) -> None:
        """What is shown follows from the columns; sealed ones are opened where the key is there."""
        key = AESGCM(unbase64(record["key"], 32)) if record["proof"] == "content" else None
        values, shown, there = record["values"], record["shown"], set()
        for column, held in record["columns"].items():
            field = fields.get(column)
            if field is None:
                continue
            name = field["field"]
            if not field["parked"]:
                there.add(name)
            if field["sealed"] and key is None:
                continue
            stored = self._open(key, field, record["record"], held) if field["sealed"] and key else held
            if field["parked"]:
                continue
            if name not in values or canonical(values[name]) != canonical(value_of(stored, field)):
                raise Refused("content.value")
            if field["literal"] and shown.get(name, "") != values[name]:
                raise Refused("content.value")
        if not values.keys() <= there:
            raise Refused("content.value")

    @staticmethod
    def _open(key: AESGCM, field: Line, record: str, held: str) -> str:
        sealed = unbase64(held)
        place = f"muniment value {record} {field['field']}".encode()
        try:
            plain = key.decrypt(sealed[:12], sealed[12:], place)
        except (InvalidTag, ValueError):
            raise Refused("content.seal") from None
        return base64.b64encode(plain).decode() if field["storage"] == "bytes" else plain.decode()

    def _check_files_of(self, record: Line) -> None:
        """Each attachment lies in the package with the digest the record's line gives, and is one of the
        field's."""
        for file in listed(record["files"]):
            found = self.listed.get(file["path"])
            if found is None and file["id"] in self.manifest["broken"]:
                self.counts["broken"] += 1
                continue
            if found != (number(file["size"]), file["sha256"]):
                raise Refused("attachment.wrong")
            held = record["values"].get(file["field"])
            if not isinstance(held, list) or file["id"] not in held:
                raise Refused("attachment.wrong")
            self.counts["attachments"] += 1
            self._check_file_entry(file)

    def _check_file_entry(self, file: Line) -> None:
        """The audit log says that this id stands for these bytes."""
        entry = self._check_included("audit", worded(file["entry"]).encode(), number(file["position"]))
        told = canonical({"digest": file["sha256"], "id": file["id"], "size": file["size"]})
        evidence = base64.b64encode(sha256(unbase64(file["salt"], 32), told)).decode()
        if (entry["log"], entry["kind"], entry["record"], entry["evidence"]) != (
            "audit",
            "file",
            file["id"],
            evidence,
        ):
            raise Refused("attachment.wrong")

    def result(self) -> dict[str, Any]:
        return {
            "sound": self.sound, "trusted": bool(self._trusted) and "packages" in self._keys,
            "findings": self.findings, "more": self.more, "counts": dict(sorted(self.counts.items())),
            "key": fingerprint(self._keys["packages"].public) if self._keys.get("packages") else "",
            "origin": self.manifest.get("origin", "") if isinstance(self.manifest, dict) else "",
            "made_at": self.manifest.get("made_at", "") if isinstance(self.manifest, dict) else "",
            "checkpoints": [
                {"log": each.log, "size": str(each.size), "root": each.root.hex(), "time": str(each.time)}
                for each in self.points
            ],
            "stamps": self.stamps,
        }  # fmt: skip


def value_of(stored: str, field: Line) -> Any:
    """From a stored form to a value, by storage kind."""
    kind = field["storage"]
    if kind == "boolean":
        return stored == "1"
    if kind == "decimal":
        return scaled(stored, field["scale"])
    if kind == "date":
        return datetime.date.fromordinal(int(stored)).isoformat()
    if kind == "timestamp":
        epoch = datetime.datetime(1970, 1, 1)  # noqa: DTZ001
        return (epoch + datetime.timedelta(microseconds=int(stored))).isoformat(timespec="microseconds") + "Z"
    if kind == "json":
        return parse(stored)
    return stored


def scaled(digits: str, scale: int) -> str:
    sign, number = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    if not scale:
        return sign + number
    number = number.rjust(scale + 1, "0")
    return f"{sign}{number[:-scale]}.{number[-scale:]}"


# -- the command ---------------------------------------------------------------------------------------


def verify(
    path: str, trusted: str = "", on_record: Told | None = None, roots: Sequence[x509.Certificate] = ()
) -> dict[str, Any]:
    """The result of checking a ZIP or a folder, as JSON would say it."""
    try:
        files = source(path)
    except Refused as refused:
        check = Check(Files())
        check.add(refused.code, refused.place)
        return check.result()
    return Check(files, trusted, on_record, roots).run().result()


def when(microseconds: str) -> str:
    epoch = datetime.datetime(1970, 1, 1)  # noqa: DTZ001
    return f"{epoch + datetime.timedelta(microseconds=int(microseconds)):%Y-%m-%d %H:%M:%S} UTC"


def told(result: dict[str, Any], zh: bool) -> Iterator[str]:
    """Lines for people."""
    pick = 0 if zh else 1
    for finding in result["findings"]:
        yield f"✗ {finding['place']}: {TEXTS[finding['code']][pick]} [{finding['code']}]"
    if result["more"]:
        yield f"✗ … +{result['more']}"
    for level, texts in LEVELS.items():
        if result["counts"].get(level):
            yield f"  {result['counts'][level]:>9,}  {texts[pick]}"
    for point in result["checkpoints"]:
        words = ("检查点", "checkpoint")[pick]
        yield f"  {words} {point['log']} {int(point['size']):,} · {when(point['time'])} · {point['root']}"
    for stamp in result["stamps"]:
        yield from told_stamp(stamp, pick)
    if result["key"]:
        yield f"  {('公钥指纹', 'key fingerprint')[pick]}: {result['key']}"
    if result["sound"]:
        yield ("✓ 完整无误", "✓ sound")[pick]
        if not result["trusted"]:
            yield (
                "  注意：公钥取自包内。请从独立渠道取得公钥，用 --key 再核验一次。",
                "  Note: the key is the package's own. Take it from somewhere you trust and give it with --key.",
            )[pick]
    else:
        yield ("✗ 不可采信", "✗ not sound")[pick]


def told_stamp(stamp: dict[str, Any], pick: int) -> Iterator[str]:
    """Who saw which checkpoint when, and how far that was checked."""
    how = (
        ("由您给出的根证书所信任的机构签署", "signed by an authority under the roots you gave")
        if stamp["trusted"]
        else ("签名成立，签署机构未经确认", "its signature holds, whose it is was not confirmed")
        if stamp["checked"]
        else ("所用算法本程序不识别，未核验", "its algorithm is not known to this program: not checked")
    )
    word = ("时间戳", "time stamp")[pick]
    about = f"{stamp['log']} {int(stamp['size']):,} · {stamp['time']} · {stamp['authority'] or '?'}"
    yield f"  {word} {about} · {how[pick]}"
    if not stamp["trusted"]:
        yield f"    openssl ts -verify -in {stamp['token']} -data {stamp['checkpoint']} -CAfile ROOTS.pem"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a Muniment evidence package.")
    parser.add_argument("package")
    parser.add_argument("--key", default="", help="the public key, or its fingerprint, as you know it")
    parser.add_argument(
        "--roots", default="", metavar="PEM", help="roots of time-stamping authorities you trust"
    )
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("--show", default="", metavar="RECORD", help="print what was proved of one record")
    parser.add_argument("--language", choices=("zh", "en"), default="")
    given = parser.parse_args(arguments)
    shown: list[Line] = []

    def keep(record: Line) -> None:
        if record["record"] == given.show:
            shown.append(record)

    roots: list[x509.Certificate] = []
    if given.roots:
        with open(given.roots, "rb") as file:
            roots = x509.load_pem_x509_certificates(file.read())
    result = verify(given.package, given.key, keep if given.show else None, roots)
    zh = given.language == "zh" or (not given.language and (os.environ.get("LANG") or "zh").startswith("zh"))
    if given.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        print("\n".join(told(result, zh)))
    for record in shown:
        print(json.dumps({n: record[n] for n in ("title", "proof", "values")}, ensure_ascii=False, indent=1))
    return exit_code(result)


def exit_code(result: dict[str, Any]) -> int:
    if any(finding["code"] == "package.unreadable" for finding in result["findings"]):
        return 2
    return 0 if result["sound"] else 1


if __name__ == "__main__":
    sys.exit(main())
