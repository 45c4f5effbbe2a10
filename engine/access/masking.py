"""What a masked value looks like on its way out: enough to recognise, too little to use."""

from __future__ import annotations

from typing import Any

DOT = "•"


def mask_value(value: Any) -> Any:
    """A value of the same shape with its texts masked; numbers and dates become blank."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    if isinstance(value, dict):
        return {key: mask_value(item) for key, item in value.items()}
    return None


def mask_text(text: str) -> str:
    """13812345678 -> 138••••••78, 王磊 -> 王•."""
    if len(text) >= 7:
        return text[:3] + DOT * (len(text) - 5) + text[-2:]
    return text[:1] + DOT * (len(text) - 1)
