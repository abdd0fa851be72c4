"""A page as a tree of elements: what the parser of the standard library reports, nested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from surrogate.errors import InputError

__all__ = ["Element", "read_tree"]

#: Elements without an end tag; the shapes of a drawing end themselves.
_VOID = frozenset({"meta", "br", "hr", "link", "wbr"})

#: What the parser writes in small letters and SVG does not.
_SPELLING = {"viewbox": "viewBox", "lineargradient": "linearGradient", "clippath": "clipPath"}


@dataclass
class Element:
    """An element of a page.

    Parameters
    ----------
    tag : str
    attributes : dict of str to str
    children : list of Element or str

    Examples
    --------
    >>> Element("p", {"class": "note soft"}, ["a"]).classes == {"note", "soft"}
    True
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        """Names of its classes."""
        return set(self.attributes.get("class", "").split())

    def elements(self) -> list[Element]:
        """Its children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """Itself and everything inside it, in the order of the page."""
        yield self
        for child in self.elements():
            yield from child.walk()

    def find(self, tag: str) -> Element | None:
        """The first element inside with this tag."""
        return next((one for one in self.walk() if one.tag == tag and one is not self), None)

    def text(self) -> str:
        """All text inside."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def to_xml(self) -> str:
        """The element written out as XML."""
        tag = _SPELLING.get(self.tag, self.tag)
        attributes = "".join(f' {_SPELLING.get(key, key)}="{escape(value)}"' for key, value in self.attributes.items())
        inside = "".join(
            escape(child, quote=False) if isinstance(child, str) else child.to_xml() for child in self.children
        )
        return f"<{tag}{attributes}>{inside}</{tag}>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)
        if tag in _VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)
        self.open.pop()

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if len(self.open) < 2 or self.open[-1].tag != tag:
            raise InputError("bad-page", f"The page ends <{tag}> where <{self.open[-1].tag}> is open.")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_tree(page: str) -> Element:
    """The tree of a page; its root has no tag.

    Parameters
    ----------
    page : str
        HTML whose elements are all closed, as this package writes it.

    Raises
    ------
    InputError
        ``bad-page``: an element is not closed where it should be.

    Examples
    --------
    >>> read_tree("<p>a &lt; <b>b</b></p>").children[0].text()
    'a < b'
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    if len(reader.open) > 1:
        raise InputError("bad-page", f"The page does not close <{reader.open[-1].tag}>.")
    return reader.root
