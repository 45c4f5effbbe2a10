"""The kinds of view there are, and what each can be told: one table for whoever checks or designs them.

`view_checks` asks which fields an option must name, the designer's panel which it may offer (docs/views.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Live, Lookup, Rollup

Words = Mapping[str, str]
Picks = Literal["field", "fields", "form", "tab", "map", "icons"]
TABS = (
    "details",
    "flow",
    "history",
    "looks",
)  # what a record's page has beside its conversations and timelines
READ_LATER = (Lookup, Rollup, Live)


def _words(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


def chooses(field: FieldDefinition) -> bool:
    return field.type is not None and not field.type.many and bool(field.type.choices(field))


def is_day(field: FieldDefinition) -> bool:
    return field.expression_type().kind in ("date", "datetime") and not isinstance(field.derived, READ_LATER)


def is_number(field: FieldDefinition) -> bool:
    return field.expression_type().kind == "number"


def _target(field: FieldDefinition) -> str:
    reference = field.type.reference(field) if field.type and field.options is not None else None
    return reference.target if reference else ""


def holds_files(field: FieldDefinition) -> bool:
    return _target(field) == "file"


def is_link(field: FieldDefinition) -> bool:
    return _target(field) == "record"


@dataclass(frozen=True, slots=True)
class ViewOption:
    """One key of a view's `options`; `words.link` is a key inside the object `words`.

    `of` is the object that names the form whose fields are meant ('': the view's own). `fits` says which fields come
    into question; of a `strict` option any other is a mistake, and so is a sealed one unless `opened`. A `map` has a
    key for every choice of the field `over` names, or these `keys`; its values are `values`, else fields (of `of`).
    """

    key: str
    label: Words
    picks: Picks = "field"
    of: str = ""
    needed: bool = False
    fits: Callable[[FieldDefinition], bool] | None = None
    strict: bool = False
    opened: bool = False
    most: int = 0
    over: str = ""
    keys: Mapping[str, Words] | None = None
    values: Mapping[str, Words] | None = None
    usual: bool = False  # the first fields that may be shown, where none is chosen

    @property
    def holder(self) -> str:
        """The object it is in: `words` of `words.link`; '' for one of the options themselves."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def names_fields(self) -> bool:
        return self.picks in ("field", "fields")


@dataclass(frozen=True, slots=True)
class ViewKind:
    """`listed`: a tab above the list, with a filter and an order of its own. `columned`: it shows `columns`."""

    label: Words
    about: Words
    icon: str
    options: tuple[ViewOption, ...] = ()
    listed: bool = True
    columned: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """Keys its options must have."""
        return tuple(dict.fromkeys(one.key.partition(".")[0] for one in self.options if one.needed))

    @property
    def own(self) -> tuple[str, ...]:
        """Keys that name fields of the form the view belongs to."""
        return tuple(one.key for one in self.options if one.names_fields and not one.of)

    def there(self, holder: str) -> tuple[str, ...]:
        """Keys of the options themselves that name fields of the form which `holder` names."""
        return tuple(
            one.key for one in self.options if one.names_fields and one.of == holder and not one.holder
        )

    def inside(self, holder: str) -> tuple[str, ...]:
        """Keys inside `holder` that name fields of the form which it names itself."""
        return tuple(one.name for one in self.options if one.names_fields and one.holder == holder)

    @property
    def holders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.holder for one in self.options if one.holder))


_FIELDS = ViewOption("fields", _words("卡片上的字段", "Fields on a card"), "fields", usual=True)
_FROM = ViewOption("from", _words("开始", "From"), needed=True, fits=is_day, strict=True)
_TO = ViewOption("to", _words("结束", "To"), fits=is_day, strict=True)
_HUE = ViewOption("hue", _words("颜色取自", "Colour taken from"), fits=chooses, strict=True)
_BAR_TO = ViewOption("to", _words("结束", "To"), needed=True, fits=is_day, strict=True)

SIDES = {"left": _words("左侧", "Left"), "right": _words("右侧", "Right"), "middle": _words("居中", "Middle")}
ACTS = {
    "message": _words("一条消息", "A message"), "edit": _words("修改", "An edit"), "recall": _words("撤回", "A recall"),
    "event": _words("一件事", "An event"),
}  # fmt: skip


def _told(key: str, zh: str, en: str, **more: object) -> ViewOption:
    """An option of a chat that names a field of the messages."""
    return ViewOption(key, _words(zh, en), of="messages", **more)  # type: ignore[arg-type]


