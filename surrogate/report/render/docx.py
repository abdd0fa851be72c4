"""The report as an editable document: headings, lists and tables that are such, figures with a text alternative."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from surrogate.report.edition import Edition
from surrogate.report.render.docx_styles import add_field, prepared
from surrogate.report.render.docx_text import add_runs, styled
from surrogate.report.render.fonts import BODY
from surrogate.report.render.layout import column_widths, strings_in
from surrogate.report.render.pages import as_edition, blocks_of
from surrogate.report.render.pdf import WORDS, compiled, stated_day
from surrogate.report.visible import visible

__all__ = ["docx_of", "render_docx", "zipped_again"]

#: Width of the text on a page, and points of a printer per inch that a figure is drawn with.
_WIDTH_MM, _PPI = 170, 200

_FIGURES = b"""#let data = json("figures.json")
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#set text(font: data.fonts)
#for figure in data.figures { page(image(bytes(figure), format: "svg", width: 684pt)) }
"""


def render_docx(source: Edition | dict[str, Any], *, fonts: Sequence[str | Path] = (), system: bool = True) -> bytes:
    """The report as a Word document; the same edition always gives the same bytes.

    Parameters
    ----------
    source : Edition or dict
        Or a record.
    fonts, system
        For the letters in figures, which are pictures; as for :func:`~surrogate.report.render.pdf.render_pdf`.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        ``missing-glyph``: no font has a character of a figure.

    Examples
    --------
    >>> render_docx({})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'decision'
    """
    edition = as_edition(source)
    return docx_of(blocks_of(edition), locale=edition.locale, fonts=fonts, system=system)


def docx_of(
    content: dict[str, Any], *, locale: str = "en", fonts: Sequence[str | Path] = (), system: bool = True
) -> bytes:
    """The blocks of a page as a DOCX document.

    Parameters
    ----------
    content : dict
        As :func:`~surrogate.report.render.pages.blocks_of` gives it.
    locale : {"en", "zh"}, default "en"
    fonts, system
        As for :func:`render_docx`.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        ``missing-glyph``.
    """
    document = prepared(content["lang"])
    _state(document, content)
    _name_the_record(document, content, WORDS.get(locale, WORDS["en"]))
    pictures = iter(_pictures(content["blocks"], fonts, system))
    _Writer(document, pictures).flow(content["blocks"])
    stream = io.BytesIO()
    document.save(stream)
    return zipped_again(stream.getvalue())


def _state(document: Any, content: dict[str, Any]) -> None:
    properties = document.core_properties
    properties.title = content["title"]
    properties.author = content["author"] or ""
    properties.subject = f"SHA-256 {content['sha256']}"
    properties.language = content["lang"]
    properties.comments = properties.keywords = properties.last_modified_by = ""
    day = datetime.combine(stated_day(content["date"]), time(), UTC)
    properties.created = properties.modified = properties.last_printed = day
    properties.revision = 1


def _name_the_record(document: Any, content: dict[str, Any], words: dict[str, str]) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].add_run(f"{content['heading']} · {words['report']} {content['report_id']}")
    line = section.footer.paragraphs[0]
    line.add_run(f"SHA-256 {content['sha256']} · ")
    before, between, after = words["page"].replace("{pages}", "{page}").split("{page}")
    line.add_run(before)
    add_field(line, "PAGE")
    line.add_run(between)
    add_field(line, "NUMPAGES")
    line.add_run(after)


def _drawings(blocks: list[dict[str, Any]]) -> list[str]:
    found = []
    for block in blocks:
        if block["kind"] == "figure":
            found.append(block["svg"])
        elif block["kind"] == "list":
            found += [svg for item in block["items"] for svg in _drawings(item)]
        elif "blocks" in block:
            found += _drawings(block["blocks"])
    return found


def _pictures(blocks: list[dict[str, Any]], fonts: Sequence[str | Path], system: bool) -> list[bytes]:
    """Every figure as a picture, in the order of the page."""
    drawings = _drawings(blocks)
    if not drawings:
        return []
    data = {"figures": drawings, "fonts": list(BODY)}
    files = {"main.typ": _FIGURES, "figures.json": json.dumps(data, ensure_ascii=False).encode("utf-8")}
    made = compiled(files, "".join(strings_in(data)), fonts, system=system, format="png", ppi=_PPI)
    return [made] if isinstance(made, bytes) else made


class _Writer:
    """Writes blocks into a document."""

    def __init__(self, document: Any, pictures: Any) -> None:
        self.document, self.pictures = document, pictures

    def flow(self, blocks: list[dict[str, Any]], indent: int = 0) -> None:
        for block in blocks:
            self.block(block, indent)

    def block(self, block: dict[str, Any], indent: int) -> None:
        kind = block["kind"]
        if kind == "heading":
            add_runs(styled(self.document.add_paragraph(), f"Heading {block['level']}"), block["runs"])
        elif kind == "paragraph":
            self.paragraph(block, indent)
        elif kind == "list":
            self.list(block, indent)
        elif kind == "table":
            self.table(block)
        elif kind == "descriptions":
            self.descriptions(block, indent)
        elif kind == "figure":
            self.figure(block)
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

    def paragraph(self, block: dict[str, Any], indent: int) -> None:
        style = {"text": "Explained Text", "summary": "Folded", "banner": "Folded", "big": "Folded"}.get(block["style"])
        small = block["style"] in ("note", "legend", "facts", "about")
        paragraph = self._line(style or ("Note" if small else "Normal"), indent)
        add_runs(paragraph, block["runs"], rtl=block.get("side") == "rtl")

    def list(self, block: dict[str, Any], indent: int) -> None:
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

    def descriptions(self, block: dict[str, Any], indent: int) -> None:
        for item in block["items"]:
            paragraph = self._line("Normal", indent)
            add_runs(paragraph, [*({**run, "strong": True} for run in item["term"]), {"text": ": "}])
            first, rest = item["blocks"][:1], item["blocks"][1:]
            if first and first[0]["kind"] == "paragraph":
                add_runs(paragraph, first[0]["runs"])
            else:
                rest = item["blocks"]
            self.flow(rest, indent + 1)

    def table(self, block: dict[str, Any]) -> None:
        from surrogate.report.render.docx_tables import add_table

        if block["caption"]:
            add_runs(styled(self.document.add_paragraph(), "Caption"), block["caption"])
        add_table(self.document, block, column_widths(block), _WIDTH_MM)

    def figure(self, block: dict[str, Any]) -> None:
        from docx.shared import Mm

        shape = self.document.add_picture(io.BytesIO(next(self.pictures)), width=Mm(_WIDTH_MM))
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


def zipped_again(content: bytes) -> bytes:
    """The same archive with its files in order and one fixed date, so that equal content is equal bytes.

    Examples
    --------
    >>> stream = io.BytesIO()
    >>> with zipfile.ZipFile(stream, "w") as archive:
    ...     archive.writestr("a", "b")
    >>> zipfile.ZipFile(io.BytesIO(zipped_again(stream.getvalue()))).infolist()[0].date_time
    (1980, 1, 1, 0, 0, 0)
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        # The list of types first, as readers expect it.
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            after.writestr(entry, before.read(name))
    return stream.getvalue()
