"""An empty Word document with the styles of a report."""

from __future__ import annotations

from typing import Any

from surrogate.report.render.docx_text import element

__all__ = ["add_field", "prepared"]

_FACE, _CODE = "Calibri", "Consolas"


def prepared(language: str) -> Any:
    """An empty A4 document with the styles that blocks are written in.

    Parameters
    ----------
    language : str
        Such as "en".

    Returns
    -------
    docx.document.Document

    Examples
    --------
    >>> prepared("en").styles["Note"].font.size.pt
    9.0
    """
    from docx import Document
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(19)
    section.top_margin = section.bottom_margin = Mm(22)
    styles = document.styles
    _set_default(styles, language)
    _add_styles(styles)
    for name in ("Header", "Footer"):
        _size(styles[name], 7.5)
    return document


def _set_default(styles: Any, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    normal = styles["Normal"]
    normal.font.name = _FACE
    _size(normal, 10)
    normal.paragraph_format.space_after = Pt(6)
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for known in defaults.findall(qn("w:lang")):
        defaults.remove(known)
    defaults.append(element("w:lang", val=language, eastAsia="zh-CN", bidi="ar-SA"))
    for level, size in ((1, 20), (2, 15), (3, 12), (4, 10.5)):
        heading = styles[f"Heading {level}"]
        heading.font.name, heading.font.color.rgb = _FACE, RGBColor(0x11, 0x14, 0x18)
        fonts = heading.element.rPr.rFonts
        for theme in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[theme]
        _size(heading, size)
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(size), Pt(5)


def _add_styles(styles: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    kind = WD_STYLE_TYPE.PARAGRAPH
    caption = styles["Caption"]
    for name, size, after in (("Note", 9, 6), ("Code", 8, 6), ("Explained Text", 11, 6), ("Folded", 10, 4),
                              ("Table Text", 9, 1), ("Table Head", 9, 1), ("After Table", 4, 2)):  # fmt: skip
        style = styles.add_style(name, kind)
        style.base_style = styles["Normal"]
        _size(style, size)
        style.paragraph_format.space_after = Pt(after)
    for style in (styles["Note"], styles["Table Head"], caption):
        style.font.color.rgb = RGBColor(0x45, 0x4C, 0x56)
    styles["Folded"].font.bold = True
    styles["Folded"].paragraph_format.keep_with_next = True
    styles["Code"].font.name = _CODE
    caption.font.bold = False
    _size(caption, 9)
    caption.paragraph_format.keep_with_next = True
    styles["Explained Text"].paragraph_format.line_spacing = 1.5
    words = styles.add_style("Code Words", WD_STYLE_TYPE.CHARACTER)
    words.font.name = _CODE
    _size(words, 8.5)
    _add_grid(styles)


def _add_grid(styles: Any) -> None:
    """A table with a line under each row."""
    from docx.enum.style import WD_STYLE_TYPE

    grid = styles.add_style("Plain Grid", WD_STYLE_TYPE.TABLE)
    grid.base_style = styles["Normal Table"]
    borders = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="C9CDD3"))
    properties = element("w:tblPr")
    properties.append(borders)
    grid.element.append(properties)


def _size(style: Any, points: float) -> None:
    from docx.shared import Pt

    style.font.size = Pt(points)


def add_field(paragraph: Any, name: str) -> None:
    """Add a field that the reader fills in, such as the number of a page.

    Examples
    --------
    >>> paragraph = prepared("en").add_paragraph()
    >>> add_field(paragraph, "PAGE")
    >>> len(paragraph.runs)
    1
    """
    run = paragraph.add_run()._r
    begin, code, end = (
        element("w:fldChar", fldCharType="begin"),
        element("w:instrText"),
        element("w:fldChar", fldCharType="end"),
    )
    code.text = name
    for part in (begin, code, end):
        run.append(part)
