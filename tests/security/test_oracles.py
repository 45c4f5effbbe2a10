"""Whatever is asked, the answer does not depend on what the asker may not read: by no order, filter, search or total.

The clerk reads neither `secret` nor `amount` of a customer, the `phone` masked, and no lookup of them: what stands
there changes places between two customers, and every answer stays what it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.records.query import Change
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.vault import APP, CLERK, Vault, furnish

LOW = {"secret": "aaaa", "amount": "1", "phone": "19900001234"}
HIGH = {"secret": "zzzz", "amount": "9000000000", "phone": "19999991234"}
HIDDEN = {
    "customer": ("secret", "amount", "phone"),
    "letter": ("customer.secret", "customer.amount", "customer.phone", "floor_price"),
    "talk": ("customer.secret", "customer.phone"),
}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("oracles") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


def questions() -> Iterator[str]:
    for form, fields in HIDDEN.items():
        records, page = f"/api/v1/apps/{APP}/forms/{form}/records", f"/apps/{APP}/forms/{form}"
        for name in fields:
            value = LOW[{"floor_price": "secret"}.get(name, name.rpartition(".")[2])]
            yield from (f"{records}?sort={name}", f"{records}?sort=-{name}", f"{records}?{name}={value}")
            yield from (f"{records}?{name}__{one}={value}" for one in ("contains", "ge", "is_not", "none_of"))
            yield from (
                f"{records}?q={name}:{value}",
                f"{records}?q=NOT {name}:{value}",
                f"{records}?q={value}",
            )
            yield from (f"{page}?where={name}:{one}:{value}" for one in ("is", "ge", "not_blank"))
        yield f"{page}?sort={fields[0]}"
    yield from (
        f"/apps/{APP}/reports/figures/widgets/{one}" for one in ("sum", "biggest", "by_price", "rows")
    )
    yield f"/api/v1/apps/{APP}/forms/customer/export?sort=secret&columns=name"


def told(answer: Any) -> Any:
    """What it says: ids in their order and how many, or the records a page shows, in theirs."""
    if answer.status_code != 200:
        return answer.status_code, [one["code"] for one in answer.json()["problems"]]
    if answer.headers["content-type"].startswith("application/json"):
        found = answer.json()
        return found["total"], [item["id"] for item in found["items"]]
    parts = answer.text.split("/records/")
    return [part.partition('"')[0] for part in parts[1:]] or answer.text


def test_no_answer_depends_on_what_is_hidden(vault: Vault) -> None:
    runtime, clerk = vault.runtime, Browser(vault, CLERK)
    headers = {**clerk.headers, "accept": "application/json"}
    ids = [vault.ids["seller_customer"], vault.ids["rival_customer"]]

    def answers(*values: dict[str, str]) -> dict[str, Any]:
        changes = [Change(one, dict(value)) for one, value in zip(ids, values, strict=True)]
        assert all(done.ok for done in runtime.records.update(SYSTEM, APP, "customer", changes))
        runtime.jobs.run_due()
        return {path: told(clerk.client.get(path, headers=headers)) for path in questions()}

    before, after = answers(LOW, HIGH), answers(HIGH, LOW)
    assert len(before) > 100
    assert {path: (said, after[path]) for path, said in before.items() if said != after[path]} == {}
