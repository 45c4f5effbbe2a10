"""What a vendor sends to the chat channel of the archive, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from metamodel.plugin_api import RawMessage

SECRET = "a shared secret"


def delivery(secret: str = SECRET, **parts: Any) -> RawMessage:
    message = {
        "id": "1",
        "at": 1795136400,
        "from": "visitor-7",
        "text": "在吗",
        "room": "r1",
        "seq": 1,
        **parts,
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return RawMessage(body, {"x-signature": f"sha256={signature}"})
