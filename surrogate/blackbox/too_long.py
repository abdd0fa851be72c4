"""Texts that have more tokens than a model reads, refused where they are not to be cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from surrogate.errors import InputError

__all__ = ["Length", "refuse_longer"]


class Length(NamedTuple):
    """Tokens of a text as a model reads it, prompt and special tokens included, and the most that it reads.

    Examples
    --------
    >>> Length(600, 512).excess
    88
    """

    n_tokens: int
    limit: int

    @property
    def excess(self) -> int:
        """Tokens that would be cut."""
        return self.n_tokens - self.limit


def refuse_longer(name: str, lengths: Sequence[Length]) -> None:
    """Raise ``too-many-tokens`` where a text would be cut.

    Parameters
    ----------
    name : str
        Name of the model.
    lengths : sequence of Length

    Examples
    --------
    >>> refuse_longer("toy", [Length(5, 64)])
    """
    longest = max(lengths, key=lambda length: length.excess, default=Length(0, 0))
    if longest.excess > 0:
        raise InputError(
            "too-many-tokens",
            f"A text takes {longest.n_tokens} tokens of the model {name!r}, prompt and special tokens included, and the model "
            f"reads {longest.limit}. Shorten it by {longest.excess} tokens or explain a passage of it; or let it be cut and "
            "flagged (too_long='cut', --too-long cut).",
        )
