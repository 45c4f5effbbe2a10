"""What was said, by whom and when: the text of a call or a meeting, a line for every turn.

Written and exported as lines `00:01:05 周婧：您好`; kept as a list, so that one can jump to a moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

from metamodel.plugin_api import (
    ANY,
    BadValue,
    Display,
    Examples,
    Field,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    list_of,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

MOST_TURNS = 20_000
LATEST = 360_000  # seconds: a hundred hours
_TURN = re.compile(
    r"\s*\[?(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,]\d{1,6})?\]?\s*(?P<rest>.*)",
    re.DOTALL,
)
_SPEAKER = re.compile(r"(?P<who>[^\s:：][^:：\n]{0,39})[:：]\s*(?P<said>.*)", re.DOTALL)


class Turn(TypedDict):
    at: int  # seconds from the beginning
    who: str
    said: str


class Transcript(Field):
    name = "transcript"
    label = {"zh": "通话转写", "en": "Transcript"}
    icon = "chat"
    doc = {"zh": "谁在何时说了什么，一句一行", "en": "Who said what and when, a line a turn"}
    keywords: tuple[str, ...] = ("录音转文字", "会议记录", "字幕", "asr", "subtitles")
    texts = {
        "value.not_a_turn": Texts(
            "“{text}”不是转写的一句",
            "“{text}” is not a turn of a transcript",
            "如 00:05 周婧：您好",
            "Like 00:05 Zhou: hello",
        )
    }
    group = "system"
    storage = Storage.JSON
    type = list_of(ANY)
    many = True
    searchable = True
    personal = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "lines"
    look = "transcript"
    cell = "lines"
    examples: Examples = (
        (
            "00:05 周婧：您好\n1:02:03 客户: 在吗",
            [{"at": 5, "who": "周婧", "said": "您好"}, {"at": 3723, "who": "客户", "said": "在吗"}],
        ),
        ([{"at": 7, "who": "", "said": " 嗯 "}], [{"at": 7, "who": "", "said": "嗯"}]),
        ("没有时间的一句", [{"at": 0, "who": "", "said": "没有时间的一句"}]),
    )

    def parse(self, raw: Any, field: FieldDefinition) -> list[Turn]:
        items = (
            [raw]
            if isinstance(raw, (dict, str))
            else raw
            if isinstance(raw, (list, tuple))
            else [clean_text(raw)]
        )
        turns: list[Turn] = []
        for item in items[: MOST_TURNS + 1]:
            if isinstance(item, dict):
                turns.append(_turn(item))
            else:
                turns += _lines(item, turns[-1]["at"] if turns else 0)
        if len(turns) > MOST_TURNS:
            raise BadValue("value.too_many", limit=MOST_TURNS)
        return [turn for turn in turns if turn["said"] or turn["who"]]

    def display(self, value: list[Turn], field: FieldDefinition, display: Display) -> str:
        return "\n".join(_written(turn) for turn in value)

    def search_text(self, value: list[Turn], field: FieldDefinition) -> str:
        return "\n".join(f"{turn['who']} {turn['said']}".strip() for turn in value)

    def mask(self, value: list[Turn], field: FieldDefinition, hide: Callable[[str], str]) -> Any:
        return [{"at": turn["at"], "who": hide(turn["who"]), "said": hide(turn["said"])} for turn in value]


def _lines(raw: Any, since: int) -> list[Turn]:
    if isinstance(raw, (list, tuple)):
        raise BadValue("value.not_a_turn", text=excerpt(raw))
    turns = []
    for line in clean_text(raw).splitlines():
        if line.strip():
            turns.append(_read(line, since))
            since = turns[-1]["at"]
    return turns


def _read(line: str, since: int) -> Turn:
    """A line without a moment was said when the one before it was."""
    found = _TURN.fullmatch(line)
    at, rest = since, line
    if found is not None and int(found["seconds"]) < 60:
        at = int(found["hours"] or 0) * 3600 + int(found["minutes"]) * 60 + int(found["seconds"])
        rest = found["rest"]
    spoken = _SPEAKER.fullmatch(rest.strip()) if found is not None or "：" in rest else None
    return _made(at, spoken["who"] if spoken else "", spoken["said"] if spoken else rest)


def _turn(raw: dict[str, Any]) -> Turn:
    at = raw.get("at") or 0
    if raw.keys() - {"at", "who", "said"} or type(at) is not int or not 0 <= at <= LATEST:
        raise BadValue("value.not_a_turn", text=excerpt(raw))
    return _made(at, raw.get("who"), raw.get("said"))


def _made(at: int, who: Any, said: Any) -> Turn:
    name = " ".join(clean_text(who or "", 400).replace(":", " ").replace("：", " ").split())
    return {"at": at, "who": name, "said": " ".join(clean_text(said or "").split())}


def _written(turn: Turn) -> str:
    hours, rest = divmod(turn["at"], 3600)
    moment = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
    return f"{moment} {turn['who']}：{turn['said']}" if turn["who"] else f"{moment} {turn['said']}"


def register(registry: Registry) -> None:
    registry.add(Transcript())
