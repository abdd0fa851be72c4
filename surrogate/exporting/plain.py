"""Plain text: what people wrote, made safe for the places of a file where it is only read."""

from __future__ import annotations

from surrogate.report.visible import shorten

__all__ = ["defused", "defused_back", "in_comment", "shown"]

#: Signs that make a spreadsheet take a cell for a formula, and the apostrophe that says "text": so it can be undone.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")

#: Most characters of a label in a file; the whole text stands in features.json.
_MOST = 80


def shown(text: str, most: int = _MOST) -> str:
    r"""A text as it is shown to a reader: on one line, with signs for hidden characters, cut in the middle when it is long.

    Examples
    --------
    >>> shown("fee\x00\n</x>")
    'fee␀ </x>'
    """
    # More than this cannot show, and a text may be very long.
    if len(text) > 8 * most:
        text = text[: 4 * most] + "…" + text[-4 * most :]
    return shorten(text, most)


def in_comment(text: str) -> str:
    r"""A text inside a comment of a line.

    Examples
    --------
    >>> in_comment("fee\nDROP TABLE x; */ --")
    'fee DROP TABLE x; * / - -'
    """
    return shown(text).replace("*/", "* /").replace("--", "- -")


def defused(text: str) -> str:
    """A text as a cell of a CSV file: with an apostrophe before what a spreadsheet would take for a formula.

    A NUL, at which many readers stop, becomes the sign for it.

    Examples
    --------
    >>> defused("=cmd()"), defused("fees"), defused("'=x")
    ("'=cmd()", 'fees', "''=x")
    """
    text = text.replace("\0", "\u2400")
    return f"'{text}" if text.startswith(_FORMULA) else text


def defused_back(cell: str) -> str:
    """Inverse of :func:`defused`.

    Examples
    --------
    >>> defused_back(defused("=cmd()"))
    '=cmd()'
    """
    return cell[1:] if cell.startswith("'") else cell
