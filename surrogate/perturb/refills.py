"""Refills: of a text with few units every mask is used again and again, each time filled in anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from surrogate.perturb.sequence import MaskSample, role_sequence
from surrogate.reference import all_masks, reference_density
from surrogate.seeding import content_generator
from surrogate.units import Document

__all__ = ["draw_refills"]

#: Rounds over all masks in which nothing new came about, until the text counts as having no more copies.
_IDLE_ROUNDS = 20

#: Copies that are filled in together, about.
_TOGETHER = 64

#: Fills in many masks (bool, shape (n, n_units)), each for the so-manieth time.
Refill = Callable[[NDArray[np.bool_], Sequence[int]], list[str]]


def draw_refills(
    document: Document,
    refill: Refill,
    *,
    n_samples: int,
    split: tuple[int, int, int],
    random_state: int,
    kind: str = "sizes",
    accepts_empty: bool = True,
) -> MaskSample:
    """Copies of a text whose masks are fewer than the copies wanted.

    The text itself comes first; then all pairs of masks, filled in for the first time, then again, and so on.  What the
    language model draws is one of many fillings, so nothing is exhaustive and there are test copies.

    Parameters
    ----------
    document : Document
    refill : callable (masks, numbers) -> list of str
    n_samples : int
        The most distinct texts to draw, the original included.
    split : tuple of int
    random_state : int
    kind : {"sizes", "uniform"}, default "sizes"
    accepts_empty : bool, default True

    Returns
    -------
    MaskSample

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> fill = lambda masks, numbers: [f"{mask.astype(int)} {number}" for mask, number in zip(masks, numbers)]
    >>> draw_refills(split_units("one two"), fill, n_samples=8, split=(1, 1, 1), random_state=0).roles.tolist()
    ['fit', 'test', 'select', 'select', 'select', 'test', 'test', 'fit']
    """
    content = (document.text, document.spans, random_state)
    roles = role_sequence(split, content_generator("roles", split, *content))
    rows: list[tuple[NDArray[np.bool_], str, str, int]] = [(_full(document), document.text, "fit", 0)]
    known = {document.text}
    if not accepts_empty:
        known.add("")
    for number, pair in enumerate(_pairs(document.n_units, refill, known), start=1):
        if len(rows) + len(pair) > n_samples:
            break
        role = next(roles)
        rows += [(mask, text, role, number) for mask, text in pair]
        known |= {text for _, text in pair}
    masks = np.array([row[0] for row in rows])
    return MaskSample(
        masks,
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows]),
        np.array([row[3] for row in rows]),
        _weights(masks, kind),
    )


def _full(document: Document) -> NDArray[np.bool_]:
    return np.ones(document.n_units, dtype=bool)


def _pairs(n_units: int, refill: Refill, known: set[str]) -> Iterator[list[tuple[NDArray[np.bool_], str]]]:
    """Pairs of masks with their texts, if these are new; the mask that removes everything goes alone."""
    masks = all_masks(n_units)[1:]
    idle = 0
    for texts in _rounds(masks, refill):
        before = len(known)
        for start in (0, *range(1, len(masks), 2)):
            stop = 1 if start == 0 else start + 2
            if len({*known, *texts[start:stop]}) == len(known) + stop - start:
                yield list(zip(masks[start:stop], texts[start:stop], strict=True))
        idle = 0 if len(known) > before else idle + 1
        if idle == _IDLE_ROUNDS:
            return


def _rounds(masks: NDArray[np.bool_], refill: Refill) -> Iterator[list[str]]:
    """The texts of all masks, filled in for the first time, the second, and so on; several rounds are filled in together."""
    n_rounds = max(1, _TOGETHER // len(masks))
    for first in count(step=n_rounds):
        numbers = np.repeat(np.arange(first, first + n_rounds), len(masks)).tolist()
        texts = refill(np.tile(masks, (n_rounds, 1)), numbers)
        yield from (texts[start : start + len(masks)] for start in range(0, len(texts), len(masks)))


def _weights(masks: NDArray[np.bool_], kind: str) -> NDArray[np.float64]:
    """Reference density of each mask over how often it comes, mean 1 over the rows that have any."""
    n_units = masks.shape[1]
    density = np.array([reference_density(n_units, int(size), kind) for size in masks.sum(axis=1)])
    _, place, counts = np.unique(masks, axis=0, return_inverse=True, return_counts=True)
    weight = density / counts[place.ravel()]
    inside = weight > 0
    return weight * inside.sum() / weight.sum() if inside.any() else np.ones(len(masks))
