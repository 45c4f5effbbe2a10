"""`python -m builder_ui.catalogues`: collects the words of templates and pages into the catalogues.

New words come without a translation, gone ones are dropped; a test fails while a Chinese
one is missing. English ids are the English words, so that catalogue only keeps plurals.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from builder_ui.language import LANGUAGES, LOCALE

ROOT = Path(__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols"}}
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "text": None, "count": (1, 2), "words": None, "translate": None,
}  # fmt: skip


def words() -> Iterator[str | tuple[str, str]]:
    """Every message id in use: a text, or a singular and a plural."""
    found = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS)
    seen: dict[str | tuple[str, str], None] = {}
    for _, _, message, _, _ in found:
        key = tuple(message) if isinstance(message, (tuple, list)) else message
        if key and not (isinstance(key, str) and "/" in key and " " not in key):
            seen.setdefault(key)  # type: ignore[arg-type]
    return iter(seen)


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """The same with exactly the words in use."""
    kept = catalogue(language)
    made = Catalog(locale=language, project="Muniment", charset="utf-8", fuzzy=False)
    for key in sorted(words(), key=lambda each: each if isinstance(each, str) else each[0]):
        known = kept.get(key if isinstance(key, str) else key[0])
        made.add(key, known.string if isinstance(known, Message) else None)
    return made


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "muniment.po"


def save(language: str, made: Catalog) -> None:
    """Without times and places, so that a diff shows words only."""
    text = io.BytesIO()
    write_po(text, made, width=110, sort_output=True, no_location=True)
    moving = (b'"POT-Creation', b'"PO-Revision', b"# ", b"#\n")
    kept = [line for line in text.getvalue().splitlines() if not line.startswith(moving) and line != b"#"]
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(kept) + b"\n")


def main() -> None:
    for language in LANGUAGES:
        save(language, renewed(language))


if __name__ == "__main__":
    main()
