"""Reports and boards."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # board
    "board.unknown": Texts(
        "没有报表“{name}”，或您无权查看",
        "There is no report “{name}”, or it is not for you",
        status=404,
    ),
    "board.unknown_widget": Texts("报表里没有组件“{name}”", "The report has no widget “{name}”", status=404),
    "board.denied_field": Texts(
        "您无权读取“{field}”，因此看不到这里的数字",
        "You may not read “{field}”, so this is not shown to you",
        status=403,
    ),
    "board.totals_only": Texts(
        "您在这里只能看数字，不能看到记录和文字",
        "You see numbers here, neither records nor words",
        status=403,
    ),
    "board.not_drillable": Texts("这里没有可以打开的记录", "There are no records to open here", status=400),
    "board.bad_filter": Texts(
        "筛选“{name}”不能是“{value}”", "Filter “{name}” cannot be “{value}”", status=400
    ),
    # report
    "report.unknown_filter": Texts(
        "看板没有筛选“{name}”", "The board has no filter “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "report.unknown_period": Texts(
        "看不懂时间段“{value}”",
        "“{value}” is no period",
        "可写 this_month、last_7_days 或 2026-10-01..2026-10-31 等",
        "Write this_month, last_7_days, 2026-10-01..2026-10-31 …",
    ),
    "report.no_period": Texts(
        "这里用到时间段，但没有说按哪个时间字段",
        "This is about a period, but of which date is not said",
        "在看板的时间筛选里写上这个表单，或给数据集写 on",
        "Name the form in the board's period filter, or give the dataset “on”",
    ),
    "report.no_date": Texts("“{field}”不是日期或时间", "“{field}” is neither a date nor a moment"),
    "report.mark": Texts(
        "标记要么写日期算式，要么取自记录，二者选一",
        "A mark has a day of its own or those of records: one of the two",
    ),
    "report.no_number": Texts("“{field}”不是数字或时长", "“{field}” is neither a number nor a duration"),
    "report.no_person": Texts("“{field}”不是人员", "“{field}” is no person"),
    "report.sealed": Texts("“{field}”已加密，不能统计", "“{field}” is sealed: no number may be made of it"),
    "report.later": Texts(
        "“{field}”在读取时才计算，不能在统计里使用",
        "“{field}” is computed when it is read: it cannot be counted by",
    ),
    "report.not_told_by": Texts("不能按“{field}”分组", "Nothing can be grouped by “{field}”"),
    "report.needs_bucket": Texts(
        "按“{field}”分组要说明时间粒度",
        "To group by “{field}”, say by which stretch of time",
        "写 bucket：day、week、month、hour 或 weekday",
        "Give it a bucket: day, week, month, hour or weekday",
    ),
    "report.no_measures": Texts("至少要有一个指标", "At least one measure is needed"),
    "report.needs_where": Texts(
        "比率“{measure}”要写明统计哪些（where）", "The ratio “{measure}” must say of which rows (where)"
    ),
    "report.needs_field": Texts(
        "指标“{measure}”（{aggregate}）要指定字段", "Measure “{measure}” ({aggregate}) needs a field"
    ),
    "report.needs_expression": Texts("指标“{measure}”要写算式", "Measure “{measure}” needs an expression"),
    "report.not_measured": Texts("“{field}”不能求 {aggregate}", "There is no {aggregate} of “{field}”"),
    "report.bad_sort": Texts(
        "不能按“{name}”排序", "Nothing can be sorted by “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "report.no_typesetter": Texts(
        "需要安装 typst 才能生成 PDF：pip install 'muniment[export]'",
        "A PDF needs typst: pip install 'muniment[export]'",
        status=503,
    ),
    # widget
    "widget.unknown_type": Texts(
        "没有报表组件“{name}”", "There is no widget “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "widget.dimensions": Texts(
        "这个组件要 {least} 到 {most} 个维度，现在是 {found} 个",
        "This widget takes {least} to {most} dimensions; it has {found}",
    ),
    "widget.no_columns": Texts("列表至少要有一列", "A list needs at least one column"),
}
