"""Signatures on what vendors send: a recipe of header, algorithm and the bytes that are signed.

Checked on the raw bytes, compared in constant time, stale ones refused. `template` puts the
signed bytes together from `{body}` `{timestamp}` `{url}` `{secret}` and `{form}` (the fields of a
form body, sorted, names and values joined).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import parse_qsl

import msgspec

from metamodel.plugin_api import BadValue, Options, Problem, RawMessage, Texts, labelled, problem
from plugins.connectors.vendor_times import read_time

TEXTS = {
    "channel.bad_signature": Texts("签名不正确", "The signature is not right", status=401),
    "channel.no_signature": Texts("没有签名（{header}）", "There is no signature ({header})", status=401),
    "channel.no_secret": Texts("渠道还没有设置密钥", "The channel has no secret yet", status=401),
    "channel.stale": Texts("时间戳已过期", "The timestamp is too old", status=401),
    "channel.bad_template": Texts("不认识 {part}", "{part} means nothing here"),
    "channel.no_timestamp_header": Texts("请填写时间戳所在的请求头", "Name the header with the timestamp"),
    "channel.no_url": Texts("请填写对外网址", "Fill in the public address"),
}
PARTS = ("body", "timestamp", "url", "secret", "form")
_PART = re.compile(r"\{([a-z]+)\}")


class SignatureOptions(Options, frozen=True):
    header: Annotated[str, labelled("签名所在请求头", "Header with the signature", min_length=1)]
    kind: Annotated[Literal["hmac", "hash", "token"], labelled("方式", "Way")] = "hmac"
    algorithm: Annotated[Literal["sha256", "sha1", "sha512", "md5"], labelled("算法", "Algorithm")] = "sha256"
    encoding: Annotated[Literal["hex", "base64"], labelled("编码", "Encoding")] = "hex"
    prefix: Annotated[str, labelled("签名前缀，如 sha256=", "Before the signature, like sha256=")] = ""
    template: Annotated[str, labelled("被签名的内容", "What is signed")] = "{body}"
    timestamp_header: Annotated[str, labelled("时间戳所在请求头", "Header with the timestamp")] = ""
    tolerance: Annotated[int, labelled("允许的时差（秒）", "Seconds it may be off", ge=1, le=86_400)] = 300
    url: Annotated[str, labelled("对外网址", "Public address")] = ""


def check_signature(options: SignatureOptions) -> list[Problem]:
    parts = _PART.findall(options.template)
    found = [
        problem("channel.bad_template", "/signature/template", part="{" + part + "}")
        for part in parts
        if part not in PARTS
    ]
    if "timestamp" in parts and not options.timestamp_header:
        found.append(problem("channel.no_timestamp_header", "/signature/timestamp_header"))
    if "url" in parts and not options.url:
        found.append(problem("channel.no_url", "/signature/url"))
    return found


def verify(raw: RawMessage, options: SignatureOptions, secret: str, now: datetime) -> None:
    """Raises BadValue; says no more than that it is wrong."""
    if not secret:
        raise BadValue("channel.no_secret")
    sent = raw.headers.get(options.header.lower(), "").strip()
    if not sent:
        raise BadValue("channel.no_signature", header=options.header)
    timestamp = _timestamp(raw.headers, options, now)
    expected = options.prefix + sign(raw.body, options, secret, timestamp)
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise BadValue("channel.bad_signature")


def signed(raw: RawMessage, options: SignatureOptions, secret: str, now: datetime) -> RawMessage:
    """The message with the headers its vendor would send at this moment."""
    timestamp = str(int(now.timestamp())) if options.timestamp_header else ""
    headers = dict(raw.headers)
    if timestamp:
        headers[options.timestamp_header.lower()] = timestamp
    headers[options.header.lower()] = options.prefix + sign(raw.body, options, secret, timestamp)
    return msgspec.structs.replace(raw, headers=headers)


def sign(body: bytes, options: SignatureOptions, secret: str, timestamp: str = "") -> str:
    """The signature without its prefix."""
    if options.kind == "token":
        return secret
    signed = _signed_bytes(body, options, secret, timestamp)
    if options.kind == "hmac":
        digest = hmac.new(secret.encode(), signed, options.algorithm).digest()
    else:
        digest = hashlib.new(options.algorithm, signed, usedforsecurity=False).digest()
    return digest.hex() if options.encoding == "hex" else base64.b64encode(digest).decode()


def _timestamp(headers: Mapping[str, str], options: SignatureOptions, now: datetime) -> str:
    if not options.timestamp_header:
        return ""
    text = headers.get(options.timestamp_header.lower(), "").strip()
    try:
        moment = read_time(text, "auto")
    except BadValue:
        raise BadValue("channel.stale") from None
    if abs((now - moment).total_seconds()) > options.tolerance:
        raise BadValue("channel.stale")
    return text


def _signed_bytes(body: bytes, options: SignatureOptions, secret: str, timestamp: str) -> bytes:
    values = {"timestamp": timestamp.encode(), "url": options.url.encode(), "secret": secret.encode()}
    pieces = []
    for number, piece in enumerate(_PART.split(options.template)):
        if number % 2 == 0:
            pieces.append(piece.replace("\\n", "\n").encode())
        elif piece == "body":
            pieces.append(body)
        else:
            pieces.append(_form(body) if piece == "form" else values.get(piece, b""))
    return b"".join(pieces)


def _form(body: bytes) -> bytes:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000)
    return "".join(name + value for name, value in sorted(pairs)).encode()
