"""Running an installation: channels, what leaves the house, set-up."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # channel
    "channel.taken": Texts(
        "渠道标识“{value}”已被“{app}”使用", "Channel “{value}” belongs to “{app}” already"
    ),
    "channel.unknown": Texts(
        "渠道“{channel}”不存在，或其连接器未安装",
        "There is no channel “{channel}”, or its connector is not installed",
        status=404,
    ),
    "channel.disabled": Texts("渠道“{channel}”已停用", "The channel “{channel}” is disabled", status=403),
    "channel.quarantined": Texts("消息进入隔离区：{reasons}", "The message lies in quarantine: {reasons}"),
    # doctor
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
    "doctor.key_ages": Texts(
        "密钥已用天数：{ages}",
        "Days the keys are in use: {ages}",
        severity="hint",
    ),
    "doctor.keys_old": Texts(
        "密钥已用 {days} 天没有轮换：{kinds}",
        "Not rotated for {days} days: {kinds}",
        "muniment rotate-key，然后为新密钥制作副本",
        "muniment rotate-key, then make a copy of the new keys",
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
    "doctor.event_triggers": Texts(
        "数据库里有不是本系统建立的事件触发器：{names}",
        "The database has event triggers that are not ours: {names}",
        "请确认由谁建立、作用是什么",
        "Find out who made them, and what for",
        severity="warning",
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
    "doctor.disposal_paused": Texts(
        "还原后到期处置已暂停：{at} 之后设置的保全不在了",
        "Disposal pauses since a restore: holds set after {at} are gone",
        "重新设置保全，再在“保存与保全”页面或用 muniment go-on --as 人员 继续",
        "Set them again, then go on: the page Retention and holds, or muniment go-on --as PERSON",
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
    # inbox
    "inbox.changed": Texts(
        "同一消息再次到达而内容不同，作为编辑保存",
        "The same message came again with other content; kept as an edit",
    ),
    "inbox.failed": Texts("处理这条消息时出错", "Something went wrong with this message"),
    "inbox.no_record": Texts("没有规则把它变成记录", "No rule made a record of it"),
    # init
    "init.bad_zone": Texts("没有时区“{zone}”", "There is no time zone “{zone}”"),
    "init.bad_admin": Texts(
        "账号只能由小写字母、数字和 . _ - 组成，以字母开头：{id}",
        "An account's name has small letters, digits and . _ - and begins with a letter: {id}",
    ),
    # outgoing
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
    "outgoing.not_taken": Texts("对方返回 {status}", "The other side answered {status}"),
    # restore
    "restore.not_empty": Texts(
        "{place} 或其数据库不是空的，不会被覆盖",
        "{place} or its database is not empty, and nothing is overwritten",
    ),
    "restore.no_keys": Texts(
        "还原需要密钥（校验码 {check}）：{place} 中没有，请用 --keys 指定副本或恢复单",
        "Restoring needs the keys (check code {check}): none in {place}; name a copy or the sheet with --keys",
    ),
    "restore.other_keys": Texts(
        "密钥打不开这个备份（校验码应为 {check}）",
        "These keys do not open this backup (its check code is {check})",
        "请用做备份时的密钥副本或恢复单；数据目录中已有的密钥先移开",
        "Use the copy or the sheet of the time it was made; move keys that lie in the data directory away first",
    ),
    "restore.unfinished": Texts(
        "{place} 中的还原没有完成，不能使用",
        "A restore into {place} did not come to its end: it cannot be used",
        "清空数据目录（密钥除外）和数据库，再次还原",
        "Empty the data directory (but the keys) and the database, and restore again",
    ),
    "restore.other_database": Texts(
        "备份来自 {made}，这里设置的是 {here}", "The backup is of {made}, but {here} is set up here"
    ),
    "restore.bad_list": Texts("销毁清单被改动：{file}", "The list of what was shredded was changed: {file}"),
    # serve
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
    # web_hook
    "web_hook.unknown": Texts(
        "没有这条外发，或已处理", "There is no such call, or it is settled", status=404
    ),
}
