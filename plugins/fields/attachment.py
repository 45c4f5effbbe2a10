"""Files kept with a record, by the ids the file store gave them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    TEXT,
    BadValue,
    Display,
    Examples,
    Field,
    Label,
    Options,
    OptionsType,
    Problem,
    Reference,
    Registry,
    Storage,
    Texts,
    excerpt,
    fold,
    labelled,
    list_of,
    options_of,
    problem,
    show_list,
    split_list,
    too_many,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

LARGEST = 2**63 - 1


class AttachmentOptions(Options, frozen=True):
    maximum: Annotated[int, labelled("最多几个文件", "At most", ge=1)] | None = None
    megabytes: Annotated[int, labelled("单个文件上限（MB）", "Largest file (MB)", ge=1, le=10_000)] = 100
    accept: Annotated[tuple[str, ...], labelled("文件类型", "File types")] = ()


class Attachment(Field):
    name = "attachment"
    label: Label = {"zh": "附件", "en": "Attachment"}
    icon = "paperclip"
    doc: Label = {"zh": "一个或几个文件", "en": "One or several files"}
    keywords: tuple[str, ...] = ("文件", "上传", "file", "upload")
    texts = {
        "value.not_a_file": Texts("“{text}”不是文件编号", "“{text}” is not a file's id"),
        "value.wrong_file_kind": Texts(
            "文件“{name}”的类型不对，这里收{accepted}", "“{name}” is of another kind: {accepted} is taken"
        ),
        "value.file_too_large": Texts("文件“{name}”超过 {most} MB", "“{name}” is larger than {most} MB"),
    }
    group = "file"
    storage = Storage.JSON
    type = list_of(TEXT)
    many = True
    searchable = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "files"
    examples: Examples = ((["12", 13], ["12", "13"]), ([{"id": "12", "name": "a.pdf"}], ["12"]))
    Options: ClassVar[OptionsType] = AttachmentOptions

    def parse(self, raw: Any, field: FieldDefinition) -> list[str]:
        return list(dict.fromkeys(_file(item) for item in split_list(raw)))

    def accepted(self, field: FieldDefinition) -> tuple[str, ...]:
        """Media types (`image/*`, `application/pdf`) and endings (`.pdf`); empty: all."""
        return options_of(field, AttachmentOptions).accept

    def limits(self, field: FieldDefinition) -> tuple[int | None, int]:
        """How many files, and how many megabytes each."""
        options = options_of(field, AttachmentOptions)
        return options.maximum, options.megabytes

    def may_hold(self, file: Mapping[str, Any], field: FieldDefinition) -> list[Problem]:
        accepted, (_, most) = self.accepted(field), self.limits(field)
        if int(file["size"]) > most * 1_000_000:
            return [problem("value.file_too_large", name=file["name"], most=most)]
        if accepted and not any(_is_kind(file, kind) for kind in accepted):
            return [problem("value.wrong_file_kind", name=file["name"], accepted=" ".join(accepted))]
        return []

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        most, _ = self.limits(field)
        return too_many(value, most)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        return show_list((display.name("file", item) for item in value), display.language)

    def search_text(self, value: list[str], field: FieldDefinition) -> str:
        return ""  # file names are the file store's to tell

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("file", many=True)


def _is_kind(file: Mapping[str, Any], kind: str) -> bool:
    if kind.startswith("."):
        return str(file["name"]).lower().endswith(kind.lower())
    media_type = str(file["media_type"]).partition(";")[0].strip().lower()
    return media_type == kind.lower() or (kind.endswith("/*") and media_type.startswith(kind[:-1].lower()))


def _file(raw: Any) -> str:
    if isinstance(raw, dict):
        raw = raw.get("id")
    text = fold(raw) if isinstance(raw, str) else str(raw) if type(raw) is int else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= LARGEST):
        raise BadValue("value.not_a_file", text=excerpt(raw))
    return str(int(text))


def register(registry: Registry) -> None:
    registry.add(Attachment())
