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
    # analyzer
    "analyzer.computed_field": Texts(
        "“{field}”是计算字段，不能写入", "“{field}” is computed; nothing can be put there"
    ),
    "analyzer.failed": Texts("分析器“{name}”出错", "The analyzer “{name}” failed"),
    "analyzer.no_link": Texts(
        "“{form}”的“{name}”不是指向“{target}”的关联字段", "“{name}” of “{form}” is no link to “{target}”"
    ),
    "analyzer.wrong_type": Texts(
        "“{field}”应是{expected}，它是{found}", "“{field}” should be {expected}; it is {found}"
    ),
    # app
    "app.format": Texts(
        "文档格式是 {format}，本系统最高支持 {newest}",
        "The document's format is {format}; this engine reads up to {newest}",
        "请先升级系统",
        "Upgrade the engine first",
    ),
    "app.unknown": Texts("应用“{app}”不存在", "There is no app “{app}”", status=404),
    # app tests: first what a definition may get wrong, then what running one may find
    "app_test.bad_moment": Texts(
        "“{value}”不是时刻",
        "“{value}” is no moment",
        "如 2026-03-02T10:00:00+08:00",
        "Like 2026-03-02T10:00:00+08:00",
    ),
    "app_test.bad_wait": Texts(
        "“{value}”既不是时长也不是时刻",
        "“{value}” is neither a duration nor a moment",
        "如 PT5H、P3D、2026-03-03T09:00:00+08:00",
        "Like PT5H, P3D, 2026-03-03T09:00:00+08:00",
    ),
    "app_test.idle_key": Texts(
        "“{name}”对“{kind}”没有意义",
        "“{name}” means nothing for “{kind}”",
        "可用的有：{known}",
        "Known: {known}",
    ),
    "app_test.wants_nothing": Texts(
        "这一步没有期望什么", "This step wants nothing", "如 {known}", "Like {known}"
    ),
    "app_test.name_taken": Texts("名称“{name}”已经用过", "The name “{name}” was given before"),
    "app_test.not_one_expectation": Texts(
        "期望要说明对象：{known}", "An expectation says what it is about: {known}"
    ),
    "app_test.not_one_step": Texts("步骤要写明且只写一件事：{known}", "A step does exactly one of: {known}"),
    "app_test.unknown_channel": Texts(
        "没有渠道“{name}”", "There is no channel “{name}”", "{known}", "{known}"
    ),
    "app_test.unknown_data": Texts("没有数据“{name}”", "There is no data “{name}”", "{known}", "{known}"),
    "app_test.unknown_flow": Texts("没有流程“{name}”", "There is no flow “{name}”", "{known}", "{known}"),
    "app_test.unknown_name": Texts(
        "前面的步骤没有“{name}”", "No step before names “{name}”", "{known}", "{known}"
    ),
    "app_test.unknown_rule": Texts("没有规则“{name}”", "There is no rule “{name}”", "{known}", "{known}"),
    "app_test.unknown_widget": Texts(
        "报表没有组件“{name}”", "The report has no widget “{name}”", "{known}", "{known}"
    ),
    "app_test.broken": Texts("出错：{reason}", "It broke: {reason}"),
    "app_test.count": Texts(
        "{what}应有 {expected} 条，实有 {found} 条{examples}",
        "{what}: {expected} expected, {found} found{examples}",
    ),
    "app_test.has": Texts(
        "{what}的“{field}”应含 {expected}，实为 {found}",
        "“{field}” of {what} should hold {expected}; it is {found}",
    ),
    "app_test.lacks": Texts(
        "{what}的“{field}”不应含 {expected}，实为 {found}",
        "“{field}” of {what} should not hold {expected}; it is {found}",
    ),
    "app_test.no_app": Texts(
        "找不到所依赖的应用“{app}”",
        "The app “{app}” that it requires is not here",
        "放在同级文件夹，或一并写在命令里",
        "Put it in a folder beside this one, or name it in the command too",
    ),
    "app_test.no_database": Texts(
        "不能为用例建立数据库：{reason}", "No database could be made for the tests: {reason}"
    ),
    "app_test.no_flow": Texts("“{name}”没有流程在走", "No flow runs on “{name}”"),
    "app_test.no_task": Texts("{person}没有“{source}”的待办", "{person} has no open to-do of “{source}”"),
    "app_test.not_refused": Texts(
        "应当被拒绝（{expected}），却成功了", "It should be refused ({expected}) and was not"
    ),
    "app_test.nothing": Texts("没有找到 {form}：{where}", "There is no {form} where {where}"),
    "app_test.nothing_behind": Texts("“{name}”是空的，或不是关联字段", "“{name}” is blank, or no link"),
    "app_test.refused": Texts("被拒绝：{reasons}", "Refused: {reasons}"),
    "app_test.refused_otherwise": Texts(
        "应因 {expected} 被拒绝，实际是：{reasons}",
        "It should be refused for {expected}; it was for: {reasons}",
    ),
    "app_test.value": Texts(
        "{what}的“{field}”应为 {expected}，实为 {found}",
        "“{field}” of {what} should be {expected}; it is {found}",
    ),
    "app_test.visible": Texts("{what}的“{field}”不应看得到", "“{field}” of {what} should not be seen"),
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
    # channel
    "channel.taken": Texts(
        "渠道标识“{value}”已被“{app}”使用", "Channel “{value}” belongs to “{app}” already"
    ),
    # expression
    "expression.arguments": Texts(
        "{function} 的参数个数不对（给了 {count} 个）",
        "{function} does not take {count} arguments",
        "用法：{usage}",
        "Usage: {usage}",
    ),
    "expression.argument": Texts(
        "{function} 的参数“{argument}”应是{expected}，这里是{found}",
        "{function} wants {expected} for “{argument}”, this is {found}",
    ),
    "expression.bad_date": Texts("没有这样的日期：{text}", "There is no such date: {text}"),
    "expression.bad_pattern": Texts(
        "“{pattern}”不是可用的正则表达式", "“{pattern}” is not a pattern that can be used"
    ),
    "expression.branches": Texts(
        "两个分支的结果类型应相同，这里是{found}",
        "All branches should give the same kind of value, these give {found}",
    ),
    "expression.comparison": Texts(
        "{left}与{right}不能用 {operator} 比较", "{left} and {right} cannot be compared by {operator}"
    ),
    "expression.condition": Texts(
        "这里应是条件（是/否），现在是{found}", "This should be yes or no, it is {found}"
    ),
    "expression.date_range": Texts(
        "日期超出 0001 年至 9999 年", "The date is not between the years 1 and 9999"
    ),
    "expression.division_by_zero": Texts("除数为零", "Division by zero"),
    "expression.empty": Texts("表达式是空的", "The expression is empty"),
    "expression.function_failed": Texts(
        "{function} 无法处理这些值", "{function} could not work with these values"
    ),
    "expression.habit": Texts(
        "这里不能写 {what}", "{what} is not written here", "您是不是要写 {instead}", "Did you mean {instead}?"
    ),
    "expression.nested_list": Texts("列表中不能再有列表", "A list cannot stand in a list"),
    "expression.not_allowed": Texts("表达式中不能使用 {what}", "{what} is not allowed in an expression"),
    "expression.not_called": Texts(
        "{name} 是函数，后面要有括号",
        "{name} is a function and wants brackets",
        "写成 {name}(…)",
        "Write {name}(…)",
    ),
    "expression.not_inlined": Texts(
        "“{name}”的值不能写进条件", "The value of “{name}” cannot be written into a condition"
    ),
    "expression.not_in_sql": Texts(
        "“{what}”不能在数据库中计算", "“{what}” cannot be worked out in the database"
    ),
    "expression.number": Texts(
        "“{text}”不是可用的数字",
        "“{text}” is not a number that can be used",
        "小数点前最多 18 位，后最多 10 位",
        "At most 18 digits before the point and 10 after it",
    ),
    "expression.unknown_pattern": Texts(
        "没有名为“{name}”的识别模式",
        "There is no pattern called “{name}”",
        "可用的有：{known}",
        "Known: {known}",
    ),
    "expression.number_too_large": Texts("计算结果超出 18 位", "The result has more than 18 digits"),
    "expression.operand": Texts(
        "{operator} 后面应是数字，这里是{found}", "{operator} wants a number, this is {found}"
    ),
    "expression.operands": Texts(
        "{left} {operator} {right} 没有意义", "{left} {operator} {right} means nothing"
    ),
    "expression.out_of_domain": Texts(
        "{function} 对这个数没有结果", "{function} has no result for this number"
    ),
    "expression.sealed": Texts(
        "这里不能使用加密字段的内容",
        "A sealed value may not stand here",
        "可改用不透露内容的函数，如 CONTAINS_ANY",
        "Use a function that does not give it away, such as CONTAINS_ANY",
    ),
    "expression.sealed_in_sql": Texts(
        "“{what}”是加密内容，数据库不能读取", "“{what}” is sealed, the database cannot read it"
    ),
    "expression.single_equals": Texts(
        "单个 = 不是比较", "A single = does not compare", "您是不是要写 ==", "Did you mean ==?"
    ),
    "expression.syntax": Texts(
        "第 {position} 个字符后无法看懂", "This cannot be read after character {position}"
    ),
    "expression.too_deep": Texts("嵌套超过 {limit} 层", "Nested more than {limit} deep"),
    "expression.too_large": Texts(
        "中间结果过大（上限 {limit}）", "A value on the way is too large (limit {limit})"
    ),
    "expression.too_long": Texts(
        "表达式超过 {limit} 个字符", "The expression has more than {limit} characters"
    ),
    "expression.too_many_steps": Texts("表达式的步骤太多", "The expression takes too many steps"),
    "expression.unclosed": Texts("{what} 没有结束", "{what} is not closed"),
    "expression.unknown_attribute": Texts(
        "{of}没有“{name}”", "There is no “{name}” of {of}", "{suggestion}", "{suggestion}"
    ),
    "expression.unknown_function": Texts(
        "没有函数 {name}", "There is no function {name}", "{suggestion}", "{suggestion}"
    ),
    "expression.unknown_name": Texts(
        "没有字段“{name}”", "There is no field “{name}”", "{suggestion}", "{suggestion}"
    ),
    "expression.unopened": Texts("多了一个 {what}", "There is a {what} too many"),
    "expression.unreadable": Texts("“{text}”无法读成{expected}", "“{text}” cannot be read as {expected}"),
    "expression.wrong_type": Texts(
        "这里应是{expected}，表达式给出{found}", "This should be {expected}, the expression gives {found}"
    ),
    # field
    "field.no_container": Texts("“{type}”不能包含字段", "“{type}” cannot hold fields"),
    "field.hands_over_nobody": Texts(
        "“{field}”没有可以交接的人",
        "There is nobody in “{field}” whose place somebody else could take",
        "只有普通表单的、未加密且可修改的成员字段可以交接；存档里的人不变",
        "A person or people field of an ordinary form, neither sealed nor computed, can be handed over",
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
    # flow
    "flow.broken": Texts(
        "流程停用：节点“{node}”的类型“{kind}”不可用",
        "The flow has stopped: “{kind}” of node “{node}” is not available",
    ),
    "flow.closed": Texts("流程已经结束或已不在此步", "The flow is over or has gone on already", status=409),
    "flow.denied": Texts("这一步不由您办理", "This is not yours to do", status=403),
    "flow.failed": Texts("流程“{flow}”执行出错", "The flow “{flow}” failed"),
    "flow.into_start": Texts("不能有线连到开始", "No edge may lead to the start"),
    "flow.locked": Texts(
        "流程“{flow}”正在进行，不能修改",
        "The flow “{flow}” is running: this cannot be changed now",
        "请先退回或撤回",
        "Have it sent back or withdraw it first",
        status=409,
    ),
    "flow.needs_reason": Texts("请写明理由", "Give a reason"),
    "flow.no_condition_here": Texts("“{node}”的线上不能写条件", "Edges out of “{node}” have no condition"),
    "flow.no_end": Texts("流程没有结束", "The flow has no end"),
    "flow.no_otherwise": Texts(
        "“{node}”缺少“否则”这条线",
        "“{node}” has no “otherwise”",
        "加一条不写条件的线",
        "Add an edge without a condition",
    ),
    "flow.no_start": Texts("流程没有开始", "The flow has no start"),
    "flow.no_way": Texts("“{node}”的“{outcome}”没有去向", "“{outcome}” of “{node}” leads nowhere"),
    "flow.nobody": Texts("“{node}”找不到任何审批人", "Nobody at all can be asked at “{node}”"),
    "flow.not_a_person": Texts("“{field}”不是成员字段", "“{field}” is not a person"),
    "flow.out_of_end": Texts("结束之后不能再有线", "No edge may lead out of an end"),
    "flow.own_request": Texts("不能审批自己的申请", "Nobody decides over his own request", status=403),
    "flow.running": Texts("流程“{flow}”已在进行", "The flow “{flow}” is running already", status=409),
    "flow.still_running": Texts(
        "表单“{form}”还有 {count} 个流程在进行，删除后它们无法继续",
        "{count} flows still run on the form “{form}”: without it they cannot go on",
        "请先办完或撤回",
        "Finish or withdraw them first",
        severity="warning",
    ),
    "flow.too_large": Texts(
        "流程并行太多，无法证明（超过 {limit} 种情形）",
        "Too much happens at once to prove the flow (more than {limit} cases)",
    ),
    "flow.two_begin": Texts(
        "“{flow}”与“{other}”都随新记录开始",
        "“{flow}” and “{other}” both begin with every new record",
        "把其中一个的 start 设为 manual",
        "Let one of them start manually",
    ),
    "flow.two_otherwise": Texts("“{node}”有两条“否则”", "“{node}” has more than one “otherwise”"),
    "flow.two_starts": Texts("“{node}”是多余的开始", "“{node}” is a second start"),
    "flow.two_ways": Texts("“{node}”的“{outcome}”有两个去向", "“{outcome}” of “{node}” leads two ways"),
    "flow.unknown": Texts("流程“{flow}”不存在", "There is no flow “{flow}”", status=404),
    "flow.unknown_action": Texts("现在不能“{action}”", "“{action}” is not possible now", status=409),
    "flow.unknown_node": Texts("没有节点“{name}”", "There is no node “{name}”"),
    "flow.unknown_outcome": Texts(
        "这个节点没有结果“{name}”",
        "The node has no outcome “{name}”",
        "可用的有：{known}",
        "Known: {known}",
    ),
    "flow.unknown_person": Texts("没有这个人：{person}", "There is nobody called {person}"),
    "flow.unsound": Texts("流程有缺陷：{what}（{way}）", "The flow is not sound: {what} ({way})"),
    # folder
    "folder.no_app": Texts("文件夹里没有 {file}", "The folder has no {file}"),
    "folder.missing_file": Texts("缺少文件 {file}", "The file {file} is missing"),
    "folder.other_id": Texts(
        "{file} 里的标识是“{id}”，与文件名不同", "The id in {file} is “{id}”, not its file's name"
    ),
    "folder.unlisted": Texts("app.json 没有列出 {file}", "{file} is not listed in app.json"),
    "channel.unknown": Texts(
        "渠道“{channel}”不存在，或其连接器未安装",
        "There is no channel “{channel}”, or its connector is not installed",
        status=404,
    ),
    "channel.disabled": Texts("渠道“{channel}”已停用", "The channel “{channel}” is disabled", status=403),
    "channel.quarantined": Texts("消息进入隔离区：{reasons}", "The message lies in quarantine: {reasons}"),
    # inbox
    "inbox.changed": Texts(
        "同一消息再次到达而内容不同，作为编辑保存",
        "The same message came again with other content; kept as an edit",
    ),
    "inbox.failed": Texts("处理这条消息时出错", "Something went wrong with this message"),
    "inbox.no_record": Texts("没有规则把它变成记录", "No rule made a record of it"),
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
    "field.duplicates": Texts(
        "字段“{field}”现有重复的值，不能设为唯一",
        "“{field}” has the same value more than once: it cannot become unique",
        "请先修改重复的记录",
        "Change the repeated values first",
        status=409,
    ),
    "form.no_fields": Texts("表单还没有字段", "The form has no fields yet", severity="warning"),
    # formula
    "formula.not_constant": Texts(
        "公式的结果随记录保存，不能用 TODAY、NOW、me 等会变的值",
        "A formula is kept with the record: it cannot use what changes by itself, like TODAY, NOW or me",
    ),
    "formula.reaches_out": Texts(
        "公式只能用本记录的字段，不能用“{name}”",
        "A formula may only use the record's own fields, not “{name}”",
        "用关联字段（lookup）显示它",
        "Show it by a lookup",
    ),
    "formula.cycle": Texts(
        "计算字段互相依赖：{fields}", "These computed fields wait for each other: {fields}"
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
    "layout.required_left_out": Texts(
        "“{field}”必填，但布局中没有它",
        "“{field}” is required and the layout leaves it out",
        severity="warning",
    ),
    # menu
    "menu.not_one": Texts(
        "菜单项要指向一个表单、报表或页面，且只有一个",
        "A menu item leads to exactly one form, report or page",
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
    # package
    "package.empty": Texts("没有可导出的记录", "There is nothing to export"),
    "package.no_reason": Texts(
        "请写明用途，不超过 {limit} 字", "Say what it is for, in at most {limit} characters"
    ),
    "package.no_subject": Texts(
        "个人信息主体请求只能针对一条记录", "A request of the person concerned is about exactly one record"
    ),
    "package.too_many": Texts(
        "最多可选 {limit} 条记录，更多请用筛选",
        "At most {limit} records can be chosen; use a filter for more",
    ),
    "package.unknown": Texts(
        "没有这个证据包，或已过期", "There is no such package, or it has expired", status=404
    ),
    # publishing
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
    "id.duplicate": Texts("{what}标识“{value}”重复", "There is already a {what} “{value}”"),
    "id.reserved": Texts(
        "“{value}”是保留字，不能作标识",
        "“{value}” is reserved and cannot be an id",
        "公式要用到这个词",
        "The expression language needs the word",
    ),
    # options
    "options.unreadable": Texts("选项无法读取：{text}", "The options cannot be read: {text}"),
    # plugins that nobody registered
    "field.no_text_to_mask": Texts(
        "{type}没有文字可以按模式脱敏",
        "{type} holds no text in which patterns could be masked",
        "整体脱敏请写 true",
        "Write true to mask the whole of it",
    ),
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
    "analyzer.unknown_type": Texts(
        "没有分析器“{name}”", "There is no analyzer “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "pattern.unknown_type": Texts(
        "没有名为“{name}”的识别模式",
        "There is no pattern called “{name}”",
        "是不是：{known}",
        "Did you mean {known}?",
    ),
    "node.unknown_type": Texts(
        "没有流程节点“{name}”", "There is no flow node “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    "widget.unknown_type": Texts(
        "没有报表组件“{name}”", "There is no widget “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # mail and notifications
    "outgoing.bad_address": Texts(
        "“{address}”不是可以访问的网址",
        "“{address}” is no address that can be asked",
        "请填写以 https:// 开头、不含用户名和密码的网址",
        "Give an address that begins with https:// and holds no name and password",
    ),
    "outgoing.refused_address": Texts(
        "不允许访问“{host}”（{address}）：内网、本机和云平台元数据地址默认拒绝",
        "“{host}” ({address}) may not be asked: addresses of the house, of this machine and of clouds' metadata "
        "are refused",
        "确需访问时，由运维人员在 MUNIMENT_OUTGOING_ALLOWED 中放行",
        "Where it is wanted, the operator allows it in MUNIMENT_OUTGOING_ALLOWED",
    ),
    "outgoing.unreachable": Texts("无法连接“{host}”：{reason}", "“{host}” cannot be reached: {reason}"),
    "outgoing.too_slow": Texts("{seconds} 秒内没有完成", "Not done within {seconds} seconds"),
    "outgoing.too_large": Texts("返回内容超过 {most} 字节", "The answer is longer than {most} bytes"),
    "request.too_many": Texts(
        "请求过于频繁，请 {seconds} 秒后再试", "Too many requests; try again in {seconds} seconds", status=429
    ),
    "web_hook.unknown": Texts("没有这条外发，或已处理", "There is no such call, or it is settled", status=404),
    "outgoing.not_taken": Texts("对方返回 {status}", "The other side answered {status}"),
    "mail.bad_url": Texts(
        "邮件服务器地址（MUNIMENT_SMTP_URL）不正确",
        "The address of the mail server (MUNIMENT_SMTP_URL) is not right",
        "形如 smtp://用户:密码@主机:端口 或 smtps://…",
        "It looks like smtp://user:password@host:port or smtps://…",
    ),
    "mail.failed": Texts("邮件没有发出：{reason}", "The mail was not sent: {reason}"),
    "mail.no_server": Texts(
        "还没有设置邮件服务器（MUNIMENT_SMTP_URL）", "There is no mail server yet (MUNIMENT_SMTP_URL)"
    ),
    "mail.not_taken": Texts(
        "邮件服务器不接收发往“{address}”的邮件", "The mail server takes no mail for “{address}”"
    ),
    "notification.unknown": Texts(
        "通知不存在，或不是您的通知", "There is no such notification, or it is not yours", status=404
    ),
    # recipient: whom a task, a notice or an approval goes to
    "recipient.nobody": Texts("请填写收件人", "Say whom it goes to"),
    "recipient.unreadable": Texts(
        "看不懂收件人“{text}”",
        "“{text}” is nobody that can be found",
        "可以写 role:角色、person:人员、field:成员字段、manager:成员字段:级数、head:部门字段 或 me",
        "Write role:ID, person:ID, field:PATH, manager:PATH:LEVEL, head:PATH or me",
    ),
    # report
    "board.unknown": Texts(
        "没有报表“{name}”，或您无权查看",
        "There is no report “{name}”, or it is not for you",
        status=404,
    ),
    "board.unknown_widget": Texts("报表里没有组件“{name}”", "The report has no widget “{name}”", status=404),
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
    "report.unknown_measure": Texts(
        "没有指标“{name}”", "There is no measure “{name}”", "可用的有：{known}", "Known: {known}"
    ),
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
    # widget
    "widget.dimensions": Texts(
        "这个组件要 {least} 到 {most} 个维度，现在是 {found} 个",
        "This widget takes {least} to {most} dimensions; it has {found}",
    ),
    "widget.no_columns": Texts("列表至少要有一列", "A list needs at least one column"),
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
    # keywords: forms whose records are keyword lists
    "keywords.twice": Texts(
        "关键词库只能有一个表单，已是“{form}”", "Only one form can hold keyword lists, and “{form}” does"
    ),
    "keywords.wrong_field": Texts(
        "“{field}”不适合作关键词库的这一项", "“{field}” is not of a kind that fits here"
    ),
    # retention
    "retention.not_a_date": Texts("“{field}”不是日期", "“{field}” is not a date"),
    "retention.sealed_date": Texts(
        "“{field}”是加密字段，不能用来计算期限", "“{field}” is sealed: no period can be counted from it"
    ),
    "retention.unknown": Texts(
        "没有这条保存规则，或没有待确认的启用", "There is no such rule, or nothing to confirm"
    ),
    "retention.only_protects": Texts(
        "此规则只规定最短保存期限，无需启用", "This rule only keeps records; there is nothing to activate"
    ),
    "retention.reworded": Texts(
        "规则已经改动，请重新启用", "The rule was changed meanwhile: activate it again"
    ),
    "retention.yourself": Texts("启用须由另一人确认", "Another person has to confirm this"),
    "retention.presets": Texts("{file} 无法读取：{reason}", "{file} cannot be read: {reason}"),
    "retention.needs_approval": Texts(
        "没有他人批准，不能销毁记录", "Nothing is shredded without another person's approval"
    ),
    "hold.unknown": Texts("没有这项保全", "There is no such hold"),
    "hold.released": Texts("这项保全已经解除", "This hold was released already"),
    "hold.needs_reason": Texts("请写明原因", "Say why"),
    "retention.no_period": Texts("请填写最短或最长保存期限", "Say how long at least, or at most"),
    "retention.nothing_then": Texts(
        "有最长期限，就要说明到期后如何处理", "With a longest period, say what becomes of it then"
    ),
    "retention.crossed": Texts(
        "最长期限 {at_most} 短于最短期限 {keep}", "At most {at_most} is shorter than at least {keep}"
    ),
    "retention.outlasted": Texts(
        "规则“{rule}”对所有记录要求更长，此最长期限届满时不会执行",
        "“{rule}” keeps all records longer, so this longest period will not be kept",
        severity="warning",
    ),
    # role
    "role.no_such_people": Texts(
        "“{text}”不指任何人",
        "“{text}” is nobody",
        "用 role:角色、person:工号 或 manager:me",
        "Write role:ID, person:ID or manager:me",
    ),
    "role.conflicting_duties": Texts(
        "一个角色兼有不相容职责：{duties}",
        "One role unites duties that should be apart: {duties}",
        "分成几个角色；确需兼任时在 combines 里写明理由",
        "Make several roles of it, or say why in `combines`",
        severity="warning",
    ),
    "role.deletes_archive": Texts(
        "“{form}”是存档表单，其记录谁也不能删除", "“{form}” is an archive: nobody can delete its records"
    ),
    "role.required_not_writable": Texts(
        "可以新建“{form}”，却不能填写必填的“{field}”",
        "May create “{form}” but not fill in “{field}”, which is required",
        severity="warning",
    ),
    # rollup
    "rollup.sealed": Texts("“{field}”已加密，不能汇总", "“{field}” is sealed and cannot be aggregated"),
    # rule
    "rule.broken_action": Texts(
        "动作“{action}”不可用，规则停止执行", "The action “{action}” is not available, so the rule stopped"
    ),
    "rule.broken_expression": Texts(
        "公式“{text}”不再成立，规则停止执行",
        "The expression “{text}” no longer makes sense, so the rule stopped",
    ),
    "rule.failed": Texts("规则“{rule}”执行出错", "The rule “{rule}” failed"),
    "rule.grant_to_nobody": Texts("没有可授权的人", "There is nobody to grant it to"),
    "rule.no_keyword_list": Texts("没有关键词库“{list}”", "There is no keyword list “{list}”"),
    "rule.not_to_try": Texts(
        "这条规则不针对记录，无法试运行", "This rule is about no record, so there is nothing to try it on"
    ),
    "rule.unknown": Texts("没有规则“{rule}”", "There is no rule “{rule}”", status=404),
    "rule.no_button": Texts(
        "这个按钮现在不能按",
        "This button cannot be pressed now",
        "页面可能已过时，请刷新",
        "Reload the page",
        status=409,
    ),
    "rule.no_performer": Texts("还不能执行“{effect}”", "Nothing here can perform “{effect}”"),
    "rule.not_created": Texts("未能新建“{form}”", "No record of “{form}” could be created"),
    "rule.too_deep": Texts(
        "规则层层触发超过 {depth} 层，已停止",
        "Rules set each other off more than {depth} deep and were stopped",
    ),
    "rule.too_early": Texts(
        "记录还没有保存，不能“{action}”",
        "The record is not saved yet, so “{action}” is not possible",
        "保存之前只能补全本记录的字段，或拒绝保存",
        "Before saving, only its own fields can be set, or saving refused",
    ),
    "rule.bad_template": Texts(
        "花括号里应当是字段，如 {{customer}}", "Braces hold a field, like {{customer}}"
    ),
    "rule.never": Texts(
        "条件永远不成立，规则不会执行",
        "The condition can never hold, so the rule never runs",
        severity="warning",
    ),
    # search
    "search.alias_clash": Texts("搜索词“{word}”已经指“{other}”", "The word “{word}” already means “{other}”"),
    "search.bad_word": Texts("“{word}”不能作搜索词", "“{word}” cannot be a word of a query"),
    "search.no_value": Texts(
        "“{text}”不是“{field}”的值，已按文字搜索",
        "“{text}” is no value of “{field}”; searched as text",
        severity="hint",
    ),
    "search.nobody": Texts(
        "“{field}”中没有“{text}”，已按文字搜索",
        "Nothing called “{text}” for “{field}”; searched as text",
        severity="hint",
    ),
    "search.not_stored": Texts(
        "“{field}”在读取时计算，不能作筛选，已按文字搜索",
        "“{field}” is computed when read and cannot filter; searched as text",
        severity="hint",
    ),
    "search.only_marks": Texts(
        "“{text}”里没有可搜索的文字", "There is nothing to search for in “{text}”", severity="hint"
    ),
    "search.sealed": Texts(
        "“{field}”已加密，不能作筛选，已按文字搜索",
        "“{field}” is sealed and cannot filter; searched as text",
        severity="hint",
    ),
    "search.too_deep": Texts(
        "括号超过 {limit} 层，已忽略括号",
        "Brackets more than {limit} deep; they were ignored",
        severity="hint",
    ),
    "search.too_long": Texts(
        "只用了前 {limit} 个字符", "Only the first {limit} characters were used", severity="hint"
    ),
    "search.too_many": Texts(
        "只用了前 {limit} 个搜索词", "Only the first {limit} words were used", severity="hint"
    ),
    "search.unknown_field": Texts(
        "没有字段“{name}”，已按文字搜索", "There is no field “{name}”; searched as text", severity="hint"
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
    # sort
    "sort.sealed": Texts("“{field}”已加密，不能排序", "“{field}” is sealed and cannot sort"),
    "sort.no_order": Texts("“{field}”没有先后之分，不能排序", "“{field}” has no order to sort by"),
    # task
    "task.closed": Texts(
        "“{title}”已由{person}处理", "“{title}” was dealt with by {person} already", status=409
    ),
    "task.needs_reason": Texts("请填写理由", "Say why"),
    "task.to_yourself": Texts("不能转交给自己", "It is yours already"),
    "task.unknown": Texts(
        "待办不存在，或不是您的待办", "There is no such task, or it is not yours", status=404
    ),
    "task.unknown_outcome": Texts("此待办没有“{outcome}”这个选项", "The task has no outcome “{outcome}”"),
    "task.unknown_person": Texts(
        "没有“{person}”这个人，或已离职", "There is nobody called “{person}”, or they have left"
    ),
    # organisation: what refuses a change, then what is only warned of
    "organisation.bad_email": Texts("“{email}”不是邮箱地址", "“{email}” is no e-mail address"),
    "organisation.bad_id": Texts(
        "编号“{id}”只能由字母、数字和 . _ - @ 组成，最长 100 个字符",
        "“{id}” may hold letters, digits and . _ - @ only, at most 100 of them",
    ),
    "organisation.below_itself": Texts(
        "“{department}”不能放到自己下面", "“{department}” cannot lie below itself"
    ),
    "organisation.circle": Texts("上级关系绕成了一圈：{chain}", "The superiors run in a circle: {chain}"),
    "organisation.closed_department": Texts("“{department}”已撤销", "“{department}” is closed"),
    "organisation.changed_meanwhile": Texts(
        "“{name}”刚刚被别人修改过，请看过再存",
        "Somebody else has just changed “{name}”; look before you save",
        status=409,
    ),
    "organisation.department_in_use": Texts(
        "部门里还有 {people} 人、{departments} 个下级部门",
        "There are still {people} people and {departments} departments in it",
        "请先移走",
        "Move them first",
    ),
    "organisation.email_taken": Texts("这个邮箱是“{person}”的", "This address is that of “{person}”"),
    "organisation.id_taken": Texts("编号“{id}”已经有了", "“{id}” is taken"),
    "organisation.import_outdated": Texts(
        "预览之后组织或文件又变了，请再看一遍",
        "The organisation or the file has changed since you looked; look again",
        status=409,
    ),
    "organisation.last_administrator": Texts(
        "这样就没有人能管理人员了",
        "Nobody would be left to manage people",
        "请先给另一个人",
        "Give the role to another first",
    ),
    "organisation.leaving_oneself": Texts("不能为自己办理离职", "Nobody signs himself off"),
    "organisation.left_before_joined": Texts("离职日期早于入职日期", "The last day is before the first"),
    "organisation.name_missing": Texts("请填写名称", "A name is needed"),
    "organisation.name_taken": Texts("同一上级下已有“{name}”", "There is a “{name}” beside it already"),
    "organisation.not_left_yet": Texts(
        "最后一天不能在将来", "The last day has not come yet", "请到那天再办理", "Come back on that day"
    ),
    "organisation.own_superior": Texts("不能做自己的上级", "Nobody is his own superior"),
    "organisation.person_left": Texts("“{person}”已经离职", "“{person}” has left"),
    "organisation.role_for_oneself": Texts(
        "您在给自己授予角色",
        "You are giving yourself a role",
        "需要写明理由，并记入审计",
        "Say why; the audit trail keeps it",
    ),
    "organisation.column_missing": Texts(
        "工作表“{sheet}”缺少“{column}”列",
        "The sheet “{sheet}” has no column “{column}”",
        "请下载模板对照",
        "Compare it with the template",
    ),
    "organisation.no_sheet": Texts(
        "没有工作表“{sheet}”", "There is no sheet “{sheet}”", "请用模板填写", "Use the template"
    ),
    "organisation.no_workbook": Texts(
        "这不是能读的 Excel 工作簿",
        "This is no workbook that can be read",
        "请另存为 .xlsx 再试",
        "Save it as .xlsx and try again",
    ),
    "organisation.same_id": Texts("与第 {row} 行的编号相同", "The same id as in line {row}"),
    "organisation.slash_in_name": Texts("部门名称不能含“/”", "A department's name holds no “/”"),
    "organisation.several_people": Texts(
        "有好几位“{person}”",
        "There are several people called “{person}”",
        "请写编号，如 {example}",
        "Write the id, like {example}",
    ),
    "organisation.several_departments": Texts(
        "有好几个“{department}”",
        "There are several departments “{department}”",
        "请写全路径，如 {example}",
        "Write the whole path, like {example}",
    ),
    "organisation.bad_day": Texts(
        "“{value}”不是日期", "“{value}” is no date", "如 2026-01-05", "Like 2026-01-05"
    ),
    "organisation.workbook_too_large": Texts(
        "文件太大：最多 10 MB、20,000 行", "Too large: at most 10 MB and 20,000 lines", status=413
    ),
    "organisation.taker_is_giver": Texts("不能交接给本人", "Nothing is handed over to oneself"),
    "organisation.too_long": Texts("最长 {limit} 个字符", "At most {limit} characters"),
    "organisation.unknown_department": Texts(
        "没有部门“{department}”", "There is no department “{department}”"
    ),
    "organisation.unknown_person": Texts("没有在职的“{person}”", "Nobody “{person}” works here"),
    "organisation.head_left": Texts(
        "“{department}”的负责人{person}已离职",
        "{person}, who heads “{department}”, has left",
        severity="warning",
    ),
    "organisation.no_department": Texts(
        "{person}没有部门", "{person} belongs to no department", severity="warning"
    ),
    "organisation.no_head": Texts(
        "“{department}”没有负责人", "Nobody heads “{department}”", severity="warning"
    ),
    "organisation.no_superior": Texts(
        "{person}没有上级，要由上级审批的就无人可批",
        "{person} has nobody above; what a superior approves reaches nobody",
        severity="warning",
    ),
    "organisation.role_empty": Texts(
        "应用“{app}”的角色“{role}”没有成员", "Nobody holds the role “{role}” of “{app}”", severity="warning"
    ),
    "organisation.superior_left": Texts(
        "{person}的上级{superior}已离职", "{superior}, who is above {person}, has left", severity="warning"
    ),
    "organisation.superiors_circle": Texts(
        "上级关系绕成了一圈：{chain}", "The superiors run in a circle: {chain}", severity="warning"
    ),
    # title
    "title.braces": Texts(
        "标题中的 {{ }} 里要写字段标识", "Between {{ and }} of a title stands a field's id"
    ),
    "title.sealed": Texts("“{field}”已加密，不能作标题", "“{field}” is sealed and cannot be in a title"),
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
    "query.too_often": Texts(
        "一分钟内最多统计 {limit} 次，请稍后再试",
        "At most {limit} counts a minute; try again shortly",
        status=429,
    ),
    "query.unknown_operator": Texts("没有条件“{operator}”", "There is no operator “{operator}”", status=400),
    "value.invalid": Texts("“{field}”不符合要求", "“{field}” is not acceptable"),
    "value.no_such_reference": Texts(
        "“{field}”所指的“{value}”不存在", "“{field}” points at “{value}”, which is not there"
    ),
    "value.not_unique": Texts(
        "“{field}”的值“{value}”已经存在", "“{field}” must be unique: “{value}” exists", status=409
    ),
    "organisation.conflicting_duties": Texts(
        "{person}会兼有不相容的职责：{duties}",
        "{person} would hold duties that should be apart: {duties}",
        "换一个人，或写明兼任的理由",
        "Choose somebody else, or say why",
    ),
    "unmask.reason": Texts("请写明事由，至少 {least} 个字", "Say why, in at least {least} characters"),
    "unmask.nothing": Texts("这里没有为您脱敏的内容", "Nothing here is masked for you"),
    "unmask.too_many": Texts("一次最多 {most} 条", "At most {most} records at once"),
    "unmask.nobody_agrees": Texts(
        "没有可以确认的人",
        "There is nobody who could agree",
        "请管理员在角色的 unmask.confirm 中补充",
        "Ask for somebody to be named in the role's unmask.confirm",
    ),
    "unmask.own": Texts("不能确认自己的申请", "Nobody agrees to his own request", status=403),
    "unmask.unknown": Texts("没有正在生效的这次查看", "There is no such leave in force", status=404),
    "grant.unknown": Texts("没有正在生效的这项授权", "There is no such grant in force", status=404),
    "emergency.reason": Texts(
        "请写明紧急事由，至少 {least} 个字", "Say what the emergency is, in at least {least} characters"
    ),
    "emergency.nobody_hears": Texts(
        "没有人会收到警报，不能启用",
        "Nobody would hear the alarm",
        "请管理员在角色的 emergency.alarm 中补充",
        "Ask for somebody to be named in the role's emergency.alarm",
    ),
    "emergency.running": Texts("紧急查阅已在生效", "The glass is broken already", status=409),
    "access.bad_password": Texts("账号或密码不正确", "Wrong name or password", status=401),
    "access.locked": Texts(
        "尝试次数过多，请 {minutes} 分钟后再试",
        "Too many attempts; try again in {minutes} min",
        status=429,
    ),
    "account.span": Texts("须在 {least} 到 {most} 分钟之间", "Between {least} and {most} minutes"),
    "account.sign_in_again": Texts("请重新登录后再做这一步", "Sign in anew, then do this", status=403),
    "factor.wrong_code": Texts(
        "验证码不正确，或已用过；请等下一个", "Wrong code, or one used before; wait for the next"
    ),
    "factor.none_offered": Texts(
        "请重新开始设置两步验证", "Begin setting up the second factor anew", status=409
    ),
    "factor.required": Texts("您的角色必须使用两步验证", "Your role must use a second factor", status=409),
    "account.wrong_password": Texts("当前密码不正确", "That is not your present password"),
    "password.short": Texts("密码至少要 {least} 个字符", "A password has at least {least} characters"),
    "password.long": Texts("密码最多 {most} 个字符", "A password has at most {most} characters"),
    "password.guessable": Texts(
        "这个密码太容易猜到",
        "This password is too easy to guess",
        hint_zh="用几个不相干的词连起来；不要用姓名、常见密码、键盘上相邻的字母",
        hint_en="Put a few unrelated words together; no names, no common passwords, no rows of the keyboard",
    ),
    "password.differs": Texts("两次输入的密码不一致", "The two passwords differ"),
    "provider.unknown": Texts("没有这种登录方式", "There is no such way to sign in", status=404),
    "provider.missing": Texts("请填写此项", "Please fill this in"),
    "provider.issuer": Texts(
        "须是 https:// 开头的地址（只有本机可用 http）",
        "An address that begins with https:// (http on this machine only)",
    ),
    "provider.unfit": Texts(
        "“{label}”没有按 OpenID Connect 应答，或自称另一个地址",
        "“{label}” does not answer as an OpenID Connect provider, or calls itself by another address",
        status=502,
    ),
    "provider.refused": Texts(
        "统一登录没有成功，请再试一次", "The provider's sign-in did not succeed; try again", status=401
    ),
    "provider.stale": Texts(
        "这次登录已过期，或不是从这个浏览器开始的，请重新登录",
        "This sign-in is over or was not begun in this browser; begin anew",
        status=401,
    ),
    "provider.nobody": Texts(
        "您的{label}身份还没有关联到账号；请先用密码登录，在“我的账号”中关联，或请管理员登记您的邮箱",
        "Your {label} identity is not linked to an account; sign in with your password and link it under "
        "“My account”, or ask an administrator to enter your e-mail address",
        status=403,
    ),
    "identity.taken": Texts(
        "这个身份已关联到另一个账号", "This identity is linked to another account", status=409
    ),
    "password.same": Texts("新密码不能与当前密码相同", "The new password must differ from the present one"),
    "invitation.unknown": Texts(
        "这个链接已用过或已过期，请向管理员要一个新的",
        "This link was used or is over; ask your administrator for a new one",
        status=404,
    ),
    "token.name": Texts(
        "请给令牌起个名字，最多 {most} 个字符", "Name the token, in at most {most} characters"
    ),
    "token.scopes": Texts("至少选择一项权限（{scopes}）", "Choose at least one scope ({scopes})"),
    "token.past": Texts("到期日已经过去", "That day is past already"),
    "token.too_many": Texts(
        "最多可有 {most} 个有效的令牌，请先撤销不用的",
        "At most {most} tokens may be live; revoke one you no longer use",
        status=409,
    ),
    "query.bad_date": Texts("“{value}”不是日期", "“{value}” is not a date", status=400),
    "access.forged": Texts(
        "请求来源不可信，请刷新页面后重试",
        "This request did not come from our page; reload and try again",
        status=403,
    ),
    "access.scope": Texts("此令牌没有“{scope}”权限", "This token lacks the scope “{scope}”", status=403),
    "request.unreadable": Texts(
        "请求内容无法读取：{reason}", "The request cannot be read: {reason}", status=400
    ),
    "request.idempotency": Texts(
        "同一个 Idempotency-Key 用于不同的请求",
        "This Idempotency-Key was used for another request",
        status=409,
    ),
    "file.unknown": Texts(
        "文件不存在，或您无权查看", "There is no such file, or you may not see it", status=404
    ),
    "access.no_such_person": Texts(
        "没有“{person}”这个人，或已离职", "There is nobody called “{person}”, or they have left", status=404
    ),
    # evidence: what a verification finds
    "evidence.evidence_changed": Texts(
        "{app}/{form} 记录 {record}：存证内容与存证日志不符",
        "{app}/{form} record {record}: its evidence is not what was recorded",
    ),
    "evidence.working_changed": Texts(
        "{app}/{form} 记录 {record}：工作字段与存证日志不符",
        "{app}/{form} record {record}: its working fields are not what was last recorded",
    ),
    "evidence.wrong_type": Texts(
        "{app}/{form} 记录 {record}：列 {column} 的数据类型不对",
        "{app}/{form} record {record}: column {column} holds another type of value than it may",
    ),
    "evidence.row_missing": Texts(
        "{app}/{form} 记录 {record}：日志中有此记录，数据库中已没有",
        "{app}/{form} record {record}: it is in the log and no longer in the database",
    ),
    "evidence.row_unlogged": Texts(
        "{app}/{form} 记录 {record}：数据库中有此记录，存证日志中没有",
        "{app}/{form} record {record}: it is in the database and was never logged",
    ),
    "evidence.row_twice": Texts(
        "{app}/{form} 记录 {record}：编号出现在两个表单中",
        "{app}/{form} record {record}: its id stands in two forms",
    ),
    "evidence.row_unreadable": Texts(
        "{app}/{form} 记录 {record}：数据无法读取",
        "{app}/{form} record {record}: it cannot be read",
    ),
    "evidence.history_broken": Texts(
        "{app}/{form} 记录 {record}：日志中的修订历史不完整",
        "{app}/{form} record {record}: its revisions in the log do not follow each other",
    ),
    "evidence.revision_differs": Texts(
        "{app}/{form} 记录 {record}：修订号与存证日志不符",
        "{app}/{form} record {record}: its revision is not the newest in the log",
    ),
    "evidence.key_missing": Texts(
        "{app}/{form} 记录 {record}：密钥缺失",
        "{app}/{form} record {record}: its key is missing",
    ),
    "evidence.key_broken": Texts(
        "{app}/{form} 记录 {record}：密钥被改动，或不属于此记录",
        "{app}/{form} record {record}: its key was changed or is another record's",
    ),
    "evidence.key_orphan": Texts("密钥 {record} 没有对应的记录", "Key {record} belongs to no record"),
    "evidence.seal_broken": Texts(
        "{app}/{form} 记录 {record}：加密字段 {field} 无法解开",
        "{app}/{form} record {record}: the sealed field {field} does not open",
    ),
    "evidence.link_differs": Texts(
        "{app}/{form} 记录 {record}：字段 {field} 的索引与记录不符",
        "{app}/{form} record {record}: the index of field {field} is not what the record says",
    ),
    "evidence.leaf_changed": Texts(
        "日志 {log} 第 {position} 位（记录 {record}）：条目被改动",
        "Log {log}, position {position} (record {record}): the entry was changed",
    ),
    "evidence.log_gap": Texts("日志 {log} 第 {position} 位缺失", "Log {log}: position {position} is missing"),
    "evidence.log_shortened": Texts(
        "日志 {log} 短于已签名的检查点（{size}）",
        "Log {log} is shorter than its signed checkpoint ({size})",
    ),
    "evidence.unknown_log": Texts("存在未知的日志“{log}”", "There is an unknown log “{log}”"),
    "evidence.root_differs": Texts(
        "日志 {log} 的内容与检查点 {size} 不符",
        "Log {log} is not what checkpoint {size} says",
    ),
    "evidence.checkpoint_broken": Texts(
        "日志 {log} 的检查点 {size} 被改动，或签名无效",
        "Log {log}: checkpoint {size} was changed or is not signed by our key",
    ),
    "evidence.checkpoint_missing": Texts(
        "日志 {log} 的检查点 {size} 缺失",
        "Log {log}: checkpoint {size} is missing",
    ),
    "evidence.witness_broken": Texts(
        "日志 {log} 存放在数据库之外的检查点无法验证",
        "Log {log}: the checkpoint kept beside the database cannot be verified",
    ),
    "evidence.tile_differs": Texts(
        "日志 {log} 的树块 {level}/{number} 与条目不符",
        "Log {log}: tile {level}/{number} is not what the entries come to",
    ),
    "evidence.tiles_number": Texts("日志 {log} 的树块数量不对", "Log {log} has too many or too few tiles"),
    "evidence.audit_changed": Texts("审计记录 {record} 被改动", "Audit row {record} was changed"),
    "evidence.audit_missing": Texts("审计记录 {record} 已被删除", "Audit row {record} is gone"),
    "evidence.audit_unlogged": Texts(
        "审计记录 {record} 不在审计日志中", "Audit row {record} is not in the audit log"
    ),
    "evidence.version_changed": Texts(
        "应用 {app} 版本 {version} 被改动",
        "App {app}, version {version} was changed",
    ),
    "evidence.version_missing": Texts(
        "应用 {app} 版本 {version} 已被删除", "App {app}, version {version} is gone"
    ),
    "evidence.version_unlogged": Texts(
        "应用 {app} 版本 {version} 不在审计日志中",
        "App {app}, version {version} is not in the audit log",
    ),
    "evidence.trigger_changed": Texts(
        "表 {table} 的触发器 {trigger} 被改动",
        "Trigger {trigger} of table {table} was changed",
    ),
    "evidence.trigger_missing": Texts(
        "表 {table} 的触发器 {trigger} 缺失",
        "Trigger {trigger} of table {table} is missing",
    ),
    "evidence.trigger_unknown": Texts(
        "表 {table} 上有来历不明的触发器 {trigger}",
        "Table {table} has a trigger that is not ours: {trigger}",
    ),
    "evidence.catalog_differs": Texts(
        "{app}/{form} 字段 {field} 的存储登记与已发布的应用不符",
        "{app}/{form}, field {field}: where it is stored is not what the published app says",
    ),
    "evidence.catalog_unreadable": Texts("存储登记无法读取", "Where things are stored cannot be read"),
    "evidence.database_unreadable": Texts(
        "数据库本身已损坏：{reason}", "The database itself is damaged: {reason}"
    ),
    "evidence.state_changed": Texts(
        "权限数据 {table} {key} 被改动", "{table} {key} was changed: it says who may what"
    ),
    "evidence.state_missing": Texts(
        "权限数据 {table} {key} 已被删除", "{table} {key} is gone: it said who may what"
    ),
    "evidence.state_unlogged": Texts(
        "权限数据 {table} {key} 不在日志中", "{table} {key} has no entry in the log: it says who may what"
    ),
    "evidence.receipt_broken": Texts(
        "见证 {witness} 对日志 {log}（大小 {size}）的回执不符或缺失",
        "Witness {witness}: the receipt for log {log} at size {size} does not fit or is gone",
    ),
    "evidence.inbox_broken": Texts("收件 {record} 被改动", "Inbox row {record} was changed"),
    "evidence.file_broken": Texts("附件 {record} 缺失或被改动", "File {record} is missing or was changed"),
    "evidence.file_unlogged": Texts(
        "附件 {record} 没有日志条目", "File {record} has no entry in the log: it was slipped in"
    ),
    "evidence.tombstone_broken": Texts(
        "{app}/{form} 记录 {record}：销毁凭证被改动，或并非本系统签发",
        "{app}/{form} record {record}: its tombstone was changed, or was not signed here",
    ),
    "evidence.tombstone_missing": Texts(
        "{app}/{form} 记录 {record}：日志称已销毁，却没有销毁凭证",
        "{app}/{form} record {record}: the log says it was shredded, and there is no tombstone",
    ),
    "evidence.tombstone_unlogged": Texts(
        "{app}/{form} 记录 {record}：有销毁凭证，日志中却没有相应条目",
        "{app}/{form} record {record}: there is a tombstone the log does not know",
    ),
    "evidence.remains_changed": Texts(
        "{app}/{form} 记录 {record}：销毁后留存的内容被改动",
        "{app}/{form} record {record}: what remained after shredding was changed",
    ),
    "evidence.more": Texts("另有 {number} 处", "And {number} more"),
    "evidence.clean": Texts(
        "全部一致：记录 {records}，日志条目 {leaves}，审计记录 {audit}",
        "Everything is as it was recorded: {records} records, {leaves} log entries, {audit} audit rows",
    ),
    "evidence.touched": Texts(
        "发现 {number} 处不符：记录 {records}，日志条目 {leaves}，审计记录 {audit}",
        "{number} mismatches in {records} records, {leaves} log entries, {audit} audit rows",
    ),
    "serve.in_the_clear": Texts(
        "不能在 {host} 上以明文 HTTP 提供服务：口令和会话会在网络上明文传送",
        "Plain HTTP on {host} is refused: passwords and sessions would cross the network in the clear",
        "使用 --certificate 与 --key，或在 TLS 代理之后使用 --behind-proxy 代理地址",
        "Give --certificate and --key, or stand behind a proxy with TLS: --behind-proxy ADDRESS",
    ),
    "serve.bad_certificate": Texts(
        "证书与私钥无法使用：{reason}", "The certificate and its key cannot be used: {reason}"
    ),
    "serve.bad_proxy": Texts(
        "代理地址无法识别：{reason}", "This is not the address or network of a proxy: {reason}"
    ),
    "keys.exposed": Texts(
        "密钥文件 {file} 可被他人读取",
        "Others can read the key file {file}",
        "执行 chmod 600 {file}",
        "Run: chmod 600 {file}",
    ),
    "keys.unreadable": Texts(
        "无法读取密钥文件 {file}：{reason}",
        "The key file {file} cannot be read: {reason}",
        "请用密钥副本或恢复单还原（muniment keys restore）",
        "Restore the keys from their copy or the recovery sheet (muniment keys restore)",
    ),
    "keys.read_only": Texts(
        "密钥由 {file} 提供，不能从这里写入",
        "The keys come from {file}, which cannot be written from here",
        "把密钥放进文件或由程序保管，再执行此操作",
        "Keep them in a file or with a program to do this",
    ),
    "keys.several_sources": Texts(
        "主密钥的来源只能有一个：MUNIMENT_MASTER_KEY、MUNIMENT_MASTER_KEY_FILE 或 MUNIMENT_MASTER_KEY_COMMAND",
        "The keys come from one place: MUNIMENT_MASTER_KEY, MUNIMENT_MASTER_KEY_FILE or MUNIMENT_MASTER_KEY_COMMAND",
    ),
    "keys.bad_line": Texts(
        "恢复单第 {number} 行缺失或有误",
        "Line {number} of the recovery sheet is missing or mistyped",
    ),
    "keys.bad_sheet": Texts("这不是恢复单", "This is no recovery sheet"),
    "keys.other_code": Texts(
        "校验码与当前密钥不符：这份副本不是现在的密钥",
        "The check code does not belong to the present keys: this copy is of others",
        "轮换密钥后需要重新制作副本（muniment keys sheet）",
        "After a rotation a new copy is due (muniment keys sheet)",
    ),
    "keys.no_place": Texts("请写明副本放在哪里", "Say where the copy lies"),
    "keys.there_already": Texts(
        "{file} 已有密钥，不会被覆盖", "{file} holds keys already; they are not overwritten"
    ),
    "init.bad_zone": Texts("没有时区“{zone}”", "There is no time zone “{zone}”"),
    "init.bad_admin": Texts(
        "账号只能由小写字母、数字和 . _ - 组成，以字母开头：{id}",
        "An account's name has small letters, digits and . _ - and begins with a letter: {id}",
    ),
    "backup.none": Texts("{folder} 里没有备份", "There is no backup in {folder}"),
    "backup.unreadable": Texts(
        "备份清单无法读取：{folder}", "The backup's manifest cannot be read: {folder}"
    ),
    "backup.bad_signature": Texts("备份清单被改动：{folder}", "The backup's manifest was changed: {folder}"),
    "backup.file_differs": Texts(
        "备份中的 {file} 缺失或与清单不符", "{file} in the backup is missing or not what the manifest says"
    ),
    "backup.inside_data": Texts(
        "备份不能放在数据目录之内：{folder}",
        "A backup does not belong inside the data directory: {folder}",
        "密钥也在数据目录里；请选择另一块磁盘上的目录",
        "The keys lie there too; choose a folder on another disk",
    ),
    "backup.beside_keys": Texts(
        "备份 {folder} 与密钥 {keys} 不能放在同一个目录：得到它的人就得到了一切",
        "The backup in {folder} must not lie with the keys in {keys}: whoever takes that folder has everything",
    ),
    "backup.no_program": Texts(
        "找不到 {program}",
        "{program} is not there",
        "安装 PostgreSQL 客户端（不低于服务器版本），或用 MUNIMENT_PG_BIN 指定其目录",
        "Install PostgreSQL's client programs, at least as new as the server, or set MUNIMENT_PG_BIN",
    ),
    "backup.program_failed": Texts("{program} 失败：{reason}", "{program} failed: {reason}"),
    "backup.bad_span": Texts(
        "保留时间写作天数，如 30d：{text}", "How long to keep is told in days, as 30d: {text}"
    ),
    "restore.not_empty": Texts(
        "{place} 或其数据库不是空的，不会被覆盖",
        "{place} or its database is not empty, and nothing is overwritten",
    ),
    "restore.no_keys": Texts(
        "还原需要密钥（校验码 {check}）：{place} 中没有，请用 --keys 指定副本或恢复单",
        "Restoring needs the keys (check code {check}): none in {place}; name a copy or the sheet with --keys",
    ),
    "restore.other_keys": Texts(
        "密钥不属于这个备份（校验码应为 {check}）",
        "These keys do not belong to this backup (its check code is {check})",
    ),
    "restore.other_database": Texts(
        "备份来自 {made}，这里设置的是 {here}", "The backup is of {made}, but {here} is set up here"
    ),
    "restore.bad_list": Texts("销毁清单被改动：{file}", "The list of what was shredded was changed: {file}"),
    "doctor.failed": Texts("这项检查本身失败了：{reason}", "The check itself failed: {reason}"),
    "doctor.database_revision": Texts(
        "数据库结构版本为 {found}，程序需要 {wanted}",
        "The database is at {found}, the program wants {wanted}",
    ),
    "doctor.synchronous": Texts(
        "MUNIMENT_SYNCHRONOUS={value}：断电可能丢失已确认的数据",
        "MUNIMENT_SYNCHRONOUS={value}: a power cut may lose what was confirmed",
        "设为 FULL",
        "Set it to FULL",
        severity="warning",
    ),
    "doctor.disk_tight": Texts(
        "{folder} 所在磁盘只剩 {free} GB", "{free} GB are left on the disk of {folder}", severity="warning"
    ),
    "doctor.disk_full": Texts(
        "{folder} 所在磁盘只剩 {free} GB，很快将无法写入",
        "{free} GB are left on the disk of {folder}; soon nothing can be written",
    ),
    "doctor.clock_behind": Texts(
        "时钟慢了：已有记录写于 {recorded}",
        "The clock is slow: something was recorded at {recorded}",
        "请校准系统时间（NTP）",
        "Set the system's time (NTP)",
    ),
    "doctor.clock_differs": Texts(
        "与数据库服务器的时钟相差 {seconds} 秒",
        "The clock and the database server's differ by {seconds} s",
        "请校准两者的系统时间（NTP）",
        "Set the time of both (NTP)",
        severity="warning",
    ),
    "doctor.not_set_up": Texts(
        "还没有设置组织与时区",
        "Nobody has said whose installation it is and in which time zone",
        "执行 muniment init",
        "Run: muniment init",
        severity="warning",
    ),
    "doctor.zone_differs": Texts(
        "环境变量的时区 {used} 与初始化时的 {settled} 不同：按天、按周的统计边界会改变",
        "The environment's zone {used} is not {settled} as set up: days and weeks end elsewhere",
        severity="warning",
    ),
    "doctor.no_key_copy": Texts(
        "还没有人确认密钥的副本放在别处：磁盘损坏就意味着全部加密内容永久丢失",
        "Nobody has confirmed that a copy of the keys lies elsewhere: were this disk lost, so is all that is sealed",
        "muniment keys sheet，放好后用副本上的校验码确认：muniment keys confirm",
        "muniment keys sheet, put it away, then say so with its check code: muniment keys confirm",
        severity="warning",
    ),
    "doctor.key_folder": Texts(
        "他人可以写入密钥所在目录 {folder}",
        "Others can write into the folder of the keys, {folder}",
        "chmod 700 {folder}",
        "chmod 700 {folder}",
    ),
    "doctor.never_verified": Texts(
        "还没有核验过",
        "Nothing was ever verified",
        "muniment verify",
        "Run: muniment verify",
        severity="warning",
    ),
    "doctor.not_clean": Texts(
        "最近一次核验（{at}）发现不符",
        "The last verification ({at}) found damage",
        "见存证页面",
        "See the page Evidence",
    ),
    "doctor.verified_long_ago": Texts(
        "最近一次核验是 {at}", "The last verification was {at}", severity="warning"
    ),
    "doctor.uncovered": Texts(
        "日志 {log} 有 {number} 条尚无检查点：后台作业可能没有运行",
        "{number} entries of the log {log} wait for a checkpoint: nobody may be working the jobs",
    ),
    "doctor.no_witness": Texts(
        "还没有外部见证：掌握全部数据的人可以把整个系统退回到从前",
        "There is no witness yet: who holds all the data could turn everything back",
        "在存证页面添加时间戳、邮件或文件见证",
        "Add a timestamp authority, a mailbox or a folder on the page Evidence",
        severity="warning",
    ),
    "doctor.witness_old": Texts(
        "最近一次外部见证是 {at}", "The last witness saw a checkpoint at {at}", severity="warning"
    ),
    "doctor.no_backup": Texts(
        "还没有备份",
        "There is no backup yet",
        "muniment backup 目录",
        "muniment backup FOLDER",
        severity="warning",
    ),
    "doctor.backup_old": Texts(
        "最近一次备份是 {at}（{folder}）", "The last backup is of {at} ({folder})", severity="warning"
    ),
    "doctor.certificate_renew": Texts(
        "证书将于 {at} 到期", "The certificate ends at {at}", severity="warning"
    ),
    "doctor.certificate_late": Texts(
        "证书即将或已经到期：{at}", "The certificate ends, or has ended, at {at}"
    ),
    "doctor.no_mail": Texts(
        "没有设置邮件服务器：通知和邀请只在页面上",
        "There is no mail server: notifications and invitations stay on the pages",
        "设置 MUNIMENT_SMTP_URL",
        "Set MUNIMENT_SMTP_URL",
        severity="hint",
    ),
    "doctor.mail_in_the_clear": Texts(
        "与邮件服务器 {host} 的连接没有加密",
        "The connection to the mail server {host} is in the clear",
        severity="warning",
    ),
    "doctor.no_public_url": Texts(
        "没有设置 MUNIMENT_PUBLIC_URL：邮件里没有可点的链接",
        "MUNIMENT_PUBLIC_URL is not set: mails hold no links",
        severity="warning",
    ),
    "doctor.database_unproven": Texts(
        "数据库连接 sslmode={mode}：不验证服务器身份",
        "The database is reached with sslmode={mode}: the server need not prove who it is",
        severity="warning",
    ),
    "doctor.quarantine": Texts(
        "隔离区有 {number} 条待处理",
        "{number} messages are in quarantine",
        "在渠道页面查看",
        "See the page Channels",
        severity="warning",
    ),
    "doctor.dead_jobs": Texts(
        "{number} 个作业多次失败后停止：{names}",
        "{number} jobs failed too often: {names}",
        severity="warning",
    ),
    "doctor.no_administrator": Texts(
        "没有人管理人员与角色",
        "Nobody manages people and roles",
        "muniment init --admin 账号",
        "muniment init --admin ACCOUNT",
    ),
    "keys.other_installation": Texts(
        "密钥文件 {file} 不属于这个数据库",
        "The key file {file} does not belong to this database",
        "请使用初始化该数据库时生成的密钥文件",
        "Use the key file that was made with this database",
    ),
    "ledger.damaged": Texts(
        "存证日志 {log} 与已签名的检查点不一致，不再签发新的检查点",
        "The log {log} does not match its signed checkpoint; no further one is signed",
        "运行 muniment verify 查看详情",
        "Run: muniment verify",
        status=500,
    ),
    "ledger.bad_origin": Texts(
        "存证日志的名称“{origin}”不能含有空格或加号", "A ledger's name has no spaces and no plus: “{origin}”"
    ),
    "ledger.other_origin": Texts(
        "该数据库的存证日志名为 {origin}，不能改为 {wanted}",
        "The ledger of this database is called {origin} and cannot become {wanted}",
    ),
    "ledger.unknown_log": Texts("没有日志“{log}”", "There is no log “{log}”", status=404),
    "ledger.no_checkpoint": Texts(
        "日志“{log}”还没有检查点", "The log “{log}” has no checkpoint yet", status=404
    ),
    "app.unreadable": Texts("应用文件无法读取：{reason}", "The app file cannot be read: {reason}"),
    "witness.unknown_kind": Texts(
        "没有“{kind}”这种见证", "There is no witness of the kind “{kind}”", status=400
    ),
    "witness.bad_folder": Texts(
        "请填写一个已存在的文件夹的完整路径", "Give the full path of a folder that is there", status=400
    ),
    "witness.bad_mail": Texts("请填写邮箱地址", "Give a mail address", status=400),
    "witness.bad_address": Texts(
        "请填写以 http:// 或 https:// 开头的地址",
        "Give an address that begins with http:// or https://",
        status=400,
    ),
    "witness.bad_roots": Texts(
        "请粘贴时间戳服务机构的根证书（PEM）", "Paste the authority's root certificate (PEM)", status=400
    ),
    "witness.bad_hours": Texts("间隔为 1 至 744 小时", "The interval is 1 to 744 hours", status=400),
    "ledger.private": Texts("日志树不对外公开", "The log's tree is not open to everybody", status=403),
    "ledger.no_tile": Texts("没有这个树块", "There is no such tile", status=404),
    "report.no_typesetter": Texts(
        "需要安装 typst 才能生成 PDF：pip install 'muniment[export]'",
        "A PDF needs typst: pip install 'muniment[export]'",
        status=503,
    ),
    "ledger.bad_size": Texts("日志没有这样的大小", "The log has no such size", status=400),
}

CORE_CODES = frozenset(TEXTS)  # ours; plugins add theirs
