"""Names of persons in running text: what is taken for one, and everyday words that are none."""

from __future__ import annotations

import pytest

from metamodel.plugin_api import Patterns
from plugins.patterns.person_names import PersonName

NAMES = Patterns([PersonName()])
PERSONS = """
张总，您看这个价格行吗 = •总，您看这个价格行吗
刘总您好 = •总您好
跟李经理说过了 = 跟•经理说过了
欧阳文忠先生到了 = 欧•••先生到了
欧阳总好 = 欧•总好
联系人 刘芳 = 联系人 刘•
负责人：陈志远 = 负责人：陈••
请问何老师在吗 = 请问•老师在吗
高总说可以 = •总说可以
给钱总发了 = 给•总发了
和孙国梁先生一起 = 和孙••先生一起
张总经理 = •总经理
赵小明律师 = 赵••律师
@马总 请看 = @•总 请看
联系张总 = 联系•总
麻烦李总看一下 = 麻烦•总看一下
方总：同意 = •总：同意
是刘秘书订的 = 是•秘书订的
曾经理在吗 = •经理在吗
张总会来 = •总会来
"""
WORDS = """
项目经理会跟您联系 合同总额是三万 一张总表 有时总说不清 高级经理 安全主任 完成总额 和总公司确认
于总部开会 允许老师 谢谢老师 感谢经理 华东经理 基金经理 设计总监 会计主管
主管经理 客房经理 产品经理 对于老师来说 班主任老师 十分钟老师 提高总价 平安经理
联系人和电话 姓名及手机 一路走好 麻醉医生 宣传部长 施工主管 常务董事长 金牌老师
现金会计 王总部 音乐老师 历史老师 首席经理 支付总额 工程总价 多少钱总共
说明老师 立马经理 户名：上海 他经常总是 我们和总部商量
"""


@pytest.mark.parametrize("line", PERSONS.strip().splitlines())
def test_a_person_is_named(line: str) -> None:
    text, masked = line.split(" = ")
    assert NAMES.mask(text) == masked


@pytest.mark.parametrize("text", WORDS.split())
def test_everyday_words_stay(text: str) -> None:
    assert NAMES.mask(text) == text
