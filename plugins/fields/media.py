"""Files of one sort: what is common to pictures, sound and films. What a file is, its bytes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from metamodel.plugin_api import Examples, Label, Options, OptionsType, labelled, options_of
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
    """One sort of files; `kinds` are the media types it takes."""

    kinds: tuple[str, ...] = ()
    look = "media"
    cell = "media"
    examples: Examples = ((["12", 13], ["12", "13"]), ([{"id": "12", "name": "a"}], ["12"]))
    Options: ClassVar[OptionsType] = MediaOptions

    def __init__(
        self, name: str, label: Label, icon: str, doc: Label, kinds: tuple[str, ...], *keywords: str
    ) -> None:
        self.name, self.label, self.icon, self.doc = name, label, icon, doc
        self.kinds, self.keywords = kinds, keywords
        self.phone = "camera" if kinds in (PICTURES, FILMS) else ""

    def accepted(self, field: FieldDefinition) -> tuple[str, ...]:
        return self.kinds

    def limits(self, field: FieldDefinition) -> tuple[int | None, int]:
        options = options_of(field, MediaOptions)
        return options.maximum, options.megabytes
