"""The page as plain blocks, from which PDF, DOCX and Markdown are made: what is said is said once."""

from __future__ import annotations

from typing import Any

from surrogate.errors import InputError
from surrogate.report.render.drawing import drawing_styles, standalone, text_alternative
from surrogate.report.render.runs import INLINE, Run, dropped, inline_runs, runs_of, tidy, written_from
from surrogate.report.render.tables import table_blocks
from surrogate.report.render.tree import Element, read_tree

__all__ = ["Block", "Reader", "page_blocks"]

#: ``{"kind": "heading" | "paragraph" | "list" | "table" | "descriptions" | "figure" | "quote" | "code" | "group", ...}``
Block = dict[str, Any]

_HEADINGS = {f"h{level}": level for level in range(1, 7)}

#: Elements that only hold others.
_FLOW = frozenset({"main", "section", "article", "aside", "header", "footer", "div", "figure", "body", "form"})

#: Classes of paragraphs and of what they are part of that other formats tell apart.
_STYLES = ("lead", "banner", "note", "text", "legend", "rule", "statement", "big", "about", "facts")

#: Classes whose children stand side by side, with a gap between them.
_BESIDE = frozenset({"facts", "legend", "figures"})


def page_blocks(page: str) -> dict[str, Any]:
    """The content of a page.

    Parameters
    ----------
    page : str
        HTML, as this package writes it.

    Returns
    -------
    dict
        "title", "lang" and "blocks": a list of dict, each with its "kind".  Text stands in runs (see
        :mod:`surrogate.report.render.runs`).

    Raises
    ------
    InputError
        ``bad-page``: an element that is not known, or not where it stands; nothing is left out silently.

    Examples
    --------
    >>> page_blocks("<html lang='en'><head><title>t</title></head><body><h1>A</h1> b</body></html>")["blocks"]
    [{'kind': 'heading', 'level': 1, 'runs': [{'text': 'A'}]},
     {'kind': 'paragraph', 'style': '', 'runs': [{'text': 'b'}]}]
    """
    tree = read_tree(page)
    html, title, body = tree.find("html"), tree.find("title"), tree.find("body")
    if html is None or title is None or body is None:
        raise InputError("bad-page", "The page lacks <html>, <title> or <body>.")
    sheet = "\n".join(one.text() for one in tree.walk() if one.tag == "style")
    reader = Reader(drawing_styles(sheet))
    return {"title": title.text(), "lang": html.attributes.get("lang", "en"), "blocks": reader.flow(body)}


