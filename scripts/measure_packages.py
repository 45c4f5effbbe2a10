"""How much memory a package takes to make: 10,000 archived messages with an attachment each, against 1,000.

    python scripts/measure_packages.py [RECORDS]

Each package is made in a process of its own; the peak is what the system says of it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.access.viewer import SYSTEM  # noqa: E402
from engine.config import Config  # noqa: E402
from engine.packages import Request  # noqa: E402
from engine.runtime import Runtime  # noqa: E402
from tests.engine.packages.case import CASE  # noqa: E402

BATCH, ATTACHED = 500, 4096


def fill(data: Path, number: int) -> None:
    """Conversations of fifty messages each."""
    runtime = Runtime.open(Config(data))
    runtime.applications.publish(None, CASE, "system")
    create = runtime.records.create
    talks = create(SYSTEM, "case", "conversation", [{"name": f"会话{n}"} for n in range(-(-number // 50))])
    for start in range(0, number, BATCH):
        rows = []
        for n in range(start, min(start + BATCH, number)):
            content = (b"%08d" % n) * (ATTACHED // 8)
            file = runtime.store_file(SYSTEM, content, f"报价单{n}.txt", "text/plain")["id"]
            rows.append(
                {
                    "side": ("in", "out")[n % 2], "sender": f"客户{n % 90}", "account": "a1", "files": [file],
                    "content": f"第 {n} 条，我们再考虑一下，合同下周签。" * 4, "conversation": talks[n // 50],
                    "sent_at": f"2026-11-{n % 28 + 1:02d}T10:00:00+08:00",
                }
            )  # fmt: skip
        create(SYSTEM, "case", "message", rows)
    runtime.ledger.integrate()
    runtime.close()


def make(data: Path) -> None:
    """One package of everything; what it took."""
    runtime = Runtime.open(Config(data))
    list(runtime.records.page(SYSTEM, "case", "message", _everything().query).items)
    before, began, size = _peak(), time.perf_counter(), 0
    for piece in runtime.packages.stream(SYSTEM, _everything()):
        size += len(piece)
    took = time.perf_counter() - began
    print(f"{size / 1e6:.1f} MB in {took:.1f} s; memory {before:.0f} -> {_peak():.0f} MB")
    runtime.close()


def _everything() -> Request:
    return Request(app="case", form="message", reason="measuring", scope="case")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    if sys.argv[1:2] == ["--make"]:
        return make(Path(sys.argv[2]))
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for number in (most // 10, most):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), number)
            print(f"{number:,} records with an attachment each: ", end="", flush=True)
            subprocess.run([sys.executable, __file__, "--make", folder], check=True)


if __name__ == "__main__":
    main()
