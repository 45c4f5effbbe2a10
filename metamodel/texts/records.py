"""Values, records, files and requests."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # comment
    "comment.unknown": Texts(
        "评论不存在，或不是您写的", "There is no such comment, or it is not yours", status=404
    ),
    # file
    "file.of_another_record": Texts(
        "“{field}”中的文件属于另一条记录；存档记录须有自己的文件，请重新上传",
        "A file in “{field}” belongs to another record; an archive keeps files of its own: upload it again",
    ),
    "file.unknown": Texts(
        "文件不存在，或您无权查看", "There is no such file, or you may not see it", status=404
    ),
    "file.too_many_waiting": Texts(
        "您上传的文件里有太多还没有用到任何记录中；保存它们，或等一天后自动清除",
        "Too many of the files you uploaded are in no record yet; save them, or wait a day until they go",
        status=429,
    ),
    # record
    "record.unknown": Texts(
        "记录“{record}”不存在，或您无权查看",
        "There is no record “{record}”, or you may not see it",
        status=404,
    ),
    "record.changed": Texts(
        "记录已被他人修改",
        "Somebody changed this record meanwhile",
        "请刷新后再保存",
        "Reload, then save again",
        status=409,
    ),
    "record.shredded": Texts("此记录已销毁，不能再修改", "This record was shredded and cannot be changed"),
    "record.frozen": Texts(
        "“{field}”是存证字段，不能修改", "“{field}” is evidence and cannot be changed", status=409
    ),
    "record.evidence_stays": Texts(
        "存证表单的记录不能删除",
        "Records of an archive cannot be deleted",
        "到期后由保存规则销毁",
        "Retention rules shred them in time",
        status=403,
    ),
    "record.held": Texts(
        "此记录正在保全，不能删除", "This record is on hold and cannot be deleted", status=409
    ),
    "record.kept": Texts(
        "按保存规则，此记录还不能删除",
        "A retention rule keeps this record: it cannot be deleted yet",
        status=409,
    ),
    "record.in_flow": Texts(
        "此记录的流程“{flow}”还没有结束",
        "The flow “{flow}” of this record is still running",
        "先撤回或办结流程",
        "Withdraw or finish it first",
        status=409,
    ),
    "record.taken": Texts(
        "“{field}”的值“{value}”已被另一条记录使用，不能恢复",
        "Another record has “{value}” as “{field}” by now: this one cannot come back",
        "先改掉那一条",
        "Change the other one first",
        status=409,
    ),
    "record.not_deleted": Texts(
        "回收站里没有记录“{record}”", "There is no record “{record}” in the recycle bin", status=404
    ),
    "record.not_a_key": Texts(
        "不能按“{field}”查找记录",
        "Records cannot be found by “{field}”",
        "加密、多值或您无权查看的字段不能用作键",
        "Fields that are sealed, many-valued or not yours to read are no keys",
    ),
    "record.several": Texts(
        "有几条记录的“{field}”是“{value}”",
        "Several records have “{value}” as “{field}”",
        "在设计里把该字段设为唯一",
        "Make the field unique",
        status=409,
    ),
    "record.key_twice": Texts(
        "同一批里两行的“{field}”都是“{value}”", "Two rows of this batch have “{value}” as “{field}”"
    ),
    "record.key_taken": Texts(
        "已有“{field}”为“{value}”的记录", "There is a record with “{value}” as “{field}” already", status=409
    ),
    "record.no_such_key": Texts(
        "没有“{field}”为“{value}”的记录", "No record has “{value}” as “{field}”", status=404
    ),
    # request
    "request.too_many": Texts(
        "请求过于频繁，请 {seconds} 秒后再试", "Too many requests; try again in {seconds} seconds", status=429
    ),
    "request.unreadable": Texts(
        "请求内容无法读取：{reason}", "The request cannot be read: {reason}", status=400
    ),
    "request.idempotency": Texts(
        "同一个 Idempotency-Key 用于不同的请求",
        "This Idempotency-Key was used for another request",
        status=409,
    ),
    # value
    "value.not_text": Texts("这里应填文字", "This should be text"),
    "value.unreadable_text": Texts(
        "文字中含有无法保存的字符",
        "The text holds characters that cannot be kept",
        "删去空字符或损坏的字符",
        "Remove NUL or broken characters",
    ),
    "value.too_long": Texts("内容过长，最多 {limit}", "Too long, the limit is {limit}"),
    "value.too_many": Texts("最多 {limit} 项", "At most {limit} items"),
    "value.not_a_number": Texts("“{text}”不是数字", "“{text}” is not a number"),
    "value.out_of_range": Texts("数值超出可保存的范围", "The value is beyond what can be kept"),
    "value.too_precise": Texts("最多 {places} 位小数", "At most {places} digits after the point"),
    "value.too_small": Texts("不能小于 {limit}", "It must be at least {limit}"),
    "value.too_large": Texts("不能大于 {limit}", "It must be at most {limit}"),
    "value.not_a_date": Texts(
        "“{text}”不是日期", "“{text}” is not a date", "例如 2026-11-20", "For example 2026-11-20"
    ),
    "value.not_a_time": Texts(
        "“{text}”不是日期时间",
        "“{text}” is not a date and time",
        "例如 2026-11-20 09:05",
        "For example 2026-11-20 09:05",
    ),
    "value.no_such_time": Texts(
        "因夏令时，当地没有 {text} 这一时刻", "Local clocks skipped {text} that day (daylight saving)"
    ),
    "value.not_a_duration": Texts(
        "“{text}”不是时长", "“{text}” is not a duration", "例如 2小时5分 或 2:05", "For example 2h 5m or 2:05"
    ),
    "value.not_a_list": Texts("这里应填多项", "This should be a list"),
    "value.required": Texts("请填写“{field}”", "“{field}” is required"),
    "value.not_offered": Texts(
        "“{field}”现在不能选“{text}”", "“{text}” is not among the choices of “{field}” now"
    ),
    "value.not_writable": Texts("“{field}”不能由您填写", "“{field}” is not yours to write", status=403),
    "value.unknown_field": Texts("没有字段“{field}”", "There is no field “{field}”"),
    "value.invalid": Texts("“{field}”不符合要求", "“{field}” is not acceptable"),
    "value.no_such_reference": Texts(
        "“{field}”所指的“{value}”不存在", "“{field}” points at “{value}”, which is not there"
    ),
    "value.not_unique": Texts(
        "“{field}”的值“{value}”已经存在", "“{field}” must be unique: “{value}” exists", status=409
    ),
}
