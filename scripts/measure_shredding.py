"""How fast shredding is: `python scripts/measure_shredding.py [RECORDS] [SHREDDED]`, 100,000 and 10,000 by itself.

Archived, sealed, searchable letters on SQLite in a temporary folder; a hundred characters each. Ends with 1 unless no
search finds what was shredded, all the rest is found, and the rest verifies.
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
from engine.evidence.findings import Report  # noqa: E402
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
    return {"number": number, "body": f"第{number:07}封 {body}", "tags": ["信"]}


def timed(what: str, number: int, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    print(f"{what:<28} {took:8.2f} s {number / took:10,.0f}/s")


def wrong_with(runtime: Runtime, ids: list[int], gone: set[int]) -> list[str]:
    """What is not as it has to be after shredding. Some hundred letters are looked for by words of their own."""
    told, reading = [], runtime.records
    numbers = [number for number, record in enumerate(ids) if record in gone]
    kept = [number for number, record in enumerate(ids) if record not in gone]
    for some, there in ((numbers, False), (kept, True)):
        for number in some[:: max(1, len(some) // 50)]:
            page = reading.page(SYSTEM, "measure", "letter", Query(text=f"第{number:07}封", limit=5))
            if (str(ids[number]) in [item.id for item in page.items]) is not there:
                told.append(f"letter {number} {'is not found' if there else 'was shredded and is found'}")
            body = reading.get(SYSTEM, "measure", "letter", str(ids[number])).values.get("body")
            if bool(body) is not there:
                told.append(
                    f"letter {number} {'cannot be read' if there else 'was shredded and can be read'}"
                )
    return told


def main(total: int, shredded: int) -> int:
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

        wanted: list[int] = []

        def shred() -> None:
            nonlocal wanted
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
        reports: list[Report] = []
        timed("verifying", total, lambda: reports.append(runtime.verify()))
        print(reports[0].text("en"))
        told = wrong_with(runtime, ids, set(wanted))
        told += [] if reports[0].clean else ["the archive does not verify"]
        runtime.close()
        print("\n".join(told) or "shredded letters are found and read by nobody, the others are")
        return 1 if told else 0


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(numbers + [100_000, 10_000][len(numbers) :])))
