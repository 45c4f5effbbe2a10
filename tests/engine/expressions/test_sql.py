"""What the case table cannot say of SQL: refusals, indexes, zones, ids, people, folding on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database
from engine.sql_expressions import to_sql, to_sql_value
from engine.sql_expressions.zones import midnight_changes, offset_changes
from engine.system_tables import people
from metamodel.expressions import Expression, check
from metamodel.expressions.folding import lower, match_form, trim, upper
from metamodel.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    PERSON,
    TEXT,
    Type,
    list_of,
    record_of,
)
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from tests.engine.expressions.cases import CONTEXT, stored_field

TYPES: Mapping[str, Type] = {
    "owner": PERSON, "stage": TEXT, "content": TEXT.seal(),
    "amount": NUMBER, "done": BOOLEAN, "due": DATE, "at": DATETIME,
    "customer": record_of("crm", "customer"), "tags": list_of(TEXT), "watchers": list_of(PERSON),
}  # fmt: skip
metadata = sa.MetaData()
deals = sa.Table(
    "deals", metadata,
    sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("owner", sa.Text, index=True),
    sa.Column("stage", sa.Text), sa.Column("content", sa.LargeBinary), sa.Column("amount",
    sa.BigInteger, index=True),
    sa.Column("done", sa.Integer), sa.Column("due", sa.BigInteger, index=True), sa.Column("at",
    sa.BigInteger, index=True),
    sa.Column("customer", sa.BigInteger, index=True), sa.Column("tags", sa.Text), sa.Column("watchers",
    sa.Text),
)  # fmt: skip
tag_links = sa.Table(
    "deal_tags", metadata, sa.Column("record", sa.BigInteger), sa.Column("value", sa.Text),
    sa.Index("deal_tags_value", "value", "record"),
)  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"id": 1, "owner": "sales04", "stage": "赢单",
    "amount": 18_600_000, "done": 1, "due": date(2026, 11, 19).toordinal(),
     "at": microseconds(datetime(2026, 11, 19, 16, 30, tzinfo=UTC)), "customer": 12, "tags": '["投诉","ＶＩＰ"]'},
    {"id": 2, "owner": "sales02",
    "stage": None, "amount": None, "done": None, "due": None, "at": None, "customer": None, "tags": None},
    {"id": 3, "owner": None, "stage": "输单", "amount": 0, "done": 0, "due": date(2026, 11, 20).toordinal(),
     "at": microseconds(datetime(2026, 11, 19, 15, 59, tzinfo=UTC)), "customer": 7, "tags": '["退款"]'},
]  # fmt: skip
LINKS = [{"record": 1, "value": "投诉"}, {"record": 1, "value": "ＶＩＰ"}, {"record": 3, "value": "退款"}]


class Scope:
    def name(self, name: str) -> Type | None:
        return {**TYPES, "me": PERSON, "record": record_of("crm", "deal")}.get(name)

    def names(self) -> list[str]:
        return list(TYPES)

    def attribute(self, of: Type, name: str) -> Type | None:
        return {"department": Type("department"), "name": TEXT, "id": TEXT}.get(name)

    def attributes(self, of: Type) -> list[str]:
        return []


class Columns:
    """As `FormColumns` answers for a form."""

    def column(self, path: tuple[str, ...]) -> tuple[sa.ColumnElement[Any], FieldDefinition]:
        (name,) = path if len(path) == 1 else ("",)
        if name not in TYPES:
            raise KeyError(path)
        return deals.c[name], stored_field(name, TYPES[name], Decimal("0.01") if name == "amount" else None)

    def link_table(self, name: str) -> sa.Table | None:
        return tag_links if name == "tags" else None

    def record_id(self) -> sa.ColumnElement[Any]:
        return deals.c.id


def expression(text: str, registry: Registry) -> Expression:
    found, problems = check(text, Scope(), registry)
    assert found is not None, problems
    return found


@pytest.fixture
def filled(database: Database) -> Database:
    def fill(unit: Any) -> None:
        metadata.create_all(unit.connection)
        unit.connection.execute(sa.insert(deals), ROWS)
        unit.connection.execute(sa.insert(tag_links), LINKS)
        person = {"id": "sales04", "name": "周敏", "department": "east"}
        known = {column.name: person.get(column.name) for column in people.c if column.name in person}
        unit.connection.execute(sa.insert(people).values(**known))

    database.write(fill)
    return database


def found(text: str, database: Database, registry: Registry) -> list[int]:
    condition = to_sql(expression(text, registry), Columns(), database.ops, CONTEXT)
    with database.read() as connection:
        return list(connection.execute(sa.select(deals.c.id).where(condition).order_by(deals.c.id)).scalars())


CASES = [
    ("owner == me", [1]), ("owner != me", [2, 3]), ("not (owner == me)", [2, 3]), ("owner == none", [3]),
    ("owner in ['sales02', 'sales04']", [1, 2]), ("owner not in ['sales02']", [1, 3]),
    ("stage == ''", [2]), ("stage < 'Z'", []), ("amount > 100000", [1]), ("amount <= 0", [3]),
    ("not (amount > 0)", [2, 3]),
    ("amount / 0 > 1", []), ("not (amount / 0 > 1)", [2]), ("IFERROR(100 / amount, 0) == 0", [3]),
    ("done", [1]), ("not done", [2, 3]), ("done == none", [2]), ("due < TODAY()", [1]),
    ("at >= TODAY()", [1]), ("at < TODAY()", [3]),
    ("customer == '12'", [1]), ("customer == 'x'", []), ("customer in ['7', '12', 'x']", [1, 3]),
    ("customer != '12'", [2, 3]),
    ("record == '2'", [2]), ("'投诉' in tags", [1]), ("'投诉' not in tags", [2, 3]),
    ("HAS_ANY(tags, '退款', '投诉')", [1, 3]),
    ("CONTAINS(tags, 'vip')", [1]), ("tags == ['退款']", [3]), ("SIZE(tags) == 0", [2]), ("ISBLANK(tags)", [2]),
    ("owner.department == 'east'", [1]), ("owner.department in MY_DEPARTMENTS()", [1]),
    ("owner.name == '周敏'", [1]),
    ("HAS_ROLE('nobody') or owner == me", [1]), ("true", [1, 2, 3]), ("false", []), ("none", []),
    ("stage in [owner, '赢单']", [1]), ("amount > 1 > 0 and stage == '赢单'", [1]),
    ("IF(done, owner == me, due == none)", [1, 2]),
]  # fmt: skip


def test_rows_found(filled: Database, registry: Registry) -> None:
    wrong = [
        (text, answer, rows) for text, rows in CASES if (answer := found(text, filled, registry)) != rows
    ]
    assert wrong == []


def test_a_condition_is_never_null(filled: Database, registry: Registry) -> None:
    with filled.read() as connection:
        for text, _ in CASES:
            condition = to_sql(expression(text, registry), Columns(), filled.ops, CONTEXT)
            kept = connection.execute(
                sa.select(sa.func.count()).select_from(deals).where(condition)
            ).scalar_one()
            left = connection.execute(
                sa.select(sa.func.count()).select_from(deals).where(sa.not_(condition))
            ).scalar_one()
            assert kept + left == len(ROWS), text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("content == 'a'", "expression.sealed_in_sql"), ("LEN(content) > 1", "expression.sealed_in_sql"),
        ("MATCHES(stage, 'a')", "expression.not_in_sql"), ("NETWORKDAYS(due, TODAY()) > 3",
        "expression.not_in_sql"),
        ("due == EDATE(due, 1)", "expression.not_in_sql"), ("tags == watchers", "expression.not_in_sql"),
        ("owner == FIRST(watchers)", "expression.not_in_sql"), ("ROUND(amount, amount) > 1",
        "expression.not_in_sql"),
        ("amount ** amount > 1", "expression.not_in_sql"),
    ],
)  # fmt: skip
def test_refusals(text: str, code: str, registry: Registry) -> None:
    from engine.dialects.sqlite import Ops

    with pytest.raises(Rejected) as refused:
        to_sql(expression(text, registry), Columns(), Ops(), CONTEXT)
    assert [found.code for found in refused.value.problems] == [code]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL would scan three rows
@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("owner == me", "ix_deals_owner"), ("owner in ['sales02', 'sales04']", "ix_deals_owner"),
        ("amount > 100000", "ix_deals_amount"),
        ("due < TODAY()", "ix_deals_due"), ("at >= TODAY()", "ix_deals_at"), ("customer == '12'",
        "ix_deals_customer"),
        ("'投诉' in tags", "deal_tags_value"), ("owner == me and CONTAINS(stage, '单')", "ix_deals_owner"),
    ],
)  # fmt: skip
def test_indexes_are_used(text: str, index: str, filled: Database, registry: Registry) -> None:
    condition = to_sql(expression(text, registry), Columns(), filled.ops, CONTEXT)
    statement = sa.select(deals.c.id, deals.c.stage).where(condition)
    with filled.read() as connection:
        compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}",
            tuple(compiled.params[name] for name in compiled.positiontup or ()),
        )
        assert index in " ".join(row.detail for row in plan)


def test_values_with_their_scale(filled: Database, registry: Registry) -> None:
    made = to_sql_value(expression("amount / 3", registry), Columns(), filled.ops, CONTEXT)
    with filled.read() as connection:
        rows = connection.execute(sa.select(made.column).order_by(deals.c.id)).scalars().all()
    assert (made.type, made.scale) == (NUMBER, 10)
    assert [row if row is None else int(row) for row in rows] == [620_000_000_000_000, None, 0]


ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe"]


@pytest.mark.parametrize("name", ZONES)
def test_zones(name: str, filled: Database, registry: Registry) -> None:
    """The day, hour and midnight of moments around every change of clocks since 2020, and some others."""
    zone = ZoneInfo(name)
    context = replace(CONTEXT, zone=zone)
    edges = [at for at, _ in offset_changes(zone) if at > microseconds(datetime(2020, 1, 1, tzinfo=UTC))][:12]
    moments = [
        datetime(1971, 3, 4, 5, 6, 7, tzinfo=UTC),
        datetime(2049, 7, 1, tzinfo=UTC),
    ]
    moments += [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=edge + step)
        for edge in edges
        for step in (-1, 0, 3_600_000_000)
    ]
    days = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(1990, 7, 1)]
    with filled.read() as connection:
        for moment in moments:
            local = moment.astimezone(zone)
            row = connection.execute(
                sa.select(
                    *(
                        _with_at(moment, text, registry, filled, context)
                        for text in ("DATE_OF(at)", "HOUR(at)")
                    )
                )
            ).one()
            assert [int(value) for value in row] == [local.date().toordinal(), local.hour], moment
        for day in days:
            made = _with_due(day, "due - DAYS_DURATION(0)", registry, filled, context)
            assert int(connection.execute(sa.select(made)).scalar_one()) == microseconds(
                context.midnight(day)
            )


def _with_at(
    moment: datetime, text: str, registry: Registry, database: Database, context: Any
) -> sa.ColumnElement[Any]:
    return _with("at", microseconds(moment), text, registry, database, context)


def _with_due(
    day: date, text: str, registry: Registry, database: Database, context: Any
) -> sa.ColumnElement[Any]:
    return _with("due", day.toordinal(), text, registry, database, context)


def _with(
    name: str, raw: int, text: str, registry: Registry, database: Database, context: Any
) -> sa.ColumnElement[Any]:
    class One(Columns):
        def column(self, path: tuple[str, ...]) -> tuple[sa.ColumnElement[Any], FieldDefinition]:
            return sa.literal(raw, sa.BigInteger), stored_field(name, TYPES[name], None)

    return to_sql(expression(text, registry), One(), database.ops, context)


def test_changes_of_clocks() -> None:
    assert len(offset_changes(ZoneInfo("Asia/Shanghai"))) == 13  # summer time from 1986 to 1991
    assert offset_changes(ZoneInfo("Asia/Shanghai"))[-1][1] == 8 * 3_600_000_000
    assert len(midnight_changes(ZoneInfo("UTC"))) == 1


def test_letters(database: Database) -> None:
    """Case, folding and trimming say the same in both databases as in Python."""
    samples = [
        "竞品Ａ", "競品 a", "ＡＢＣ ｘｙｚ １２３", "Straße ÉΩ ǅ İ", "發票\u3000報價]^-\\[", " \t a  b\u200b ", "'\"%_",
        "😀 ﬁ", "再 考虑", "",
    ]  # fmt: skip
    ops = database.ops
    with database.read() as connection:
        for sample in samples:
            text = sa.literal(sample, sa.Text)
            row = connection.execute(
                sa.select(ops.lower(text), ops.upper(text), ops.fold(text), ops.trim(text))
            ).one()
            assert tuple(row) == (lower(sample), upper(sample), match_form(sample), trim(sample)), sample


def test_raw_conditions(filled: Database) -> None:
    """What filters ask of the dialect without an expression."""
    ops = filled.ops

    def ids(condition: Any) -> list[int]:
        with filled.read() as connection:
            return list(
                connection.execute(sa.select(deals.c.id).where(condition).order_by(deals.c.id)).scalars()
            )

    assert ids(ops.contains(deals.c.stage, "单")) == [1, 3]
    assert ids(ops.found_in(deals.c.stage, " 贏單")) == [1]
    assert ids(ops.list_contains(deals.c.tags, "退款")) == [3]
    assert ids(sa.not_(ops.list_contains(deals.c.tags, "退款"))) == [1, 2]
