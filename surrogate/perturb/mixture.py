"""Mixture: altered copies made in several ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.perturb.base import Perturb
from surrogate.perturb.refilled import OPEN, Refilled
from surrogate.perturb.sequence import Render, prepare
from surrogate.seeding import content_generator
from surrogate.units import Document

__all__ = ["Mixture"]


class Mixture(Refilled):
    """Altered copies some of which are made by one sampler and some by another.

    Which one makes a copy is drawn from the text and the mask; the two copies of a pair are made by the same.  Of the members
    only what they put in the place of a removed unit counts: units, design and the number of copies are the mixture's.

    Parameters
    ----------
    members : list of (str, Perturb)
        Samplers that turn any mask into a text.
    weights : tuple of float, optional
        How often each makes a copy, in proportion; None: all alike.
    units, design, reference, n_samples, split, max_test, random_state, accepts_empty, tokenize
        As in :class:`~surrogate.perturb.Delete`.

    Attributes
    ----------
    documents_ : tuple of Document

    Examples
    --------
    >>> from surrogate.perturb import Delete, ReplaceByMask
    >>> mixture = Mixture([("delete", Delete()), ("mask", ReplaceByMask(mask_token="_"))], n_samples=8)
    >>> mixture.fit_transform(["please pay my bill"]).texts[1:]
    ('_ _ _ _', 'pay my', 'please bill')
    """

    perturbation: ClassVar[str] = "mixture"
    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perturb._parameter_constraints,
        "members": [list, tuple],
        "weights": ["array-like", None],
    }

    def __init__(
        self,
        members: Any,
        *,
        weights: tuple[float, ...] | None = None,
        units: str = "word",
        design: str = "pairs",
        reference: str = "sizes",
        n_samples: int = 256,
        split: tuple[int, int, int] = (4, 1, 3),
        max_test: int | None = 192,
        random_state: int = 0,
        accepts_empty: bool = True,
        tokenize: Callable[[str], Sequence[tuple[int, int]]] | None = None,
    ) -> None:
        self.members = members
        self.weights = weights
        self.units = units
        self.design = design
        self.reference = reference
        self.n_samples = n_samples
        self.split = split
        self.max_test = max_test
        self.random_state = random_state
        self.accepts_empty = accepts_empty
        self.tokenize = tokenize

    @property
    def source(self) -> Any:
        """The language model that makes some of the copies; None where none does."""
        return next(
            (found for _, member in self.members if (found := getattr(member, "source", None)) is not None), None
        )

    def render(self, document: Document) -> _Mixed:
        """Have one of the members put something in the place of what a mask removes."""
        renders = [member.render(document) for _, member in self.members]
        return _Mixed(document, renders, self._shares(), int(self.random_state))

    def _shares(self) -> NDArray[np.float64]:
        shares = np.ones(len(self.members)) if self.weights is None else np.asarray(self.weights, dtype=float)
        if shares.shape != (len(self.members),) or not (shares >= 0).all() or not np.isfinite(shares.sum() or np.nan):
            raise InputError(
                "bad-parameter",
                f"weights must be {len(self.members)} numbers, none below zero and not all zero; got {self.weights!r}.",
            )
        return np.cumsum(shares) / shares.sum()

    def _check(self) -> None:
        super()._check()
        known = [
            isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Perturb) and pair[1].renders
            for pair in self.members
        ]
        if not known or not all(known):
            raise InputError(
                "bad-parameter",
                "members must be pairs of a name and a sampler that turns masks into texts, such as ('delete', Delete()); got "
                f"{self.members!r}.",
            )
        self._shares()


class _Mixed:
    """A mask to a text, by the member that is drawn for it."""

    def __init__(
        self, document: Document, renders: list[Render], shares: NDArray[np.float64], random_state: int
    ) -> None:
        self.document, self.renders, self.shares, self.random_state = document, renders, shares, random_state

    def __call__(self, mask: NDArray[np.bool_]) -> str:
        return self.refill(np.asarray(mask, dtype=bool)[None], [0])[0]

    def outline(self, mask: NDArray[np.bool_]) -> str:
        """The text with a sign for every removed unit: different for different masks."""
        return self.document.replace(mask, OPEN)

    def prepare(self, masks: Iterable[NDArray[np.bool_]]) -> None:
        """Let the members that work on many masks together do so."""
        flags = np.asarray(masks, dtype=bool)
        chosen = np.array([self._member(mask, 0) for mask in flags])
        for member, render in enumerate(self.renders):
            prepare(render, flags[chosen == member])

    def refill(self, masks: NDArray[np.bool_], numbers: Sequence[int]) -> list[str]:
        """The texts of many masks, each made for the so-manieth time, from 0."""
        chosen = [self._member(mask, number) for mask, number in zip(masks, numbers, strict=True)]
        texts = [""] * len(masks)
        for member, render in enumerate(self.renders):
            rows = [row for row, one in enumerate(chosen) if one == member]
            again = getattr(render, "refill", None)
            if again is None:
                made = [render(masks[row]) for row in rows]
            else:
                made = again(masks[rows], [numbers[row] for row in rows])
            for row, text in zip(rows, made, strict=True):
                texts[row] = text
        return texts

    def _member(self, mask: NDArray[np.bool_], number: int) -> int:
        # The same for a mask and its complement: they are one draw.
        pair = mask if mask[0] else ~mask
        content = (self.document.text, self.document.spans, np.packbits(pair).tolist(), number, self.random_state)
        return int(np.searchsorted(self.shares, content_generator("mixture", *content).random(), side="right"))
