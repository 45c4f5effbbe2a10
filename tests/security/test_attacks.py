"""What attackers send: each row a known trick, each test what must come of it. Addresses that lead into the
house are in `tests/engine/outgoing`, requests made up from the OpenAPI in `test_schemathesis.py`."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from builder_ui.site import local_address
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.media_types import UNKNOWN, settled
from engine.runtime import Runtime
from engine.spreadsheets import disarmed
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.vault import ADMIN, APP, NOBODY, OUTSIDER, RIVAL, SELLER, Vault, furnish
from tests.serving import app_over
from tests.workbooks import FAR_CORNER, REPEATED, packed

CUSTOMERS = f"/apps/{APP}/forms/customer"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("attacked") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


@pytest.fixture(scope="module")
def seller(vault: Vault) -> Browser:
    return Browser(vault, SELLER)


@pytest.fixture(scope="module")
def nobody(vault: Vault) -> Browser:
    return Browser(vault, NOBODY)


def upload(browser: Browser, name: str, content: bytes, kind: str) -> Any:
    return browser.client.post(
        "/api/v1/files", files={"file": (name, content, kind)}, headers=browser.headers
    )


# -- paths -----------------------------------------------------------------------------------------

PATHS = [
    "/static/x/../../../etc/passwd", "/static/x/..%2f..%2f..%2fetc/passwd", "/static/x/%2e%2e/%2e%2e/tokens.py",
    "/static/x//etc/passwd", "/static/x/css/..%5c..%5c__init__.py", "/static/x/css/base.css%00.png",
    "/static/../keys/master.json", "/packages/verifiers/..%2f..%2fpackages.py", "/packages/verifiers/%2fetc%2fpasswd",
    "/files/..%2f..%2fkeys%2fmaster.json", "/api/v1/files/..%2fmaster.json", "/ledger/records/tile/../../checkpoint",
    "/ledger/..%2f..%2fkeys/checkpoint", "/apps/..%2f..%2fetc/forms/x", "/invitation/..%2f..%2fetc%2fpasswd",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_its_folder(seller: Browser, path: str) -> None:
    answer = seller.client.get(path, headers=seller.headers)
    assert answer.status_code in (303, 400, 401, 403, 404), (path, answer.status_code)
    assert "root:" not in answer.text
    assert "wrapping" not in answer.text
    assert "import annotations" not in answer.text


# -- addresses to go on to ---------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%5cevil.example",
    "javascript:alert(1)", "data:text/html,x", "/\r\nLocation: https://evil.example", "/\nSet-Cookie: a=b",
    "///evil.example", "/\t/evil.example", " //evil.example", "evil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_nobody_is_sent_to_another_site(vault: Vault, nobody: Browser, wanted: str) -> None:
    found = local_address(wanted)
    assert found.startswith("/")
    assert not re.match(r"/[\\/\t]", found)
    assert not set(found) & set("\r\n\\")
    browser = Browser(vault, SELLER)
    answer = browser.client.post(
        "/me/preferences", data={"theme": "dark", "here": wanted}, headers=browser.headers
    )
    assert re.match(r"/(?![\\/\t])", answer.headers["location"])
    assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]


def test_a_host_header_of_somebody_else_makes_no_address(nobody: Browser) -> None:
    for path in ("/", "/sign-in", f"{CUSTOMERS}"):
        answer = nobody.client.get(path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
        assert "evil.example" not in answer.text + str(dict(answer.headers)), path


# -- what is written into the trail ----------------------------------------------------------------


def prints(vault: Vault) -> list[tuple[str, str, int | None]]:
    with vault.runtime.database.read() as connection:
        found = [one for one in vault.runtime.audit.latest(connection) if one.action == "print"]
    return [(one.person, one.form, one.record) for one in found]


def test_a_print_stands_in_the_trail_of_what_its_sender_may_read(vault: Vault, seller: Browser) -> None:
    his, other, before = vault.ids["seller_customer"], vault.ids["rival_customer"], prints(vault)
    for record, status in ((other, 404), ("99999", 404), (his, 204)):
        page = {"page": f"/apps/{APP}/forms/customer/records/{record}"}
        assert seller.client.post("/printed", data=page, headers=seller.headers).status_code == status, record
    assert prints(vault) == [(SELLER, "customer", int(his)), *before]


# -- numbers that tell -------------------------------------------------------------------------------


def test_a_timeline_counts_nothing_of_who_is_somebody_elses(vault: Vault, seller: Browser) -> None:
    """Of his own customer he is told that there is more; of others, not even how much."""
    page = f"/apps/{APP}/forms/talk?view=line_of_time&whose="
    for whose, told in (("rival_customer", False), ("seller_customer", False)):
        answer = seller.client.get(page + vault.ids[whose], headers=seller.headers)
        assert answer.status_code == 200
        assert ("另有" in answer.text) is told, whose
    (more,) = vault.runtime.records.create(
        SYSTEM, APP, "talk", [{"customer": vault.ids["seller_customer"], "owner": RIVAL, "source": "wecom"}]
    )
    answer = seller.client.get(page + vault.ids["seller_customer"], headers=seller.headers)
    assert "另有" in answer.text, more


# -- cookies, frames, scripts ------------------------------------------------------------------------


def test_the_session_cookie_is_for_this_site_and_no_script(vault: Vault) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        with TestClient(app_over(vault.runtime), base_url=f"{scheme}://testserver") as client:
            client.follow_redirects = False
            answer = client.post("/sign-in", data={"person": SELLER, "password": "correct horse battery"})
            cookie = answer.headers["set-cookie"].lower()
            assert "httponly" in cookie
            assert "samesite=lax" in cookie
            assert ("secure" in cookie.replace("samesite", "")) is secure, cookie
            assert "domain=" not in cookie


def test_who_sends_no_token_or_comes_from_another_site_changes_nothing(seller: Browser) -> None:
    body = {"name": "nicht gewollt"}
    for headers in ({}, {"x-csrf-token": "guessed"}, {**seller.headers, "sec-fetch-site": "cross-site"},
                    {**seller.headers, "sec-fetch-site": "same-site"}):  # fmt: skip
        assert seller.client.post(CUSTOMERS, data=body, headers=headers).status_code == 403
        assert (
            seller.client.post(f"/api/v1{CUSTOMERS}/records", json=body, headers=headers).status_code == 403
        )


HEADERS = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip
PAGES = ["/", "/sign-in", CUSTOMERS, f"{CUSTOMERS}/new", f"/apps/{APP}/reports/figures", "/tasks", "/evidence",
         "/nothing", f"/apps/{APP}/search?q=zebra", "/me", "/api/v1/apps", "/static/x/nothing.js",
         f"/api/v1{CUSTOMERS}/export"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_forbids_frames_inline_scripts_and_guessing(seller: Browser, page: str) -> None:
    answer = seller.client.get(page, headers={**seller.headers, "accept": "text/html"})
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
    assert answer.headers["content-type"].count("charset") <= 1, answer.headers["content-type"]
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    if answer.headers["content-type"].startswith("text/html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text), "scripts come as files"
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", answer.text), (
            "neither styles nor handlers in attributes"
        )
        assert "javascript:" not in answer.text


# -- what is typed -------------------------------------------------------------------------------------

HOSTILE = [
    SCRIPT.decode(), "\"><img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "${7*7}", "'; DROP TABLE people; --",
    "\u202egnp.exe", "a" * 5_000, "\x00\x01", "😀 \u0000", "((((((((((" * 50, "报价 OR " * 400, "\"" * 999,
    "secret:" * 200, "date:..", "date:9999999999..0", "*" * 300, "-" * 300, "𠮷" * 600,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(seller: Browser, text: str) -> None:
    for path in (
        CUSTOMERS,
        f"/apps/{APP}/search",
        f"/api/v1{CUSTOMERS}/records",
        "/tasks",
        "/people/options",
    ):
        answer = seller.client.get(path, params={"q": text}, headers=seller.headers)
        assert answer.status_code < 500, (path, answer.text[:500])
        if answer.headers["content-type"].startswith("text/html"):
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
    for path in (
        f"{CUSTOMERS}?sort={'a' * 400}",
        f"{CUSTOMERS}?page=99999999999999",
        f"{CUSTOMERS}?where=::::",
    ):
        assert seller.client.get(path, headers=seller.headers).status_code < 500


PATTERNS = ["(a+)+$", "(a|a)*$", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(?:a?){60}a{60}"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_runs_for_ever(seller: Browser, pattern: str) -> None:
    """A test that hung would say so; RE2 knows no backtracking."""
    rule = {
        "id": "hostile", "label": "x", "when": {"trigger": "record_created", "form": "customer"},
        "if": f"MATCHES(name, '{pattern}') or MATCHES('{'a' * 3_000}!', '{pattern}')", "then": [],
    }  # fmt: skip
    answer = seller.client.post(
        f"/api/v1/apps/{APP}/rules:try", json={"rule": rule, "last": 100}, headers=seller.headers
    )
    assert answer.status_code in (200, 400, 403, 422), answer.text


FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1", "\r=1", "\n=1", "|x", "％",
            "＝1+1", "%0A=1"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS, ids=range(len(FORMULAS)))
def test_nothing_a_spreadsheet_would_compute_leaves_in_an_export(seller: Browser, text: str) -> None:
    assert disarmed(text).startswith("'") or text == "％"
    made = seller.client.post(
        f"/api/v1{CUSTOMERS}/records", json={"name": f"{text} x"}, headers=seller.headers
    )
    assert made.status_code == 201, made.text
    csv = seller.client.get(f"{CUSTOMERS}/export", headers=seller.headers).content.decode("utf-8-sig")
    assert not re.search(r'(^|[,"\n])[=+@|]', csv.replace('""', ""))


@pytest.mark.parametrize("number", ["-5", "+3.50", "-1,200.00", "12%", "2026-11-20", "客户"])
def test_numbers_stay_numbers_in_an_export(number: str) -> None:
    assert disarmed(number) == number


# -- files ---------------------------------------------------------------------------------------------

DECLARED = [
    ("image/png", PNG, "image/png"), ("image/png", SCRIPT, UNKNOWN), ("image/svg+xml", b"<svg", "image/svg+xml"),
    ("text/html", SCRIPT, "text/html"), ("image/jpeg", PNG, UNKNOWN), ("application/pdf", b"%PDF-", "application/pdf"),
    ("application/pdf", SCRIPT, UNKNOWN), ("nonsense", b"x", UNKNOWN), ("", b"x", UNKNOWN),
    ("text/plain; charset=utf-8", b"x", "text/plain"), ("a/b\r\nX: y", b"x", UNKNOWN), ("图片/图", b"x", UNKNOWN),
    ("video/mp4", b"\0\0\0\x18ftypmp42", "video/mp4"), ("audio/mpeg", b"ID3\x04", "audio/mpeg"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "content", "kept"), DECLARED, ids=range(len(DECLARED)))
def test_a_file_is_what_its_bytes_say(declared: str, content: bytes, kept: str) -> None:
    assert settled(declared, content) == kept


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        ("x.html", SCRIPT, "text/html"), ("x.png", SCRIPT, "image/png"), ("x.xhtml", SCRIPT, "application/xhtml+xml"),
        ("x.xml", SCRIPT, "text/xml"), ("x.pdf", b"%PDF-1.7 /JS", "application/pdf"), ("x.swf", b"FWS", "x/y"),
    ],
)  # fmt: skip
def test_no_file_is_run_by_the_browser(seller: Browser, name: str, content: bytes, kind: str) -> None:
    stored = upload(seller, name, content, kind).json()["id"]
    for path in (f"/files/{stored}", f"/api/v1/files/{stored}"):
        answer = seller.client.get(path, headers=seller.headers)
        assert answer.content == content
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"


NAMES = ["a\r\nSet-Cookie: x=y.txt", "../../etc/passwd", "..\\..\\boot.ini", "\u202egnp.exe", "a\0b", "\"x\".txt",
         "名" * 300, "CON", "-rf", "<script>.txt"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_of_a_file_stays_in_its_header(seller: Browser, name: str) -> None:
    answer = upload(seller, name, b"x", "text/plain")
    assert answer.status_code in (201, 400), answer.text
    if answer.status_code == 201:
        fetched = seller.client.get(f"/files/{answer.json()['id']}", headers=seller.headers)
        assert fetched.content == b"x"
        assert "set-cookie" not in fetched.headers
        assert re.fullmatch(
            r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+", fetched.headers["content-disposition"]
        )


# -- bodies ----------------------------------------------------------------------------------------------


BOMB = packed(xl__worksheets__sheet1_xml=b"\0" * 150_000_000)
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><workbook>&j;</workbook>"
)
WORKBOOKS = {
    "bomb": BOMB, "external entity": packed(xl__workbook_xml=ENTITY, xl__worksheets__sheet1_xml=ENTITY),
    "billion laughs": packed(xl__workbook_xml=LAUGHS), "no archive": b"PK\x03\x04broken", "empty": b"",
    "html": b"<html>" + SCRIPT, "far corner": FAR_CORNER, "repeated": REPEATED,
}  # fmt: skip


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_hostile_workbook_is_refused(vault: Vault, kind: str) -> None:
    admin = Browser(vault, ADMIN)
    answer = admin.client.post(
        "/admin/people/import", headers=admin.headers,
        files={"file": ("people.xlsx", WORKBOOKS[kind], "application/vnd.ms-excel")},
    )  # fmt: skip
    assert answer.status_code in (200, 303, 400, 413, 422), answer.status_code
    assert "root:" not in answer.text


BODIES = {
    "too deep": b"[" * 100_000, "deep object": b'{"a":' * 50_000, "no JSON": b"{", "not UTF-8": b"\xff\xfe{}",
    "huge number": b'{"name": 1e999999}', "many digits": b'{"name": ' + b"9" * 20_000 + b"}", "list": b"[]",
    "null": b"null",
    "lone surrogate": b'{"name": "\\ud800"}', "null byte": b'{"name": "a\\u0000b"}',
    "odd keys": b'{"__proto__": {}, "constructor": 1, "name": "x"}',
    "duplicate keys": b'{"name": "a", "name": {"$gt": ""}}', "nested": b'{"name": {"a": ["b"]}}',
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_is_refused_or_taken_for_what_it_is(seller: Browser, kind: str) -> None:
    for path in (f"/api/v1{CUSTOMERS}/records", f"/api/v1{CUSTOMERS}/records:batch", f"/api/v1{CUSTOMERS}/state",
                 f"{CUSTOMERS}/state", f"/api/v1/apps/{APP}/rules:try", "/api/v1/notifications/read"):  # fmt: skip
        headers = {**seller.headers, "content-type": "application/json", "accept": "application/json"}
        answer = seller.client.post(path, content=BODIES[kind], headers=headers)
        assert answer.status_code < 500, (path, answer.text)


NUMBERS = ("²", "٣", "9" * 25, "9" * 4_400, "-1")
COUNTED = (
    f"/api/v1{CUSTOMERS}/records?page=", f"/api/v1{CUSTOMERS}/records?after=", f"/api/v1{CUSTOMERS}/records?limit=",
    f"/api/v1{CUSTOMERS}/search?page=", f"/api/v1{CUSTOMERS}/export?page=", "/api/v1/notifications?after=",
    f"/api/v1/apps/{APP}/rules/runs?after=", f"{CUSTOMERS}?page=", f"/apps/{APP}/search?q=a&page=",
    "/admin/audit?after=", "/admin/people?page=", "/admin/accounts?from=", f"/api/v1{CUSTOMERS}/records/", "/tasks/",
    "/files/", "/notifications/",
)  # fmt: skip


@pytest.mark.parametrize("who", [SELLER, ADMIN])
def test_what_is_no_number_is_no_failure(vault: Vault, who: str) -> None:
    browser = Browser(vault, who)
    for path in (each + number for each in COUNTED for number in NUMBERS):
        answer = browser.client.get(path, headers=browser.headers, follow_redirects=False)
        assert answer.status_code < 500, (path[:90], answer.text)


def test_a_file_without_its_token_is_refused_before_anything_is_unpacked(
    seller: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework's parser keeps larger files on this disk as they are."""
    kept: list[object] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", kept.append)
    token, sent = seller.headers["x-csrf-token"], {"file": ("a.txt", b"x" * 2_000_000, "text/plain")}
    for path in ("/api/v1/files", "/me/preferences"):
        assert seller.client.post(path, data={"_csrf": token}, files=sent).status_code == 403
    assert not kept


