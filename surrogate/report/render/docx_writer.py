"""Blocks written into a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from surrogate.report.render.docx_tables import add_table
from surrogate.report.render.docx_text import add_runs, styled
from surrogate.report.render.layout import column_widths
from surrogate.report.visible import visible

__all__ = ["Writer"]


class Writer:
    """Writes blocks into a document.

    Parameters
    ----------
    document : docx.document.Document
    pictures : iterator of bytes
        Of the figures, in the order of the blocks.
    width_mm : float
        Of the text on a page.

    Examples
    --------
    >>> from surrogate.report.render.docx_styles import prepared
    >>> document = prepared("en")
    >>> Writer(document, iter(()), 170).flow([{"kind": "heading", "level": 2, "runs": [{"text": "A"}]}])
    >>> document.paragraphs[0].style.name
    'Heading 2'
    """

    def __init__(self, document: Any, pictures: Iterator[bytes], width_mm: float) -> None:
        self.document, self.pictures, self.width_mm = document, pictures, width_mm

    def flow(self, blocks: list[dict[str, Any]], indent: int = 0) -> None:
        """Write blocks one after the other, each so many steps from the margin."""
        for block in blocks:
            self._block(block, indent)

    def _block(self, block: dict[str, Any], indent: int) -> None:
        kind = block["kind"]
        if kind == "heading":
            add_runs(styled(self.document.add_paragraph(), f"Heading {block['level']}"), block["runs"])
        elif kind == "paragraph":
            self._paragraph(block, indent)
        elif kind == "list":
            self._list(block, indent)
        elif kind == "table":
            self._table(block)
        elif kind == "descriptions":
            self._descriptions(block, indent)
        elif kind == "figure":
            self._figure(block)
        elif kind == "code":
            self._line("Code", indent).add_run(visible(block["text"]).replace("\t", "    "))
        else:
            self.flow(block["blocks"], indent)

    def _line(self, style: str, indent: int) -> Any:
        from docx.shared import Mm

        paragraph = styled(self.document.add_paragraph(), style)
        if indent:
            paragraph.paragraph_format.left_indent = Mm(7 * indent)
        return paragraph

    def _paragraph(self, block: dict[str, Any], indent: int) -> None:
        style = {"text": "Explained Text", "summary": "Folded", "banner": "Folded", "big": "Folded"}.get(block["style"])
        small = block["style"] in ("note", "legend", "facts", "about")
        paragraph = self._line(style or ("Note" if small else "Normal"), indent)
        add_runs(paragraph, block["runs"], rtl=block.get("side") == "rtl")

    def _list(self, block: dict[str, Any], indent: int) -> None:
        from docx.shared import Mm

        number = None
        for item in block["items"]:
            first, rest = (item[0], item[1:]) if item and item[0]["kind"] == "paragraph" else (None, item)
            if block["plain"]:
                self.flow(item, indent)
                continue
            paragraph = styled(self.document.add_paragraph(), "List Number" if block["ordered"] else "List Bullet")
            if block["ordered"]:
                number = _numbered(self.document, paragraph, number)
            if indent:
                paragraph.paragraph_format.left_indent = Mm(7 * (indent + 1))
            add_runs(paragraph, first["runs"] if first else [])
            self.flow(rest, indent + 1)

    def _descriptions(self, block: dict[str, Any], indent: int) -> None:
        for item in block["items"]:
            paragraph = self._line("Normal", indent)
            add_runs(paragraph, [*({**run, "strong": True} for run in item["term"]), {"text": ": "}])
            first, rest = item["blocks"][:1], item["blocks"][1:]
            if first and first[0]["kind"] == "paragraph":
                add_runs(paragraph, first[0]["runs"])
            else:
                rest = item["blocks"]
            self.flow(rest, indent + 1)

    def _table(self, block: dict[str, Any]) -> None:
        if block["caption"]:
            add_runs(styled(self.document.add_paragraph(), "Caption"), block["caption"])
        add_table(self.document, block, column_widths(block), self.width_mm)

    def _figure(self, block: dict[str, Any]) -> None:
        from docx.shared import Mm

        shape = self.document.add_picture(io.BytesIO(next(self.pictures)), width=Mm(self.width_mm))
        shape._inline.docPr.set("descr", visible(block["alt"]))
        self.document.paragraphs[-1].paragraph_format.keep_with_next = bool(block["caption"])
        if block["caption"]:
            add_runs(styled(self.document.add_paragraph(), "Caption"), block["caption"])


def _numbered(document: Any, paragraph: Any, number: int | None) -> int:
    """Give a paragraph the numbering of its own list: a new one begins at 1."""
    if number is None:
        numbering = document.part.numbering_part.element
        style = document.styles["List Number"].element.pPr.numPr.numId.val
        abstract = next(one for one in numbering.num_lst if one.numId == style).abstractNumId.val
        own = numbering.add_num(abstract)
        own.add_lvlOverride(ilvl=0).add_startOverride(1)
        number = own.numId
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number
    return int(number)
