"""Fields behind the names of an expression: the definition at the end of `customer.level`, and its label.

Types come from the scope; what a field is called, which choices it has and how it may be compared
stand in its definition. Used by everything that shows expressions to people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metamodel.expressions.checker import Scope
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.scope import FormScope, OtherRowsScope, RowScope

ABOUT_PEOPLE: dict[str, Label] = {
    "me": {"zh": "当前用户", "en": "Me"},
    "record": {"zh": "本记录", "en": "This record"},
    "id": {"zh": "编号", "en": "Id"},
    "name": {"zh": "姓名", "en": "Name"},
    "department": {"zh": "部门", "en": "Department"},
}
ABOUT_A_MESSAGE: dict[str, Label] = {
    "channel": {"zh": "渠道", "en": "Channel"},
    "account": {"zh": "渠道账号", "en": "Account of the channel"},
    "vendor_id": {"zh": "渠道消息号", "en": "Vendor's message id"},
    "vendor_seq": {"zh": "渠道序号", "en": "Vendor's running number"},
    "sender_id": {"zh": "发送人标识", "en": "Sender's id"},
    "sender_name": {"zh": "发送人", "en": "Sender"},
    "sender_kind": {"zh": "发送人类型", "en": "Kind of sender"},
    "receivers": {"zh": "接收人", "en": "Receivers"},
    "sent_at": {"zh": "发送时间", "en": "Sent at"},
    "received_at": {"zh": "收到时间", "en": "Received at"},
    "direction": {"zh": "方向", "en": "Direction"},
    "action": {"zh": "动作（发送、编辑、撤回…）", "en": "Action (send, edit, recall …)"},
    "type": {"zh": "消息类型", "en": "Kind of message"},
    "text": {"zh": "消息内容", "en": "Text"},
    "conversation_id": {"zh": "渠道会话号", "en": "Vendor's conversation id"},
    "conversation_kind": {"zh": "会话类型", "en": "Kind of conversation"},
    "refers_to": {"zh": "所指消息的记录", "en": "Record of the message it is about"},
    "original_id": {"zh": "所指消息的渠道消息号", "en": "Vendor's id of the message it is about"},
    "duration": {"zh": "时长", "en": "Duration"},
    "attachments": {"zh": "附件", "en": "Attachments"},
    "media_state": {"zh": "媒体状态", "en": "State of its media"},
    "staff": {"zh": "我方人员（全部）", "en": "Our people (all)"},
    "staff_id": {"zh": "我方人员（第一位）", "en": "Our people (the first)"},
    "customer_id": {"zh": "客户标识", "en": "Customer's id"},
    "customer_name": {"zh": "客户名称", "en": "Customer"},
    "raw_digest": {"zh": "原始报文摘要", "en": "Digest of the raw message"},
}


def field_at(scope: Scope, path: Sequence[str]) -> FieldDefinition | None:
    """The definition a path ends at; None for `me` and its parts, and for what nobody knows."""
    *_, last = _along(scope, path)
    return last[1]


def type_at(scope: Scope, path: Sequence[str]) -> Type | None:
    """The type a path ends in; None where it means nothing."""
    *_, last = _along(scope, path)
    return last[0]


def path_label(scope: Scope, path: Sequence[str], language: str) -> str:
    """`客户 · 等级`; '' where the path means nothing."""
    names: list[str] = []
    for name, (known, field) in zip(path, _along(scope, path), strict=True):
        if known is None:
            return ""
        names.append(field.text(language) if field is not None else _word(scope, name, names, language))
    return " · ".join(names)


def _word(scope: Scope, name: str, before: Sequence[str], language: str) -> str:
    known = (
        ABOUT_PEOPLE
        if before or isinstance(scope, FormScope)
        else {**ABOUT_A_MESSAGE, "me": ABOUT_PEOPLE["me"]}
    )
    return label_text(known.get(name, ""), language, name)


def own_fields(scope: Scope) -> tuple[FieldDefinition, ...]:
    """The fields whose names stand alone in an expression of this scope."""
    if isinstance(scope, RowScope):
        return scope.rows.fields
    if isinstance(scope, OtherRowsScope):
        found = (scope.forms.field(*scope.there, name) for name in scope.forms.names(*scope.there))
        return tuple(field for field in found if field is not None)
    return scope.form.fields if isinstance(scope, FormScope) else ()


def _along(scope: Scope, path: Sequence[str]) -> Iterator[tuple[Type | None, FieldDefinition | None]]:
    """(type, definition) of `a`, `a.b`, `a.b.c`; (None, None) from where it means nothing."""
    known: Type | None = None
    for place, name in enumerate(path):
        if place == 0:
            field = next((one for one in own_fields(scope) if one.id == name), None)
            known = scope.name(name)
        else:
            field = _inside(scope, known, name) if known is not None else None
            known = scope.attribute(known, name) if known is not None else None
        yield known, (field if known is not None else None)


def _inside(scope: Scope, of: Type, name: str) -> FieldDefinition | None:
    """A field of the record (or of the records) that a type says."""
    record = of.of if of.kind == "list" and of.of is not None else of
    if record.kind != "record" or not isinstance(scope, FormScope):
        return None
    form, _, rows = record.form.partition("/")
    if not rows:
        return scope.forms.field(record.app, form, name)
    holder = scope.form.field(rows) if form == scope.form.id else None
    return next((cell for cell in holder.fields if cell.id == name), None) if holder else None
