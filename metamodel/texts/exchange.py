"""Records in and out: spreadsheets, imports, keys of other systems, exports, choices from outside."""

from __future__ import annotations

from metamodel.texts.entry import Texts

TEXTS = {
    # sheet
    "sheet.too_large": Texts("文件过大，最多 {limit} MB", "The file is too large, the limit is {limit} MB"),
    "sheet.too_long": Texts(
        "一次最多 {limit} 行", "At most {limit} lines at once", "请分成几个文件", "Split it into several files"
    ),
    "sheet.too_wide": Texts("最多 {limit} 列", "At most {limit} columns"),
    "sheet.too_spread": Texts(
        "表格占的范围太大，读不下", "The sheet spreads over more cells than can be read",
        "请删除数据以外的行和列，再另存一次",
        "Delete the rows and columns beyond the data and save it anew",
    ),
    "sheet.unreadable": Texts(
        "无法读取这个文件", "This file cannot be read",
        "请用 Excel（.xlsx、.xls）或 CSV；加密的工作簿请先去掉密码",
        "Use Excel (.xlsx, .xls) or CSV; take the password off an encrypted workbook first",
    ),
    "sheet.unknown": Texts("没有工作表“{sheet}”", "There is no sheet “{sheet}”"),
    "sheet.no_headings": Texts(
        "这一行没有表头", "There are no headings in this line",
        "每一列的名称应写在同一行", "The names of the columns should stand in one line",
    ),
    # import
    "import.unknown": Texts("没有这次导入", "There is no such import", status=404),
    "import.not_now": Texts(
        "这次导入现在不能这样做", "This import cannot do that now",
        "它可能已在运行、已完成或已过期", "It may be running, done or over", status=409,
    ),
    "import.nothing_mapped": Texts(
        "还没有把任何一列对应到字段", "No column stands for a field yet", "至少选一列", "Choose at least one"
    ),
    "import.mapped_twice": Texts("两列都对应到“{field}”", "Two columns stand for “{field}”"),
    "import.field_closed": Texts("“{field}”不能导入", "“{field}” cannot be imported"),
    "import.no_key": Texts(
        "请选择按哪个字段认出已有记录，并把一列对应到它",
        "Choose the field by which records are recognised, and a column for it",
    ),
    "import.needed": Texts(
        "必填字段“{field}”没有对应的列", "No column stands for “{field}”, which is required",
        "没有默认值的必填字段要有一列", "A required field without a default needs a column",
        severity="warning",
    ),
    "import.whole_too_long": Texts(
        "要么全部要么不导入时，最多 {limit} 行", "All or nothing takes at most {limit} lines",
        "请选“略过有错的行”，或分成几个文件", "Leave wrong lines out instead, or split the file",
    ),
    "import.twice": Texts(
        "“{field}”的值“{value}”在{line}已经有了", "“{field}” has “{value}” in {line} already"
    ),
    "import.differs": Texts(
        "“{field}”与{line}不同，而两行属于同一条记录",
        "“{field}” is another than in {line}, though both are of one record",
        "同一条记录的各行应写得一样，或只在第一行填写",
        "Write it alike in all lines of a record, or in the first one only",
    ),
    "import.with_line": Texts(
        "与{line}是同一条记录，那一行有错", "One record with {line}, which is wrong",
        "改正那一行，整条记录会一起导入", "Mend that line; the record comes in as a whole",
    ),
    "import.no_archive": Texts(
        "“{field}”里是文件名，请同时上传装有这些文件的 ZIP",
        "“{field}” names files: upload a ZIP that holds them as well",
    ),
    "import.no_such_file": Texts(
        "“{field}”：ZIP 里没有“{value}”", "“{field}”: there is no “{value}” in the ZIP",
        "文件名要与 ZIP 里的一致，含后缀", "Write the name as it stands in the ZIP, with its ending",
    ),
    "import.bad_archive": Texts(
        "无法读取这个 ZIP", "This ZIP cannot be read",
        "请重新打包，不要加密；最多 20,000 个文件", "Pack it again, without a password; at most 20,000 files",
    ),
    "import.no_sheet_within": Texts(
        "ZIP 里应当正好有一个表格，找到 {count} 个", "The ZIP should hold one spreadsheet, {count} were found",
        "把表格放在最外层，附件放在文件夹里", "Put the spreadsheet at the top and the files into a folder",
    ),
    "import.no_such_name": Texts(
        "“{field}”：找不到“{value}”", "“{field}”: nothing is called “{value}”",
        "请填写名称或编号，与系统中一致", "Write the name or the id as it stands here",
    ),
    "import.several_named": Texts(
        "“{field}”：有 {count} 个“{value}”，无法确定是哪一个",
        "“{field}”: {count} are called “{value}”, so it is not clear which one is meant",
        "请填写编号", "Write its id",
    ),
    "import.file_gone": Texts("上传的文件已不在", "The uploaded file is gone", "请重新上传", "Upload it again"),
    # choices from outside
    "outside.no_secret": Texts(
        "没有名为“{secret}”的密钥", "There is no secret called “{secret}”",
        "由管理渠道的人在 管理 › 外发 里设置", "Whoever manages channels sets it under Administration, Web hooks",
        status=404,
    ),
    "outside.secret_elsewhere": Texts(
        "密钥“{secret}”不能发往“{host}”", "The secret “{secret}” is not for “{host}”",
        "它只发往为它设置的地址", "It is sent to the address it was set for, and nowhere else",
    ),
    "outside.bad_secret": Texts(
        "请填写名称（小写字母、数字、下划线）和密钥", "Give a name (small letters, digits, underscores) and the secret"
    ),
    "outside.no_list": Texts(
        "“{host}”没有给出可用的列表", "“{host}” did not answer with a list that can be used",
        "检查网址、路径和字段名", "Look at the address, the path and the names",
    ),
}  # fmt: skip
