"""Writes the generated tables into the pages of docs/, between `<!-- table: name -->` and `<!-- end -->`.

.venv/bin/python scripts/refresh_docs.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: str) -> str:
    """The page with every block as it should be today."""
    from engine.plugin_loader import load_registry
    from metamodel.document_tables import TABLES

    registry = load_registry()
    return BLOCK.sub(lambda block: f"{block[1]}{TABLES[block[2]](registry)}\n{block[3]}", page)


def main() -> None:
    for path in sorted((ROOT / "docs").glob("*.md")):
        page = path.read_text("utf-8")
        if BLOCK.search(page) and refreshed(page) != page:
            path.write_text(refreshed(page), "utf-8")
            print(f"refreshed {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
