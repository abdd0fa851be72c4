"""Paraphrase: rewordings of a text by a language model in the place of altered copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.perturb.observed import Observed, Source
from surrogate.reference import draw_pairs
from surrogate.rewriting import Rewriter, RewriteTask
from surrogate.seeding import content_generator
from surrogate.units import Document

__all__ = ["Paraphrase"]

#: So many times the rewordings wanted are asked for, at most, where some cannot be used.
_MOST_ASKED = 2

#: Why a rewording is not used.
_REASONS = ("refused", "empty", "copy of the text", "copy of another")


class Paraphrase(Observed):
    """Rewordings: a language model is asked to say the text in other words, keeping some of its units and avoiding others.

    Which units to keep is drawn as for altered copies; what a row's mask says is which of them do occur in the rewording,
    whatever was asked for.  So masks were observed and not drawn, and ``reference`` is "neighbours".  Refusals, empty answers
    and copies are not used, and counted.

    Parameters
    ----------
    rewriter : Rewriter, or callable (text) -> list of str or None
        A chat model, such as :class:`surrogate.blackbox.endpoints.ChatRewriter`; a callable gives rewordings of a text, without
        being told which units to keep, and None for one that it refuses.
    n_samples : int, default 256
        Texts in all: the explained one and its rewordings, each distinct text once.  Fewer, where too few can be used.
    split : tuple of int, default (4, 1, 3)
        Shares of fit, select and test; the role of a text comes from a hash of it.
    random_state : int, default 0
    units, accepts_empty, tokenize
        As in :class:`~surrogate.perturb.Delete`.
    max_test : None
        Not used.

    Attributes
    ----------
    documents_ : tuple of Document
    discarded_ : dict of str to int
        Rewordings of the last draw that were not used, by reason.

    Examples
    --------
    >>> sampler = Paraphrase(lambda text: ["settle my bill", None, "", "pay my bill", "settle my bill"], n_samples=8)
    >>> drawn = sampler.draw(["pay my bill"])
    >>> drawn.texts, drawn.masks[0].astype(int).tolist()
    (('pay my bill', 'settle my bill'), [[1, 1, 1], [0, 1, 1]])
    >>> sampler.discarded_
    {'refused': 1, 'empty': 1, 'copy of the text': 1, 'copy of another': 1}
    """

    perturbation: ClassVar[str] = "paraphrase"
    gives: ClassVar[str] = "has texts said in other words"
    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Observed._parameter_constraints,
        "rewriter": "no_validation",  # type: ignore[dict-item]
    }

    def __init__(
        self,
        rewriter: Any = None,
        *,
        units: str = "word",
        n_samples: int = 256,
        split: tuple[int, int, int] = (4, 1, 3),
        max_test: int | None = None,
        random_state: int = 0,
        accepts_empty: bool = True,
        tokenize: Callable[[str], Sequence[tuple[int, int]]] | None = None,
    ) -> None:
        self.rewriter = rewriter
        self.units = units
        self.n_samples = n_samples
        self.split = split
        self.max_test = max_test
        self.random_state = random_state
        self.accepts_empty = accepts_empty
        self.tokenize = tokenize

    @property
    def source(self) -> Any:
        """Who says the text in other words."""
        return self.rewriter if isinstance(self.rewriter, Rewriter) else Source("a function")

    def observed(self, document: Document) -> list[str]:
        """Rewordings that can be used, in the order they were asked for."""
        wanted = int(self.n_samples) - 1
        chosen: dict[str, None] = {}
        lost: Counter[str] = Counter()
        for said in self._asked(document, wanted):
            reason = _flaw(said, document.text, chosen)
            if reason is None:
                chosen[str(said).strip()] = None
            else:
                lost[reason] += 1
            if len(chosen) == wanted:
                break
        self.discarded_ = {reason: lost[reason] for reason in _REASONS}
        return list(chosen)

    def _asked(self, document: Document, wanted: int) -> Iterator[str | None]:
        if isinstance(self.rewriter, Rewriter):
            tasks = self._tasks(document)
            # First as many as are wanted, then again as many: most can be used, and every one may have to be paid for.
            for _ in range(_MOST_ASKED):
                yield from self.rewriter.rewrite(list(islice(tasks, wanted)))
        elif callable(self.rewriter):
            yield from self.rewriter(document.text)
        else:
            raise InputError(
                "bad-parameter",
                f"Paraphrase needs a rewriter: a chat model such as ChatRewriter, or a function from a text to rewordings; got "
                f"{self.rewriter!r}.",
            )

    def _tasks(self, document: Document) -> Iterator[RewriteTask]:
        generator = content_generator("paraphrase", document.text, document.spans, int(self.random_state))
        times: Counter[bytes] = Counter()
        for mask in _masks(document.n_units, generator):
            words = [(unit, kept) for unit, kept in zip(document.units, mask, strict=True) if _is_word(unit)]
            times[mask.tobytes()] += 1
            # A word that is kept in one place is not avoided because it is removed in another.
            keep = tuple(dict.fromkeys(unit for unit, kept in words if kept))
            remove = tuple(dict.fromkeys(unit for unit, kept in words if not kept and unit not in keep))
            yield RewriteTask(document.text, keep, remove, times[mask.tobytes()] - 1)


def _masks(n_units: int, generator: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
    """Masks of the reference distribution without end; of a single unit, with and without it."""
    if n_units == 1:
        while True:
            yield from (np.ones(1, dtype=bool), np.zeros(1, dtype=bool))
    for pair in draw_pairs(n_units, generator):
        yield from pair


def _is_word(unit: str) -> bool:
    return any(sign.isalnum() for sign in unit)


def _flaw(said: str | None, text: str, chosen: dict[str, None]) -> str | None:
    """Why a rewording is not used; None: it is."""
    if said is None:
        return "refused"
    plain = said.strip()
    if not plain:
        return "empty"
    if plain == text.strip():
        return "copy of the text"
    return "copy of another" if plain in chosen else None
