"""Units of two texts matched, so that what a report says of them can be compared."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

__all__ = ["match_units"]


def match_units(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the units of two documents: the same key in both for units that correspond.

    Units of one text correspond by their place; units of two texts where the same run of words is in both, as in a
    diff.  Which text came first does not matter.

    Parameters
    ----------
    before, after : dict
        The documents of two records.

    Returns
    -------
    tuple of (tuple of str, tuple of str)

    Examples
    --------
    >>> match_units({"text": "my lost card", "units": [[0, 2], [3, 7], [8, 12]]}, {"text": "my card", "units": [[0, 2], [3, 7]]})
    (('0=0', 'b1', '2=1'), ('0=0', '2=1'))
    """
    first, second = _words(before), _words(after)
    if before["text"] == after["text"] and before["units"] == after["units"]:
        return (tuple(str(place) for place in range(len(first))),) * 2
    # Longer before shorter, then by the words: so the matches do not depend on which record came first.
    swapped = (-len(second), second) < (-len(first), first)
    one, other = (second, first) if swapped else (first, second)
    keys = [f"a{place}" if swapped else f"b{place}" for place in range(len(one))]
    others = [f"b{place}" if swapped else f"a{place}" for place in range(len(other))]
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            keys[block.a + step] = others[block.b + step] = f"{block.a + step}={block.b + step}"
    return (tuple(others), tuple(keys)) if swapped else (tuple(keys), tuple(others))


def _words(document: dict[str, Any]) -> list[str]:
    return [document["text"][start:end] for start, end in document["units"]]
