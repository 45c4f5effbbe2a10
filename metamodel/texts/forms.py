"""What a form may get wrong: its fields, what they are made of, its layout and its views."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # field
    "field.no_container": Texts("“{type}”不能包含字段", "“{type}” cannot hold fields"),
    "field.hands_over_nobody": Texts(
        "“{field}”没有可以交接的人",
        "There is nobody in “{field}” whose place somebody else could take",
        "只有普通表单的、未加密且可修改的成员字段可以交接；存档里的人不变",
        "A person or people field of an ordinary form, neither sealed nor computed, can be handed over",
    ),
    "field.no_such_total": Texts("“{field}”的值没有这种合计", "The values of “{field}” have no such total"),
    "field.only_in_rows": Texts(
        "只有子表单的列有宽度与合计：“{field}”不在子表单里",
        "Only columns of a sub-form have a width and a total: “{field}” is none",
        severity="warning",
    ),
    "field.flag_in_rows": Texts(
        "子表单的字段不能单独设 {flag}",
        "A field of a sub-form cannot have {flag} of its own",
        "设在子表单上",
        "Set it on the sub-form",
    ),
    "field.sealed_unique": Texts(
        "加密字段不能要求唯一",
        "A sealed field cannot be unique",
        "密文无法比较",
        "Sealed values cannot be compared",
    ),
    "field.cannot_be_unique": Texts("“{type}”不能要求唯一", "“{type}” cannot be unique"),
    "field.not_searchable": Texts("“{type}”不能被搜索", "“{type}” cannot be searched"),
    "field.default_ignored": Texts(
        "计算字段的默认值不起作用", "A computed field has no use for a default", severity="warning"
    ),
    "field.evidence_on_record": Texts(
        "“{form}”不是存档表单，不能有存证字段",
        "“{form}” is no archive form: it cannot have evidence",
        "把表单的 kind 设为 archive",
        "Make the form's kind archive",
    ),
    "field.evidence_not_stored": Texts(
        "读取时才算出的字段不能作存证", "What is computed when it is read cannot be evidence"
    ),
    "field.plain_evidence": Texts(
        "“{field}”可能含个人信息，却未加密：明文存证永远无法删除",
        "“{field}” may tell of persons and is not sealed: plain evidence can never be erased",
        "设 sealed",
        "Set sealed",
        "warning",
    ),
    "field.query_in_rows": Texts(
        "查询统计不能放在子表单里", "A figure over records cannot stand in the rows of a sub-form"
    ),
    "field.decides_itself": Texts(
        "“{field}”由自己的值决定能否看见或填写",
        "“{field}” itself decides whether it may be seen or filled in",
        "一旦不成立，就再也改不回来",
        "Once that fails nobody can change it back",
        severity="warning",
    ),
    "field.never_required": Texts(
        "“{field}”必填的时候总是隐藏或不可填，所以从不必填",
        "“{field}” is hidden or closed whenever it would be required, so it never is",
        severity="warning",
    ),
    "field.required_but_hidden": Texts(
        "“{field}”必填，却永远不显示", "“{field}” is required and never shown"
    ),
    "field.required_but_locked": Texts(
        "“{field}”必填，却不能填写",
        "“{field}” is required and nobody may fill it in",
        "给出默认值，或取消必填",
        "Give it a default or do not require it",
    ),
    "field.never_valid": Texts("“{field}”的校验条件永远不成立", "No value of “{field}” can ever be valid"),
    "field.breaks_seal": Texts(
        "“{field}”取自加密字段，也要加密", "“{field}” shows a sealed field, so it must be sealed too"
    ),
    "field.sealed_fixed": Texts(
        "“{form}”已有记录，字段“{field}”不能改变是否加密",
        "“{form}” has records: whether “{field}” is sealed cannot change",
        "请另加一个字段",
        "Add another field instead",
        status=409,
    ),
    "field.evidence_fixed": Texts(
        "“{form}”已有记录，字段“{field}”不能改变是否存证",
        "“{form}” has records: whether “{field}” is evidence cannot change",
        "请另加一个字段",
        "Add another field instead",
        status=409,
    ),
    "field.type_fixed": Texts(
        "“{form}”已有记录，存证或加密字段“{field}”不能改变类型",
        "“{form}” has records: the evidence or sealed field “{field}” keeps its type",
        "请另加一个字段",
        "Add another field instead",
        status=409,
    ),
    "field.copy_running": Texts(
        "字段“{field}”上一次改变类型的数据还在转换，完成后才能再改类型",
        "The values of “{field}” are still being converted to its last type: it can change again after that",
        "转换在后台进行，稍后再发布",
        "It happens in the background; publish again in a while",
        status=409,
    ),
    "field.choice_evidence": Texts(
        "“{field}”是存证字段，已有记录写着“{choice}”，不能合并到别的选项",
        "“{field}” is evidence and records say “{choice}”: it cannot go into another choice",
        "可以把这个选项设为新记录不再可选",
        "Hide the choice for new records instead",
        status=409,
    ),
    "choice.merged_named": Texts(
        "“{field}”的选项“{choice}”已合并到别的选项，这里还写着它，不会再符合",
        "The choice “{choice}” of “{field}” went into another: what still asks for it here finds nothing",
        "改用合并后的选项",
        "Ask for the choice it went into",
        severity="warning",
    ),
    "field.duplicates": Texts(
        "字段“{field}”现有重复的值，不能设为唯一",
        "“{field}” has the same value more than once: it cannot become unique",
        "请先修改重复的记录",
        "Change the repeated values first",
        status=409,
    ),
    "field.no_text_to_mask": Texts(
        "{type}没有文字可以按模式脱敏",
        "{type} holds no text in which patterns could be masked",
        "整体脱敏请写 true",
        "Write true to mask the whole of it",
    ),
    "field.unknown_type": Texts(
        "没有字段类型“{name}”", "There is no field type “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # form
    "form.unknown": Texts("表单“{form}”不存在", "There is no form “{form}”", status=404),
    # migration: what may no longer change once there are records
    "form.kind_fixed": Texts(
        "表单“{form}”已有记录，不能在普通与存档之间转换",
        "The form “{form}” has records: it stays the kind it is",
        "请另建一个表单",
        "Make another form instead",
        status=409,
    ),
    "form.not_compared": Texts(
        "“{field}”不能用来查重",
        "“{field}” cannot tell whether two records are the same",
        "请选未加密的单值字段",
        "Choose a field with one value that is not sealed",
    ),
    "form.no_fields": Texts("表单还没有字段", "The form has no fields yet", severity="warning"),
    # keywords: forms whose records are keyword lists
    "keywords.twice": Texts(
        "关键词库只能有一个表单，已是“{form}”", "Only one form can hold keyword lists, and “{form}” does"
    ),
    "keywords.wrong_field": Texts(
        "“{field}”不适合作关键词库的这一项", "“{field}” is not of a kind that fits here"
    ),
    # layout
    "layout.twice": Texts(
        "“{field}”在布局中出现两次", "“{field}” stands in the layout twice", severity="warning"
    ),
    "layout.no_link": Texts(
        "“{form}”的“{link}”不是指向本表单的关联字段", "“{link}” of “{form}” is not a link to this form"
    ),
    "layout.incomplete": Texts("还缺“{key}”", "The {key} is still missing"),
    "layout.nested_tabs": Texts(
        "标签页里不能再放标签页", "There are no tabs inside tabs", "请把它移到标签页外面", "Move them out"
    ),
    "layout.no_button": Texts(
        "“{rule}”不是“{form}”上由按钮触发的规则", "“{rule}” is not a rule with a button on “{form}”"
    ),
    "layout.bad_address": Texts(
        "“{url}”不能嵌入",
        "“{url}” cannot be embedded",
        "请写完整的 https 网址，不带用户名",
        "Write a whole https address, without a user's name",
    ),
    # rollup
    "rollup.sealed": Texts("“{field}”已加密，不能汇总", "“{field}” is sealed and cannot be aggregated"),
    # sort
    "sort.sealed": Texts("“{field}”已加密，不能排序", "“{field}” is sealed and cannot sort"),
    "sort.behind_link": Texts(
        "“{name}”在关联之后，列表不能按它排序",
        "“{name}” lies behind a link: a list cannot be sorted by it",
        "用公式字段把它取到本表单，再按该字段排序",
        "Bring it into this form by a computed field and sort by that",
    ),
    "sort.no_order": Texts("“{field}”没有先后之分，不能排序", "“{field}” has no order to sort by"),
    # title
    "title.braces": Texts(
        "标题中的 {{ }} 里要写字段标识", "Between {{ and }} of a title stands a field's id"
    ),
    "title.sealed": Texts("“{field}”已加密，不能作标题", "“{field}” is sealed and cannot be in a title"),
    # view
    "view.no_name": Texts("请给筛选起个名字", "A filter needs a name"),
    "view.too_many": Texts(
        "每个列表最多保存 {limit} 个筛选", "At most {limit} filters can be kept for a list"
    ),
    "view.default_twice": Texts(
        "角色“{role}”的默认视图已经是“{other}”", "The list of role “{role}” opens with “{other}” already"
    ),
    "view.not_in_list": Texts("列表不能以会话视图打开", "A list cannot open with a chat"),
    "view.wrong_field": Texts(
        "“{field}”不适合作视图的“{key}”",
        "“{field}” is not of a kind that fits `{key}` of this view",
        "看板按单选分列，日历和甘特图按未加密的日期，画廊的封面是附件",
        "A kanban has columns of a choice; calendars and bars need dates that are not sealed; a cover is a file",
    ),
}
