"""Letters: how much room a text takes, in letters of usual width."""

from __future__ import annotations

from unicodedata import east_asian_width

__all__ = ["letters"]


def letters(text: str) -> int:
    """Letters of usual width that a text takes the room of; one of Chinese and the like takes that of two.

    References
    ----------
    Unicode Standard Annex 11, East Asian Width: W and F.

    Examples
    --------
    >>> letters("one"), letters("个百分点")
    (3, 8)
    """
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)
