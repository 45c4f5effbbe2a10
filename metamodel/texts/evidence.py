"""The ledger, keys, retention, packages; what verification finds."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # backup
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
    # evidence
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
    "evidence.index_differs": Texts(
        "{app}/{form} 记录 {record}：检索索引与内容不符",
        "{app}/{form} record {record}: the search index has other words than the record",
        "运行 muniment reindex 重建索引",
        "Run: muniment reindex",
    ),
    "evidence.index_of_nothing": Texts(
        "{app}/{form}：检索索引中有并不存在的记录 {record}",
        "{app}/{form}: the search index has record {record}, which is not there",
        "运行 muniment reindex 重建索引",
        "Run: muniment reindex",
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
    "evidence.checkpoint_forked": Texts(
        "日志 {log} 在 {size} 处有两个签名有效、内容不同的检查点：其中一个是伪造的，以见证人所见为准",
        "Log {log}: another checkpoint of {size} entries was signed with our key: one of the two is forged; what "
        "witnesses saw tells which",
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
    "evidence.rule_unknown": Texts(
        "表 {table} 上有来历不明的规则（RULE）{rule}", "Table {table} has a rule that is not ours: {rule}"
    ),
    "evidence.rows_veiled": Texts(
        "表 {table} 启用了行级安全，可能有行对本系统不可见",
        "Table {table} is under row security: rows may be hidden from us",
    ),
    "evidence.published_differs": Texts(
        "日志 {log} 在数据库旁公布的第 {level} 层第 {number} 片与树不符，或已缺失",
        "Log {log}: tile {number} of level {level}, published beside the database, is gone or not the tree's",
    ),
    "evidence.published_missing": Texts(
        "日志 {log} 在数据库旁公布的检查点缺失或为空：若只恢复了数据库，下一个检查点会重新公布；"
        "请用存放在别处的检查点核对（--checkpoint）",
        "Log {log}: the checkpoint published beside the database is gone or empty. Where only the database was "
        "restored, the next one publishes all anew; hold one kept elsewhere against it (--checkpoint)",
    ),
    "evidence.published_stray": Texts(
        "日志 {log} 在数据库旁的目录里有不属于它的文件：{file}",
        "Log {log}: a file that does not belong there lies among what is published beside the database: {file}",
    ),
    "evidence.strange_id": Texts(
        "有记录编号不是数字的行：{record}", "There are rows of a record whose id is no number: {record}"
    ),
    "evidence.catalog_differs": Texts(
        "{app}/{form} 字段 {field} 的存储登记与已发布的应用不符",
        "{app}/{form}, field {field}: where it is stored is not what the published app says",
    ),
    "evidence.catalog_unreadable": Texts("存储登记无法读取", "Where things are stored cannot be read"),
    "evidence.database_unreadable": Texts(
        "数据库本身已损坏：{reason}", "The database itself is damaged: {reason}"
    ),
    "evidence.check_failed": Texts(
        "一项检查无法完成：数据的损坏出乎意料（{reason}），见日志",
        "A check could not be finished: something is damaged in a way it does not know ({reason}); see the log",
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
    "evidence.file_missing": Texts(
        "附件 {record} 已被删除，且没有清除记录", "File {record} is gone, and nothing says that it was erased"
    ),
    "evidence.row_hidden": Texts(
        "{app}/{form} 记录 {record}：存档记录被移入回收站",
        "{app}/{form} record {record}: a record of an archive was put into the recycle bin",
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
        "全部一致：记录 {records}，日志条目 {leaves}，审计记录 {audit}，检索索引 {indexed}",
        "Everything is as it was recorded: {records} records, {leaves} log entries, {audit} audit rows, "
        "{indexed} in the search index",
    ),
    "evidence.touched": Texts(
        "发现 {number} 处不符：记录 {records}，日志条目 {leaves}，审计记录 {audit}，检索索引 {indexed}",
        "{number} mismatches in {records} records, {leaves} log entries, {audit} audit rows, "
        "{indexed} in the search index",
    ),
    # hold
    "hold.unknown": Texts("没有这项保全", "There is no such hold"),
    "hold.released": Texts("这项保全已经解除", "This hold was released already"),
    "hold.finds_nothing": Texts("这个检索什么也没有找到", "This search finds nothing"),
    "hold.finds_too_much": Texts(
        "检索找到的超过 {limit} 条，请改用条件",
        "The search finds more than {limit}: use a condition instead",
    ),
    "hold.not_his_to_ask": Texts(
        "保全条件用到了你无权查看的“{field}”：保全了多少条会说出它的值",
        "The condition asks for “{field}”, which is not yours to read: how much a hold keeps would tell",
    ),
    "hold.needs_reason": Texts("请写明原因", "Say why"),
    # keys
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
    "keys.other_variable": Texts(
        "{file} 中轮换后的密钥不属于 MUNIMENT_MASTER_KEY 里的这一份",
        "The rotated keys in {file} took the place of others than those in MUNIMENT_MASTER_KEY",
        "换上轮换前的那一份，或最近一次 muniment keys variable 给出的那一份",
        "Give the ones they took the place of, or the newest that muniment keys variable gave",
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
    "keys.other_installation": Texts(
        "密钥文件 {file} 不属于这个数据库",
        "The key file {file} does not belong to this database",
        "请使用初始化该数据库时生成的密钥文件",
        "Use the key file that was made with this database",
    ),
    # ledger
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
    "ledger.private": Texts("日志树不对外公开", "The log's tree is not open to everybody", status=403),
    "ledger.no_tile": Texts("没有这个树块", "There is no such tile", status=404),
    "ledger.bad_size": Texts("日志没有这样的大小", "The log has no such size", status=400),
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
    # witness
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
}
