"""Who took part in a message: the channel's id, a name, and which side they are on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    ANY,
    BadValue,
    Display,
    Field,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    list_of,
    show_list,
    split_list,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

KINDS = ("staff", "customer", "bot", "system")
LONGEST = 1_000  # bytes of an id or a name


class MessageParticipants(Field):
    name = "message_participants"
    label = {"zh": "消息参与人", "en": "Participants of a message"}
    icon = "users"
    keywords: tuple[str, ...] = ("参与者", "会话成员")
    doc = {"zh": "收发消息的人：编号、姓名、身份", "en": "Who wrote or read: id, name, side"}
    texts = {
        "value.not_a_participant": Texts(
            "“{text}”不是参与人",
            "“{text}” is not a participant",
            "例如 {{id, name, kind}}",
            "Like {{id, name, kind}}",
        )
    }
    group = "people"
    storage = Storage.JSON
    type = list_of(ANY)
    many = True
    searchable = True
    personal = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "participants"
    examples = (
        (
            [{"id": "sales04", "name": "周婧", "kind": "staff"}],
            [{"id": "sales04", "name": "周婧", "kind": "staff"}],
        ),
        (["wm1"], [{"id": "wm1", "name": "", "kind": "customer"}]),
    )

    def parse(self, raw: Any, field: FieldDefinition) -> list[dict[str, str]]:
        items = [raw] if isinstance(raw, dict) else split_list(raw)
        return [_participant(item) for item in items]

    def display(self, value: list[dict[str, str]], field: FieldDefinition, display: Display) -> str:
        return show_list(
            (person["name"] or display.name("person", person["id"]) for person in value), display.language
        )

    def mask(
        self, value: list[dict[str, str]], field: FieldDefinition, hide: Callable[[str], str]
    ) -> list[dict[str, str]]:
        """Which side somebody is on is no secret."""
        return [{"id": hide(one["id"]), "name": hide(one["name"]), "kind": one["kind"]} for one in value]

    def search_text(self, value: list[dict[str, str]], field: FieldDefinition) -> str:
        return " ".join(text for person in value for text in (person["name"], person["id"]) if text)


def _participant(raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        raw = {"id": raw}
    if not isinstance(raw, dict) or raw.keys() - {"id", "name", "kind"}:
        raise BadValue("value.not_a_participant", text=excerpt(raw))
    identifier, name = _word(raw.get("id") or ""), _word(raw.get("name") or "")
    kind = raw.get("kind") or "customer"
    if kind not in KINDS or not (identifier or name):
        raise BadValue("value.not_a_participant", text=excerpt(raw))
    return {"id": identifier, "name": name, "kind": kind}


def _word(raw: Any) -> str:
    if type(raw) is str and raw.isascii() and len(raw) <= LONGEST and "\0" not in raw:
        return raw.strip()
    return clean_text(raw, LONGEST).strip()


def register(registry: Registry) -> None:
    registry.add(MessageParticipants())
