"""Publishing on both databases: tables come to be, nothing is lost, versions and drafts are kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.config import Config
from engine.database import Database
from engine.evidence.seals import MasterKeys
from engine.evidence.triggers import archive_triggers, compare_triggers
from engine.migrate import COPY_JOB, ColumnCopies, index_for_lookups
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from tests.engine.stored_apps import AMOUNT, LEVEL, NAME, SENT, TAGS, House, document, form


@pytest.fixture
def house(database: Database, registry: Registry, config: Config) -> House:
    return House(database, registry, MasterKeys.open(config.master_key))


def indexes(house: House, form: str = "order") -> set[tuple[str, bool]]:
    """(column, unique) of the physical table's indexes."""
    with house.database.read() as connection:
        found = sa.inspect(connection).get_indexes(house.table(form).table.name)
    return {(str(index["column_names"][0]), bool(index["unique"])) for index in found}


def refusals(house: House, *forms: dict[str, Any], **rest: Any) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as refused:
        house.publish(*forms, **rest)
    return [(found.path, found.code) for found in refused.value.problems if found.severity == "error"]


# -- tables ----------------------------------------------------------------------------------------
def test_a_new_app_gets_its_tables(house: House) -> None:
    due = {"id": "due", "type": "date", "label": "到期"}
    number = {"id": "no", "type": "auto_number", "label": "编号", "options": {"pattern": "A{0000}"}}
    assert house.publish(form("order", {**NAME, "unique": True}, AMOUNT, LEVEL, due, TAGS, number)) == 1
    table = house.table()
    assert table.table.name.startswith("r_")
    assert list(table.fields) == ["name", "amount", "level", "due", "tags", "no"]
    assert indexes(house) == {
        (table.fields["name"].name, True), (table.fields["level"].name, False),
        (table.fields["due"].name, False), (table.fields["no"].name, False),
    }  # fmt: skip
    with house.database.read() as connection:
        inspector = sa.inspect(connection)
        found = {column["name"]: column for column in inspector.get_columns(table.table.name)}
        links = inspector.get_columns(table.links["tags"].name)
    assert set(found) == set(table.table.c.keys())
    assert all(found[column.name]["nullable"] for column in table.fields.values())
    assert [column["name"] for column in links] == ["record", "value"]


def test_values_of_every_storage_come_back(house: House) -> None:
    price = {"id": "price", "type": "decimal", "label": "价", "options": {"places": 2}}
    house.publish(form("order", NAME, price, {"id": "paid", "type": "boolean", "label": "付"}, TAGS))
    house.insert([{"name": "报价", "price": Decimal("12.30"), "paid": True, "tags": ["a", "b"]}, {}])
    assert house.column("name") == ["报价", None]
    assert house.column("price") == [1230, None]
    assert house.column("paid") == [1, None]
    assert house.column("tags") == ['["a","b"]', None]


def test_a_parked_field_comes_back_with_its_values(house: House) -> None:
    house.publish(form("order", NAME, AMOUNT))
    house.insert([{"name": "a", "amount": 7}])
    house.publish(form("order", NAME))
    table = house.table()
    assert list(table.fields) == ["name"]
    assert [parked.field for parked in table.parked] == ["amount"]
    assert table.parked[0].column.name in table.table.c
    house.publish(form("order", NAME, AMOUNT))
    assert house.column("amount") == [7]
    assert house.table().parked == ()


def test_a_parked_form_comes_back_with_its_rows(house: House) -> None:
    house.publish(form("order", NAME), form("line", AMOUNT))
    house.insert([{"name": "a"}])
    house.publish(form("line", AMOUNT))
    with pytest.raises(KeyError):
        house.table("order")
    house.publish(form("order", NAME, AMOUNT), form("line", AMOUNT))
    assert house.column("name") == ["a"]
    assert house.column("amount") == [None]


def test_a_new_type_is_a_new_column_filled_by_a_job(house: House) -> None:
    house.publish(form("order", {**NAME, "id": "worth"}, NAME))
    house.insert([{"worth": str(number)} for number in range(1200)] + [{"worth": "很多"}, {"name": "x"}])
    old = house.table().fields["worth"].name
    house.publish(form("order", {**AMOUNT, "id": "worth"}, NAME))
    new = house.table().fields["worth"]
    assert new.name != old
    assert set(house.column("worth")) == {None}
    assert house.jobs.run_due() == 1
    assert house.column("worth") == [*range(1200), None, None]
    progress = _copies(house).progress(house.table().entries["worth"])
    assert (progress.copied, progress.failed, progress.done) == (1200, 1, True)
    with house.database.read() as connection:
        kept = connection.scalar(sa.select(sa.func.count(house.table().table.c[old])))
    assert kept == 1201


def _copies(house: House) -> Any:
    return house.jobs._handlers["copy_column"]


