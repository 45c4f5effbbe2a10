"""A list of things to tick off: each is a text that is done or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypedDict

from metamodel.plugin_api import (
    ANY,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    labelled,
    list_of,
    options_of,
    problem,
    too_many,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

MOST = 500
LONGEST = 4_000  # bytes of one item
_MARK = re.compile(r"\s*(?:[-*]\s+)?(?:\[(?P<box>[ xX√✓]?)\]|(?P<sign>[☐☑☒✓✔✅]))\s*")
_BETWEEN = re.compile(r"[\n；;]+")
DONE, OPEN = "☑", "☐"


class Item(TypedDict):
    text: str
    done: bool


class ChecklistOptions(Options, frozen=True):
    items: Annotated[
        tuple[str, ...], labelled("新记录自带的事项", "Items a new record begins with", max_length=100)
    ] = ()
    maximum: Annotated[int, labelled("最多几项", "At most", ge=1, le=MOST)] | None = None
    all_done: Annotated[bool, labelled("全部完成才能保存", "Saved only when all is done")] = False


class Checklist(Field):
    name = "checklist"
    label = {"zh": "检查清单", "en": "Checklist"}
    icon = "list"
    doc = {"zh": "几件事，做完一件勾一件", "en": "Things to tick off one by one"}
    keywords: tuple[str, ...] = ("检查项", "清单", "待办清单", "检查框", "todo")
    texts = {
        "value.not_a_checklist": Texts("“{text}”不是检查清单", "“{text}” is not a checklist"),
        "value.not_all_done": Texts("还有 {open} 项没有完成", "{open} are still open"),
    }
    group = "choice"
    storage = Storage.JSON
    type = list_of(ANY)
    many = True
    searchable = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "checklist"
    look = "checklist"
    cell = "share_done"
    examples: Examples = (
        ("[x] 营业执照\n[ ] 授权书", [{"text": "营业执照", "done": True}, {"text": "授权书", "done": False}]),
        (["☑ 甲", "乙"], [{"text": "甲", "done": True}, {"text": "乙", "done": False}]),
        ([{"text": " 丙 ", "done": True}], [{"text": "丙", "done": True}]),
    )
    Options: ClassVar[OptionsType] = ChecklistOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[Item]:
        if isinstance(raw, dict):
            raw = [raw]
        pieces = raw if isinstance(raw, (list, tuple)) else _BETWEEN.split(clean_text(raw))
        if len(pieces) > MOST:
            raise BadValue("value.too_many", limit=MOST)
        return [item for piece in pieces if (item := _item(piece))["text"]]

    def check(self, value: list[Item], field: FieldDefinition) -> list[Problem]:
        options, still = options_of(field, ChecklistOptions), sum(not item["done"] for item in value)
        found = too_many(value, options.maximum)
        return [*found, problem("value.not_all_done", open=still)] if options.all_done and still else found

    def display(self, value: list[Item], field: FieldDefinition, display: Display) -> str:
        joint = "；" if display.language.startswith("zh") else "; "
        return joint.join(f"{DONE if item['done'] else OPEN} {item['text']}" for item in value)

    def search_text(self, value: list[Item], field: FieldDefinition) -> str:
        return "\n".join(item["text"] for item in value)

    def mask(self, value: list[Item], field: FieldDefinition, hide: Callable[[str], str]) -> Any:
        """How far it has come is no secret."""
        return [{"text": hide(item["text"]), "done": item["done"]} for item in value]


def _item(raw: Any) -> Item:
    if isinstance(raw, dict):
        done = raw.get("done") or False
        if raw.keys() - {"text", "done"} or not isinstance(done, bool):
            raise BadValue("value.not_a_checklist", text=excerpt(raw))
        return {"text": _words(raw.get("text")), "done": done}
    if isinstance(raw, (list, tuple)):
        raise BadValue("value.not_a_checklist", text=excerpt(raw))
    text = clean_text(raw, LONGEST)
    found = _MARK.match(text)
    if found is None:
        return {"text": _words(text), "done": False}
    mark = (found["box"] or "") + (found["sign"] or "")
    return {"text": _words(text[found.end() :]), "done": bool(mark.strip("☐ "))}


def _words(raw: Any) -> str:
    if raw is None:
        return ""
    return " ".join(clean_text(raw, LONGEST).replace("；", "，").replace(";", ",").split())


def register(registry: Registry) -> None:
    registry.add(Checklist())
