"""Workbooks of a few bytes that spread over billions of cells: what reads them must outlive them."""

from __future__ import annotations

import io
import zipfile

import xlsxwriter

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"


def packed(**parts: bytes) -> bytes:
    """An archive: `xl__workbook_xml` stands for xl/workbook.xml."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content, kind)
    return made.getvalue()


def _far_corner() -> bytes:
    """Excel: a cell in each of two opposite corners."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "名称")
        page.write(1_048_575, 16_383, "x")
    return made.getvalue()


FAR_CORNER = _far_corner()

# OpenDocument: a cell repeated over columns, and its row over rows
_TEXT = (
    f'<office:document-content xmlns:office="{_OASIS}office:1.0" xmlns:table="{_OASIS}table:1.0"'
    f' xmlns:text="{_OASIS}text:1.0"><office:body><office:spreadsheet><table:table table:name="A">'
    '<table:table-row table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="1000"'
    ' office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
_MANIFEST = f'<manifest:manifest xmlns:manifest="{_OASIS}manifest:1.0"></manifest:manifest>'
REPEATED = packed(
    mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
    **{"META-INF/manifest.xml": _MANIFEST.encode()},
    content_xml=_TEXT.encode(),
)
