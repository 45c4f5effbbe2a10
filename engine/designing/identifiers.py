"""Ids from labels: made once, from the pinyin of what people wrote, and free among those that are taken.

Used where an app, a form or a field comes into being on the server: new apps, pasted headings, sheets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from pypinyin import lazy_pinyin

from metamodel.checking import is_reserved

LONGEST = 48  # leaves room for a number behind it


def identifier(label: str, taken: Collection[str] = (), otherwise: str = "field") -> str:
    """金额 -> `jin_e`, “Due date” -> `due_date`; where that is taken, `jin_e_2`."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    syllables = lazy_pinyin(folded, errors=lambda other: f" {other} ")
    words = re.findall(r"[a-z0-9]+", " ".join(syllables).replace("ü", "v"))
    wanted = "_".join(words)[:LONGEST].rstrip("_")
    if not wanted or not wanted[0].isalpha():
        wanted = f"{otherwise}_{wanted}".rstrip("_")
    return free(wanted, taken)


def free(wanted: str, taken: Collection[str]) -> str:
    """The id itself, or the first with a number behind it that nobody has."""
    number, found = 1, wanted
    while found in taken or is_reserved(found):
        number += 1
        found = f"{wanted}_{number}"
    return found
