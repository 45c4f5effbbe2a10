"""What a PDF of ours says: its words, and what the QR codes of a typst page decode to."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


def words_of(made: bytes) -> str:
    """All text of all pages without white space: lines break where there is room."""
    pypdf = pytest.importorskip("pypdf")
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))


def codes_of(template: Path, told: Mapping[str, Any]) -> list[str]:
    """What a reader of QR codes finds on the pages of this template, looked at as pictures."""
    typst = pytest.importorskip("typst")
    zxing, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
    given = {"data": json.dumps(told, ensure_ascii=False)}
    made = typst.compile(str(template), format="png", ppi=200.0, sys_inputs=given)
    pages = made if isinstance(made, list) else [made]
    return [found.text for page in pages for found in zxing.read_barcodes(image.open(io.BytesIO(page)))]
