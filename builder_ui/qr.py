"""QR codes as inline SVG: black on white in dark mode too, or no camera reads them."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    made = segno.make(text, error="m", micro=False)
    svg = made.svg_inline(border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return Markup(svg)  # segno's own drawing of the text's bits: nothing of the text stands in it
