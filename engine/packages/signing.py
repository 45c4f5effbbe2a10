"""Signing: the installation's name under a manifest, as a signed note of its own kind.

The key is the one under checkpoints, named `<origin>/packages`: name and first line keep the two apart.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger
from engine.evidence.notes import key_id, verifier_key

FORMAT = "muniment package 1"


class Signer:
    def __init__(self, ledger: Ledger, keys: MasterKeys) -> None:
        self.origin = ledger.origin
        self._keys, self._name = keys, f"{ledger.origin}/packages"
        self.keys = {log: ledger.verifier_key(log) for log in LOGS}
        self.keys["packages"] = verifier_key(self._name, keys.public_key)

    @property
    def fingerprint(self) -> str:
        """What two people compare on the telephone: SHA-256 of the public key, in groups."""
        digest = sha256(self._keys.public_key).hexdigest()
        return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))

    def note(self, manifest: bytes, moment: int) -> str:
        """The signed note over these very bytes."""
        digest = base64.b64encode(sha256(manifest).digest()).decode()
        body = f"{self._name}\n{FORMAT}\n{digest}\ntime {moment}\n"
        signature = key_id(self._name, self._keys.public_key) + self._keys.signer.sign(body.encode())
        return f"{body}\n— {self._name} {base64.b64encode(signature).decode()}\n"
