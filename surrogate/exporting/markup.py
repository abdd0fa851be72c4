"""Markup: XML built by lxml, so that text stays text; and read back without entities or network."""

from __future__ import annotations

import re
from typing import Any

from surrogate.errors import InputError
from surrogate.exporting.plain import shown

__all__ = ["add", "carried", "parsed", "words", "written"]

#: Characters that no XML document can hold.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def words(text: str, most: int = 200) -> str:
    r"""A text that is only read: hidden characters as signs, and short.

    Examples
    --------
    >>> words("fee\x00\ufffe")
    'fee␀‹U+FFFE›'
    """
    return _IMPOSSIBLE.sub("\ufffd", shown(text, most))


def carried(text: str, what: str) -> str:
    """A text that must arrive unchanged.

    Raises
    ------
    InputError
        ``not-exported`` when XML cannot hold it.

    Examples
    --------
    >>> carried("fees & charges", "The class")
    'fees & charges'
    """
    found = _IMPOSSIBLE.search(text)
    if found:
        raise InputError("not-exported", f"{what} has the character U+{ord(found.group()):04X}, which no XML can hold.")
    return text


def add(parent: Any, tag: str, text: str | None = None, /, **attributes: str) -> Any:
    """A new element under another, in its namespace."""
    from lxml import etree

    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", attributes)
    child.text = text
    return child


def written(root: Any) -> bytes:
    """The document as indented UTF-8."""
    from lxml import etree

    etree.indent(root)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def parsed(content: bytes) -> Any:
    """The root of a document; no entity is resolved and nothing is fetched."""
    from lxml import etree

    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
