"""What the actions and details of the audit trail are called, in both languages of the house.

A row an action, grouped as people look for them; the audit page, its export and the API show them.
`tests/security/test_audit.py` holds it against every action the source notes.
"""

from __future__ import annotations

from collections.abc import Mapping

from metamodel.labels import Label, label_text

Words = tuple[str, str]  # Chinese, English

GROUPS: Mapping[Words, Mapping[str, Words]] = {
    ("查阅", "Reading"): {
        "view": ("查看", "Viewed"),
        "list": ("在列表中看到", "Seen in a list"),
        "search": ("搜索", "Searched"),
        "report": ("打开报表", "Opened a report"),
        "drill": ("从报表下钻", "Drilled into a report"),
        "count": ("统计查询", "Counted"),
        "download": ("下载附件", "Downloaded a file"),
        "export": ("导出", "Exported"),
        "print": ("打印", "Printed"),
        "bytes.show": ("查看存储内容", "Looked at stored bytes"),
    },
    ("授权与解除脱敏", "Grants and unmasking"): {
        "grant": ("给予授权", "Granted"),
        "grant.end": ("终止授权", "Ended a grant"),
        "grant.revoke": ("撤销授权", "Revoked a grant"),
        "unmask": ("查看脱敏内容", "Saw masked values"),
        "unmask.ask": ("申请解除脱敏", "Asked to unmask"),
        "unmask.confirm": ("确认解除脱敏", "Confirmed unmasking"),
        "unmask.refuse": ("拒绝解除脱敏", "Refused unmasking"),
        "unmask.end": ("结束解除脱敏", "Ended unmasking"),
        "emergency.break": ("紧急查阅", "Broke the glass"),
        "emergency.end": ("结束紧急查阅", "Ended emergency access"),
        "access.explain": ("查询访问原因", "Asked why somebody can see"),
        "access.weigh": ("比较权限影响", "Weighed a change of permissions"),
        "see_as.start": ("以他人身份查看", "Began to see as somebody"),
        "see_as.end": ("结束以他人身份查看", "Ended seeing as somebody"),
    },
    ("记录与规则", "Records and rules"): {
        "create": ("新建", "Created"),
        "create_many": ("批量新建", "Created many"),
        "update": ("修改", "Changed"),
        "delete": ("删除", "Deleted"),
        "record.restore": ("从回收站恢复", "Restored from the recycle bin"),
        "comment.add": ("评论", "Commented"),
        "comment.remove": ("删除评论", "Removed a comment"),
        "press": ("按下按钮", "Pressed a button"),
        "public_form.open": ("开放公开填写", "Opened a public form"),
        "public_form.change": ("修改公开填写", "Changed a public form"),
        "public_form.renew": ("更换公开填写链接", "Renewed a public form's link"),
        "public_form.close": ("关闭公开填写", "Closed a public form"),
        "filter.share": ("共享筛选", "Shared a filter"),
        "filter.unshare": ("取消共享筛选", "Took a shared filter back"),
        "import.begin": ("开始导入", "Began an import"),
        "import.done": ("完成导入", "Finished an import"),
        "rule.try": ("试运行规则", "Tried a rule"),
        "app.publish": ("发布应用", "Published an app"),
        "app.publish_ask": ("申请发布应用", "Asked to publish an app"),
        "app.publish_untested": ("跳过测试发布应用", "Published an app without its tests"),
        "app.import": ("导入应用定义", "Imported a definition"),
        "app.export": ("导出应用定义", "Exported a definition"),
        "field.convert": ("转换字段类型", "Converted a field"),
        "field.compute": ("重新计算字段", "Computed fields anew"),
        "choice.merge": ("合并选项", "Merged a choice"),
        "web_hook.retry": ("重新外发", "Sent a web hook again"),
        "web_hook.discard": ("放弃外发", "Gave up a web hook"),
        "secret.set": ("设置外部系统的密钥", "Set another system's secret"),
        "secret.remove": ("删除外部系统的密钥", "Removed another system's secret"),
        "channel.secret": ("设置渠道密钥", "Set a channel's secret"),
        "retry": ("重试隔离消息", "Retried a quarantined message"),
        "dismiss": ("忽略隔离消息", "Dismissed a quarantined message"),
    },
    ("待办与流程", "To-dos and flows"): {
        "task.close": ("处理待办", "Closed a to-do"),
        "task.transfer": ("转交待办", "Transferred a to-do"),
        "task.hand_over": ("交接待办", "Handed to-dos over"),
        "task.share": ("增减待办人", "Changed whose a to-do is"),
        "task.cancel": ("取消待办", "Cancelled a to-do"),
        "absence.set": ("设置外出与代理", "Set an absence"),
        "absence.end": ("结束外出与代理", "Ended an absence"),
        "flow.start": ("发起流程", "Began a flow"),
        "flow.approve": ("同意", "Approved"),
        "flow.reject": ("驳回", "Rejected"),
        "flow.return": ("退回", "Returned"),
        "flow.resubmit": ("重新提交", "Handed in again"),
        "flow.withdraw": ("撤回申请", "Withdrew"),
        "flow.transfer": ("转交审批", "Transferred an approval"),
        "flow.add_before": ("前加签", "Had others asked first"),
        "flow.add_after": ("同意并加签", "Approved, and had others asked as well"),
        "flow.remind": ("催办", "Reminded"),
        "flow.comment": ("评论", "Commented"),
    },
    ("保全与销毁", "Retention"): {
        "hold.set": ("设置保全", "Set a hold"),
        "hold.release": ("解除保全", "Released a hold"),
        "retention.activate": ("启用保存规则", "Activated a retention rule"),
        "retention.ask": ("申请启用保存规则", "Asked to activate a retention rule"),
        "retention.deactivate": ("停用保存规则", "Stopped a retention rule"),
        "retention.two_people": ("设置双人启用", "Set two-person activation"),
        "retention.two_people_ask": ("申请关闭双人启用", "Asked to end two-person activation"),
        "retention.go_on": ("还原后继续到期处置", "Let disposal go on after a restore"),
        "record.shred": ("销毁", "Shredded"),
        "record.restrict": ("限制为仅保存", "Restricted to storing only"),
        "record.lift": ("解除仅保存", "Lifted a restriction"),
    },
    ("密钥与存证", "Keys and evidence"): {
        "key.open": ("打开密钥", "Opened the keys"),
        "key.copy": ("取出密钥", "Took the keys out"),
        "key.rotate": ("更换密钥", "Rotated keys"),
        "key.drop": ("销毁旧索引密钥", "Destroyed old index keys"),
        "key.confirm_copy": ("确认密钥副本", "Confirmed a key's copy"),
        "backup.make": ("备份", "Made a backup"),
        "backup.restore": ("恢复备份", "Restored a backup"),
        "verify": ("验证存证", "Verified the evidence"),
        "verify.start": ("开始验证存证", "Began a verification"),
        "evidence.report": ("导出存证报告", "Exported a report on the evidence"),
        "witness.send": ("送交见证", "Sent to a witness"),
        "witness.set": ("设置见证", "Set a witness"),
        "ledger.publish": ("设置存证公开", "Set who may fetch the ledger"),
        "package.ask": ("申请制作证据包", "Asked for a package"),
        "package.download": ("下载证据包", "Downloaded a package"),
    },
    ("登录与账号", "Sign-in and accounts"): {
        "user.sign_in": ("登录", "Signed in"),
        "user.sign_in_failed": ("登录失败", "Failed to sign in"),
        "user.sign_out": ("退出", "Signed out"),
        "user.password_set": ("设置密码", "Set a password"),
        "user.reset_asked": ("申请重设密码", "Asked to reset a password"),
        "user.totp_on": ("启用两步验证", "Turned the second factor on"),
        "user.totp_off": ("停用两步验证", "Turned the second factor off"),
        "user.recovery_codes": ("生成恢复码", "Made recovery codes"),
        "user.session_end": ("结束会话", "Ended a session"),
        "user.invite": ("邀请", "Invited"),
        "user.unlock": ("解除锁定", "Unlocked an account"),
        "token.make": ("创建令牌", "Made a token"),
        "token.revoke": ("撤销令牌", "Revoked a token"),
        "identity.link": ("绑定外部身份", "Linked an identity"),
        "identity.unlink": ("解绑外部身份", "Unlinked an identity"),
        "provider.set": ("设置登录提供方", "Set an identity provider"),
        "accounts.policy": ("设置账号策略", "Set the account policy"),
    },
    ("组织与设置", "Organisation and settings"): {
        "person.create": ("新增人员", "Added a person"),
        "person.change": ("修改人员", "Changed a person"),
        "person.leave": ("办理离职", "Let a person go"),
        "person.return": ("办理返岗", "Took a person back"),
        "department.create": ("新增部门", "Added a department"),
        "department.change": ("修改部门", "Changed a department"),
        "department.close": ("关闭部门", "Closed a department"),
        "department.reopen": ("重开部门", "Reopened a department"),
        "post.rename": ("岗位改名", "Renamed a post"),
        "role.give": ("授予角色", "Gave a role"),
        "role.take": ("收回角色", "Took a role back"),
        "role.add": ("加入角色", "Added to a role"),
        "role.remove": ("移出角色", "Removed from a role"),
        "administrator.add": ("新增管理员", "Added an administrator"),
        "hand_over.start": ("开始交接", "Began a hand-over"),
        "hand_over.done": ("完成交接", "Finished a hand-over"),
        "organisation.import": ("导入组织", "Imported the organisation"),
        "organisation.export": ("导出组织", "Exported the organisation"),
        "calendar.set": ("设置工作日历", "Set the working calendar"),
        "installation.init": ("初始化", "Set the installation up"),
        "audit": ("查阅审计", "Read the audit trail"),
        "audit.export": ("导出审计", "Exported the audit trail"),
    },
}  # fmt: skip

