"""View models of the pages of keys and operations with believable words, for `samples.pages`."""

from __future__ import annotations

from builder_ui.models.keys import (
    BackupLine,
    BytesCell,
    BytesPage,
    BytesPart,
    CheckLine,
    KeysPage,
    KindOfKey,
    MasterKey,
)
from builder_ui.models.parts import Link

COPY = "还没有人确认密钥的副本放在别处：磁盘损坏就意味着全部加密内容永久丢失"
CHECKS = (
    CheckLine("数据库", "ok", "check"),
    CheckLine(
        "时钟", "error", "warning", (("时钟慢了：已有记录写于 2026-11-23T10:32", "请校准系统时间（NTP）"),)
    ),
    CheckLine("密钥", "warning", "warning", ((COPY, "muniment keys sheet"),)),
    CheckLine("邮件服务器", "hint", "info", (("没有设置邮件服务器：通知和邀请只在页面上", ""),)),
)


def keys_page(looked_after: bool = False) -> KeysPage:
    masters = (MasterKey("2", "12,845", True), MasterKey("1", "0", False))
    kinds = (
        KindOfKey("主密钥", "加密每条记录和文件的密钥", "11-20 09:00"),
        KindOfKey("签名", "检查点与证据包", ""),
    )
    made = BackupLine("今天 02:00", "muniment-20261123T020000Z", "/backups", "812.4 MB", "/mnt/safe")
    copies = ("苏州办公室保险柜 · 秦朗 · 11-20 09:00",) if looked_after else ()
    return KeysPage(
        "/var/lib/muniment/keys/master.json", masters, kinds, copies, CHECKS, "1 项有问题 · 1 项需要处理",
        (made,) if looked_after else (), wrong="" if looked_after else "校验码与当前密钥不符",
    )  # fmt: skip


def bytes_page(found: bool = True) -> BytesPage:
    trail = (Link("密钥与运维", "/admin/keys"),)
    if not found:
        return BytesPage("", trail)
    row = (
        BytesCell("id", "", "plain", "明文", "5 B", "12345"),
        BytesCell("c_3_content", "内容", "sealed", "已加密", "55 B", "0c0d0e0f10111213" * 7),
        BytesCell("c_5_tags", "标签", "kept_back", "明文", "14 B", ""),
        BytesCell("c_6_note", "备注", "blank", "空", "", ""),
    )
    key = (BytesCell("salt", "", "random", "随机数", "16 B", "40414243" * 4),)
    parts = (
        BytesPart("记录行", "r_12", "加密字段只有密文。", "table", (row,)),
        BytesPart("它的密钥", "record_keys", "由主密钥加密。", "key", (key,)),
        BytesPart("它的附件", "files", "", "paperclip", (), "没有。"),
    )
    return BytesPage("12345", trail, "会话存档 · 消息", parts)