def test_a_copy_goes_on_where_it_was_cut_off_and_spares_newer_values(house: House) -> None:
    house.publish(form("order", {**NAME, "id": "worth"}))
    ids = house.insert([{"worth": str(number)} for number in range(1200)])
    house.publish(form("order", {**AMOUNT, "id": "worth"}))
    table = house.table()
    edited = table.table.update().where(table.table.c.id == ids[1100]).values({table.fields["worth"]: -1})
    house.database.write(lambda unit: unit.connection.execute(edited))
    target = table.entries["worth"]
    payload = {
        "app": "shop",
        "form": "order",
        "field": "worth",
        "version": 1,
        "source": table.parked[0].entry,
    }
    payload["target"] = target
    assert _copies(house)._chunk(payload, *_copies(house)._fields(payload))
    assert _copies(house).progress(target).copied == 1000
    house.jobs.run_due()
    assert house.column("worth") == [*range(1100), -1, *range(1101, 1200)]
    assert _copies(house).progress(target).copied == 1199


def test_choices_are_copied_by_what_people_read(house: House) -> None:
    house.publish(form("order", LEVEL))
    house.insert([{"level": "a"}, {"level": "b"}])
    other = {**LEVEL, "type": "multi_select", "options": {"choices": [{"value": "x", "label": "甲"}]}}
    house.publish(form("order", other))
    house.jobs.run_due()
    assert house.column("level") == ['["x"]', None]
    link = house.table().links["level"]
    with house.database.read() as connection:
        assert connection.scalars(sa.select(link.c.value)).all() == ["x"]


def test_becoming_unique_needs_different_values(house: House) -> None:
    house.publish(form("order", NAME, AMOUNT))
    house.insert([{"name": "a", "amount": 1}, {"name": "a", "amount": 2}, {}, {}])
    wanted = form("order", {**NAME, "unique": True}, AMOUNT)
    assert refusals(house, wanted) == [("/forms/0/fields/0/unique", "field.duplicates")]
    house.publish(form("order", NAME, {**AMOUNT, "unique": True}))
    with pytest.raises(sa.exc.IntegrityError):
        house.insert([{"amount": 2}])
    house.publish(form("order", NAME, AMOUNT))
    house.insert([{"amount": 2}])


def test_what_is_fixed_is_refused_and_nothing_happens(house: House) -> None:
    house.publish(form("order", NAME))
    house.insert([{"name": "a"}])
    before = house.table()
    wanted = form("order", {**NAME, "sealed": True}, AMOUNT)
    assert refusals(house, wanted) == [("/forms/0/fields/0/sealed", "field.sealed_fixed")]
    house.applications.refresh()
    assert house.applications.version("shop") == 1
    assert list(house.table().fields) == list(before.fields)


def test_a_failing_ledger_undoes_the_tables(house: House) -> None:
    house.publish(form("order", NAME))

    def fails(unit: Any, app: Any, tables: Any) -> None:
        assert list(tables["order"].fields) == ["name", "amount"]
        raise LookupError

    house.applications.preparing.append(fails)
    with pytest.raises(LookupError):
        house.publish(form("order", NAME, AMOUNT))
    house.applications.preparing.clear()
    house.catalog.reload()
    assert list(house.table().fields) == ["name"]
    house.publish(form("order", NAME, AMOUNT))
    house.insert([{"amount": 1}])


def test_a_field_that_rules_match_by_gets_an_index_that_stays(house: House) -> None:
    house.publish(form("order", NAME, TAGS))

    def ask(field: str) -> bool:
        return house.database.write(
            lambda unit: index_for_lookups(house.database, unit, "shop", "order", field)
        )

    assert [ask("name"), ask("name"), ask("tags"), ask("nothing")] == [True, True, False, False]
    assert indexes(house) == {(house.table().fields["name"].name, False)}
    house.insert([{"name": "长" * 3000}])
    house.publish(form("order", NAME, TAGS, AMOUNT))
    assert indexes(house) == {(house.table().fields["name"].name, False)}


# -- versions --------------------------------------------------------------------------------------
def test_versions_count_up_and_are_kept(house: House) -> None:
    assert [house.publish(form("order", NAME)), house.publish(form("order", NAME, AMOUNT))] == [1, 2]
    assert house.publish(form("order", NAME, AMOUNT)) == 2
    assert house.applications.document("shop", 1) == document(form("order", NAME))
    assert house.applications.document("shop") == document(form("order", NAME, AMOUNT))
    assert house.applications.at_version("shop", 1).form("order").field("amount") is None  # type: ignore[union-attr]
    assert [(app, version) for app, version, _ in house.published] == [("shop", 1), ("shop", 2)]
    assert len(house.published[0][2]) == 32


def test_what_is_not_there_is_unknown(house: House) -> None:
    for ask in (house.applications.get, house.applications.version, house.applications.document):
        with pytest.raises(Rejected, match=r"app\.unknown"):
            ask("nothing")
    assert house.applications.all() == []


