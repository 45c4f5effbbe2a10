"""What a document may get wrong as a whole, before anything runs: its parts, its files, what it needs of others."""

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
    # folder
    "folder.no_app": Texts("文件夹里没有 {file}", "The folder has no {file}"),
    "folder.missing_file": Texts("缺少文件 {file}", "The file {file} is missing"),
    "folder.other_id": Texts(
        "{file} 里的标识是“{id}”，与文件名不同", "The id in {file} is “{id}”, not its file's name"
    ),
    "folder.unlisted": Texts("app.json 没有列出 {file}", "{file} is not listed in app.json"),
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
    # label
    "label.missing": Texts("“{id}”还没有名称", "“{id}” has no label yet", severity="warning"),
    "label.duplicate": Texts(
        "名称“{label}”与“{other}”相同", "The label “{label}” is also that of “{other}”", severity="warning"
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
        "“{value}”不是期限",
        "“{value}” is not a period",
        "例如 P5Y（5 年）、P90D（90 天）",
        "For example P5Y (five years) or P90D (90 days)",
    ),
    "shape.too_small": Texts("不能小于 {limit}", "It must be at least {limit}"),
    "shape.too_large": Texts("不能大于 {limit}", "It must be at most {limit}"),
    "shape.too_few": Texts("至少要有 {limit} 项（字）", "It needs at least {limit}"),
    "shape.too_many": Texts("最多 {limit} 项（字）", "It may have at most {limit}"),
    "shape.twice": Texts("同一项出现了两次", "Something stands here twice"),
    "shape.other": Texts("结构不对：{text}", "The shape is wrong: {text}"),
    # trigger
    "trigger.unknown_type": Texts(
        "没有触发方式“{name}”", "There is no trigger “{name}”", "可用的有：{known}", "Known: {known}"
    ),
}
