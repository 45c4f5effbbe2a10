"""What stands inside a WeCom message, by `msgtype`: readable text, media, duration.

One row of `KINDS` a type. Bodies are read with mistrust: any key may be missing, empty or
of another type, some vendors' samples put the body at top level, some under another key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from metamodel.plugin_api import MediaReference

DEPTH = 8  # forwarded records inside forwarded records
LONGEST = 2_000_000  # characters of one message's text
BEIJING = timezone(timedelta(hours=8))  # the vendor's own clock, for times inside texts
Body = Mapping[str, Any]


@dataclass
class Reading:
    """Filled while a message is read; nested ones add their media to the same."""

    type: str = "unknown"
    text: str = ""
    refers_to: str = ""
    duration: float | None = None
    media: list[MediaReference] = field(default_factory=list)
    depth: int = 0


Reader = Callable[[Body, Body, Reading], str]  # body, the whole message, where media go -> text


def read_content(kind: str, message: Body, reading: Reading) -> Reading:
    """`message` holds its body under the type's name, under one of its other names, or is the body."""
    known = KINDS.get(kind)
    if known is None:
        reading.text = f"[暂不支持的消息类型 {_clean(kind)[:60] or '?'}]"
        return reading
    reading.type, keys, read = known
    reading.text = read(_body(message, kind, keys), message, reading)[:LONGEST]
    return reading


def _body(message: Body, kind: str, keys: tuple[str, ...]) -> Body:
    return next((found for key in (kind, *keys) if isinstance(found := message.get(key), dict)), message)


# -- reading with mistrust -------------------------------------------------------------------------