ACTIONS: Mapping[str, Words] = {name: words for group in GROUPS.values() for name, words in group.items()}

DETAILS: Mapping[str, Words] = {
    "text": ("搜索词", "Words"), "filter": ("筛选", "Filter"), "conditions": ("条件", "Conditions"),
    "count": ("条数", "Rows"), "reason": ("事由", "Reason"), "purpose": ("用途", "Purpose"),
    "matter": ("事项", "Matter"), "rule": ("规则", "Rule"), "report": ("报表", "Report"), "widget": ("组件", "Widget"),
    "flow": ("流程", "Flow"), "channel": ("渠道", "Channel"), "fields": ("字段", "Fields"), "field": ("字段", "Field"),
    "version": ("版本", "Version"), "by": ("方式", "By"), "until": ("至", "Until"), "hours": ("小时", "Hours"),
    "days": ("天数", "Days"), "name": ("名称", "Name"), "kind": ("种类", "Kind"), "scopes": ("范围", "Scopes"),
    "role": ("角色", "Role"), "person": ("人员", "Person"), "department": ("部门", "Department"),
    "delegate": ("代理人", "Stands in"), "first": ("开始", "First day"), "last": ("结束", "Last day"),
    "member": ("成员", "Member"), "to": ("给", "To"), "for": ("代", "Standing in for"),
    "from": ("从", "From"), "form": ("表单", "Form"),
    "records": ("记录", "Records"), "grants": ("授权", "Grants"), "sessions": ("会话", "Sessions"),
    "page": ("页", "Page"), "size": ("大小", "Size"), "url": ("网址", "Address"), "status": ("状态", "Status"),
    "action": ("动作", "Action"), "outcome": ("结果", "Outcome"), "state": ("状态", "State"),
    "folder": ("位置", "Place"), "policy": ("策略", "Policy"), "address": ("地址", "Address"),
    "seen_as": ("查看身份", "Seen as"), "package": ("证据包", "Package"), "keys": ("密钥", "Keys"),
    "wrapped": ("重新加密的数据密钥", "Data keys wrapped anew"), "code": ("校验码", "Check code"),
    "command": ("命令", "Command"), "account": ("系统账户", "System account"), "machine": ("主机", "Machine"),
    "place": ("存放处", "Where it lies"),
}  # fmt: skip


