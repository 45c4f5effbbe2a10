"""The three kinds of witness: what is given to each, what it gives back, and what can be checked of it
afterwards without asking anybody.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from cryptography import x509

from engine.evidence.leaf import LOGS
from engine.evidence.witnesses.settings import Witness
from metamodel.problems import Rejected

_NAME = re.compile(r"(records|audit)-\d+\.txt")
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
MODE = 0o444


class NotGiven(Exception):
    """The witness was not reached or would not have it; said in a few plain words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A signed checkpoint, and which it is."""

    log: str
    size: int
    note: str


class Outside(Protocol):
    """`engine.outgoing.Outgoing`."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> HasBody: ...


class HasBody(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True)
class Means:
    """How the outside is reached; `mail` raises Rejected."""

    outside: Outside
    mail: Callable[[EmailMessage], None]


class Kind(Protocol):
    def problems(self, witness: Witness) -> list[tuple[str, str]]:
        """(setting, problem code) of what is wrong with these settings."""
        ...

    def give(self, witness: Witness, shown: Shown, means: Means) -> bytes | None:
        """The receipt, if this kind gives one. NotGiven."""
        ...

    def holds(self, witness: Witness, shown: Shown, receipt: bytes | None) -> bool:
        """Does the receipt still say what it said? True where there is nothing to look at."""
        ...

    def kept(self, witness: Witness) -> Iterator[tuple[str, str]]:
        """(log, note) of all it can be seen to hold."""
        ...


class Folder:
    """A folder elsewhere: of another owner, on a medium that can only be written once, on a colleague's
    share. A file for every checkpoint; nothing is ever written over."""

    def problems(self, witness: Witness) -> list[tuple[str, str]]:
        path = Path(witness.target)
        return [] if path.is_absolute() and path.is_dir() else [("target", "witness.bad_folder")]

    def give(self, witness: Witness, shown: Shown, _means: Means) -> None:
        path = self._path(witness, shown)
        try:
            with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                file.write(shown.note)
                file.flush()
                os.fsync(file.fileno())
                with suppress(OSError):  # not every share knows of rights
                    path.chmod(MODE)
            if path.read_bytes() != shown.note.encode():
                raise NotGiven("another checkpoint of that size lies there")
        except (OSError, UnicodeDecodeError) as error:
            raise NotGiven(type(error).__name__) from None

    def holds(self, witness: Witness, shown: Shown, _receipt: bytes | None) -> bool:
        try:
            return self._path(witness, shown).read_bytes() == shown.note.encode()
        except (OSError, UnicodeDecodeError):
            return not Path(witness.target).is_dir()  # a medium that is not in the drive says nothing

    def kept(self, witness: Witness) -> Iterator[tuple[str, str]]:
        with suppress(OSError):
            for path in sorted(Path(witness.target).iterdir()):
                if (found := _NAME.fullmatch(path.name)) is not None:
                    with suppress(OSError):
                        yield found[1], path.read_text("utf-8", "replace")

    def _path(self, witness: Witness, shown: Shown) -> Path:
        return Path(witness.target) / f"{shown.log}-{shown.size:012d}.txt"


class Mail:
    """A mail box of somebody else's: an auditor's, a notary's. What he keeps, he can hold against us."""

    def problems(self, witness: Witness) -> list[tuple[str, str]]:
        return [] if _MAIL.fullmatch(witness.target) else [("target", "witness.bad_mail")]

    def give(self, witness: Witness, shown: Shown, means: Means) -> None:
        message = EmailMessage()
        message["To"] = witness.target
        message["Subject"] = f"存证检查点 Checkpoint {shown.log} {shown.size}"
        message.set_content(MAIL_TEXT + shown.note)
        message.add_attachment(
            shown.note.encode(), "application", "octet-stream", filename=f"{shown.log}-{shown.size:012d}.txt"
        )
        try:
            means.mail(message)
        except Rejected as refused:
            raise NotGiven(refused.problems[0].code) from None

    def holds(self, _witness: Witness, _shown: Shown, _receipt: bytes | None) -> bool:
        return True

    def kept(self, _witness: Witness) -> Iterator[tuple[str, str]]:
        return iter(())


class TimeStamp:
    """An authority that signs when it saw a hash (RFC 3161). Its tokens are checked offline against the
    roots that were given with it."""

    def problems(self, witness: Witness) -> list[tuple[str, str]]:
        found = (
            [] if witness.target.startswith(("http://", "https://")) else [("target", "witness.bad_address")]
        )
        return found if _roots(witness) else [*found, ("roots", "witness.bad_roots")]

    def give(self, witness: Witness, shown: Shown, means: Means) -> bytes:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        request = TimestampRequestBuilder().data(shown.note.encode()).hash_algorithm(HashAlgorithm.SHA256)
        body = request.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()
        try:
            answer = means.outside.post(witness.target, body, {"content-type": "application/timestamp-query"})
        except Rejected as refused:
            raise NotGiven(refused.problems[0].code) from None
        if answer.status != 200:
            raise NotGiven(f"HTTP {answer.status}")
        if not self.holds(witness, shown, answer.body):
            raise NotGiven("the token does not fit the checkpoint or the roots")
        return answer.body

    def holds(self, witness: Witness, shown: Shown, receipt: bytes | None) -> bool:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

        roots = _roots(witness)
        if not roots:
            return False
        try:
            token = decode_timestamp_response(receipt or b"")
            return VerifierBuilder(roots=roots).build().verify_message(token, shown.note.encode())
        except (VerificationError, ValueError):
            return False

    def kept(self, _witness: Witness) -> Iterator[tuple[str, str]]:
        return iter(())


def _roots(witness: Witness) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(witness.roots.encode())
    except ValueError:
        return []


MAIL_TEXT = (
    "请保存此邮件：任何人都可以用它核对存档自那时起是否被改动过。\n"
    "Keep this mail: with it anybody can tell whether the archive was changed behind it.\n\n"
)
KINDS: Mapping[str, Kind] = {"rfc3161": TimeStamp(), "mail": Mail(), "folder": Folder()}
assert set(LOGS) == {"records", "audit"}  # as the names of files say
