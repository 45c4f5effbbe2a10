"""What people call the parts and properties of a document, in sentences about changes and conflicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from metamodel.human_text import show_list
from metamodel.labels import Label, label_text

Words = Mapping[str, str]
NO_NAMES: Mapping[str, Label] = {}

PARTS: Mapping[str, Words] = {
    "app": {"zh": "应用", "en": "app"},
    "requirement": {"zh": "依赖", "en": "requirement"},
    "form": {"zh": "表单", "en": "form"},
    "field": {"zh": "字段", "en": "field"},
    "choice": {"zh": "选项", "en": "choice"},
    "view": {"zh": "视图", "en": "view"},
    "block": {"zh": "布局块", "en": "layout block"},
    "tab": {"zh": "标签页", "en": "tab"},
    "rule": {"zh": "规则", "en": "rule"},
    "retention_rule": {"zh": "保存规则", "en": "retention rule"},
    "flow": {"zh": "流程", "en": "flow"},
    "node": {"zh": "节点", "en": "node"},
    "report": {"zh": "报表", "en": "report"},
    "widget": {"zh": "组件", "en": "widget"},
    "role": {"zh": "角色", "en": "role"},
    "permission": {"zh": "权限", "en": "permission"},
    "channel": {"zh": "渠道", "en": "channel"},
    "menu": {"zh": "菜单", "en": "menu"},
    "menu_item": {"zh": "菜单项", "en": "menu item"},
    "test": {"zh": "用例", "en": "test"},
}

PROPERTIES: Mapping[str, Words] = {
    "label": {"zh": "名称", "en": "label"},
    "description": {"zh": "说明", "en": "description"},
    "help": {"zh": "填写提示", "en": "help text"},
    "icon": {"zh": "图标", "en": "icon"},
    "type": {"zh": "类型", "en": "type"},
    "options": {"zh": "选项", "en": "options"},
    "into": {"zh": "合并去向", "en": "what it goes into"},
    "hidden": {"zh": "对新记录隐藏", "en": "hidden for new records"},
    "choices": {"zh": "可选项", "en": "choices"},
    "required": {"zh": "必填", "en": "required"},
    "evidence": {"zh": "存证", "en": "evidence"},
    "sealed": {"zh": "加密", "en": "sealed"},
    "searchable": {"zh": "可搜索", "en": "searchable"},
    "unique": {"zh": "唯一", "en": "unique"},
    "mask": {"zh": "脱敏", "en": "masked"},
    "default": {"zh": "默认值", "en": "default"},
    "visible": {"zh": "显示条件", "en": "condition to show"},
    "hand_over": {"zh": "交接条件", "en": "condition to hand over"},
    "required_if": {"zh": "必填条件", "en": "condition to require"},
    "writable": {"zh": "可填条件", "en": "condition to write"},
    "valid": {"zh": "校验条件", "en": "validation"},
    "kind": {"zh": "种类", "en": "kind"},
    "title": {"zh": "标题", "en": "title"},
    "layout": {"zh": "布局", "en": "layout"},
    "print": {"zh": "打印版式", "en": "layout on paper"},
    "duplicates": {"zh": "查重", "en": "told apart by"},
    "folded": {"zh": "折叠", "en": "folded"},
    "tabs": {"zh": "标签页", "en": "tabs"},
    "text": {"zh": "文字", "en": "text"},
    "url": {"zh": "网址", "en": "address"},
    "height": {"zh": "高度", "en": "height"},
    "width": {"zh": "列宽", "en": "width of the column"},
    "total": {"zh": "列下合计", "en": "total below the column"},
    "rule": {"zh": "规则", "en": "rule"},
    "search": {"zh": "搜索词", "en": "search words"},
    "retention": {"zh": "保存期限", "en": "retention"},
    "where": {"zh": "适用范围", "en": "scope"},
    "from": {"zh": "起算日", "en": "start of the period"},
    "keep": {"zh": "最短保存", "en": "kept at least"},
    "at_most": {"zh": "最长保存", "en": "kept at most"},
    "source": {"zh": "依据", "en": "source"},
    "preset": {"zh": "模板", "en": "preset"},
    "columns": {"zh": "列", "en": "columns"},
    "filter": {"zh": "筛选", "en": "filter"},
    "sort": {"zh": "排序", "en": "sort order"},
    "when": {"zh": "触发", "en": "trigger"},
    "if": {"zh": "条件", "en": "condition"},
    "then": {"zh": "动作", "en": "actions"},
    "priority": {"zh": "优先级", "en": "priority"},
    "enabled": {"zh": "启用", "en": "enabled"},
    "run_as": {"zh": "执行身份", "en": "run as"},
    "rows": {"zh": "可见记录", "en": "rows"},
    "actions": {"zh": "操作", "en": "actions"},
    "fields": {"zh": "字段", "en": "fields"},
    "manages": {"zh": "管理权限", "en": "duties"},
    "connector": {"zh": "连接器", "en": "connector"},
    "nodes": {"zh": "节点", "en": "nodes"},
    "edges": {"zh": "连线", "en": "edges"},
    "start": {"zh": "开始方式", "en": "how it begins"},
    "applicant": {"zh": "申请人", "en": "applicant"},
    "approvers": {"zh": "审批人", "en": "approvers"},
    "if_nobody": {"zh": "无人时的审批人", "en": "approvers when there is nobody"},
    "remind_after": {"zh": "催办时限", "en": "time until a reminder"},
    "escalate_after": {"zh": "升级时限", "en": "time until escalation"},
    "widgets": {"zh": "组件", "en": "widgets"},
    "items": {"zh": "菜单项", "en": "items"},
    "link": {"zh": "网址", "en": "address"},
    "view": {"zh": "视图", "en": "view"},
    "views": {"zh": "视图", "en": "views"},
    "unmasked": {"zh": "完整显示的记录", "en": "rows seen in full"},
    "form": {"zh": "表单", "en": "form"},
    "forms": {"zh": "表单", "en": "forms"},
    "requires": {"zh": "依赖", "en": "requirements"},
    "menus": {"zh": "菜单", "en": "menus"},
    "muniment": {"zh": "文档格式", "en": "format"},
    "watermark": {"zh": "水印", "en": "watermark"},
    "combines": {"zh": "兼任理由", "en": "reason for uniting duties"},
    "unmask": {"zh": "申请查看完整信息", "en": "asking to see masked fields in full"},
    "minutes": {"zh": "查看完整信息的分钟数", "en": "minutes of seeing masked fields in full"},
    "confirm": {"zh": "查看完整信息须谁同意", "en": "who agrees to seeing masked fields in full"},
    "emergency": {"zh": "紧急查阅", "en": "breaking the glass"},
    "emergency/forms": {"zh": "可紧急查阅的表单", "en": "forms whose glass may be broken"},
    "hours": {"zh": "紧急查阅的小时数", "en": "hours after breaking the glass"},
    "alarm": {"zh": "紧急查阅时通知谁", "en": "who is told when the glass is broken"},
}

# What roles and permissions hold, as people call it.
VALUES: Mapping[str, Words] = {
    "read": {"zh": "查看", "en": "read"}, "create": {"zh": "新建", "en": "create"},
    "update": {"zh": "修改", "en": "change"}, "delete": {"zh": "删除", "en": "delete"},
    "export": {"zh": "导出", "en": "export"}, "write": {"zh": "可写", "en": "write"},
    "mask": {"zh": "脱敏", "en": "masked"}, "hide": {"zh": "隐藏", "en": "hidden"},
    "rows": {"zh": "各自的行", "en": "their own rows"}, "totals": {"zh": "仅数字", "en": "numbers only"},
    "design": {"zh": "设计应用", "en": "designing"}, "people": {"zh": "管理人员", "en": "people"},
    "channels": {"zh": "管理渠道", "en": "channels"}, "keys": {"zh": "管理密钥", "en": "keys"},
    "verify": {"zh": "校验存证", "en": "verifying"}, "audit": {"zh": "查看审计", "en": "audit trail"},
    "retention": {"zh": "管理保存与保全", "en": "retention"}, "access": {"zh": "监督访问", "en": "access"},
    "manager:me": {"zh": "直接上级", "en": "their superior"}, "true": {"zh": "全部", "en": "all"},
}  # fmt: skip


def property_words(path: str) -> Words:
    """The words for the last key of a JSON Pointer (or for a bare key)."""
    key = next((part for part in reversed(path.split("/")) if part and not part.isdecimal()), path)
    if path in PROPERTIES:
        return PROPERTIES[path]
    return PROPERTIES.get(key, {"zh": key, "en": key})


def shown(value: Any, most: int = 60, names: Mapping[str, Label] = NO_NAMES) -> Words:
    """A value of a document for a sentence, by `names` where it has one there; long ones are cut."""
    if value is None:
        return {"zh": "空", "en": "nothing"}
    if isinstance(value, bool):
        return {"zh": "是", "en": "yes"} if value else {"zh": "否", "en": "no"}
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return {language: label_text(value, language) for language in ("zh", "en")}
    if isinstance(value, str) and value in names:
        return {language: label_text(names[value], language) for language in ("zh", "en")}
    if names and isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        each = [shown(one, most, names) for one in value]
        return {language: show_list((one[language] for one in each), language) for language in ("zh", "en")}
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= most else text[: most - 1] + "…"
    return {"zh": text or "空", "en": text or "nothing"}
