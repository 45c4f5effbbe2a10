"""Rules, flows, to-dos, notices; and the tests of an app."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # absences
    "absence.backwards": Texts(
        "结束日不能早于开始日，也不能已经过去", "The last day is before the first, or over"
    ),
    "absence.delegate_away": Texts(
        "代理人在这段时间也不在，请另选他人",
        "Whoever is to stand in is away then, too: choose another",
        status=409,
    ),
    "absence.too_long": Texts("一次最多一年", "A year at most"),
    "absence.twice": Texts("这段时间已经设置过了", "There is an absence on these days already", status=409),
    "absence.unknown": Texts(
        "没有这项设置，或它已结束", "There is no such absence, or it is over", status=404
    ),
    "absence.yourself": Texts("不能由自己代理", "Nobody stands in for himself"),
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
    "analyzer.unknown_type": Texts(
        "没有分析器“{name}”", "There is no analyzer “{name}”", "可用的有：{known}", "Known: {known}"
    ),
    # app_test
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
    "app_test.unknown_timeline": Texts(
        "表单没有时间线“{name}”", "The form has no timeline “{name}”", "{known}", "{known}"
    ),
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
    "app_test.no_line": Texts(
        "“{what}”上没有这一行：{line}；由新到旧还有：{found}",
        "“{what}” has no such line: {line}; newest first there still are: {found}",
    ),
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
    "app_test.unsound": Texts(
        "证据包没有通过独立校验：{reasons}", "The package does not pass its own verifier: {reasons}"
    ),
    "app_test.value": Texts(
        "{what}的“{field}”应为 {expected}，实为 {found}",
        "“{field}” of {what} should be {expected}; it is {found}",
    ),
    "app_test.visible": Texts("{what}的“{field}”不应看得到", "“{field}” of {what} should not be seen"),
    # flow
    "flow.asked_already": Texts(
        "{person}已在这一步的审批人之中", "{person} is asked here anyway", status=409
    ),
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
    "flow.nobody": Texts(
        "“{node}”找不到任何审批人",
        "Nobody at all can be asked at “{node}”",
        "请先给审批的角色添加成员",
        "Give the role that is asked to somebody first",
    ),
    "flow.not_now": Texts("现在不能发起“{flow}”", "“{flow}” cannot be begun now", status=409),
    "flow.not_yet": Texts(
        "要等加签的人同意之后才轮到您",
        "Those who were asked first have to agree before it is your turn",
        status=409,
    ),
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
    "flow.too_many_added": Texts(
        "一步最多加签 {limit} 人", "At most {limit} people can be added at one step"
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
    # mail
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
    # notification
    "notification.unknown": Texts(
        "通知不存在，或不是您的通知", "There is no such notification, or it is not yours", status=404
    ),
    # recipient
    # recipient: whom a task, a notice or an approval goes to
    "recipient.nobody": Texts("请填写收件人", "Say whom it goes to"),
    "recipient.unreadable": Texts(
        "看不懂收件人“{text}”",
        "“{text}” is nobody that can be found",
        "可以写 role:角色、person:人员、field:成员字段、manager:成员字段:级数、head:部门字段、head:'部门编号' 或 me",
        "Write role:ID, person:ID, field:PATH, manager:PATH:LEVEL, head:PATH, head:'DEPARTMENT' or me",
    ),
    # rule
    "rule.broken_action": Texts(
        "动作“{action}”不可用，规则停止执行", "The action “{action}” is not available, so the rule stopped"
    ),
    "rule.broken_expression": Texts(
        "公式“{text}”不再成立，规则停止执行",
        "The expression “{text}” no longer makes sense, so the rule stopped",
    ),
    "rule.failed": Texts("规则“{rule}”执行出错", "The rule “{rule}” failed"),
    "rule.grant_to_nobody": Texts(
        "没有可授权的人：要授权的人已离职，或角色还没有成员",
        "There is nobody to grant it to: whoever it was for has left, or nobody holds the role",
        "已离职的，请驳回这条申请",
        "Reject the request of somebody who has left",
    ),
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
    "rule.unfilled": Texts(
        "“{form}”的“{field}”必填，却没有来源：这样的记录存不下来",
        "“{field}” of “{form}” is required and nothing fills it: no such record can be kept",
        "给它一个来源或默认值",
        "Give it a source, or a default",
        severity="warning",
    ),
    "rule.never": Texts(
        "条件永远不成立，规则不会执行",
        "The condition can never hold, so the rule never runs",
        severity="warning",
    ),
    "rule.loop": Texts(
        "规则互相触发，没有尽头：{rules}",
        "These rules set each other off without end: {rules}",
        "给其中一条加上执行之后不再成立的条件，或把“新建记录”换成“查找或新建记录”",
        "Give one of them a condition that what they do makes false, or find or create a record in place of "
        "creating one",
    ),
    "rule.may_loop": Texts(
        "规则可能互相触发，没有尽头：{rules}；运行时最多触发六层",
        "These rules may set each other off without end: {rules}; they are stopped six storeys down",
        "给其中一条加上执行之后不再成立的条件；确定会停下来就不用改",
        "Give one of them a condition that what they do makes false; where it is sure to end, leave it",
        severity="warning",
    ),
    "rule.conflict": Texts(
        "“{first}”和“{second}”可能同时成立，把“{field}”设成不同的值：后执行的算数",
        "“{first}” and “{second}” may both hold and set “{field}” to different values: the later one counts",
        "分别设置优先级，或让两个条件不会同时成立",
        "Give them different priorities, or conditions that exclude each other",
        severity="warning",
    ),
    "rule.wrong_event": Texts(
        "“{action}”只能用在按钮规则里",
        "“{action}” only means something behind a button",
        "没有人按下按钮时，无处打开表单",
        "Nobody is there to be shown a form otherwise",
    ),
    # task
    "task.closed": Texts(
        "“{title}”已由{person}处理", "“{title}” was dealt with by {person} already", status=409
    ),
    "task.needs_people": Texts("请选择要请谁", "Choose whom to ask"),
    "task.needs_reason": Texts("请填写理由", "Say why"),
    "task.to_yourself": Texts("不能转交给自己", "It is yours already"),
    "task.unknown": Texts(
        "待办不存在，或不是您的待办", "There is no such task, or it is not yours", status=404
    ),
    "task.unknown_outcome": Texts("此待办没有“{outcome}”这个选项", "The task has no outcome “{outcome}”"),
    "task.unknown_person": Texts(
        "没有“{person}”这个人，或已离职", "There is nobody called “{person}”, or they have left"
    ),
    # unmask
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
}
