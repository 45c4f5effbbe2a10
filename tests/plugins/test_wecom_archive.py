"""WeCom's archive: every msgtype of the vendor is kept and can be read; its irregularities."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from metamodel.plugin_api import BadValue, Message, RawMessage
from plugins.connectors.wecom_archive import WeComArchive, WeComArchiveOptions
from plugins.connectors.wecom_content import KINDS

AT = 1_795_136_400_000  # 2026-11-20 09:00 in Beijing


def parse(message: dict[str, Any], **options: Any) -> Message:
    whole = {"msgid": "m1", "action": "send", "from": "sales04", "tolist": ["wm1"], "msgtime": AT, **message}
    raw = RawMessage(json.dumps({"seq": 7, "message": whole}).encode())
    (found,) = WeComArchive().parse(raw, WeComArchiveOptions(**options))
    return found


def nested(kind: str, body: Any) -> dict[str, Any]:
    return {"type": kind, "msgtime": AT // 1000, "content": json.dumps(body), "from_chatroom": False}


MEDIA = {"sdkfileid": "file-1", "md5sum": "ABCDEF"}
# msgtype, what stands beside it, our type, what can be read
TYPES: list[tuple[str, dict[str, Any], str, str]] = [
    ("text", {"text": {"content": "您好 [微笑]"}}, "text", "您好 [微笑]"),
    ("image", {"image": {**MEDIA, "filesize": 9}}, "image", "[图片]"),
    ("revoke", {"action": "recall", "revoke": {"pre_msgid": "m0"}}, "event", "[撤回了一条消息]"),
    ("agree", {"agree": {"userid": "wm1", "agree_time": AT}}, "event", "[同意会话存档] wm1"),
    ("disagree", {"disagree": {"userid": "wm1", "disagree_time": AT}}, "event", "[不同意会话存档] wm1"),
    ("voice", {"voice": {**MEDIA, "voice_size": 9, "play_length": 12}}, "voice", "[语音] 12 秒"),
    ("video", {"video": {**MEDIA, "filesize": 9, "play_length": 3}}, "video", "[视频] 3 秒"),
    ("card", {"card": {"corpname": "远汀", "userid": "sales04"}}, "card", "[名片] 远汀 sales04"),
    ("location", {"location": {"longitude": 121.5, "latitude": 31.2, "title": "人民广场", "address": "黄浦区"}},
     "location", "[位置] 人民广场 黄浦区 (31.2, 121.5)"),
    ("emotion", {"emotion": {**MEDIA, "type": 1, "imagesize": 5}}, "image", "[表情]"),
    ("file", {"file": {**MEDIA, "filename": "报价单", "fileext": "xlsx", "filesize": 9}}, "file", "[文件] 报价单.xlsx"),
    ("link", {"link": {"title": "巡检云", "description": "介绍", "link_url": "https://a"}}, "link",
     "[链接] 巡检云 介绍 https://a"),
    ("weapp", {"weapp": {"title": "报名", "displayname": "小店"}}, "link", "[小程序] 小店 报名"),
    ("todo", {"todo": {"title": "跟进", "content": "明天"}}, "event", "[待办] 跟进 明天"),
    ("vote", {"vote": {"votetitle": "去哪", "voteitem": ["山", "海"], "votetype": 101}}, "event", "[投票] 去哪 山、海"),
    ("vote", {"votetitle": "去哪", "voteitem": ["山"], "votetype": 102}, "event", "[参与投票] 去哪 山"),
    ("collect", {"collect": {"title": "登记", "details": [{"ques": "姓名"}, {"ques": "电话"}]}}, "event",
     "[填表] 登记 姓名、电话"),
    ("redpacket", {"redpacket": {"wish": "恭喜", "totalcnt": 2, "totalamount": 1234}}, "event",
     "[红包] 恭喜 2 个 ¥12.34"),
    ("external_redpacket", {"redpacket": {"wish": "恭喜", "totalcnt": 1, "totalamount": 5}}, "event",
     "[红包] 恭喜 1 个 ¥0.05"),
    ("external_redpacket", {"external_redpacket": {"wish": "恭喜"}}, "event", "[红包] 恭喜"),
    ("meeting", {"meeting": {"topic": "评审", "starttime": AT // 1000, "endtime": AT // 1000 + 3600,
     "meetingtype": 102, "meetingid": 18446744073709551615, "status": 1}}, "event",
     "[会议答复] 评审 2026-11-20 09:00 – 2026-11-20 10:00 参加"),
    ("meeting_notification", {"info": {"meeting_id": 1, "content": "开始录制"}}, "event", "[会议通知] 开始录制"),
    ("docmsg", {"doc": {"title": "排期", "link_url": "https://d", "doc_creator": "dlv01"}}, "link",
     "[在线文档] 排期 https://d dlv01"),
    ("markdown", {"info": {"content": "**注意**"}}, "text", "**注意**"),
    ("news", {"info": {"item": [{"title": "甲", "url": "https://1"}, {"title": "乙"}]}}, "link",
     "[图文] 甲 https://1\n[图文] 乙"),
    ("news", {"news": {"title": "旧", "description": "平铺"}}, "link", "[图文] 旧 平铺"),
    ("calendar", {"calendar": {"title": "拜访", "attendeename": ["王磊", "李雷"], "place": "苏州"}}, "event",
     "[日程] 拜访 苏州 王磊、李雷"),
    ("mixed", {"mixed": {"item": [nested("text", {"content": "看图"}), nested("image", MEDIA)]}}, "text",
     "看图\n[图片]"),
    ("meeting_voice_call", {"voiceid": "v1", "msgtime": AT // 1000, "meeting_voice_call":
     {"endtime": AT // 1000 + 90, "sdkfileid": "f", "demofiledata": [{"filename": "方案.pdf"}]}}, "call",
     "[音视频通话] 方案.pdf"),
    ("voip_doc_share", {"voipid": "v1", "voip_doc_share": {**MEDIA, "filename": "方案.pdf", "filesize": 3}}, "file",
     "[文件] 方案.pdf"),
    ("sphfeed", {"sphfeed": {"feed_type": 4, "sph_name": "远汀", "feed_desc": "发布会"}}, "link",
     "[视频号] 远汀 发布会"),
    ("voiptext", {"info": {"callduration": 61, "invitetype": 2}}, "call", "[语音通话] 61 秒"),
    ("qydiskfile", {"info": {"filename": "资料.zip"}}, "file", "[文件] 资料.zip"),
    ("chatrecord", {"chatrecord": {"title": "群聊", "item": [
        nested("ChatRecordText", {"content": "报价多少"}), nested("ChatRecordImage", MEDIA),
        nested("chatrecord", {"title": "里层", "item": [nested("ChatRecordText", {"content": "再考虑一下"})]}),
        nested("ChatRecordFuture", {"content": "新类型"}), nested("ChatRecordFuture", {})]}}, "chatrecord",
     "[聊天记录] 群聊\n报价多少\n[图片]\n[聊天记录] 里层\n再考虑一下\n新类型\n[暂不支持的消息类型 future]"),
    ("kf_live", {"kf_live": {"a": 1}}, "unknown", "[暂不支持的消息类型 kf_live]"),
]  # fmt: skip


@pytest.mark.parametrize(("msgtype", "beside", "kind", "text"), TYPES, ids=lambda item: str(item)[:24])
def test_every_type_can_be_read(msgtype: str, beside: dict[str, Any], kind: str, text: str) -> None:
    message = parse({"msgtype": msgtype, **beside})
    assert (message.type, message.text) == (kind, text)


def test_every_type_we_know_has_a_row_here() -> None:
    assert {row[0] for row in TYPES} >= set(KINDS)


@pytest.mark.parametrize("msgtype", sorted(KINDS))
@pytest.mark.parametrize(
    "body", [{}, {"content": None}, {"item": "x", "details": 1, "voteitem": None, "filesize": -1}]
)
def test_a_body_that_lacks_everything_is_still_a_message(msgtype: str, body: dict[str, Any]) -> None:
    assert parse({"msgtype": msgtype, msgtype: body}).type == KINDS[msgtype][0]


def test_media_are_told_with_what_the_vendor_knows() -> None:
    (media,) = parse({"msgtype": "voice", "voice": {**MEDIA, "voice_size": 9, "play_length": 12}}).attachments
    assert (media.vendor_reference, media.digest, media.size, media.media_type) == (
        "file-1",
        "abcdef",
        9,
        "audio/amr",
    )
    record = {
        "title": "",
        "item": [nested("ChatRecordImage", MEDIA), nested("ChatRecordFile", {**MEDIA, "filename": "a.pdf"})],
    }
    assert [m.name for m in parse({"msgtype": "chatrecord", "chatrecord": record}).attachments] == [
        "image.jpg",
        "a.pdf",
    ]


@pytest.mark.parametrize(
    ("msgtype", "body", "seconds"),
    [
        ("voice", {"play_length": 12}, 12.0),
        ("voice", {}, None),
        ("meeting_voice_call", {"endtime": AT // 1000 + 90}, 90.0),
        ("chatrecord", {"item": [nested("ChatRecordVoice", {"play_length": 5})]}, None),
    ],
)
def test_durations(msgtype: str, body: dict[str, Any], seconds: float | None) -> None:
    assert parse({"msgtype": msgtype, msgtype: body}).duration == seconds


@pytest.mark.parametrize(
    ("sender", "to", "direction", "conversation"),
    [
        ("sales04", ["wm1"], "out", "sales04|wm1"),
        ("wm1", ["sales04"], "in", "sales04|wm1"),
        ("wo1", ["sales04"], "in", "sales04|wo1"),
        ("sales04", ["sales02"], "internal", "sales02|sales04"),
        ("wb1", ["wm1"], "out", "wb1|wm1"),
    ],
)
def test_direction_and_conversation_of_a_single_chat(
    sender: str, to: list[str], direction: str, conversation: str
) -> None:
    message = parse({"from": sender, "tolist": to, "roomid": "", "msgtype": "text"})
    assert (message.direction, message.conversation_id) == (direction, conversation)


def test_a_group_is_its_room() -> None:
    message = parse(
        {"from": "wm2", "tolist": ["sales04", "wm1"], "roomid": "wr1", "msgtype": "text"}, account="corp"
    )
    assert (message.conversation_id, message.conversation_kind, message.account) == ("wr1", "group", "corp")
    assert [(p.id, p.kind) for p in message.receivers] == [("sales04", "staff"), ("wm1", "customer")]


def test_a_recall_points_at_the_original_and_consent_is_an_action() -> None:
    recall = parse({"msgtype": "revoke", "action": "recall", "revoke": {"pre_msgid": "m0"}})
    assert (recall.action, recall.refers_to, recall.vendor_seq) == ("recall", "m0", 7)
    assert parse({"msgtype": "agree", "agree": {}}).action == "consent"


def test_a_switch_has_a_shape_of_its_own() -> None:
    raw = RawMessage(json.dumps({"msgid": "m9", "action": "switch", "time": AT, "user": "sales04"}).encode())
    (message,) = WeComArchive().parse(raw, WeComArchiveOptions())
    assert (message.action, message.direction, message.type) == ("system", "system", "event")
    assert (message.sender.id, message.vendor_seq) == ("sales04", None)


def test_times_are_milliseconds_or_seconds() -> None:
    expected = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert parse({"msgtype": "text"}).sent_at == expected
    assert parse({"msgtype": "text", "msgtime": AT // 1000}).sent_at == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"msgid": ""}, "message.no_id"),
        ({"msgid": None}, "message.no_id"),
        ({"from": ["x"]}, "message.no_sender"),
        ({"msgtime": "yesterday"}, "message.no_time"),
        ({"msgtime": -1}, "message.no_time"),
        ({"msgtime": 10**18}, "message.no_time"),
    ],
)
def test_what_cannot_be_told_apart_goes_to_quarantine(change: dict[str, Any], code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse({"msgtype": "text", **change})
    assert refused.value.code == code


def test_a_nul_is_replaced_since_no_database_keeps_it() -> None:
    assert parse({"msgtype": "text", "text": {"content": "a\0b"}}).text == "a\ufffdb"
