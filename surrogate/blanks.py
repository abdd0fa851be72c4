"""Blanks: a text with places left open, and whatever fills them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from surrogate.errors import InputError

__all__ = ["Blanks", "Filler"]


@dataclass(frozen=True)
class Blanks:
    """A text with places left open, what stood in them, and the chances by which they are filled.

    Parameters
    ----------
    pieces : tuple of str, length n_blanks + 1
        What stands before, between and after the blanks.
    originals : tuple of str, length n_blanks
        What stood there: a word, which is not to be filled in again.
    chances : tuple of float, length n_blanks
        One number in [0, 1) for each blank, which decides what is drawn for it.

    Examples
    --------
    >>> blanks = Blanks(("my ", " is ", ""), ("card", "lost"), (0.5, 0.25))
    >>> blanks.filled(("phone", "here"))
    'my phone is here'
    """

    pieces: tuple[str, ...]
    originals: tuple[str, ...]
    chances: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.pieces) - 1 == len(self.originals) == len(self.chances):
            raise InputError(
                "bad-parameter",
                f"{len(self.originals)} blanks need {len(self.originals) + 1} pieces and {len(self.originals)} chances; got "
                f"{len(self.pieces)} and {len(self.chances)}.",
            )

    def filled(self, words: Sequence[str]) -> str:
        """The text with a word in each blank (sequence of str, length n_blanks)."""
        return "".join(part for pair in zip(self.pieces, (*words, ""), strict=True) for part in pair)


@runtime_checkable
class Filler(Protocol):
    """Something that fills blanks in: a masked language model.

    Attributes
    ----------
    name : str
        What a report calls it.
    fingerprint : str or None
        Identity of everything that decides what is filled in.

    Examples
    --------
    >>> isinstance("bank-mlm", Filler)
    False
    """

    @property
    def name(self) -> str:
        """What a report calls it."""

    @property
    def fingerprint(self) -> str | None:
        """Identity, or None."""

    def fill(self, texts: Sequence[Blanks], *, top_k: int, temperature: float, order: str) -> list[tuple[str, ...]]:
        """A word for each blank of each text, the same whatever texts are filled together."""