def test_other_processes_notice_a_publication(house: House, registry: Registry, config: Config) -> None:
    other = House(Database(config, house.database.clock), registry, house.keys)
    assert other.applications.all() == []
    house.publish(form("order", NAME))
    other.applications.refresh()
    assert other.applications.version("shop") == 1
    app = other.applications.get("shop")
    house.publish(form("line", NAME), app="other")
    other.applications.refresh()
    assert other.applications.get("shop") is app
    assert {one.id for one in other.applications.all()} == {"shop", "other"}
    assert other.table().fields
    other.database.close()


def test_a_broken_document_is_not_published(house: House) -> None:
    found = refusals(house, form("order", {**NAME, "type": "nothing_like_it"}))
    assert ("/forms/0/fields/0/type", "field.unknown_type") in found
    assert [p.code for p in house.applications.check({"muniment": 1})] != []


def test_the_plan_can_be_seen_before(house: House) -> None:
    house.publish(form("order", NAME))
    planned, problems = house.applications.preview(document(form("order", AMOUNT)))
    assert planned is not None
    assert [step["step"] for step in planned.to_json()["steps"]] == ["add_field", "park_field"]
    assert problems == []


# -- apps that build on apps -----------------------------------------------------------------------
NEEDS = [{"app": "shop", "forms": {"order": {"name": "text"}}}]


def test_an_app_needs_what_it_requires(house: House) -> None:
    link = {"id": "order", "type": "link", "label": "订单", "options": {"app": "shop", "form": "order"}}
    assert ("/requires/0", "requires.missing_app") in refusals(
        house, form("visit", link), app="visits", requires=NEEDS
    )
    house.publish(form("order", AMOUNT))
    assert ("/requires/0/forms/order/name", "requires.missing_field") in refusals(
        house, form("visit", link), app="visits", requires=NEEDS
    )
    house.publish(form("order", NAME))
    house.publish(form("visit", link), app="visits", requires=NEEDS)
    codes = [
        (p.code, p.params["dependent"]) for p in house.applications.check(document(form("order", AMOUNT)))
    ]
    assert codes == [("requires.breaks", "visits")]
    visits = house.applications.get("visits")
    house.publish(form("order", NAME, AMOUNT))
    assert house.applications.get("visits") is not visits


# -- archives --------------------------------------------------------------------------------------
def fences(house: House) -> list[Any]:
    """What differs from the triggers this archive should have, and who refuses what."""
    wanted = archive_triggers(house.database.dialect, house.table().table, house.table().frozen)
    with house.database.read() as connection:
        return compare_triggers(connection, wanted)


def refused(house: House, statement: Any) -> bool:
    try:
        house.database.write(lambda unit: unit.connection.execute(statement))
    except sa.exc.DBAPIError as error:
        return "keeps what was recorded" in str(error)
    return False


def test_an_archive_is_fenced_whatever_becomes_of_its_fields(house: House) -> None:
    house.publish(form("order", SENT, TAGS, kind="archive"))
    assert fences(house) == []
    note = {"id": "note", "type": "text", "label": "附注", "evidence": True}
    house.publish(form("order", SENT, note, TAGS, kind="archive"))
    assert fences(house) == []
    (identifier,) = house.insert([{"note": "原话", "tags": ["a"]}])
    table = house.table()
    row = table.table.update().where(table.table.c.id == identifier)
    assert refused(house, row.values({table.fields["note"]: "改"}))
    assert refused(house, table.table.delete())
    assert not refused(house, row.values({table.fields["tags"]: "[]"}))
    house.publish(form("order", SENT, TAGS, kind="archive"))
    assert fences(house) == []
    assert refused(house, row.values({table.fields["note"].name: "改"}))
    house.publish(form("line", NAME))
    house.publish(form("order", SENT, note, TAGS, kind="archive"), form("line", NAME))
    assert fences(house) == []
    assert house.column("note") == ["原话"]


def test_an_empty_form_may_become_an_archive_and_back(house: House) -> None:
    house.publish(form("order", NAME))
    house.publish(form("order", NAME, kind="archive"))
    assert fences(house) == []
    house.publish(form("order", NAME))
    (identifier,) = house.insert([{"name": "a"}])
    table = house.table().table
    assert not refused(house, table.delete().where(table.c.id == identifier))


def test_the_type_of_a_working_field_of_an_archive_changes_by_the_write_path_only(house: House) -> None:
    house.publish(form("order", {**NAME, "id": "worth"}, kind="archive"))
    (identifier,) = house.insert([{"worth": "12"}])
    house.publish(form("order", {**AMOUNT, "id": "worth"}, kind="archive"))
    house.jobs.run_due()
    assert house.column("worth") == [None]
    written: list[Any] = []
    copies = ColumnCopies(
        house.database, house.catalog, house.applications,
        lambda unit, app, form, field, values: written.append((app, form, field, dict(values))) or 1,
    )  # fmt: skip
    house.jobs.register(COPY_JOB, copies)
    house.database.clock.advance(minutes=1)  # type: ignore[attr-defined]
    assert house.jobs.run_due() == 1
    assert written == [("shop", "order", "worth", {identifier: 12})]
