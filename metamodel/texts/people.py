"""Accounts, the organisation, who may what."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # access
    "access.denied": Texts("您没有权限进行此操作", "You are not allowed to do this", status=403),
    "access.signed_out": Texts("请先登录", "Please sign in first", status=401),
    "access.bad_password": Texts("账号或密码不正确", "Wrong name or password", status=401),
    "access.locked": Texts(
        "尝试次数过多，请 {minutes} 分钟后再试",
        "Too many attempts; try again in {minutes} min",
        status=429,
    ),
    "access.forged": Texts(
        "请求来源不可信，请刷新页面后重试",
        "This request did not come from our page; reload and try again",
        status=403,
    ),
    "access.not_by_token": Texts(
        "API 令牌只能用于接口，不能打开页面", "API tokens are for the API; pages do not take them", status=403
    ),
    "access.scope": Texts("此令牌没有“{scope}”权限", "This token lacks the scope “{scope}”", status=403),
    "access.no_such_person": Texts(
        "没有“{person}”这个人，或已离职", "There is nobody called “{person}”, or they have left", status=404
    ),
    # account
    "account.span": Texts("须在 {least} 到 {most} 分钟之间", "Between {least} and {most} minutes"),
    "account.sign_in_again": Texts("请重新登录后再做这一步", "Sign in anew, then do this", status=403),
    "account.who": Texts("请输入账号或邮箱", "Enter an account or an e-mail address"),
    "account.no_mail": Texts(
        "这里不能用邮件重设密码，请联系管理员",
        "A password cannot be set anew by mail here: ask an administrator",
        status=404,
    ),
    "account.wrong_password": Texts("当前密码不正确", "That is not your present password"),
    # emergency
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
    # factor
    "factor.wrong_code": Texts(
        "验证码不正确，或已用过；请等下一个", "Wrong code, or one used before; wait for the next"
    ),
    "factor.none_offered": Texts(
        "请重新开始设置两步验证", "Begin setting up the second factor anew", status=409
    ),
    "factor.required": Texts("您的角色必须使用两步验证", "Your role must use a second factor", status=409),
    # grant
    "grant.unknown": Texts("没有正在生效的这项授权", "There is no such grant in force", status=404),
    # identity
    "identity.taken": Texts(
        "这个身份已关联到另一个账号", "This identity is linked to another account", status=409
    ),
    # invitation
    "invitation.unknown": Texts(
        "这个链接已用过或已过期，请向管理员要一个新的",
        "This link was used or is over; ask your administrator for a new one",
        status=404,
    ),
    # organisation
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
    "organisation.control_character": Texts(
        "不能含换行或看不见的控制字符", "No line breaks or invisible control characters"
    ),
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
    "organisation.conflicting_duties": Texts(
        "{person}会兼有不相容的职责：{duties}",
        "{person} would hold duties that should be apart: {duties}",
        "换一个人，或写明兼任的理由",
        "Choose somebody else, or say why",
    ),
    # password
    "password.short": Texts("密码至少要 {least} 个字符", "A password has at least {least} characters"),
    "password.long": Texts("密码最多 {most} 个字符", "A password has at most {most} characters"),
    "password.guessable": Texts(
        "这个密码太容易猜到",
        "This password is too easy to guess",
        hint_zh="用几个不相干的词连起来；不要用姓名、常见密码、键盘上相邻的字母",
        hint_en="Put a few unrelated words together; no names, no common passwords, no rows of the keyboard",
    ),
    "password.differs": Texts("两次输入的密码不一致", "The two passwords differ"),
    "password.same": Texts("新密码不能与当前密码相同", "The new password must differ from the present one"),
    # provider
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
    # see_as
    "see_as.nobody": Texts(
        "这个人在此应用中没有角色，或已离开", "They have no role in this app, or are not here any more"
    ),
    "see_as.reason": Texts(
        "请写明事由（至少 {least} 个字），它会留在审计记录里，也会告知本人",
        "Give a reason of at least {least} characters; the audit trail keeps it, and the person is told",
    ),
    "see_as.only_looks": Texts(
        "您正以{name}的身份查看，只能看，不能改", "You see as {name}: look, and change nothing", status=403
    ),
    "see_as.not_there": Texts(
        "您正以{name}的身份查看；这一页属于本人或管理，不在其中",
        "You see as {name}; this page is that person's own, or for managing, and stays closed",
        status=403,
    ),
    # token
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
}
