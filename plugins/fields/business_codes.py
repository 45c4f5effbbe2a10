"""Codes of companies and goods with a check digit: the unified social credit code, EAN."""

from __future__ import annotations

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I O S V Z


def is_credit_code(text: str) -> bool:
    """Eighteen signs, the last a check sign by weights of powers of three modulo 31."""
    if len(text) != 18 or any(sign not in SIGNS for sign in text):
        return False
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return SIGNS[-total % 31] == text[17]


def is_ean(text: str) -> bool:
    """EAN-8 or EAN-13: weights one and three from the right."""
    if len(text) not in (8, 13) or not (text.isascii() and text.isdigit()):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0
