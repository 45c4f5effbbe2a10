"""A badge's number, two letters and six digits of which the last is the sum of the others: a pattern in one file."""

from __future__ import annotations

from metamodel.plugin_api import Pattern, Registry, mask_ends


class StaffBadge(Pattern):
    name = "staff_badge"
    label = {"zh": "工牌号", "en": "Staff badge"}
    icon = "user"
    doc = {
        "zh": "两个字母加六位数字，末位是校验码",
        "en": "Two letters and six digits, the last a check digit",
    }
    expression = "[A-Z]{2}[0-9]{6}"
    signs = "0-9"
    apart = "word"
    examples = (
        ("工牌 YT123455 请登记", "工牌 YT•••••5 请登记"),
        ("型号 YT123456 有货", "型号 YT123456 有货"),
    )

    def is_one(self, found: str) -> bool:
        digits = [int(digit) for digit in found[2:]]
        return sum(digits[:-1]) % 10 == digits[-1]

    def mask(self, found: str) -> str:
        return mask_ends(found, 2, 1)


def register(registry: Registry) -> None:
    registry.add(StaffBadge())
