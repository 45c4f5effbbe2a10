"""The words of the pages in Chinese and English: gettext catalogues, read once.

Message ids are the English words. Catalogues are kept as `.po` and compiled in
memory, so nothing has to be built before a clone runs. `python -m
builder_ui.catalogues` collects the words of templates and pages into them.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language of ours; English ids stand where it says nothing."""
    path = LOCALE / language / "LC_MESSAGES" / "muniment.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
