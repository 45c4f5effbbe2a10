"""What headings and values are taken for; ids from labels."""

from __future__ import annotations

import pytest

from engine.designing.guessing import Column, guess, guess_fields
from engine.designing.identifiers import identifier
from metamodel.plugin_api import Registry


@pytest.mark.parametrize(
    ("label", "taken", "expected"),
    [
        ("金额", (), "jin_e"),
        ("金额", ("jin_e",), "jin_e_2"),
        ("Due date", (), "due_date"),
        ("2024 目标", (), "field_2024_mu_biao"),
        ("Class", (), "class_2"),
        ("绿色", (), "lv_se"),
        ("！！", (), "field"),
        ("ＡＢＣ", (), "abc"),
        ("很" * 80, (), "hen_hen_hen_hen_hen_hen_hen_hen_hen_hen_hen_hen"),
    ],
)
def test_ids_come_from_labels(label: str, taken: tuple[str, ...], expected: str) -> None:
    assert identifier(label, taken) == expected


TWELVE = ("男", "女") * 6


@pytest.mark.parametrize(
    ("heading", "values", "expected"),
    [
        ("客户名称", (), "text"),
        ("金额", (), "money"),
        ("金额", ("12.5", "¥3,000"), "money"),
        ("金额", ("12.5", "面议"), "text"),
        ("签约日期", ("2024/1/2", "2024年3月4日"), "date"),
        ("下单", ("2024-01-02 10:00",), "datetime"),
        ("在用", ("是", "否"), "switch"),
        ("完成率", ("12.5%", "3%"), "percent"),
        ("序号", ("1", "20"), "integer"),
        ("重量", ("1.25", "3"), "decimal"),
        ("邮编", ("001000", "200000"), "text"),
        ("手机", ("13800138000",), "mobile"),
        ("手机", ("没有",), "text"),
        ("联系邮箱", ("a@b.cn",), "email"),
        ("性别", (), "select"),
        ("性别", TWELVE, "select"),
        ("负责人", (), "member"),
        ("负责人", ("张三",), "text"),
        ("备注", (), "long_text"),
        ("其他", ("字" * 101,), "long_text"),
        ("附件", (), "attachment"),
    ],
)
def test_a_column_is_taken_for_a_type_that_reads_all_of_it(
    registry: Registry, heading: str, values: tuple[str, ...], expected: str
) -> None:
    assert guess(Column(heading, values), registry)[0] == expected


def test_fields_have_ids_of_their_own_and_choices_their_words(registry: Registry) -> None:
    one, other, third = guess_fields(
        [Column("性别*", TWELVE), Column("性别"), Column("比例", ("1.25%",))], registry
    )
    assert (one["id"], other["id"], one.get("required"), other.get("required")) == (
        "xing_bie", "xing_bie_2", True, None,
    )  # fmt: skip
    assert [choice["label"] for choice in one["options"]["choices"]] == ["男", "女"]
    assert third == {"id": "bi_li", "type": "percent", "label": "比例", "options": {"places": 2}}