def _clean(value: Any) -> str:
    """NUL cannot be stored as text; the raw bytes keep it."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _text(body: Body, *keys: str) -> str:
    return next((text for key in keys if (text := _clean(body.get(key)))), "")


def _number(body: Body, *keys: str) -> int | None:
    found = next((body[key] for key in keys if type(body.get(key)) in (int, float)), None)
    return int(found) if found is not None and 0 <= found < 2**53 else None


def _items(body: Body, key: str) -> list[Any]:
    found = body.get(key)
    return found if isinstance(found, list) else []


def _label(name: str, *parts: str) -> str:
    """`[位置] 人民广场 …`: the mark of a type and what is worth reading."""
    return " ".join([f"[{name}]", *(part for part in parts if part)])


def _time(body: Body, key: str) -> str:
    seconds = _number(body, key)
    if not seconds or seconds > 253_402_300_799:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _period(body: Body) -> str:
    return " – ".join(moment for key in ("starttime", "endtime") if (moment := _time(body, key)))


# -- media -----------------------------------------------------------------------------------------


def _media(body: Body, reading: Reading, name: str, media_type: str, *sizes: str) -> None:
    reading.media.append(
        MediaReference(
            name=name[:255],
            media_type=media_type,
            size=_number(body, *(sizes or ("filesize",))),
            vendor_reference=_text(body, "sdkfileid"),
            digest=_text(body, "md5sum").lower(),
        )
    )


def _image(body: Body, message: Body, reading: Reading) -> str:
    _media(body, reading, "image.jpg", "image/jpeg")
    return "[图片]"


def _voice(body: Body, message: Body, reading: Reading) -> str:
    _media(body, reading, "voice.amr", "audio/amr", "voice_size", "filesize")
    return _label("语音", _length(body, reading))


def _video(body: Body, message: Body, reading: Reading) -> str:
    _media(body, reading, "video.mp4", "video/mp4")
    return _label("视频", _length(body, reading))


def _length(body: Body, reading: Reading) -> str:
    seconds = _number(body, "play_length")
    if seconds is None:
        return ""
    if reading.depth == 0:
        reading.duration = float(seconds)
    return f"{seconds} 秒"


def _emotion(body: Body, message: Body, reading: Reading) -> str:
    kind, suffix = ("image/png", "png") if body.get("type") == 2 else ("image/gif", "gif")
    _media(body, reading, f"emotion.{suffix}", kind, "imagesize", "filesize")
    return "[表情]"


def _file(body: Body, message: Body, reading: Reading) -> str:
    name = _text(body, "filename") or "file"
    suffix = _text(body, "fileext")
    if suffix and not name.lower().endswith("." + suffix.lower()):
        name = f"{name}.{suffix}"
    if _text(body, "sdkfileid"):
        _media(body, reading, name, "application/octet-stream")
    return _label("文件", name)


def _call(body: Body, message: Body, reading: Reading) -> str:
    """A recorded call: its sound and the documents shown while it lasted."""
    reading.duration = _call_length(body, message)
    if _text(body, "sdkfileid"):
        _media(body, reading, "call.amr", "audio/amr")
    shown = [_text(item, "filename") for item in _items(body, "demofiledata") if isinstance(item, dict)]
    return _label("音视频通话", "、".join(name for name in shown if name))


def _call_length(body: Body, message: Body) -> float | None:
    start, end = _number(message, "msgtime"), _number(body, "endtime")
    if start is None or end is None:
        return None
    seconds = end - (start // 1000 if start >= 10**11 else start)
    return float(seconds) if 0 <= seconds <= 7 * 86_400 else None


def _voip(body: Body, message: Body, reading: Reading) -> str:
    seconds = _number(body, "callduration")
    reading.duration = float(seconds) if seconds is not None else None
    kind = "视频通话" if body.get("invitetype") in (1, 3) else "语音通话"
    return _label(kind, f"{seconds} 秒" if seconds is not None else "")


# -- words -----------------------------------------------------------------------------------------


def _words(body: Body, message: Body, reading: Reading) -> str:
    return _text(body, "content")


def _revoke(body: Body, message: Body, reading: Reading) -> str:
    reading.refers_to = _text(body, "pre_msgid")[:200]
    return "[撤回了一条消息]"


def _agree(body: Body, message: Body, reading: Reading) -> str:
    return _label("同意会话存档", _text(body, "userid"))


def _disagree(body: Body, message: Body, reading: Reading) -> str:
    return _label("不同意会话存档", _text(body, "userid"))


def _card(body: Body, message: Body, reading: Reading) -> str:
    return _label("名片", _text(body, "corpname"), _text(body, "userid"))


def _location(body: Body, message: Body, reading: Reading) -> str:
    place = ", ".join(part for key in ("latitude", "longitude") if (part := _text(body, key)))
    return _label("位置", _text(body, "title"), _text(body, "address"), f"({place})" if place else "")


def _link(body: Body, message: Body, reading: Reading) -> str:
    return _label("链接", _text(body, "title"), _text(body, "description"), _text(body, "link_url", "url"))


def _mini_program(body: Body, message: Body, reading: Reading) -> str:
    name = _text(body, "displayname", "username")
    return _label("小程序", name, _text(body, "title"), _text(body, "description"))


def _document(body: Body, message: Body, reading: Reading) -> str:
    return _label("在线文档", _text(body, "title"), _text(body, "link_url"), _text(body, "doc_creator"))


def _todo(body: Body, message: Body, reading: Reading) -> str:
    return _label("待办", _text(body, "title"), _text(body, "content"))


def _vote(body: Body, message: Body, reading: Reading) -> str:
    name = "参与投票" if body.get("votetype") == 102 else "投票"
    return _label(name, _text(body, "votetitle"), "、".join(map(_clean, _items(body, "voteitem"))))


def _collect(body: Body, message: Body, reading: Reading) -> str:
    asked = [_text(item, "ques") for item in _items(body, "details") if isinstance(item, dict)]
    return _label("填表", _text(body, "title"), "、".join(text for text in asked if text))


def _red_packet(body: Body, message: Body, reading: Reading) -> str:
    fen = _number(body, "totalamount")
    amount = f"¥{fen // 100}.{fen % 100:02d}" if fen is not None else ""
    count = _number(body, "totalcnt")
    return _label("红包", _text(body, "wish"), f"{count} 个" if count else "", amount)


def _meeting(body: Body, message: Body, reading: Reading) -> str:
    name = "会议答复" if body.get("meetingtype") == 102 else "会议邀请"
    states = {1: "参加", 2: "拒绝", 3: "待定", 4: "未被邀请", 5: "已取消", 6: "已过期", 7: "不在房间"}
    status = body.get("status")
    state = states.get(status, "") if isinstance(status, int) else ""
    return _label(
        name, _text(body, "topic"), _period(body), _text(body, "address"), _text(body, "remarks"), state
    )


def _meeting_notice(body: Body, message: Body, reading: Reading) -> str:
    return _label("会议通知", _text(body, "content"))


def _calendar(body: Body, message: Body, reading: Reading) -> str:
    people = "、".join(map(_clean, _items(body, "attendeename")))
    return _label(
        "日程", _text(body, "title"), _period(body), _text(body, "place"), people, _text(body, "remarks")
    )


def _feed(body: Body, message: Body, reading: Reading) -> str:
    return _label("视频号", _text(body, "sph_name"), _text(body, "feed_desc"))


def _news(body: Body, message: Body, reading: Reading) -> str:
    """Several pictures with words; an older shape had one of them flat."""
    items: list[Body] = [item for item in _items(body, "item") if isinstance(item, dict)] or [body]
    return "\n".join(
        _label("图文", _text(i, "title"), _text(i, "description"), _text(i, "url")) for i in items
    )


# -- messages inside messages ----------------------------------------------------------------------


def _record(body: Body, message: Body, reading: Reading) -> str:
    lines = [_label("聊天记录", _text(body, "title"))]
    return "\n".join([*lines, *_nested(_items(body, "item"), reading)])


def _mixed(body: Body, message: Body, reading: Reading) -> str:
    return "\n".join(_nested(_items(body, "item"), reading))


def _nested(items: Iterable[Any], reading: Reading) -> list[str]:
    if reading.depth >= DEPTH:
        return ["…"]
    reading.depth += 1
    try:
        return [_nested_text(item, reading) for item in items if isinstance(item, dict)]
    finally:
        reading.depth -= 1


def _nested_text(item: Body, reading: Reading) -> str:
    """An item's body is JSON in a string, of the type `ChatRecordText` or just `text`."""
    kind = _text(item, "type").removeprefix("ChatRecord").lower()
    body = _decoded(item.get("content"))
    known = KINDS.get(kind)
    if known is None:
        return _text(body, "content") or f"[暂不支持的消息类型 {kind[:60] or '?'}]"
    _, keys, read = known
    return read(_body(body, kind, keys), body, reading)


