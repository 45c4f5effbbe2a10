"""Pictures, taken or chosen."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.media import PICTURES, Media


def register(registry: Registry) -> None:
    registry.add(
        Media(
            "image",
            {"zh": "图片", "en": "Image"},
            "image",
            {"zh": "一张或几张图片", "en": "One or several pictures"},
            PICTURES,
            "照片",
            "拍照",
            "photo",
            "picture",
        )
    )
