"""Codes that machines read, as pictures: QR by segno, Code 128 and EAN by their tables, both as SVG.

Called when a field shows its text as a code; the picture carries nothing but bars.
"""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

from engine.whole_numbers import is_whole_number

# Widths of bars and gaps of the 107 signs of Code 128 (ISO/IEC 15417), six each; the stop sign, last, has seven.
CODE_128 = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "1143114111134113111131411141313111414111312114122112142112322331112"
)
START_B, STOP = 104, 106
# EAN: seven modules a digit of the left half; which digits are mirrored says the first of thirteen.
LEFT = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


def code_svg(text: str, kind: str) -> Markup:
    """The picture of a text as `qr`, `code128` or `ean`; nothing where the text does not fit the kind."""
    if kind == "qr":
        return _qr(text)
    try:
        return _bars(_ean(text) if kind == "ean" else _code_128(text))
    except (ValueError, IndexError):
        return Markup()


def _qr(text: str) -> Markup:
    try:
        made = segno.make(text, micro=False, boost_error=True)
    except (ValueError, segno.DataOverflowError):
        return Markup()
    out = io.BytesIO()
    made.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=4,
        border=2,
        light="#fff",
        omitsize=True,
        svgclass="code",
    )
    return Markup(out.getvalue().decode())


def _code_128(text: str) -> str:
    """Bars as a text of ones and noughts."""
    values = [ord(letter) - 32 for letter in text]
    if any(not 0 <= value < 95 for value in values):
        raise ValueError(text)
    check = (START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
    signs = (CODE_128[6 * value : 6 * value + 6] for value in (START_B, *values, check))
    widths = "".join(signs) + CODE_128[6 * STOP :]
    return "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(widths))


def _ean(text: str) -> str:
    if len(text) not in (8, 13) or not is_whole_number(text):
        raise ValueError(text)
    digits = [int(digit) for digit in text]
    if len(text) == 13:
        left = [_left(digit, side) for digit, side in zip(digits[1:7], PARITY[digits[0]], strict=True)]
    else:
        left = [LEFT[digit] for digit in digits[:4]]
    right = [_flipped(LEFT[digit]) for digit in digits[len(digits) - len(left) :]]
    return "101" + "".join(left) + "01010" + "".join(right) + "101"


def _left(digit: int, side: str) -> str:
    return LEFT[digit] if side == "L" else _flipped(LEFT[digit])[::-1]


def _flipped(modules: str) -> str:
    return modules.translate(str.maketrans("01", "10"))


def _bars(modules: str) -> Markup:
    path = "".join(f"M{10 + place} 0v40h1v-40z" for place, module in enumerate(modules) if module == "1")
    return Markup(
        '<svg class="code bars" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 40" preserveAspectRatio="none">'
        '<rect width="100%" height="100%" fill="#fff"/><path d="{}"/></svg>'
    ).format(len(modules) + 20, path)
