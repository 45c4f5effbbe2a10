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
from engine.importing import Column, Plan
from engine.public_forms.links import Wanted
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.vault import ADMIN, APP, CLERK, RIVAL, SELLER, Vault, furnish

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
    before = _owners(vault)
    answer = WAYS[way](rival, vault, foreign[what])
    assert answer.status_code == 422, answer.text[:300]
    assert not vault.leaks(RIVAL, answer.text)
    assert _owners(vault) == before
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


# -- ways in that are no saving of a record ------------------------------------------------------------


@pytest.mark.parametrize("what", ["paper", "scan", "package", "upload", "nothing"])
@pytest.mark.parametrize("part", ["file", "attachments"])
def test_nobody_imports_what_is_not_his(
    vault: Vault, rival: Browser, foreign: dict[str, str], part: str, what: str
) -> None:
    runtime, viewer = vault.runtime, vault.runtime.require_viewer(RIVAL)
    own = str(runtime.store_file(viewer, "名称\nx\n".encode(), "own.csv", "text/csv")["id"])
    wanted = {"file": own, "attachments": ""} | {part: foreign[what]}
    for path in (f"/api/v1{CUSTOMERS}/imports", f"{CUSTOMERS}/import"):
        answer = rival.client.post(path, json=wanted, data=None, headers=rival.headers)
        assert answer.status_code in (400, 404, 409, 422), answer.text[:300]
        assert not vault.leaks(RIVAL, answer.text)
    assert runtime.imports.of(viewer, APP, "customer") == []


def test_cells_of_an_import_name_no_files_by_their_numbers(
    vault: Vault, rival: Browser, foreign: dict[str, str]
) -> None:
    runtime, viewer = vault.runtime, vault.runtime.require_viewer(RIVAL)
    lines = "".join(f"zeile,{foreign[what]}\n" for what in ("paper", "scan", "upload"))
    sheet = runtime.store_file(viewer, f"名称,合同\n{lines}".encode(), "own.csv", "text/csv")
    made = runtime.imports.open(viewer, APP, "customer", str(sheet["id"]))
    columns = tuple(Column(heading, field) for heading, field in (("名称", "name"), ("合同", "paper")))
    runtime.imports.check(viewer, made, Plan(columns=columns, mode="create"))
    runtime.jobs.run_due()
    assert (runtime.imports.get(viewer, made).right, runtime.imports.get(viewer, made).wrong) == (0, 3)


def test_what_opens_for_somebody_leaves_a_trace_when_he_imports_it(vault: Vault, rival: Browser) -> None:
    runtime, viewer = vault.runtime, vault.runtime.require_viewer(RIVAL)
    content = "名称\nx\n".encode()
    own, sheet = (str(runtime.store_file(viewer, content, "own.csv", "text/csv")["id"]) for _ in range(2))

    def noted() -> list[Any]:
        with runtime.database.read() as connection:
            latest = runtime.audit.latest(connection, limit=9)
        return [(e.person, e.record, e.detail) for e in latest if e.action == "download"]

    runtime.imports.open(viewer, APP, "customer", own)
    assert noted() == []  # his own upload is his
    (held,) = runtime.records.create(viewer, APP, "customer", [{"name": "c", "paper": [sheet]}])
    runtime.imports.open(viewer, APP, "customer", sheet)
    assert noted() == [(RIVAL, int(held), {"file": sheet})]


@pytest.mark.parametrize("what", ["paper", "scan", "package", "upload", "nothing"])
def test_who_fills_in_a_public_form_names_no_files(vault: Vault, foreign: dict[str, str], what: str) -> None:
    runtime, admin = vault.runtime, vault.runtime.require_viewer(ADMIN)
    with pytest.raises(Rejected):  # a link takes no field with files
        runtime.public_forms.make(admin, APP, "customer", Wanted("x", ("name", "paper")))
    visitor = Browser(vault, "")
    token, before = vault.ids["public_token"], _owners(vault)
    page = visitor.client.get(f"/f/{token}").text
    opened = page.partition('name="_opened" value="')[2].partition('"')[0]
    vault.runtime.clock.advance(minutes=1)  # type: ignore[attr-defined]
    sent = {"name": "visitor", "paper": foreign[what], "_opened": opened}
    visitor.client.post(f"/f/{token}", data=sent)
    asked = {"values": {"name": "x", "paper": [foreign[what]]}, "changed": ["paper"], "seq": 1}
    answer = visitor.client.post(f"/f/{token}/state", json=asked)
    assert not vault.leaks("", answer.text)
    assert "paper" not in answer.json().get("fields", {})
    assert _owners(vault) == before
    with runtime.database.read() as connection:
        entered = runtime.records.page(SYSTEM, APP, "customer", Query(text="visitor"))
        assert connection is not None
    assert entered.total > 0
    assert all(not item.values.get("paper") for item in entered.items)
    assert visitor.client.get(f"/files/{foreign[what]}").status_code in (303, 401, 404)


@pytest.mark.parametrize("what", ["paper", "scan", "package", "upload", "nothing"])
def test_answers_of_a_flow_carry_no_files(vault: Vault, foreign: dict[str, str], what: str) -> None:
    """What somebody answers is an outcome, words and people; what else he sends is nothing."""
    clerk, before = Browser(vault, CLERK), _owners(vault)
    sent = {"comment": "看看", "values": {"paper": [foreign[what]]}, "files": [foreign[what]], "to": []}
    instance = vault.ids["seller_flow"]
    answer = clerk.client.post(f"/api/v1/flows/{instance}/comment", json=sent, headers=clerk.headers)
    assert (answer.status_code, answer.json()) == (200, {"state": "running"})
    assert _owners(vault) == before
    page = clerk.client.get(
        f"/apps/{APP}/forms/wish/records/{vault.ids['seller_wish']}", headers=clerk.headers
    )
    assert not vault.leaks(CLERK, page.text)


def _owners(vault: Vault) -> list[Any]:
    with vault.runtime.database.read() as connection:
        return list(connection.exec_driver_sql("select id, record from files order by id"))


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
