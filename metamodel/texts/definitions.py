"""What a document may get wrong, before anything runs."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # action
    "action.unknown_type": Texts(
        "没有动作“{name}”", "There is no action “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # app
    "app.format": Texts(
        "文档格式是 {format}，本系统最高支持 {newest}",
        "The document's format is {format}; this engine reads up to {newest}",
        "请先升级系统",
        "Upgrade the engine first",
    ),
    "app.busy": Texts(
        "有人正在长时间读取这些数据，暂时不能改表",
        "Somebody reads this data at length; its tables cannot change now",
        "稍后再发布一次",
        "Publish again in a moment",
        status=409,
    ),
    "app.unknown": Texts("应用“{app}”不存在", "There is no app “{app}”", status=404),
    "app.unreadable": Texts("应用文件无法读取：{reason}", "The app file cannot be read: {reason}"),
    # calendar
    "calendar.hours": Texts(
        "工作时间应从早到晚，如 09:00 至 18:00", "Working hours go from early to late, like 09:00 to 18:00"
    ),
    "calendar.unreadable": Texts(
        "工作日历看不懂",
        "The working calendar cannot be read",
        "日期形如 2026-10-01，时间形如 09:00",
        "Days look like 2026-10-01, hours like 09:00",
    ),
    # connector
    "connector.unknown_type": Texts(
        "没有连接器“{name}”", "There is no connector “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # draft
    "draft.no_revision": Texts("草稿没有修订 {revision}", "The draft has no revision {revision}", status=404),
    "draft.not_newest": Texts(
        "草稿已有更新的修订 {newest}，请看过再发布",
        "There is a newer revision of the draft ({newest}): look at it before you publish",
        status=409,
    ),
    "draft.bad_patch": Texts(
        "修改（JSON Patch）无法应用：{reason}",
        "The edit (a JSON Patch) cannot be applied: {reason}",
        status=400,
    ),
    "draft.too_large": Texts(
        "应用定义过大（上限 {limit} MB）", "The definition is too large ({limit} MB at most)", status=413
    ),
    "draft.other_app": Texts(
        "草稿属于应用“{app}”，编号不能改", "This is a draft of “{app}”, whose id cannot change"
    ),
    "draft.there_already": Texts("已有应用“{app}”", "There is an app “{app}” already", status=409),
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
    # folder
    "folder.no_app": Texts("文件夹里没有 {file}", "The folder has no {file}"),
    "folder.missing_file": Texts("缺少文件 {file}", "The file {file} is missing"),
    "folder.other_id": Texts(
        "{file} 里的标识是“{id}”，与文件名不同", "The id in {file} is “{id}”, not its file's name"
    ),
    "folder.unlisted": Texts("app.json 没有列出 {file}", "{file} is not listed in app.json"),
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
    # id
    "id.pattern": Texts(
        "“{value}”不能作标识",
        "“{value}” cannot be an id",
        "以小写字母开头，只含小写字母、数字和下划线，最多 63 个",
        "Begin with a small letter; then small letters, digits and underscores, at most 63",
    ),
    "id.duplicate": Texts("{what}标识“{value}”重复", "There is already a {what} “{value}”"),
    "id.fixed": Texts(
        "“{value}”已经发布，标识不再改变",
        "“{value}” is published: its id stays as it is",
        "名称可以随时修改",
        "Its label may change at any time",
        status=409,
    ),
    "id.reserved": Texts(
        "“{value}”是保留字，不能作标识",
        "“{value}” is reserved and cannot be an id",
        "公式要用到这个词",
        "The expression language needs the word",
    ),
    # keywords
    # keywords: forms whose records are keyword lists
    "keywords.twice": Texts(
        "关键词库只能有一个表单，已是“{form}”", "Only one form can hold keyword lists, and “{form}” does"
    ),
    "keywords.wrong_field": Texts(
        "“{field}”不适合作关键词库的这一项", "“{field}” is not of a kind that fits here"
    ),
    # label
    "label.missing": Texts("“{id}”还没有名称", "“{id}” has no label yet", severity="warning"),
    "label.duplicate": Texts(
        "名称“{label}”与“{other}”相同", "The label “{label}” is also that of “{other}”", severity="warning"
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
    # menu
    "menu.bad_link": Texts(
        "“{link}”不是 https:// 开头的网址", "“{link}” is no address that begins with https://"
    ),
    "menu.not_one": Texts(
        "菜单项要指向一个表单、报表、页面或网址，且只有一个",
        "A menu item leads to exactly one form, report, page or address",
    ),
    # merge
    "merge.conflict": Texts(
        "{where}：两边都改了{part}，保留“{ours}”，对方是“{theirs}”",
        "{where}: both changed {part}; “{ours}” is kept, the other has “{theirs}”",
        severity="warning",
        status=409,
    ),
    "merge.removed": Texts(
        "{where}：一边删除了“{part}”，另一边改了它，予以保留",
        "{where}: one side removed “{part}”, the other changed it; it is kept",
        severity="warning",
        status=409,
    ),
    # node
    "node.unknown_type": Texts(
        "没有流程节点“{name}”", "There is no flow node “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # options
    "options.unreadable": Texts("选项无法读取：{text}", "The options cannot be read: {text}"),
    # pattern
    "pattern.unknown_type": Texts(
        "没有名为“{name}”的识别模式",
        "There is no pattern called “{name}”",
        "是不是：{known}",
        "Did you mean {known}?",
    ),
    # plugin
    "plugin.failed": Texts(
        "插件“{source}”无法载入：{reason}",
        "The plugin “{source}” failed to load: {reason}",
        "修正或移除该插件后重新启动",
        "Repair or remove it, then start again",
        severity="warning",
    ),
    # reference
    "reference.unknown_form": Texts(
        "没有表单“{name}”", "There is no form “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "reference.unknown_field": Texts(
        "“{form}”没有字段“{name}”", "“{form}” has no field “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "reference.unknown_view": Texts(
        "没有视图“{name}”", "There is no view “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "reference.unknown_report": Texts(
        "没有报表“{name}”", "There is no report “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "reference.unknown_role": Texts("没有角色“{name}”", "There is no role “{name}”"),
    # requires
    "requires.missing_app": Texts(
        "所依赖的应用“{app}”尚未发布",
        "The app “{app}” it relies on is not published here",
        "请先导入并发布该应用",
        "Import and publish that app first",
    ),
    "requires.missing_form": Texts(
        "应用“{app}”没有表单“{form}”",
        "The app “{app}” has no form “{form}”",
    ),
    "requires.missing_field": Texts(
        "应用“{app}”的表单“{form}”没有字段“{field}”",
        "“{form}” of the app “{app}” has no field “{field}”",
    ),
    "requires.other_type": Texts(
        "应用“{app}”的字段“{form}.{field}”类型是 {found}，不是 {expected}",
        "“{form}.{field}” of the app “{app}” is of type {found}, not {expected}",
    ),
    "requires.breaks": Texts(
        "应用“{dependent}”依赖的“{part}”将不复存在",
        "The app “{dependent}” relies on “{part}”, which would be gone",
        "请先修改该应用",
        "Change that app first",
        severity="warning",
    ),
    "requires.itself": Texts("应用不能依赖自己", "An app cannot require itself"),
    "requires.twice": Texts("依赖“{app}”写了两次", "“{app}” is required twice"),
    "requires.missing": Texts(
        "用到应用“{app}”，但依赖中没有它",
        "App “{app}” is used and not named under “requires”",
        "在 requires 中加上它",
        "Add it to requires",
    ),
    "requires.unlisted": Texts(
        "用到“{app}”中“{form}”的“{field}”，但依赖中没有它",
        "“{field}” of “{form}” in app “{app}” is used and not named under “requires”",
        "在 requires 中加上它",
        "Add it to requires",
    ),
    "requires.absent": Texts(
        "所依赖的应用“{app}”尚未发布",
        "The required app “{app}” is not published here",
        "先导入并发布它",
        "Import and publish it first",
    ),
    "requires.changed": Texts(
        "“{field}”现在是 {now}",
        "“{field}” is now {now}",
        "核对后更新 requires",
        "Look at what uses it, then update requires",
        "warning",
    ),
    # rollup
    "rollup.sealed": Texts("“{field}”已加密，不能汇总", "“{field}” is sealed and cannot be aggregated"),
    # shape
    "shape.type": Texts("这里应是{expected}，现在是 {found}", "This should be {expected}; it is {found}"),
    "shape.missing": Texts("缺少“{key}”", "“{key}” is missing"),
    "shape.unknown_key": Texts(
        "不认识“{key}”", "“{key}” means nothing here", "可用的有：{known}", "Known: {known}"
    ),
    "shape.key_name": Texts("“{key}”不能作名称", "“{key}” cannot be a name here"),
    "shape.choice": Texts("不能是 {value}", "It cannot be {value}", "只能是：{known}", "One of: {known}"),
    "shape.pattern": Texts("“{value}”的写法不对", "“{value}” is not written as it should be"),
    "shape.duration": Texts(
        "“{value}”不是期限", "“{value}” is not a period", "例如 P5Y、P90D", "For example P5Y or P90D"
    ),
    "shape.too_small": Texts("不能小于 {limit}", "It must be at least {limit}"),
    "shape.too_large": Texts("不能大于 {limit}", "It must be at most {limit}"),
    "shape.too_few": Texts("至少要有 {limit} 项（字）", "It needs at least {limit}"),
    "shape.too_many": Texts("最多 {limit} 项（字）", "It may have at most {limit}"),
    "shape.twice": Texts("同一项出现了两次", "Something stands here twice"),
    "shape.other": Texts("结构不对：{text}", "The shape is wrong: {text}"),
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
    # trigger
    "trigger.unknown_type": Texts(
        "没有触发方式“{name}”", "There is no trigger “{name}”", "可用的有：{known}", "Known: {known}"
    ),
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