def _decoded(content: Any) -> Body:
    if isinstance(content, dict):
        return content
    if not isinstance(content, str):
        return {}
    try:
        found = msgspec.json.decode(content.encode("utf-8", "surrogatepass"))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {"content": content}
    return found if isinstance(found, dict) else {"content": content}


# msgtype -> (our type, other keys its body may stand under, how to read it)
KINDS: Mapping[str, tuple[str, tuple[str, ...], Reader]] = {
    "text": ("text", (), _words),
    "image": ("image", (), _image),
    "revoke": ("event", (), _revoke),
    "agree": ("event", (), _agree),
    "disagree": ("event", (), _disagree),
    "voice": ("voice", (), _voice),
    "video": ("video", (), _video),
    "card": ("card", (), _card),
    "location": ("location", (), _location),
    "emotion": ("image", (), _emotion),
    "file": ("file", (), _file),
    "link": ("link", (), _link),
    "weapp": ("link", (), _mini_program),
    "chatrecord": ("chatrecord", (), _record),
    "todo": ("event", (), _todo),
    "vote": ("event", (), _vote),
    "collect": ("event", (), _collect),
    "redpacket": ("event", (), _red_packet),
    "external_redpacket": ("event", ("redpacket",), _red_packet),
    "meeting": ("event", (), _meeting),
    "meeting_notification": ("event", ("info",), _meeting_notice),
    "docmsg": ("link", ("doc",), _document),
    "markdown": ("text", ("info",), _words),
    "news": ("link", ("info",), _news),
    "calendar": ("event", (), _calendar),
    "mixed": ("text", (), _mixed),
    "meeting_voice_call": ("call", (), _call),
    "voip_doc_share": ("file", (), _file),
    "sphfeed": ("link", (), _feed),
    "voiptext": ("call", ("info",), _voip),
    "qydiskfile": ("file", ("info",), _file),
}
