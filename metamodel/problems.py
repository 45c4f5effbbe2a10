"""Problem: every mistake a person can make, as data; all texts in one table.

Checks return lists of Problems and never raise. `Rejected` carries a list of
them out of a unit of work that must not happen (a save, an import, a request);
the web turns it into problem details (RFC 9457), the command line into lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from metamodel.labels import label_text

Severity = Literal["error", "warning", "hint"]


class Texts(NamedTuple):
    """The words of one problem code; `{name}` places are filled from `params`."""

    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    severity: Severity = "error"
    status: int = 422  # the HTTP status when a request is rejected for this


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a stable `code`, where (`path`, a JSON Pointer), and what fills the text."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def text(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.zh if language.startswith("zh") else texts.en, self.params, language)

    def hint(self, language: str = "en") -> str:
        texts = TEXTS[self.code]
        return _fill(texts.hint_zh if language.startswith("zh") else texts.hint_en, self.params, language)

    @property
    def status(self) -> int:
        return TEXTS[self.code].status

    def under(self, prefix: str) -> Problem:
        """The same problem seen from further out: its path with `prefix` before it."""
        return replace(self, path=prefix + self.path)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "path": self.path,
            "text": self.text(language),
            "hint": self.hint(language),
            "params": {name: _plain(value, language) for name, value in self.params.items()},
        }


class Rejected(Exception):
    """A unit of work refused for people's mistakes; nothing of it was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.code}: {p.text()}" for p in self.problems))


class BadValue(Exception):
    """A raw value that cannot be read as the field's type: a problem code and its params."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return f"{self.code} {self.params}"


def problem(code: str, path: str = "", **params: Any) -> Problem:
    """A Problem of a registered code, with the severity the table gives it."""
    return Problem(code, path, params, TEXTS[code].severity)


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(p.severity == "error" for p in problems)


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901) of these parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def register_texts(texts: Mapping[str, Texts]) -> None:
    """A plugin's own codes join the table; a code has one text, so a clash is a bug."""
    for code, entry in texts.items():
        if TEXTS.get(code, entry) != entry:
            raise ValueError(f"problem code {code} is taken")
        TEXTS[code] = entry


def _fill(template: str, params: Mapping[str, Any], language: str) -> str:
    return template.format_map(_Params({name: _plain(value, language) for name, value in params.items()}))


def _plain(value: Any, language: str) -> Any:
    """A param may be a label: then it is said in the reader's language."""
    if isinstance(value, Mapping):
        return label_text(value, language)
    return value if isinstance(value, (str, int, float, bool, list, type(None))) else str(value)


class _Params(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


# One line a code, `area.reason`. Sections are in alphabetical order of area.
TEXTS: dict[str, Texts] = {
    # access
    "access.denied": Texts("您没有权限进行此操作", "You are not allowed to do this", status=403),
    "access.signed_out": Texts("请先登录", "Please sign in first", status=401),
    # app
    "app.format": Texts(
        "文档格式是 {format}，本系统最高支持 {newest}",
        "The document's format is {format}; this engine reads up to {newest}",
        "请先升级系统",
        "Upgrade the engine first",
    ),
    "app.unknown": Texts("应用“{app}”不存在", "There is no app “{app}”", status=404),
    # form
    "form.unknown": Texts("表单“{form}”不存在", "There is no form “{form}”", status=404),
    # plugin
    "plugin.failed": Texts(
        "插件“{source}”无法载入：{reason}",
        "The plugin “{source}” failed to load: {reason}",
        "修正或移除该插件后重新启动",
        "Repair or remove it, then start again",
        severity="warning",
    ),
    # id
    "id.pattern": Texts(
        "“{value}”不能作标识",
        "“{value}” cannot be an id",
        "以小写字母开头，只含小写字母、数字和下划线，最多 63 个",
        "Begin with a small letter; then small letters, digits and underscores, at most 63",
    ),
    # options
    "options.unreadable": Texts("选项无法读取：{text}", "The options cannot be read: {text}"),
    # plugins that nobody registered
    "field.unknown_type": Texts(
        "没有字段类型“{name}”", "There is no field type “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "trigger.unknown_type": Texts(
        "没有触发方式“{name}”", "There is no trigger “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "action.unknown_type": Texts(
        "没有动作“{name}”", "There is no action “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "connector.unknown_type": Texts(
        "没有连接器“{name}”", "There is no connector “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "node.unknown_type": Texts(
        "没有流程节点“{name}”", "There is no flow node “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "widget.unknown_type": Texts(
        "没有报表组件“{name}”", "There is no widget “{name}”", "可用的有：{known}", "Known: {known}"
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
    "record.frozen": Texts(
        "“{field}”是存证字段，不能修改", "“{field}” is evidence and cannot be changed", status=409
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
        "“{value}”不是期限", "“{value}” is not a period", "例如 P5Y、P90D", "For example P5Y or P90D"
    ),
    "shape.too_small": Texts("不能小于 {limit}", "It must be at least {limit}"),
    "shape.too_large": Texts("不能大于 {limit}", "It must be at most {limit}"),
    "shape.too_few": Texts("至少要有 {limit} 项（字）", "It needs at least {limit}"),
    "shape.too_many": Texts("最多 {limit} 项（字）", "It may have at most {limit}"),
    "shape.twice": Texts("同一项出现了两次", "Something stands here twice"),
    "shape.other": Texts("结构不对：{text}", "The shape is wrong: {text}"),
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
    "value.not_writable": Texts("“{field}”不能由您填写", "“{field}” is not yours to write", status=403),
    "value.unknown_field": Texts("没有字段“{field}”", "There is no field “{field}”"),
    "query.unknown_field": Texts(
        "没有可查询的字段“{field}”", "There is no field “{field}” to ask for", status=400
    ),
    "query.sealed": Texts(
        "“{field}”已加密，请用搜索，不能筛选或排序",
        "“{field}” is sealed: search it, it cannot filter or sort",
        status=400,
    ),
    "query.unknown_operator": Texts("没有条件“{operator}”", "There is no operator “{operator}”", status=400),
    "value.invalid": Texts("“{field}”不符合要求", "“{field}” is not acceptable"),
    "value.no_such_reference": Texts(
        "“{field}”所指的“{value}”不存在", "“{field}” points at “{value}”, which is not there"
    ),
    "value.not_unique": Texts(
        "“{field}”的值“{value}”已经存在", "“{field}” must be unique: “{value}” exists", status=409
    ),
    "access.bad_password": Texts("账号或密码不正确", "Wrong name or password", status=401),
    "access.locked": Texts(
        "尝试次数过多，请一分钟后再试", "Too many attempts; try again in a minute", status=429
    ),
    "query.bad_date": Texts("“{value}”不是日期", "“{value}” is not a date", status=400),
    "access.forged": Texts("请求来源不可信，请刷新页面后重试", "This request did not come from our page; reload and try again", status=403),
    "access.scope": Texts("此令牌没有“{scope}”权限", "This token lacks the scope “{scope}”", status=403),
    "request.unreadable": Texts("请求内容无法读取：{reason}", "The request cannot be read: {reason}", status=400),
    "request.idempotency": Texts("同一个 Idempotency-Key 用于不同的请求", "This Idempotency-Key was used for another request", status=409),
    "file.unknown": Texts("文件不存在，或您无权查看", "There is no such file, or you may not see it", status=404),
}
