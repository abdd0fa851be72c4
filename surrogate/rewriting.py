"""Rewriting: what a language model is asked to say in other words, and whatever does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["RewriteTask", "Rewriter"]


@dataclass(frozen=True)
class RewriteTask:
    """A text to say in other words, with words that must and words that must not be in it.

    Parameters
    ----------
    text : str
    keep, remove : tuple of str
    number : int, default 0
        Which of several rewritings with the same words.

    Examples
    --------
    >>> RewriteTask("pay my bill", keep=("bill",), remove=("pay",)).number
    0
    """

    text: str
    keep: tuple[str, ...]
    remove: tuple[str, ...]
    number: int = 0


@runtime_checkable
class Rewriter(Protocol):
    """Something that says a text in other words: a chat model.

    Attributes
    ----------
    name : str
        What a report calls it.
    fingerprint : str or None
        Identity of what decides a rewriting, as far as it is known.

    Examples
    --------
    >>> isinstance(str.upper, Rewriter)
    False
    """

    @property
    def name(self) -> str:
        """What a report calls it."""

    @property
    def fingerprint(self) -> str | None:
        """Identity, or None."""

    def rewrite(self, tasks: Sequence[RewriteTask]) -> list[str | None]:
        """A rewriting for each task, in their order; None where it was refused."""
