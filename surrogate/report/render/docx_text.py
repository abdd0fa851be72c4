"""Runs as text of a Word document."""

from __future__ import annotations

from typing import Any

from surrogate.report.visible import visible

__all__ = ["add_runs", "element", "styled"]

_SHADES = {"for": ("EAF2FB", "D3E5F8", "B4D3F3"), "against": ("FDF1E7", "FBE0C9", "F7C9A1")}
_SOFT = (0x45, 0x4C, 0x56)


def add_runs(paragraph: Any, runs: list[dict[str, Any]], *, rtl: bool = False) -> None:
    r"""Add runs to a paragraph.

    Parameters
    ----------
    paragraph : docx.text.paragraph.Paragraph
    runs : list of dict
    rtl : bool, default False
        The paragraph is written from right to left.

    Examples
    --------
    >>> from docx import Document
    >>> paragraph = Document().add_paragraph()
    >>> add_runs(paragraph, [{"text": "a\x00"}, {"text": "b", "strong": True}])
    >>> paragraph.text
    'a␀b'
    """
    if rtl:
        after = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")
        paragraph._p.get_or_add_pPr().insert_element_before(element("w:bidi"), *after)
    for run in runs:
        # Line breaks become such by themselves; a tab stays one.
        _style(paragraph.add_run(visible(run["text"])), run)


def _style(added: Any, run: dict[str, Any]) -> None:
    from docx.shared import Pt, RGBColor

    font, tone = added.font, run.get("tone")
    font.bold = True if run.get("strong") else None
    font.italic = True if run.get("emphasis") else None
    if run.get("code"):
        added._r.style = "CodeWords"
    if run.get("raised"):
        _raise(font, run["raised"])
    if tone in ("soft", "tag", "word"):
        font.color.rgb = RGBColor(*_SOFT)
    if tone in ("tag", "badge", "word"):
        font.size = Pt(8.5)
    if tone in ("tag", "badge"):
        _frame(added, "4")
    if "mark" in run and not run.get("raised"):
        _mark(added, run["mark"], run.get("strength", 1))


def _raise(font: Any, raised: int) -> None:
    # One property underneath: to clear the other would clear this one too.
    if raised > 0:
        font.superscript = True
    else:
        font.subscript = True


def _mark(added: Any, mark: str, strength: int) -> None:
    """Told by the line as well as by the colour."""
    from docx.enum.text import WD_UNDERLINE

    if mark == "removed":
        added.font.strike = True
    elif mark == "asked":
        _frame(added, "8")
    else:
        thick = strength > 1
        lines = {
            "for": WD_UNDERLINE.THICK if thick else WD_UNDERLINE.SINGLE,
            "against": WD_UNDERLINE.DASH_HEAVY if thick else WD_UNDERLINE.DASH,
        }
        added.font.underline = lines[mark]
        shade = element("w:shd", val="clear", color="auto", fill=_SHADES[mark][strength - 1])
        added._r.get_or_add_rPr().append(shade)


def _frame(added: Any, width: str) -> None:
    border = element("w:bdr", val="single", sz=width, space="1", color="525A66")
    added._r.get_or_add_rPr().append(border)


def styled(paragraph: Any, name: str) -> Any:
    """The paragraph with a style, by the style's name.

    Examples
    --------
    >>> from docx import Document
    >>> styled(Document().add_paragraph(), "List Bullet").style.name
    'List Bullet'
    """
    # By its id, which is the name without spaces: the search by name takes half of the time of a long document.
    paragraph._p.style = name.replace(" ", "")
    return paragraph


def element(tag: str, **attributes: str) -> Any:
    """An element of the document's XML, attributes in its own namespace.

    Examples
    --------
    >>> element("w:shd", val="clear").tag.endswith("}shd")
    True
    """
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made
