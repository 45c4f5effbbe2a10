"""Forms that people without an account fill in."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # what may stand in one
    "public.archive": Texts("存档表单不能公开填写", "An archive is not filled in from outside"),
    "public.computed": Texts("“{field}”由系统计算，不需要填写", "“{field}” is computed, nobody fills it in"),
    "public.files": Texts("“{field}”是附件，公开填写不收文件", "“{field}” takes files; a public form does not"),
    "public.reads": Texts(
        "“{field}”要从已有的人员或记录里选，公开填写的人不能查看它们",
        "“{field}” is picked from people or records that are there; who fills in a public form may read none",
    ),
    "public.unique": Texts(
        "“{field}”不能重复，公开填写会让人试出已有的值",
        "“{field}” is there once; a public form would tell which values are taken",
    ),
    "public.required": Texts(
        "“{field}”必填，却不在公开填写的字段里", "“{field}” is required and not among the fields of the public form"
    ),
    "public.no_fields": Texts("请至少选一个字段", "Choose at least one field"),
    "public.no_name": Texts(
        "请给链接起个名字（不超过 60 个字），致谢不超过 2,000 个字",
        "The link needs a name (60 characters at most); the thanks are 2,000 at most",
    ),
    "public.per_day": Texts("每天的份数应在 1 到 {most} 之间", "A day takes between 1 and {most}"),
    "public.dates": Texts("结束时间应晚于开始时间", "It closes after it opens"),
    # filling one in
    "public.unknown": Texts(
        "这个链接已经失效", "This link leads nowhere any more", "请向发给您链接的人要一个新的",
        "Ask whoever sent it to you for another", status=404,
    ),
    "public.not_open": Texts("还没有开始填写", "It is not open yet", status=403),
    "public.closed": Texts("填写已经结束", "It is closed", status=410),
    "public.full": Texts("今天已经收满，请明天再来", "There is no more room today. Come back tomorrow", status=429),
    "public.too_many": Texts(
        "提交得太多了，请 {minutes} 分钟后再试", "Too many entries. Try again in {minutes} minutes", status=429
    ),
    "public.too_fast": Texts(
        "提交得太快了，请看一遍再提交", "That was too quick. Look it over and send it again", status=429
    ),
    "public.stale": Texts(
        "页面打开得太久了，您填的都还在，请再提交一次", "The page was open too long. All is still there: send it again"
    ),
    "public.too_large": Texts("内容太多，请删减一些", "That is too much. Shorten it a little", status=413),
    "public.not_now": Texts(
        "这张表单现在不能提交，请联系发给您链接的人", "This form cannot be sent now. Tell whoever gave you the link"
    ),
}  # fmt: skip
