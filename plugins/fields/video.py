"""Films, played on the page."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.media import FILMS, Media


def register(registry: Registry) -> None:
    registry.add(
        Media(
            "video",
            {"zh": "视频", "en": "Video"},
            "video",
            {"zh": "视频，可在页面上播放", "en": "Films, played on the page"},
            FILMS,
            "录像",
            "film",
        )
    )
