"""How fast shredding is: `python scripts/measure_shredding.py [RECORDS] [SHREDDED]`, 100,000 and 10,000 by itself.

Archived, sealed, searchable letters on SQLite in a temporary folder; a hundred characters each.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.access.viewer import SYSTEM  # noqa: E402
from engine.config import Config  # noqa: E402
from engine.evidence.tombstones import Cause  # noqa: E402
from engine.records.query import Query  # noqa: E402
from engine.records.shredding import BATCH  # noqa: E402
from engine.runtime import Runtime  # noqa: E402

APP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "measure", "label": "Measure"},
    "forms": [
        {
            "id": "letter", "kind": "archive",
            "fields": [
                {"id": "number", "type": "integer", "evidence": True},
                {"id": "body", "type": "long_text", "evidence": True, "sealed": True, "searchable": True},
                {"id": "tags", "type": "tags"},
            ],
        }
    ],
}  # fmt: skip
WORDS = "报价合同付款安装发票折扣再考虑一下巡检云验收培训续约升级投诉退款交付质保客户设备仓库接口账号权限"


def letter(number: int) -> dict[str, Any]:
    body = "".join(WORDS[(number * 7 + place * place) % len(WORDS)] for place in range(100))
    return {"number": number, "body": f"第{number}封 {body}", "tags": ["信"]}


def timed(what: str, number: int, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    print(f"{what:<28} {took:8.2f} s {number / took:10,.0f}/s")


def main(total: int, shredded: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        runtime = Runtime.open(Config(data=Path(folder)))
        runtime.applications.publish(None, APP, "system")
        ids: list[int] = []

        def fill() -> None:
            for start in range(0, total, BATCH):
                rows = [letter(number) for number in range(start, min(total, start + BATCH))]
                ids.extend(map(int, runtime.records.create(SYSTEM, "measure", "letter", rows)))

        shredder, cause = runtime.records.shredder, Cause("rule", "system", "measure/letter/old", "1")

        def batch(some: list[int]) -> None:
            runtime.database.write(lambda unit: shredder.shred(unit, "measure", "letter", some, cause))

        def shred() -> None:
            wanted = ids[:: max(1, total // shredded)][:shredded]
            for start in range(0, len(wanted), BATCH):
                batch(wanted[start : start + BATCH])

        timed("recording", total, fill)
        runtime.ledger.integrate()
        timed("shredding", shredded, shred)
        timed("purging the index", shredded, lambda: shredder.purge("measure", "letter"))
        runtime.ledger.integrate()
        query = Query(text="报价", limit=1)
        timed("one search", 1, lambda: runtime.records.page(SYSTEM, "measure", "letter", query))
        timed("verifying", total, lambda: print(runtime.verify().text("en")))
        runtime.close()


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    main(*(numbers + [100_000, 10_000][len(numbers) :]))
