"""A signature that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from metamodel.plugin_api import Options, OptionsType, Registry, labelled
from plugins.fields.media import Media

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class SignatureOptions(Options, frozen=True):
    name_below: Annotated[
        bool, labelled("签名下方注明提交人和时间", "Who handed it in and when, below it")
    ] = True


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


def register(registry: Registry) -> None:
    registry.add(Signature())
