"""WeCom messages for measuring: real texts where the shared data is at hand, made ones elsewhere."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parents[2] / "shared" / "data" / "wecom_messages.jsonl"


def messages(count: int) -> Iterator[bytes]:
    """`count` lines as `muniment ingest` reads them. What repeats is said to other customers a little later:
    an archive grows by conversations, not by ever longer ones."""
    originals = [json.loads(line) for line in _lines()]
    for number, original in zip(range(count), itertools.cycle(originals), strict=False):
        round_, message = number // len(originals), dict(original["message"])
        message["msgid"] = f"{message['msgid']}_{round_}"
        message["msgtime"] = message["msgtime"] + round_ * 60_000
        if round_:
            message |= _among_others(message, f"_{round_}")
        yield json.dumps({"seq": number + 1, "message": message}, ensure_ascii=False).encode()


def _among_others(message: Mapping[str, Any], suffix: str) -> dict[str, Any]:
    """The same said in another room, by or to other people outside."""

    def other(person: str) -> str:
        return person + suffix if person.startswith(("wm", "wo")) else person

    room = message.get("roomid")
    return {
        "from": other(message["from"]), "tolist": [other(person) for person in message["tolist"]],
        "roomid": room + suffix if room else room,
    }  # fmt: skip


def _lines() -> list[str]:
    if SHARED.exists():
        return SHARED.read_text("utf-8").splitlines()
    return [json.dumps(_made(number), ensure_ascii=False) for number in range(2_000)]


def _made(number: int) -> dict[str, object]:
    words = [
        "请问",
        "酒店",
        "价格",
        "多少",
        "一年",
        "点位",
        "餐馆",
        "推荐",
        "评分",
        "合同",
        "折扣",
        "发票",
        "安装",
        "时间",
        "地铁",
        "附近",
    ]
    text = "".join(words[(number * step + step) % len(words)] for step in range(3, 12))
    customer, staff = f"wmbench{number % 97:04d}", f"sales{number % 12 + 1:02d}"
    sender, receiver = (customer, staff) if number % 2 else (staff, customer)
    return {
        "seq": number + 1,
        "message": {
            "msgid": f"bench{number}", "action": "send", "from": sender, "tolist": [receiver], "roomid": "",
            "msgtime": 1_788_000_000_000 + number * 1_000, "msgtype": "text", "text": {"content": text},
        },
    }  # fmt: skip
