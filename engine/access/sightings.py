"""Which records a page, a search or an export showed, packed into the detail of its audit row.

Ids are kept as the gaps between them, compressed: an export of everything takes a few bytes a thousand.
Written by who notes a reading, asked by `audit_search.py` for the looks at one record.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from itertools import accumulate, pairwise

FOUND = "found"  # its name in a detail


def packed(ids: Iterable[int]) -> str:
    """These ids, in any order, as a text."""
    order = sorted(ids)
    gaps = [*order[:1], *(after - before for before, after in pairwise(order))]
    return base64.b85encode(zlib.compress(json.dumps(gaps).encode(), 6)).decode() if order else ""


def unpacked(text: str) -> list[int]:
    """The ids again, ascending."""
    return list(accumulate(json.loads(zlib.decompress(base64.b85decode(text))))) if text else []
