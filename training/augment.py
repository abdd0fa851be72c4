"""Altered copies of training texts: words deleted, words replaced by a mask token, case changed.

The models are explained by deleting or masking words.  A model that has never seen such a text answers it arbitrarily,
so both are trained on them, down to the empty text, where the right answer is the share of each route.
"""

from __future__ import annotations

import re

import numpy as np

__all__ = ["alter", "alter_all", "change_case"]

# Words with the white space that follows them, so that an alteration can keep or close the gap it makes.
_WORD = re.compile(r"(\S+)(\s*)")


def alter(text: str, rng: np.random.Generator, *, mask: str | None = None, keep_gaps: float = 0.2) -> str:
    """Delete or mask a random subset of the words, at a rate drawn uniformly between 0 and 1.

    Parameters
    ----------
    text : str
        A message.
    rng : numpy.random.Generator
        Source of the draw.
    mask : str, optional
        Token to put in the place of a word; without it words are deleted.
    keep_gaps : float in [0, 1]
        Probability that a deletion leaves the white space around the word.

    Returns
    -------
    str
        The altered message, possibly empty.

    Examples
    --------
    >>> alter("where is my card", np.random.default_rng(3))
    'is my card'
    """
    pieces = _WORD.findall(text)
    dropped = rng.random(len(pieces)) < rng.random()
    if mask is not None:
        return "".join((mask if out else word) + gap for (word, gap), out in zip(pieces, dropped, strict=True))
    if rng.random() < keep_gaps:
        return "".join(("" if out else word) + gap for (word, gap), out in zip(pieces, dropped, strict=True))
    return " ".join(word for (word, _), out in zip(pieces, dropped, strict=True) if not out)


def change_case(text: str, rng: np.random.Generator) -> str:
    """Lower the case of three texts in ten and raise the case of one in fifty."""
    draw = rng.random()
    if draw < 0.3:
        return text.lower()
    return text.upper() if draw < 0.32 else text


def alter_all(
    texts: tuple[str, ...], rng: np.random.Generator, *, share: float, mask: str | None = None
) -> tuple[list[str], np.ndarray]:
    """Alter a random share of the texts; with a mask token, half of those by masking.

    Parameters
    ----------
    texts : tuple of str, length n
        Messages.
    rng : numpy.random.Generator
        Source of the draws.
    share : float in [0, 1]
        Probability that a text is altered.
    mask : str, optional
        The tokenizer's mask token, where it has one.

    Returns
    -------
    list of str, length n
        The messages, altered or not.
    ndarray of bool, shape (n,)
        Which were altered.
    """
    chosen = rng.random(len(texts)) < share
    masked = (rng.random(len(texts)) < 0.5) & (mask is not None)
    out = [
        alter(text, rng, mask=mask if by_mask else None) if yes else text
        for text, yes, by_mask in zip(texts, chosen, masked, strict=True)
    ]
    return out, chosen