# Of to-dos that were closed before their row said how the outcome was called.
OUTCOMES: Mapping[str, Words] = {
    "done": ("完成", "Done"), "agree": ("同意", "Agree"), "refuse": ("不同意", "Refuse"),
    "approve": ("同意", "Approve"),
    "reject": ("驳回", "Reject"), "return": ("退回修改", "Send back"), "resubmit": ("重新提交", "Hand in again"),
    "withdraw": ("撤回", "Withdraw"), "sent": ("已发送邮件", "Mailed"), "none": ("未发送", "Nothing sent"),
}  # fmt: skip


def outcome_word(outcome: str, label: Label | None, language: str) -> str:
    """`label`: as the to-do's row in the trail has it; the outcome's id for an old one nobody gave words."""
    return label_text(label, language) if label else _said(OUTCOMES.get(outcome), language) or outcome


def action_word(action: str, language: str) -> str:
    """The name itself for one nobody gave words."""
    return _said(ACTIONS.get(action), language) or action


def detail_word(name: str, language: str) -> str:
    return _said(DETAILS.get(name), language) or name


def group_word(group: Words, language: str) -> str:
    return _said(group, language)


def _said(words: Words | None, language: str) -> str:
    return label_text({"zh": words[0], "en": words[1]}, language) if words else ""
