"""View models of the pages of evidence packages, with believable words."""

from __future__ import annotations

from builder_ui.models.packages import PackageForm, PackageLine, PackagesPage, ScopeChoice

KEY = "example.org/archive/packages+a9f67061+ARdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V"
FINGERPRINT = "b12bb80e 85a9f2ee a2d85947 9c97813f c89b5fcb 0e7a3061 e0db6f94 94e1522d"
LINES = (
    PackageLine(
        "会话存档", "making", "制作中", "blue", "12,480 条 · 连同与之相关的全部记录", "劳动仲裁举证", "今天 09:31", 42
    ),
    PackageLine(
        "客户", "ready", "已备好", "green", "318 条 · 个人信息主体请求", "王磊申请查阅其个人信息", "昨天 17:02",
        levels=(("全文可核验", "301"), ("签名声明", "17")), href="/packages/1", size="4.2 MB",
        until="11月30日 17:02",
    ),
    PackageLine("消息", "failed", "未能制作", "red", "9 条 · 仅这些记录", "核对", "昨天 08:12",
                problem="您没有权限进行此操作"),
)  # fmt: skip


def packages_page(full: bool = True) -> PackagesPage:
    return PackagesPage(LINES if full else (), KEY, FINGERPRINT, busy=full)


def package_form() -> PackageForm:
    """Sent back with what is wrong."""
    scopes = (
        ScopeChoice("only", "仅这些记录", "含附件与证明"),
        ScopeChoice(
            "case", "连同与之相关的全部记录", "所有表单中逐级指向这里的记录：一个完整的案卷", chosen=True
        ),
    )
    return PackageForm("/x", "消息 · 已选 2 条记录", scopes, ("1", "2"), "", ("请写明用途，不超过 500 字",))
