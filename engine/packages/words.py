"""The words in a package, in the language of whoever has it made."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("证据包", "Evidence package"),
    "made_by": ("制作人", "Made by"),
    "made_at": ("制作时间", "Made at"),
    "reason": ("用途", "Purpose"),
    "origin": ("存证来源", "Origin"),
    "key": ("公钥指纹", "Fingerprint of the public key"),
    "contents": ("内容", "Contents"),
    "form": ("表单", "Form"),
    "records": ("记录数", "Records"),
    "how": ("可独立核验的程度", "How far it can be checked"),
    "content": ("全文可核验", "provable to the words"),
    "columns": (
        "明文字段可核验，加密字段由存证方签名声明",
        "plain fields provable, sealed ones stated under signature",
    ),
    "existence": (
        "仅存在与时间可核验，内容由存证方签名声明",
        "existence and time provable, content stated under signature",
    ),
    "statement": ("非存档表单，由存证方签名声明", "no archive form: stated under signature"),
    "check": (
        "核验方法：解压后打开 verify.html（无需联网），或运行 python verify.py 本文件包.zip。公钥须从独立渠道取得。",
        "To check: unpack and open verify.html (no network needed), or run python verify.py with this package. "
        "Take the public key from somewhere else you trust.",
    ),
    "reading": (
        "本页便于阅读；以核验程序显示的内容为准。",
        "This page is for reading; what the verifier shows is what counts.",
    ),
    "watermark": (
        "%(name)s（%(id)s）于 %(time)s 导出 · 用途：%(reason)s",
        "Exported by %(name)s (%(id)s) at %(time)s · %(reason)s",
    ),
    "attachments": ("附件", "Attachments"),
    "destroyed": ("已销毁", "Destroyed"),
    "none": ("未归入会话", "In no conversation"),
    "recalled": ("撤回", "recalled"),
    "edited": ("编辑", "edited"),
    "captured": ("采集开始（渠道 · 记录数）", "Capture began (channel · records)"),
    "first_written": ("首条记录写入", "First record written"),
    "last_written": ("末条记录写入", "Last record written"),
    "fixed": ("检查点签名（日志 · 条目数）", "Checkpoint signed (log · entries)"),
    "witnessed": ("外部见证（日志 · 条目数 · 见证人）", "Seen by a witness (log · entries · who)"),
    "log_records": ("记录", "records"),
    "log_audit": ("审计", "audit"),
    "witness_rfc3161": ("RFC 3161 时间戳", "RFC 3161 time stamp"),
    "witness_mail": ("电子邮件", "e-mail"),
    "witness_folder": ("文件夹", "folder"),
    "by_people": ("由本单位人员或业务规则写入", "written by people or rules of this organisation"),
    "exported": ("导出", "Exported"),
    "id": ("编号", "Id"),
    "at": ("时间", "Time"),
    "person": ("人员", "Person"),
    "action": ("动作", "Action"),
    "record": ("记录", "Record"),
    "grant": ("授权编号", "Grant"),
}  # fmt: skip

README = """\
Muniment 存鉴 · 证据包 / evidence package
来源 origin: %(origin)s

index.html      便于阅读 / for reading
records/        每条记录一行 JSON，含核验所需的全部内容 / a line of JSON a record, with all that checking needs
tables/         CSV
attachments/    附件 / attachments
letters/        每个会话一封 .eml / a mail for each conversation
proofs/ checkpoints/    存证日志中的位置与已签名检查点 / places in the log, signed checkpoints
manifest.json   全部文件的 SHA-256；manifest.note 为其签名 / digests of all files, and the signature over them
verify.html     用浏览器打开，拖入本 ZIP，无需联网 / open in a browser, drop this ZIP, no network
verify.py       python verify.py PACKAGE.zip --key KEY   (Python 3.9+, pip install cryptography)

公钥须从独立渠道取得并比对指纹，不可只信本包。
Take the public key from somewhere else you trust and compare: do not believe this package alone.
"""


def word(name: str, language: str) -> str:
    zh, en = _WORDS[name]
    return zh if language.startswith("zh") else en
