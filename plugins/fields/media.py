"""Files of one sort: pictures, sound, films, and a signature that is drawn. What a file is, its bytes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from metamodel.plugin_api import (
    Examples,
    Label,
    Options,
    OptionsType,
    Problem,
    Registry,
    labelled,
    options_of,
    problem,
)
from plugins.fields.attachment import Attachment

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

# Only what the first bytes of a file bear out is called so (engine/media_types.py).
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/heic")
SOUND = ("audio/mpeg", "audio/wav", "audio/ogg", "audio/amr", "audio/mp4", "audio/flac")
FILMS = ("video/mp4", "video/webm", "video/quicktime")


class MediaOptions(Options, frozen=True):
    maximum: Annotated[int, labelled("最多几个文件", "At most", ge=1)] | None = None
    megabytes: Annotated[int, labelled("单个文件上限（MB）", "Largest file (MB)", ge=1, le=10_000)] = 100


class Media(Attachment):
    """A row of the table below; `kinds` are the media types it takes."""

    kinds: tuple[str, ...] = ()
    look = "media"
    cell = "media"
    examples: Examples = ((["12", 13], ["12", "13"]), ([{"id": "12", "name": "a"}], ["12"]))
    Options: ClassVar[OptionsType] = MediaOptions

    def __init__(
        self, name: str, label: Label, icon: str, doc: Label, kinds: tuple[str, ...], *keywords: str
    ) -> None:
        self.name, self.label, self.icon, self.doc, self.kinds, self.keywords = (
            name,
            label,
            icon,
            doc,
            kinds,
            keywords,
        )
        self.phone = "camera" if kinds in (PICTURES, FILMS) else ""

    def accepted(self, field: FieldDefinition) -> tuple[str, ...]:
        return self.kinds

    def limits(self, field: FieldDefinition) -> tuple[int | None, int]:
        options = options_of(field, MediaOptions)
        return options.maximum, options.megabytes


class SignatureOptions(Options, frozen=True):
    name_below: Annotated[bool, labelled("签名下方注明姓名和时间", "Name and moment below it")] = True


class Signature(Media):
    Options: ClassVar[OptionsType] = SignatureOptions

    def __init__(self) -> None:
        super().__init__(
            "signature", {"zh": "手写签名", "en": "Signature"}, "pen",
            {"zh": "用手指或鼠标写下的签名", "en": "A name, drawn by hand"}, ("image/png",), "签字", "手写", "sign",
        )  # fmt: skip
        self.input = self.look = "signature"
        self.examples = ((["12"], ["12"]), ("12", ["12"]))

    def limits(self, field: FieldDefinition) -> tuple[int | None, int]:
        return 1, 2

    def check(self, value: list[str], field: FieldDefinition) -> list[Problem]:
        return [problem("value.too_many", limit=1)] if len(value) > 1 else []


FAMILY = (
    Media(
        "image", {"zh": "图片", "en": "Image"}, "image", {"zh": "一张或几张图片", "en": "One or several pictures"},
        PICTURES, "照片", "拍照", "photo", "picture",
    ),
    Media(
        "audio", {"zh": "音频", "en": "Audio"}, "voice",
        {"zh": "录音，可在页面上播放", "en": "Sound, played on the page"}, SOUND, "录音", "语音", "recording", "voice",
    ),
    Media(
        "video", {"zh": "视频", "en": "Video"}, "video",
        {"zh": "视频，可在页面上播放", "en": "Films, played on the page"}, FILMS, "录像", "film",
    ),
    Signature(),
)  # fmt: skip


def register(registry: Registry) -> None:
    registry.add(*FAMILY)
