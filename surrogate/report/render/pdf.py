"""The report as a PDF: archival (PDF/A-3a) and accessible (PDF/UA-1), with the record attached."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError
from surrogate.report.edition import Edition
from surrogate.report.language import LOCALES, message, speaking, translated
from surrogate.report.render.fonts import BODY, CODE, font_files
from surrogate.report.render.layout import laid_out, strings_in
from surrogate.report.render.pages import as_edition, blocks_of

__all__ = ["STANDARDS", "UNSTATED", "compiled", "margin_words", "pdf_of", "render_pdf", "stated_day"]

#: What every PDF conforms to.
STANDARDS = ("a-3a", "ua-1")

#: PDF/A asks for a date; where nobody stated one it is this, and never that of the clock.
UNSTATED = date(1970, 1, 1)

_WORDS = {
    "report": message("Report"),
    "page": message("page {page} of {pages}"),
    "record": message("The record that this is a rendering of"),
}

_TEMPLATE = Path(__file__).parent.parent / "templates" / "report.typ"


def margin_words(locale: str) -> dict[str, str]:
    """Words in the margins of a page, the places for its number left open; English where reports are not written in the language.

    Examples
    --------
    >>> margin_words("en")["page"]
    'page {page} of {pages}'
    """
    with speaking(locale if locale in LOCALES else LOCALES[0]):
        return {name: translated(told) for name, told in _WORDS.items()}


def render_pdf(source: Edition | dict[str, Any], *, fonts: Sequence[str | Path] = (), system: bool = True) -> bytes:
    """The report as a PDF: the same edition and fonts always give the same bytes.

    Parameters
    ----------
    source : Edition or dict
        Or a record.
    fonts : sequence of str or Path, optional
        Font files, or folders of them, for characters that the fonts of this package lack.
    system : bool, default True
        Look for such characters in the fonts of the system too, after all others.

    Returns
    -------
    bytes
        PDF/A-3a and PDF/UA-1, with ``report.json`` attached as its source.

    Raises
    ------
    InputError
        ``missing-glyph``: no font has a character of the report.

    Examples
    --------
    >>> render_pdf({})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'decision'
    """
    edition = as_edition(source)
    attached = ("report.json", canonical_bytes(edition.record))
    return pdf_of(blocks_of(edition), attached, locale=edition.locale, fonts=fonts, system=system)


def pdf_of(
    content: dict[str, Any],
    attached: tuple[str, bytes],
    *,
    locale: str = "en",
    fonts: Sequence[str | Path] = (),
    system: bool = True,
) -> bytes:
    """The blocks of a page as a PDF.

    Parameters
    ----------
    content : dict
        As :func:`~surrogate.report.render.pages.blocks_of` gives it.
    attached : (str, bytes)
        Name and content of the JSON file that the page is a rendering of.
    locale : {"en", "zh"}, default "en"
    fonts, system
        As for :func:`render_pdf`.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        ``missing-glyph``.
    """
    name, original = attached
    data = laid_out(content) | {
        "attached": name,
        "words": margin_words(locale),
        "fonts": list(BODY),
        "code_fonts": list(CODE),
        "date": _date_parts(stated_day(content["date"])),
    }
    files = {
        "main.typ": _TEMPLATE.read_bytes(),
        "blocks.json": json.dumps(data, ensure_ascii=False, sort_keys=True).encode("utf-8"),
        name: original,
    }
    text = "".join(strings_in(data))
    return compiled(files, text, fonts, system=system, pdf_standards=list(STANDARDS), format="pdf")


def compiled(
    files: dict[str, bytes], text: str, fonts: Sequence[str | Path] = (), *, system: bool = True, **options: Any
) -> Any:
    """What typst makes of files in memory, with fonts that have every character of a text.

    Parameters
    ----------
    files : dict of str to bytes
        "main.typ" is where it begins.
    text : str
        Everything that will be printed.
    fonts, system
        As for :func:`render_pdf`.
    **options
        Of typst.

    Raises
    ------
    InputError
        ``missing-glyph``.

    Examples
    --------
    >>> compiled({"main.typ": b"= A"}, "A", system=False, format="svg")[:4]
    b'<svg'
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="surrogate-fonts-") as folder:
        for name, content in font_files(text, fonts, system=system).items():
            (Path(folder) / name).write_bytes(content)
        # Only these: what else is installed must not change a report.
        entry: Any = files
        known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        try:
            made = typst.Compiler(input=entry, font_paths=known).compile(
                **options, timestamp=datetime(1970, 1, 1, tzinfo=UTC)
            )
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            raise InputError(
                "missing-glyph",
                f"A font lacks a form of a character: {error.message}. Name a font that has it: --font PATH on the "
                "command line, fonts=[...] in Python.",
            ) from error
    return made


def stated_day(stated: str | None) -> date:
    """The day that was stated, or :data:`UNSTATED`.

    Raises
    ------
    InputError
        ``bad-record``: what was stated is no day.

    Examples
    --------
    >>> stated_day("2026-11-22").day, stated_day(None).year
    (22, 1970)
    """
    try:
        return UNSTATED if stated is None else date.fromisoformat(stated)
    except (TypeError, ValueError) as error:
        raise InputError(
            "bad-record", f"issuance.json states the date {stated!r}. Wanted: a day such as 2026-11-22, or null."
        ) from error


def _date_parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}
