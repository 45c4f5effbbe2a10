"""Pages about access, full and empty: what is in force, who sees a record, and what is masked."""

from __future__ import annotations

from dataclasses import replace

from builder_ui.models.access import AccessPage, Glass, LeaveLine, SeerLine, WayLine, WhoPage
from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link
from builder_ui.models.unmasking import MaskNotice

ABOUT = "正在生效的授权、紧急查阅和解除脱敏。到期自动失效，期间每次查看都有审计记录。"
LEAVES = (
    LeaveLine(
        "陆志恒", "mgr01", "查看完整信息", "amber", "消息 · 3 条记录", "客户来电核对号码", "", "", "今天 10:32",
        "/unmaskings/7/end",
    ),
    LeaveLine("周婧", "sales04", "授权", "blue", "会话存档", "交接", "CY2026-0012", "顾明远", "11月26日 10:00"),
    LeaveLine(
        "秦若兰", "legal01", "紧急查阅", "red", "会话存档", "监管机构现场检查，需当场取证", "", "", "今天 14:00",
        "/admin/access/grants/9/end",
    ),
)  # fmt: skip
GLASS = Glass("法务", "会话存档、消息", "魏然、顾明远", "4 小时", "/admin/access/emergency/a/legal")
WAYS = (
    WayLine("角色：销售经理", "people", "owner_department in MY_DEPARTMENTS()", "", "查看、修改、导出", True),
    WayLine("授权查阅：交接", "key", "customer == 12", "CY2026-0012 · 至 11月26日", "查看", False),
)
SEER = SeerLine("陆志恒", "mgr01", True, "可以看到", WAYS, "发送人、内容、转写", "")
TRAIL = (Link("会话存档", "/apps/a/forms/c"), Link("#12", "/apps/a/forms/c/records/12"))
NOTICES = (
    MaskNotice(
        "masked", "部分内容已脱敏：能指向个人的号码、姓名等。", "/apps/a/unmask", ("message:1", "message:2"),
        "有效 30 分钟。事由与每次查看都会写入审计。", "查看完整信息", "/",
    ),
    MaskNotice("asked", "已申请查看完整信息，等待确认。"),
    MaskNotice("open", "完整信息可查看至 10:32，每次查看均有记录。", "/unmaskings/7/end", button="恢复脱敏", back="/"),
)  # fmt: skip


def access_pages() -> dict[str, tuple[str, object]]:
    """Name -> template, model."""
    page = AccessPage("访问与授权", ABOUT, LEAVES, (GLASS,))
    broken = replace(page, leaves=(), glasses=(replace(GLASS, running="今天 14:00"),))
    who = WhoPage("谁能看到", TRAIL, "/x/access", (SEER,), "1 人可以看到这条记录", None, True)
    unseen = SeerLine("王磊", "sales01", False, "看不到", ())
    why = replace(who, title="为什么能看到", seers=(unseen,), asked=Picked("sales01", "王磊"))
    return {
        "access": ("access.html", page),
        "access_broken": ("access.html", broken),
        "who": ("who.html", who),
        "why": ("who.html", why),
        "who_nobody": ("who.html", replace(who, seers=(), may_ask_all=False)),
    }
