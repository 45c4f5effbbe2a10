"""The life of an application: created, imported, published, bound to people, tested."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # begin
    "begin.too_large": Texts("应用文件过大，最多 {limit} MB", "The app's file is too large, the limit is {limit} MB"),
    "begin.no_label": Texts("请写应用的名称", "Give the app a name"),
    "begin.id_taken": Texts("编号“{id}”已被另一个应用使用", "The id “{id}” is another app's", status=409),
    "begin.bad_id": Texts(
        "编号“{id}”不能用", "The id “{id}” cannot be used",
        "小写字母开头，只含小写字母、数字和下划线", "Small letters, digits and _, a letter first",
    ),
    "begin.no_headings": Texts("没有可用的列标题", "There are no headings to make fields of"),
    "begin.no_sample": Texts("没有示例应用“{name}”", "There is no sample app “{name}”", status=404),
    # publishing
    "publish.under_way": Texts("“{app}”正在发布", "“{app}” is being published", status=409),
    "publish.gains": Texts(
        "这次发布让设计者得到此前没有的查阅权限：{gains}。请写明原因（至少 {least} 个字），会通知负责权限与审计的人",
        "This version lets those who design the app read what they could not: {gains}. Say why (at least {least} "
        "characters); those who look after access and audit are told",
    ),
    "publish.needs_second": Texts(
        "已记录你的申请。这次发布让设计者得到新的查阅权限，需要另一位设计者发布同一版草稿",
        "Your request is noted. As this version gives those who design the app new rights to read, another designer "
        "has to publish the very same draft",
    ),
    "publish.interrupted": Texts(
        "上次发布中断了，什么都没有改变", "The last publishing was interrupted; nothing was changed"
    ),
    "publish.tests_failed": Texts(
        "{failed} 个应用测试没有通过", "{failed} of the app's tests failed", "先看看哪里不对，或仍然发布",
        "See what is wrong, or publish all the same",
    ),
    # version
    "version.unknown": Texts("没有版本 {version}", "There is no version {version}", status=404),
    # what was parked
    "parked.unknown": Texts("没有停用的“{name}”", "Nothing parked is called “{name}”", status=404),
    "parked.id_used": Texts(
        "“{name}”的编号已被另一个字段使用", "Another field has the id of “{name}”", "先改那个字段的编号",
        "Change that field's id first",
    ),
    # binding
    "binding.not_yours": Texts(
        "角色“{role}”要由管理人员的人来分配",
        "Role “{role}” is given by those who manage people",
        "这个角色带有管理权限，或应用里已有记录",
        "The role has duties, or the app holds records already",
        status=403,
    ),
}  # fmt: skip
