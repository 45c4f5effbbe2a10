"""Every field type on every page: entered, read, listed, changed, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from builder_ui.inputs import CONTROLS
from builder_ui.templating import TEMPLATES
from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.plugin_api import Field
from tests.builder_ui.desk import Tab
from tests.builder_ui.every_type import APP, document, values
from tests.builder_ui.sending import sent_by

BYTES = {
    "attachment": ("a.pdf", "application/pdf", b"%PDF-1.7"),
    "image": ("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(30)),
    "audio": ("a.mp3", "audio/mpeg", b"ID3" + bytes(30)),
    "video": ("a.mp4", "video/mp4", bytes(4) + b"ftypisom" + bytes(30)),
    "signature": ("s.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(31)),
}


@pytest.fixture
def every(runtime: Runtime) -> dict[str, str]:
    """The record that has a value of every type, and what it holds."""
    registry = runtime.registry
    runtime.applications.publish(None, document(registry), "system")
    runtime.database.write(
        lambda unit: runtime.people.save_memberships(unit, [Membership(APP, "clerk", "person", "zhou")])
    )
    viewer = runtime.people.organisation().viewer("zhou")
    assert viewer is not None
    files = {
        name: runtime.store_file(viewer, content, file, kind)["id"]
        for name, (file, kind, content) in BYTES.items()
    }
    note = str(runtime.records.create(SYSTEM, APP, "note", [{"name": "便条一"}])[0])
    record = str(runtime.records.create(viewer, APP, "thing", [values(registry, files, note)])[0])
    runtime.records.create(SYSTEM, APP, "note", [{"name": "便条二", "parent": record}])
    return {"record": record, **files}


PAGES = (
    "forms/thing",
    "forms/thing/new",
    "forms/thing/records/{record}",
    "forms/thing/records/{record}/edit",
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_shows_every_type(
    every: dict[str, str], zhou: Tab, runtime: Runtime, language: str
) -> None:
    types: dict[str, Field] = runtime.registry.all("field")
    for path in PAGES:
        answer = zhou.client.get(f"/apps/{APP}/{path.format(**every)}", headers={"accept-language": language})
        assert answer.status_code == 200, path
        if path.endswith("new"):
            missing = [
                n for n, t in types.items() if t.input != "none" and f'data-field="{n}"' not in answer.text
            ]
            assert missing == []
        assert 'src="/files/' in answer.text or path.endswith("new")


@pytest.mark.parametrize("page", ["", "/print"])
def test_below_a_signature_stands_who_handed_it_in(
    every: dict[str, str], zhou: Tab, runtime: Runtime, page: str
) -> None:
    told = re.compile(r'class="signed".*?<figcaption[^>]*>周婧 2026-\d\d-\d\d \d\d:\d\d</figcaption>')
    address = f"/apps/{APP}/forms/thing/records/{every['record']}{page}"
    assert told.search(zhou.page(address))
    silent = document(runtime.registry)
    (field,) = [field for field in silent["forms"][0]["fields"] if field["type"] == "signature"]
    field["options"] = {**field.get("options", {}), "name_below": False}
    runtime.applications.publish(None, silent, "system")
    assert not told.search(zhou.page(address))


ALONE = {"sec-fetch-dest": "document"}


def test_a_phone_and_a_filter_have_controls_of_their_own(
    every: dict[str, str], zhou: Tab, runtime: Runtime
) -> None:
    types: dict[str, Field] = runtime.registry.all("field")
    named = {name for t in types.values() for name in (t.phone, t.filter) if name}
    known = re.findall(
        r"'(\w+)': \w+", (TEMPLATES / "parts/inputs.html").read_text().partition("set known")[2]
    )
    assert {CONTROLS.get(name, name) for name in named} <= set(known)
    assert [n for n, t in types.items() if t.phone] == ["image", "video"]
    page = zhou.client.get(f"/apps/{APP}/forms/thing/new").text
    assert page.count("<template data-by-width-target") == 2
    assert page.count('capture="environment"') >= 2
    for name, control in (("time", 'type="time"'), ("month", 'type="month"'), ("text", 'type="text"')):
        assert control in zhou.client.get(f"/apps/{APP}/forms/thing/condition?f={name}").text


@pytest.mark.parametrize("name", sorted(BYTES))
def test_a_file_opened_by_itself_says_who_looks(
    every: dict[str, str], zhou: Tab, runtime: Runtime, name: str
) -> None:
    """A picture, a voice, a film come on a page, with the watermark; what a page shows or keeps does not."""
    marked = document(runtime.registry)
    marked["roles"][0]["watermark"] = True
    runtime.applications.publish(None, marked, "system")
    address, shown = f"/files/{every[name]}", name != "attachment"
    answer = zhou.client.get(address, headers=ALONE, follow_redirects=False)
    assert (answer.headers.get("location") == f"{address}/look") is shown
    assert zhou.client.get(address, headers={"sec-fetch-dest": "image"}).content == BYTES[name][2]
    kept = zhou.client.get(f"{address}?as=file", headers=ALONE)
    assert (kept.content, kept.headers["content-disposition"][:10]) == (BYTES[name][2], "attachment")
    page = zhou.client.get(f"{address}/look", headers=ALONE)
    assert (f' src="{address}"' in page.text) is shown
    assert re.search(r'<svg class="watermark".*zhou 20\d\d', page.text)


def test_what_the_page_sends_is_what_was_there(every: dict[str, str], zhou: Tab, runtime: Runtime) -> None:
    """A form that is opened and saved as it is changes nothing: every control sends what it was given."""
    record = every["record"]
    before = runtime.records.get(SYSTEM, APP, "thing", record).values
    address = f"/apps/{APP}/forms/thing/records/{record}"
    answer = zhou.post(address, sent_by(zhou.page(f"{address}/edit"), address))
    assert answer.status_code == 303, answer.text[:3000]
    after = runtime.records.get(SYSTEM, APP, "thing", record).values
    changed: dict[str, Any] = {
        name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)
    }
    assert {name for name in changed if name != "updated_at" and name != "updated_by"} == set()
