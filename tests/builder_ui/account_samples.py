"""Accounts with believable words: signing in step by step, the own account, everybody's."""

from __future__ import annotations

from builder_ui.models.accounts import (
    AbsenceLine,
    AccountLine,
    AccountPage,
    AccountsPage,
    AwayPage,
    CodePage,
    CodesPage,
    FactorLine,
    FactorPage,
    IdentityLine,
    InvitationPage,
    OneAccountPage,
    PolicyPage,
    ProviderForm,
    RoleChoice,
    SessionLine,
    SignInPage,
    TokenLine,
)
from builder_ui.models.parts import Link, Tab
from builder_ui.qr import qr_code
from builder_ui.shell import Shell

STYLES = ("pages", "account")
CODES = tuple(f"k7mp{letter}-x2rw{letter}" for letter in "abcdefghjk")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
QR = qr_code(f"otpauth://totp/Muniment:sales04?secret={SECRET}&issuer=Muniment")


def sign_in_page() -> SignInPage:
    return SignInPage(
        samples=(
            ("sales04", "周婧 销售", "自己的会话"),
            ("mgr01", "陆志恒 经理", "华东销售部的会话"),
            ("dir01", "沈佳宁 销售总监", "销售中心的全部会话"),
            ("svc02", "冯丽 客服", "客服渠道的会话"),
            ("audit01", "魏然 合规审计员", "全部会话的元数据,不见内容"),
            ("it02", "程维嘉 应用设计", "不见任何记录"),
        ),
        providers=(Link("飞书", "/sign-in/with/1"),),
    )


def account_page(factor: bool = True, wrong: str = "", token: str = "") -> AccountPage:
    return AccountPage(
        "我的账号",
        (("姓名", "周婧"), ("账号", "sales04"), ("上次登录", "今天 08:31,来自 10.2.0.17")),
        True,
        "2026-08-03 设置",
        10,
        FactorLine(factor, "2026-09-01 起启用,还剩 2 个恢复码" if factor else "", False, factor),
        (
            SessionLine("a1", "Chrome · Windows", "10.2.0.17 · 今天 08:31 登录 · 刚刚使用", True),
            SessionLine("b2", "企业微信 · iPhone", "223.104.5.9 · 昨天 19:02 登录 · 昨天 21:40 使用", False),
        ),
        (
            TokenLine("1", "夜间导入", ("read", "write"), "2026-10-01 创建 · 今天 02:00 使用 · 至 2027-01-01", ""),
            TokenLine("2", "旧报表", ("read",), "2026-03-01 创建 · 从未使用 · 至 2026-06-01", "已到期"),
        ),
        (("read", "读取记录"), ("write", "新建与修改记录"), ("ingest", "投递消息")),
        (IdentityLine("1", "飞书", "zhou.jing@yuanting.example"),),
        (Link("飞书", "/sign-in/with/1"),),
        token,
        "" if wrong else "令牌已撤销",
        wrong,
        "这个密码太容易猜到" if wrong else "",
        "用几个不相干的词连起来" if wrong else "",
        today="2026-11-23",
        absences=(AbsenceLine("7", "王磊", "2026年11月23日 – 2026年11月27日", True),),
        standing_in=(AbsenceLine("8", "黄俊杰", "2026年11月16日 – 2026年11月23日", True),),
    )  # fmt: skip


def _managed(frame: Shell) -> dict[str, tuple[str, Shell, object]]:
    trail, own = (Link("账号与登录", "/admin/accounts"),), account_page()
    lines = (
        AccountLine("sales04", "周婧", "sales04 · 华东销售部 · 销售", "密码", "green", True, "今天 08:31", 2),
        AccountLine("sales05", "欧阳思远", "sales05 · 华东销售部 · 销售", "尚不能登录", "grey", False, "", 0),
    )
    filters = (Tab("全部", "?q=", True, "31"), Tab("已邀请", "?only=invited", False, "2"))
    one = OneAccountPage(
        "周婧", trail, "/admin/accounts/of/sales04", own.facts, own.factor, own.sessions, own.tokens, True,
        "生成重设密码链接", "https://archive.example.com/invitation/x",
    )  # fmt: skip
    provider = ProviderForm(
        "1", "总部登录", "https://login.example.com", "muniment", True, False, True, "/back"
    )
    new = ProviderForm("", "", "", "", True, False, True, "", ("请填写此项",))
    roles = (
        RoleChoice("crm.sales", "销售", "客户管理", True),
        RoleChoice("crm.legal", "法务", "客户管理", False),
    )
    policy = PolicyPage(
        "登录方式", trail, False, roles, "720", "30", True, (provider, new), ("须在 5 到 43200 分钟之间",)
    )
    return {
        "accounts": (
            "accounts.html",
            frame,
            AccountsPage("账号与登录", lines, "", "31 个账号", "?from=50", filters),
        ),
        "accounts_none": (
            "accounts.html",
            frame,
            AccountsPage("账号与登录", (), "x", "0 个账号", "", filters),
        ),
        "account_of": ("account_of.html", frame, one),
        "sign_in_policy": ("sign_in_policy.html", frame, policy),
    }


def account_pages(frame: Shell) -> dict[str, tuple[str, Shell, object]]:
    """Name -> template, frame, model; `frame` is that of a signed-in person."""
    alone = Shell("登录", csrf="t", styles=STYLES)
    return {
        "sign_in": ("sign_in.html", alone, sign_in_page()),
        "sign_in_away": ("sign_in_away.html", alone, AwayPage("/authorize?state=x&nonce=y")),
        "sign_in_code": ("sign_in_code.html", alone, CodePage("/", "/sign-in", "验证码不正确")),
        "sign_in_factor": (
            "sign_in_factor.html", alone,
            FactorPage("/", "/sign-in", "/sign-in/factor", QR, SECRET),
        ),
        "sign_in_codes": ("sign_in_codes.html", alone, CodesPage("/", "/sign-in", CODES)),
        "invitation": ("invitation.html", alone, InvitationPage("/invitation/x", "周婧", "sales04", 10)),
        "account": ("account.html", frame, account_page()),
        "account_plain": ("account.html", frame, account_page(False, "password", "mun_" + "x" * 43)),
        "factor": ("factor.html", frame, FactorPage("/me", "/me", "/me/second-factor/confirm", QR, SECRET)),
        **_managed(frame),
        "codes": ("codes.html", frame, CodesPage("/me", "/me", CODES)),
    }  # fmt: skip