def test_a_body_has_a_largest_size(seller: Browser) -> None:
    answer = seller.client.post(
        f"/api/v1{CUSTOMERS}/records", content=b" " * 20_000_001, headers=seller.headers
    )
    assert answer.status_code == 413


# -- secrets ---------------------------------------------------------------------------------------------


def test_no_secret_stands_in_a_log_or_on_an_error_page(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """What was planted, passwords and tokens, after good requests, bad ones and a bug of ours."""
    caplog.set_level(logging.DEBUG)
    password, token = "planted-password-9371", vault.ids["reading_token"]
    browser = Browser(vault, SELLER)
    browser.client.post("/sign-in", data={"person": SELLER, "password": password})
    browser.client.get("/api/v1/apps", headers={"authorization": f"Bearer {token}"})
    browser.client.get("/api/v1/apps", headers={"authorization": f"Bearer {token}x"})
    answers = [browser.client.get(CUSTOMERS, headers=browser.headers).text]
    broken, vault.runtime.records.page = vault.runtime.records.page, _bug(next(iter(vault.markers)), token)
    try:
        answer = browser.client.get(f"/api/v1{CUSTOMERS}/records", headers=browser.headers)
    finally:
        vault.runtime.records.page = broken
    assert answer.status_code == 500
    assert "reference" in answer.text
    answers.append(answer.text)
    secrets = [password, token, "correct horse battery", browser.headers["x-csrf-token"]]
    for secret in secrets:
        assert secret not in caplog.text, secret
    for text in answers:
        assert not vault.leaks(SELLER, text)
        assert "Traceback" not in text
        assert token not in text


def _bug(*words: str) -> Any:
    def page(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a bug: " + " ".join(words))

    return page


def test_what_records_say_is_kept_by_no_browser(seller: Browser, vault: Vault) -> None:
    """But pages, which it asks about again each time before it shows them; and nothing by a proxy."""
    record = vault.ids["seller_customer"]
    paper, records = vault.ids["seller_paper"], f"/api/v1{CUSTOMERS}/records"
    kept = [records, f"{records}/{record}", f"/files/{paper}", f"/api/v1/files/{paper}", "/api/v1/tasks",
            f"/api/v1{CUSTOMERS}/export"]  # fmt: skip
    for path in kept:
        answer = seller.client.get(path, headers=seller.headers)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store"), path
    page = seller.client.get(f"{CUSTOMERS}/records/{record}", headers=seller.headers)
    assert page.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("field", ["source", "labels", "owner"])
def test_what_a_field_offers_is_told_nobody_who_has_not_the_field(vault: Vault, field: str) -> None:
    """Some lists come from another system, and are nobody else's."""
    outsider = Browser(vault, OUTSIDER)
    for path in (CUSTOMERS, f"/api/v1{CUSTOMERS}"):
        answer = outsider.client.get(f"{path}/options/{field}", headers=outsider.headers)
        assert answer.status_code == 403
        assert "wecom" not in answer.text
