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
from surrogate.report.render.docx_writer import Writer
from surrogate.report.render.fonts import BODY
from surrogate.report.render.layout import strings_in
from surrogate.report.render.pages import as_edition, blocks_of
from surrogate.report.render.pdf import compiled, margin_words, stated_day

__all__ = ["docx_of", "render_docx", "zipped_again"]

#: Width of the text on a page, and points of a printer per inch that a figure is drawn with.
WIDTH_MM, _PPI = 170, 200

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
    _name_the_record(document, content, margin_words(locale))
    pictures = iter(_pictures(content["blocks"], fonts, system))
    Writer(document, pictures, WIDTH_MM).flow(content["blocks"])
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
