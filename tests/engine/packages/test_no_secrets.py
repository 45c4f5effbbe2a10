"""Nothing that leaves the house holds a secret: not an app's definition, a list, or a package, whoever has it made."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator

import pytest

from engine.access.viewer import SYSTEM
from engine.applications.packing import pack_file, pack_folder
from engine.records.query import Query
from engine.runtime import Runtime
from tests.engine.packages.case import packed, viewer

CHANNEL, OUTSIDE, PASSWORD = "channel-secret-7319051234", "outside-secret-8426091357", "an old tin of 42 keys"


@pytest.fixture
def secrets(archive: Runtime) -> dict[str, bytes]:
    """What must not leave, by what it is: what was typed, what stands in the database of it, and every key."""
    archive.channels.set_secret("wecom_in", CHANNEL)
    archive.secrets.set(SYSTEM, "crm", "https://crm.example.org", OUTSIDE)
    token, hashed = (
        archive.tokens.create("qian", "export", ("read",)),
        archive.accounts.passwords.hash(PASSWORD),
    )
    archive.database.write(lambda unit: archive.accounts.passwords.set_hash(unit, "qian", hashed))
    typed = {"channel": CHANNEL, "outside": OUTSIDE, "token": token, "password": PASSWORD, "hash": hashed}
    keys = {f"key {n}": key for n, key in enumerate(keys_of(json.loads(archive.keys.text())))}
    assert len(keys) >= 5
    return {name: text.encode() for name, text in typed.items()} | keys


def keys_of(kept: object) -> Iterator[bytes]:
    """All texts in the file of keys that are the base64 of 32 bytes."""
    if isinstance(kept, dict):
        kept = list(kept.values())
    if isinstance(kept, list):
        for one in kept:
            yield from keys_of(one)
    elif isinstance(kept, str):
        try:
            found = base64.b64decode(kept, validate=True)
        except ValueError:
            return
        if len(found) == 32:
            yield found


def forms_of(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield base64.b64encode(secret).rstrip(b"=")
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")


def unpacked(content: bytes) -> bytes:
    """With all that a ZIP holds."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return content + b"".join(name.encode() + archive.read(name) for name in archive.namelist())


def test_no_secret_leaves(archive: Runtime, secrets: dict[str, bytes]) -> None:
    document = archive.applications.document("case")
    qian = viewer(archive, "qian")
    customer = archive.records.page(qian, "case", "customer", Query(limit=1)).items[0].id
    leaving = {
        "definition": pack_file(document), "folder": pack_folder(document, "case"),
        "package": packed(archive),
        "of a customer": packed(archive, form="customer", scope="subject", records=(customer,)),
        **{form: str(list(archive.records.export(qian, "case", form, Query()))).encode()
           for form in ("customer", "message", "remark")},
    }  # fmt: skip
    told = [
        f"{what} holds {name}"
        for what, content in leaving.items()
        for name, secret in secrets.items()
        for form in forms_of(secret)
        if form in unpacked(content)
    ]
    assert told == []
    assert b"wecom_in" in leaving["definition"], "the channel itself does leave"


def test_it_would_be_noticed(secrets: dict[str, bytes]) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", base64.b64encode(secrets["key 0"]))
    assert any(form in unpacked(made.getvalue()) for form in forms_of(secrets["key 0"]))
