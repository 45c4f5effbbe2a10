"""Ids of files are numbers one after the other: whoever names somebody else's in a record of his own gets nothing
of it, on whatever way in, and nobody loses what is his."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
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
from tests.security.vault import APP, RIVAL, SELLER, Vault, furnish

CUSTOMERS = f"/apps/{APP}/forms/customer"
Send = Callable[[Browser, Vault, str], Any]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("foreign") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


@pytest.fixture(scope="module")
def rival(vault: Vault) -> Browser:
    return Browser(vault, RIVAL)


@pytest.fixture(scope="module")
def foreign(vault: Vault) -> dict[str, str]:
    """Files that are not the rival's: what is masked, in whose record, in nobody's yet, and a finished package."""
    runtime = vault.runtime
    seller = Browser(vault, SELLER)
    seller.client.post(
        "/apps/vault/forms/letter/package",
        headers=seller.headers,
        data={"reason": "诉讼要用的材料", "scope": "only"},
    )
    runtime.jobs.run_due()
    with runtime.database.read() as connection:
        package = str(connection.exec_driver_sql("select file from packages").scalar())
    loose = runtime.store_file(runtime.require_viewer(SELLER), b"fresh", "fresh.txt", "text/plain")
    return {
        "paper": vault.ids["seller_paper"], "scan": vault.ids["letter_scan"], "package": package,
        "upload": str(loose["id"]), "nothing": "99999999",
    }  # fmt: skip


def create(browser: Browser, vault: Vault, file: str) -> Any:
    body = {"name": "x", "paper": [file]}
    return browser.client.post(f"/api/v1{CUSTOMERS}/records", json=body, headers=browser.headers)


def by_page(browser: Browser, vault: Vault, file: str) -> Any:
    body = {"name": "x", "paper": file, "source": "wecom"}
    return browser.client.post(CUSTOMERS, data=body, headers={**browser.headers, "accept": "text/html"})


def change(browser: Browser, vault: Vault, file: str) -> Any:
    path = f"/api/v1{CUSTOMERS}/records/{vault.ids['rival_customer']}"
    body = {"values": {"paper": [vault.ids["rival_paper"], file]}}
    return browser.client.patch(path, json=body, headers=browser.headers)


def batch(browser: Browser, vault: Vault, file: str) -> Any:
    body = {"create": [{"name": "one of several", "paper": [file]}]}
    return browser.client.post(f"/api/v1{CUSTOMERS}/records:batch", json=body, headers=browser.headers)


def by_key(browser: Browser, vault: Vault, file: str) -> Any:
    path = f"/api/v1{CUSTOMERS}/records/by/name/x"
    return browser.client.put(path, json={"paper": [file]}, headers=browser.headers)


def archived(browser: Browser, vault: Vault, file: str) -> Any:
    body = {
        "sender": "x", "words": "y", "side": "in", "customer": vault.ids["rival_customer"], "scan": [file],
    }  # fmt: skip
    path = f"/api/v1/apps/{APP}/forms/letter/records"
    return browser.client.post(path, json=body, headers=browser.headers)


WAYS: dict[str, Send] = {
    "create": create, "page": by_page, "change": change, "batch": batch, "key": by_key,
    "archive": archived,
}  # fmt: skip


@pytest.mark.parametrize("what", ["paper", "scan", "package", "upload", "nothing"])
@pytest.mark.parametrize("way", WAYS)
def test_nobody_puts_what_is_not_his_into_a_record(
    vault: Vault, rival: Browser, foreign: dict[str, str], way: str, what: str
) -> None:
    runtime = vault.runtime

    def owners() -> list[Any]:
        with runtime.database.read() as connection:
            return list(connection.exec_driver_sql("select id, record from files order by id"))

    before = owners()
    answer = WAYS[way](rival, vault, foreign[what])
    assert answer.status_code == 422, answer.text[:300]
    assert not vault.leaks(RIVAL, answer.text)
    assert owners() == before
    assert rival.client.get(f"/files/{foreign[what]}", headers=rival.headers).status_code == 404


def test_an_archive_keeps_files_of_its_own(vault: Vault, rival: Browser) -> None:
    """A pointer would open nothing as soon as the other record is gone, whatever holds say."""
    runtime, viewer = vault.runtime, vault.runtime.require_viewer(RIVAL)
    own = [str(runtime.store_file(viewer, b"mine", f"{n}.txt", "text/plain")["id"]) for n in range(2)]
    runtime.records.create(viewer, APP, "customer", [{"name": "a", "paper": own[:1]}])
    answer = archived(rival, vault, own[0])
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "file.of_another_record")
    assert archived(rival, vault, own[1]).status_code == 201


def test_what_is_his_he_attaches_once_and_may_point_at(vault: Vault, rival: Browser) -> None:
    runtime, viewer = vault.runtime, vault.runtime.require_viewer(RIVAL)
    own = str(runtime.store_file(viewer, b"mine", "mine.txt", "text/plain")["id"])
    (first,) = runtime.records.create(viewer, APP, "customer", [{"name": "a", "paper": [own]}])
    (second,) = runtime.records.create(viewer, APP, "customer", [{"name": "b", "paper": [own]}])
    (outcome,) = runtime.records.update(viewer, APP, "customer", [Change(first, {"paper": None})])
    assert outcome.ok
    # The one it belongs to holds it no more: nobody reads it by a pointer.
    assert rival.client.get(f"/files/{own}", headers=rival.headers).status_code == 404
    assert "mine.txt" not in rival.client.get(f"{CUSTOMERS}/records/{second}", headers=rival.headers).text


# -- the second lock: what stands in a record all the same -------------------------------------------


@pytest.fixture(scope="module")
def pointing(vault: Vault, foreign: dict[str, str]) -> str:
    """A record of the rival's that a rule without bounds has filled with other people's files."""
    held = [foreign["paper"], foreign["scan"], foreign["upload"], foreign["package"]]
    values = {"name": "Zeiger", "owner": RIVAL, "paper": held}
    (made,) = vault.runtime.records.create(SYSTEM, APP, "customer", [values])
    return made


def told(rival: Browser, path: str) -> str:
    """Everything an answer says, what lies packed in it included."""
    answer = rival.client.get(path, headers=rival.headers)
    assert answer.status_code == 200, (path, answer.status_code)
    if not answer.content.startswith(b"PK"):
        return str(answer.text)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        texts = list(packed.namelist())
        for name in packed.namelist():
            content = packed.read(name)
            if content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(content)) as inner:
                    texts += [inner.read(one).decode("latin1") for one in inner.namelist()]
            texts.append(content.decode("latin1"))
    return "\n".join(texts)


@pytest.mark.parametrize(
    "path",
    [
        CUSTOMERS, f"{CUSTOMERS}/records/{{}}", f"{CUSTOMERS}/records/{{}}/edit", f"{CUSTOMERS}/records/{{}}/print",
        f"/api/v1{CUSTOMERS}/records/{{}}", f"/api/v1{CUSTOMERS}/records",
        *(f"/api/v1{CUSTOMERS}/export?as={kind}&columns=name,paper" for kind in ("zip", "xlsx", "csv")),
    ],
)  # fmt: skip
def test_a_file_is_given_out_with_its_own_record_only(
    vault: Vault, rival: Browser, pointing: str, path: str
) -> None:
    text = told(rival, path.format(pointing))
    assert not vault.leaks(RIVAL, text)
    assert "fresh.txt" not in text
    assert "package-" not in text
    if "as=zip" in path:
        his = next(word for word in vault.markers if word.endswith("rivalpaperqz"))
        assert his in text  # what is his comes along


def test_a_package_holds_the_files_of_its_own_records(vault: Vault, rival: Browser, pointing: str) -> None:
    runtime = vault.runtime
    data = {"reason": "诉讼要用的材料", "scope": "only"}
    rival.client.post(f"{CUSTOMERS}/package", headers=rival.headers, data=data)
    runtime.jobs.run_due()
    made = runtime.packages.of(runtime.require_viewer(RIVAL))[0]
    assert made.state == "ready"
    assert not vault.leaks(RIVAL, told(rival, f"/packages/{made.id}"))


def test_what_a_pointer_names_stays_its_owners(vault: Vault, foreign: dict[str, str], pointing: str) -> None:
    seller = Browser(vault, SELLER)
    for what in ("paper", "scan", "upload"):
        assert seller.client.get(f"/files/{foreign[what]}", headers=seller.headers).status_code == 200, what
    made = vault.runtime.packages.of(vault.runtime.require_viewer(SELLER))[0]
    assert seller.client.get(f"/packages/{made.id}", headers=seller.headers).status_code == 200
    assert seller.client.get(f"/files/{foreign['package']}", headers=seller.headers).status_code == 404


def test_what_somebody_typed_into_a_form_tells_no_names(
    vault: Vault, rival: Browser, foreign: dict[str, str]
) -> None:
    typed = {"values": {"name": ["x"], "paper": [foreign["scan"], foreign["upload"]]}}
    rival.client.post(f"{CUSTOMERS}/draft", headers=rival.headers, json=typed)
    page = rival.client.get(f"{CUSTOMERS}/new", headers=rival.headers)
    assert page.status_code == 200
    assert not vault.leaks(RIVAL, page.text)
    assert "fresh.txt" not in page.text
