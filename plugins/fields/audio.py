"""Sound, played on the page."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.media import SOUND, Media


def register(registry: Registry) -> None:
    registry.add(
        Media(
            "audio",
            {"zh": "音频", "en": "Audio"},
            "voice",
            {"zh": "录音，可在页面上播放", "en": "Sound, played on the page"},
            SOUND,
            "录音",
            "语音",
            "recording",
            "voice",
        )
    )