_CHAT = (
    ViewOption("messages.form", _words("消息在哪个表单", "Form of the messages"), "form", needed=True),
    ViewOption("messages.link", _words("消息指向本记录的关联字段", "Their link to this record"), of="messages",
               needed=True, fits=is_link),
    _told("time", "时间", "Time", needed=True, fits=is_day), _told("text", "正文", "Text", needed=True),
    _told("side", "左右由谁定", "Side decided by", fits=chooses),
    ViewOption("sides", _words("各值站在哪一侧", "Side of each value"), "map", of="messages", over="side",
               values=SIDES),
    _told("sender", "发送人姓名", "Sender's name"), _told("sender_id", "发送人标识", "Sender's id"),
    ViewOption("known_as", _words("只有标识时姓名取自", "Where only an id came, the name is"), "map", of="messages",
               keys=SIDES),
    _told("type", "消息类型", "Type of message", fits=chooses),
    _told("action", "动作", "Action", fits=chooses),
    ViewOption("actions", _words("各动作是什么", "What each action is"), "map", of="messages", over="action",
               values=ACTS),
    _told("refers_to", "修改或撤回的是哪条", "Message an edit is about", fits=is_link),
    _told("attachments", "附件", "Attachments", fits=holds_files), _told("duration", "时长", "Length"),
    _told("also", "正文下面还显示", "Shown below the text", picks="fields"), _told("tags", "标签", "Tags"),
    ViewOption("facts", _words("聊天旁边显示", "Shown beside the chat"), "fields"),
)  # fmt: skip

_TIMELINE = (
    ViewOption("by", _words("谁的时间线", "Whose timeline"), needed=True, fits=is_link),
    ViewOption("time", _words("时间", "Time"), needed=True, fits=is_day),
    ViewOption("mark", _words("标记（渠道等）", "Mark (the channel …)"), fits=chooses),
    ViewOption("icons", _words("各标记的图标", "Icon of each mark"), "icons", over="mark"),
    ViewOption("who", _words("人员", "People"), "fields"),
    ViewOption("text", _words("一行的文字", "Words of the line")),
    ViewOption("words.form", _words("没有文字时取哪个表单的第一条", "Without words: the first of"), "form"),
    ViewOption("words.link", _words("它指向本记录的关联字段", "Its link to this record"), of="words", fits=is_link),
    ViewOption("words.text", _words("它的正文", "Its text"), of="words"),
    ViewOption("tags", _words("标签", "Tags")), ViewOption("count", _words("行末的数字", "Number at the end")),
    ViewOption("opens", _words("点开到", "Opens at"), "tab"),
    ViewOption("request.form", _words("看不到时申请用的表单", "Form to ask for what is hidden"), "form"),
    ViewOption("request.field", _words("申请里填的关联字段", "Link filled in there"), of="request", fits=is_link),
)  # fmt: skip

VIEW_KINDS: Mapping[str, ViewKind] = {
    "table": ViewKind(
        _words("表格", "Table"), _words("一行一条记录", "A row for every record"), "table",
        (
            ViewOption("card", _words("手机卡片上的字段", "On a phone's card"), "fields", most=3, usual=True),
            ViewOption("opens", _words("点开到", "Opens at"), "tab"),
        ), columned=True,
    ),
    "card": ViewKind(
        _words("卡片", "Cards"), _words("一张卡片一条记录", "A card for every record"), "card", (_FIELDS,)
    ),
    "gallery": ViewKind(
        _words("画廊", "Gallery"), _words("带图片的卡片", "Cards with a picture"), "image",
        (
            ViewOption("cover", _words("封面图片", "Cover"), needed=True, fits=holds_files, strict=True, opened=True),
            _FIELDS,
        ),
    ),
    "kanban": ViewKind(
        _words("看板", "Kanban"), _words("每个选项一列", "A column for every choice"), "columns",
        (
            ViewOption("by", _words("按哪个字段分列", "Columns by"), needed=True, fits=chooses, strict=True),
            ViewOption("sum", _words("列头合计", "Sum above a column"), fits=is_number, strict=True), _FIELDS,
        ),
    ),
    "calendar": ViewKind(
        _words("日历", "Calendar"), _words("记录在它的日子上", "Records on their days"), "calendar",
        (_FROM, _TO, _FIELDS),
    ),
    "gantt": ViewKind(
        _words("甘特图", "Gantt"), _words("从开始到结束的横条", "Bars from start to end"), "sort",
        (_FROM, _BAR_TO, _HUE, _FIELDS),
    ),
    "chat": ViewKind(
        _words("聊天", "Chat"), _words("记录页上还原一段对话", "A conversation on the record's page"), "chat", _CHAT,
        listed=False,
    ),
    "timeline": ViewKind(
        _words("时间线", "Timeline"), _words("一个客户的全部往来", "Everything with one customer"), "timeline",
        _TIMELINE,
    ),
}  # fmt: skip