class Reader:
    """Turns elements into blocks.

    Parameters
    ----------
    styles : str
        Style sheet of every drawing.

    Examples
    --------
    >>> Reader("").flow(Element("div", {}, [Element("pre", {}, ["a"])]))
    [{'kind': 'code', 'text': 'a'}]
    """

    def __init__(self, styles: str) -> None:
        self.styles = styles

    def flow(self, element: Element, style: str = "") -> list[Block]:
        """The blocks inside an element; text between them becomes paragraphs."""
        blocks: list[Block] = []
        line: list[Run] = []
        for child in element.children:
            if isinstance(child, str) or (child.tag in INLINE and not dropped(child)):
                line += runs_of(child)
                continue
            if dropped(child):
                continue
            blocks += paragraph(line, style) + self.block(child, style)
            line = []
        return blocks + paragraph(line, style)

    def block(self, element: Element, style: str = "") -> list[Block]:
        """The blocks that an element becomes.

        Raises
        ------
        InputError
            ``bad-page``: an element that is not known.
        """
        tag = element.tag
        style = next((name for name in _STYLES if name in element.classes), style)
        if tag in _HEADINGS:
            return [{"kind": "heading", "level": _HEADINGS[tag], "runs": tidy(_line(element))}]
        if tag == "p":
            runs = _line(element)
            side = written_from(runs) if element.attributes.get("dir") == "auto" else "ltr"
            return paragraph(runs, style, side)
        if tag in ("ul", "ol"):
            return [self._list(element)]
        if tag == "dl":
            return [self._descriptions(element)]
        if tag == "table":
            return table_blocks(element, self)
        if tag == "pre":
            return [{"kind": "code", "text": element.text().removeprefix("\n").rstrip("\n")}]
        if tag == "svg":
            return [self._figure(element, [])]
        if tag == "blockquote":
            return [{"kind": "quote", "blocks": self.flow(element)}]
        if tag == "hr" or (tag == "style"):
            return []
        return self._holder(element, style)

    def _holder(self, element: Element, style: str) -> list[Block]:
        """What only holds other elements."""
        if element.tag == "details":
            return self._unfolded(element, style)
        if element.tag == "figcaption":
            return self.flow(element, "note")
        if element.tag not in _FLOW:
            raise InputError("bad-page", f"The page holds <{element.tag}>, which the other formats cannot show.")
        if element.tag == "figure" and (drawing := element.find("svg")) is not None:
            return self._drawn(element, drawing)
        if _is_beside(element):
            return paragraph(_beside(element.elements()), style or "facts")
        inside = self.flow(element, style)
        if "verdict" in element.classes:
            return [{"kind": "group", "style": "explained" if "explained" in element.classes else "", "blocks": inside}]
        return inside

    def _drawn(self, element: Element, drawing: Element) -> list[Block]:
        """A figure; its caption is the figure's, and what else it holds stands after it."""
        caption: list[Run] = []
        others: list[Block] = []
        for child in element.elements():
            if child.tag == "figcaption":
                caption = tidy(_line(child))
            elif not dropped(child) and drawing not in list(child.walk()):
                others += self.block(child)
        drawing = next(
            one for child in element.elements() if not dropped(child) for one in child.walk() if one.tag == "svg"
        )
        return [self._figure(drawing, caption), *others]

    def _figure(self, drawing: Element, caption: list[Run]) -> Block:
        alternative = text_alternative(drawing)
        if not alternative:
            raise InputError("bad-page", "The page holds a drawing without a text alternative.")
        return {
            "kind": "figure",
            "svg": standalone(drawing, self.styles),
            "alt": alternative,
            "caption": caption,
            "width": float(drawing.attributes["viewbox"].split()[2]),
        }

    def _list(self, element: Element) -> Block:
        items = []
        for child in element.children:
            if isinstance(child, str):
                if child.strip():
                    raise InputError("bad-page", f"The page holds text in <{element.tag}>, outside its items.")
            elif child.tag != "li":
                raise InputError("bad-page", f"The page holds <{child.tag}> in <{element.tag}>.")
            elif not dropped(child):
                items.append(self.flow(child))
        plain = bool(element.classes & {"rules", "texts"})  # Numbered in words, or told apart by a line.
        return {"kind": "list", "ordered": element.tag == "ol" and not plain, "plain": plain, "items": items}

    def _descriptions(self, element: Element) -> Block:
        items: list[dict[str, Any]] = []
        for child in element.elements():
            if child.tag == "dt":
                items.append({"term": tidy(_line(child)), "blocks": []})
            elif child.tag == "dd" and items:
                items[-1]["blocks"] += self.flow(child)
            else:
                raise InputError("bad-page", f"The page holds <{child.tag}> in <dl> where it cannot stand.")
        return {"kind": "descriptions", "items": items}

    def _unfolded(self, element: Element, style: str) -> list[Block]:
        """A part that is folded on the page: its summary above it."""
        summary = next((child for child in element.elements() if child.tag == "summary"), None)
        head = [] if summary is None else paragraph(_line(summary), "summary")
        rest = Element("div", {}, [child for child in element.children if child is not summary])
        return [*head, *self.flow(rest, style)]


def paragraph(line: list[Run], style: str = "", side: str = "ltr") -> list[Block]:
    """A paragraph, or nothing where a line holds no text.

    Examples
    --------
    >>> paragraph([{"text": " "}])
    []
    """
    runs = tidy(line)
    if not runs:
        return []
    return [{"kind": "paragraph", "style": style, "runs": runs, **({"side": side} if side == "rtl" else {})}]


def _line(element: Element) -> list[Run]:
    """The runs inside an element that holds nothing but text."""
    if _is_beside(element):
        return _beside(element.elements())
    preserved = "text" in element.classes
    return inline_runs(element.children, preserved=preserved)


def _is_beside(element: Element) -> bool:
    """Whether what an element holds stands side by side, with no text of its own between."""
    bare = any(isinstance(child, str) and child.strip() for child in element.children)
    return bool(element.classes & _BESIDE) and not bare


def _beside(elements: list[Element]) -> list[Run]:
    """What stands side by side, a dot between."""
    runs: list[Run] = []
    for element in elements:
        inside = _line(element) if element.tag == "p" else runs_of(element)
        if tidy(inside):
            runs += [*([{"text": " · "}] if runs else []), *inside]
    return runs
