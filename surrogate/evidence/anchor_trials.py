"""What is asked and counted while the candidates of an anchor are being confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surrogate.anchor_model import AnchorCandidate
from surrogate.estimate import Estimate
from surrogate.evidence.looks import Looks
from surrogate.literals import Literal
from surrogate.reference import all_masks, reference_density

__all__ = ["Ask", "Memory", "Trial", "copies_under", "densities"]

#: Answers to masks (bool, shape (n, n_units)): decision margins, shape (n,), and whether each answer can be used.
Ask = Callable[[NDArray[np.bool_]], tuple[NDArray[np.float64], NDArray[np.bool_]]]

#: With more free units than this nobody asks every copy.
_MOST_FREE = 20


def densities(masks: NDArray[np.bool_], reference: str) -> NDArray[np.float64]:
    """Probability of each mask under the reference distribution, shape (n_masks,).

    Examples
    --------
    >>> densities(np.array([[True, False], [True, True]]), "uniform").tolist()
    [0.25, 0.25]
    """
    n_units = masks.shape[1]
    return np.array([reference_density(n_units, size, reference) for size in range(n_units + 1)])[masks.sum(axis=1)]


def copies_under(literals: Iterable[Literal], n_units: int, reference: str, most: int) -> NDArray[np.bool_] | None:
    """All masks that can be drawn while some units are kept; None where they may be more than ``most``.

    Parameters
    ----------
    literals : iterable of Literal
        Units that are kept.
    n_units : int
    reference : {"sizes", "uniform"}
    most : int

    Returns
    -------
    ndarray of bool, shape (n, n_units), or None

    Examples
    --------
    >>> copies_under([Literal(0, True)], 3, "uniform", 4).astype(int).tolist()
    [[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 1]]
    """
    free = np.setdiff1d(np.arange(n_units), [literal.unit for literal in literals])
    if not 1 <= len(free) <= _MOST_FREE or 2 ** len(free) > 2 * most:
        return None
    masks = np.ones((2 ** len(free), n_units), dtype=bool)
    masks[:, free] = all_masks(len(free))
    possible = masks[densities(masks, reference) > 0]
    return possible if len(possible) <= most else None


class Memory:
    """Asks about each mask once, within a budget.

    Parameters
    ----------
    ask : callable (masks) -> margins, usable
    budget : int
        The most masks to ask about.
    decision : bool
        What the model decides about the text itself.

    Examples
    --------
    >>> memory = Memory(lambda masks: (masks[:, 0] - 0.5, np.ones(len(masks), bool)), 5, True)
    >>> memory.held(np.array([[True], [False], [True]]))[0].tolist(), memory.n_calls
    ([True, False, True], 2)
    """

    def __init__(self, ask: Ask, budget: int, decision: bool) -> None:
        self.ask, self.left, self.decision = ask, budget, decision
        self.n_calls = 0
        self.known: dict[bytes, tuple[bool, bool]] = {}

    def n_new(self, masks: NDArray[np.bool_]) -> int:
        """How many of some distinct masks were not asked yet."""
        return sum(mask.tobytes() not in self.known for mask in masks)

    def held(self, masks: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether the model keeps its decision on each mask, and whether its answer can be used."""
        new = {mask.tobytes(): mask for mask in masks if mask.tobytes() not in self.known}
        if new:
            margins, usable = self.ask(np.stack(list(new.values())))
            kept = usable & ((margins > 0) == self.decision)
            self.known.update(zip(new, zip(kept.tolist(), usable.tolist(), strict=True), strict=True))
            self.left -= len(new)
            self.n_calls += len(new)
        held, usable = np.array([self.known[mask.tobytes()] for mask in masks], dtype=bool).T
        return held, usable


@dataclass(eq=False)
class Trial:
    """One candidate while it is being confirmed.

    Parameters
    ----------
    candidate : AnchorCandidate
    every_copy : ndarray of bool, shape (n, n_units), or None
        All copies under the condition, where they are few.
    looks : Looks or None
        None until it is drawn for, and where every copy is asked.
    n_draws, n_held, n_unusable : int
        Copies that were asked about, that keep the decision, and whose answer cannot be used.
    settled : bool
        Nothing more is to be asked.
    precision : Estimate or None
        Set when it is confirmed.

    Examples
    --------
    >>> trial = Trial(AnchorCandidate((), 1.0, 0.9), None)
    >>> trial.add(np.array([True, False]), np.array([True, True]))
    >>> trial.counted().n_held
    1
    """

    candidate: AnchorCandidate
    every_copy: NDArray[np.bool_] | None
    looks: Looks | None = None
    n_draws: int = 0
    n_held: int = 0
    n_unusable: int = 0
    settled: bool = False
    precision: Estimate | None = None

    def counted(self) -> AnchorCandidate:
        """The candidate with what was drawn for it."""
        return replace(self.candidate, n_draws=self.n_draws, n_held=self.n_held)

    def add(self, held: NDArray[np.bool_], usable: NDArray[np.bool_]) -> None:
        """Count some answers."""
        self.n_draws += len(held)
        self.n_held += int(held.sum())
        self.n_unusable += int((~usable).sum())
