"""The mask sequence of one document: prefix-stable, seeded from content, with its roles.

A longer sequence begins with the shorter one, so asking for more masks never changes those already asked; and nothing
but the units, the design and ``random_state`` enters the seed, so neither order, batch, worker nor clock can matter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate import reference
from surrogate.neighborhood import ROLES
from surrogate.perturb.designs import design_weights, masks_of
from surrogate.seeding import content_generator
from surrogate.units import Document

__all__ = ["MaskSample", "Render", "draw_masks", "prepare", "role_sequence"]

#: How often a mask is redrawn when its text was seen before, until the text counts as having no more copies.
_TRIES = 200

#: Share of draws that must have been skipped as already seen before rows are weighted by size.
_SKIPPED_SHARE = 0.05

Render = Callable[[NDArray[np.bool_]], str]

#: A mask with its text.
Copy = tuple[NDArray[np.bool_], str]


def prepare(render: Render, masks: NDArray[np.bool_]) -> None:
    """Let a renderer that works on many masks together (bool, shape (n, n_units)) do so, ahead of being asked for each.

    Examples
    --------
    >>> prepare(str, np.ones((1, 2), bool))
    """
    together = getattr(render, "prepare", None)
    if together is not None and len(masks):
        together(masks)


@dataclass(frozen=True, eq=False)
class MaskSample:
    """Masks of one document with their texts, roles, pair numbers and reference weights (see ``Neighborhood``)."""

    masks: NDArray[np.bool_]
    texts: tuple[str, ...]
    roles: NDArray[np.str_]
    pairs: NDArray[np.int64]
    reference_weight: NDArray[np.float64]


def draw_masks(
    document: Document,
    render: Render,
    *,
    n_samples: int,
    split: tuple[int, int, int],
    design: str,
    random_state: int,
    accepts_empty: bool = True,
    kind: str = "sizes",
    max_test: int | None = None,
) -> MaskSample:
    """Draw the altered copies of one document.

    All 2 ** n_units masks when they fit into ``n_samples``; otherwise the original text, the empty text where the model
    accepts it, and then pairs whose roles come from a randomly permuted block, every text new.

    Parameters
    ----------
    document : Document
    render : callable (mask) -> str
    n_samples : int
        The most distinct texts to draw, the original included.
    split : tuple of int
        Pairs for fit, select and test in each block of the sequence.
    design : str
        Design of the fitting part, see :mod:`surrogate.perturb.designs`.
    random_state : int
    accepts_empty : bool, default True
    kind : {"sizes", "uniform"}, default "sizes"
        The reference distribution, from which select and test are drawn.
    max_test : int, optional
        Test copies after which the sequence goes on without a test part.

    Returns
    -------
    MaskSample
    """
    if document.n_units < 24 and 2**document.n_units <= n_samples:
        return _exhaustive(document, render, accepts_empty, kind)
    plan = _Plan(split, design, kind, random_state, accepts_empty, max_test)
    return _Sequence(document, render, plan).draw(n_samples)


@dataclass(frozen=True)
class _Plan:
    """What a sequence follows, beside the document."""

    split: tuple[int, int, int]
    design: str
    kind: str
    random_state: int
    accepts_empty: bool
    max_test: int | None


def _exhaustive(document: Document, render: Render, accepts_empty: bool, kind: str) -> MaskSample:
    masks = reference.all_masks(document.n_units)
    pairs = np.repeat(np.arange(len(masks) // 2), 2)
    weight = np.array([reference.reference_density(document.n_units, int(size), kind) for size in masks.sum(axis=1)])
    texts = tuple(render(mask) for mask in masks)
    allowed = np.array([accepts_empty or bool(text.strip()) for text in texts])
    inside = allowed & (weight > 0)
    weight = weight * inside.sum() / max(weight[inside].sum(), np.finfo(float).tiny)
    return MaskSample(
        masks[allowed],
        tuple(text for text, flag in zip(texts, allowed, strict=True) if flag),
        np.full(int(allowed.sum()), "all"),
        pairs[allowed],
        weight[allowed],
    )


def role_sequence(split: tuple[int, int, int], generator: np.random.Generator) -> Iterator[str]:
    """The roles of pairs, one after the other without end: permuted blocks, less one fitting place in the first.

    Parameters
    ----------
    split : tuple of int
        Pairs for fit, select and test in each block.
    generator : numpy.random.Generator

    Yields
    ------
    {"fit", "select", "test"}

    Examples
    --------
    >>> from itertools import islice
    >>> sorted(islice(role_sequence((2, 1, 1), np.random.default_rng(0)), 3))
    ['fit', 'select', 'test']
    """
    common = math.gcd(*split)
    block = np.repeat(ROLES, [share // common for share in split])
    first = generator.permutation(block)
    # The pair of the original and the empty text is a fitting pair: it takes the first fitting place.
    yield from np.delete(first, np.flatnonzero(first == "fit")[0]).tolist()
    while True:
        yield from generator.permutation(block).tolist()


class _Sequence:
    """Draws one document's masks in order, remembering which texts were seen and in which role."""

    def __init__(self, document: Document, render: Render, plan: _Plan) -> None:
        self.render = render
        self.plan = plan
        self.n_units = document.n_units
        self.role_of: dict[str, str] = {}
        self.rows: list[tuple[NDArray[np.bool_], str, str, int]] = []
        self.n_skipped = 0
        self.n_test = 0
        content = (document.text, document.spans, plan.random_state)
        self.roles = role_sequence(plan.split, content_generator("roles", plan.split, *content))
        held_out = reference.draw_pairs(self.n_units, content_generator("pairs", *content), plan.kind)
        fitting = held_out
        if plan.design not in ("pairs", plan.kind):
            fitting = masks_of(plan.design, self.n_units, content_generator(plan.design, *content), plan.kind)
        self.source = {"fit": fitting, "select": held_out, "test": held_out}
        self.repeats_allowed = plan.design == "lime"

    def draw(self, n_samples: int) -> MaskSample:
        anchors = np.stack([np.ones(self.n_units, dtype=bool), np.zeros(self.n_units, dtype=bool)])
        self._append(self._rendered(anchors if self.plan.accepts_empty else anchors[:1]), "fit", 0)
        most = math.inf if self.plan.max_test is None else self.plan.max_test
        for number, role in enumerate(self.roles, start=1):
            if role == "test" and self.n_test + 2 > most:
                continue
            copies = self._fresh(role)
            if copies is None or self._is_full(copies, n_samples):
                break
            self._append(copies, role, number)
        return self._sample()

    def _rendered(self, masks: NDArray[np.bool_]) -> list[Copy]:
        return [(mask, self.render(mask)) for mask in masks]

    def _is_full(self, copies: list[Copy], n_samples: int) -> bool:
        n_new = sum(text not in self.role_of for _, text in copies)
        n_rows = len(self.rows) + len(copies) if self.repeats_allowed else 0
        return max(len(self.role_of) + n_new, n_rows) > n_samples

    def _fresh(self, role: str) -> list[Copy] | None:
        """The next copies of a role whose texts are new (LIME repeats its own), or None after too many tries."""
        for _ in range(_TRIES):
            copies = self._rendered(next(self.source[role]))
            texts = [text for _, text in copies]
            if not self.plan.accepts_empty and not all(text.strip() for text in texts):
                continue
            known = {self.role_of.get(text) for text in texts}
            if self.repeats_allowed and role == "fit":
                fresh = known <= {None, "fit"}
            else:
                fresh = known == {None} and len(set(texts)) == len(texts)
            if fresh:
                return copies
            self.n_skipped += 1
        return None

    def _append(self, copies: list[Copy], role: str, number: int) -> None:
        for mask, text in copies:
            self.role_of.setdefault(text, role)
            self.rows.append((mask, text, role, number))
            self.n_test += role == "test"

    def _sample(self) -> MaskSample:
        masks = np.array([row[0] for row in self.rows])
        roles = np.array([row[2] for row in self.rows])
        ran_short = self.n_skipped > _SKIPPED_SHARE * len(masks) and self.plan.kind == "sizes"
        weight = self._weights(masks) if ran_short else np.ones(len(masks))
        drawn = (roles == "fit") & ~np.isin(masks.sum(axis=1), (0, self.n_units))
        weight[drawn] *= design_weights(self.plan.design, masks[drawn], self.plan.kind)
        return MaskSample(
            masks, tuple(row[1] for row in self.rows), roles, np.array([row[3] for row in self.rows]), weight
        )

    def _weights(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Weights by size where small sizes ran out of unseen masks: target share over drawn share."""
        strata = reference.size_stratum(masks)
        drawn = np.bincount(strata[strata > 0], minlength=self.n_units // 2 + 1).astype(float)
        present = drawn > 0
        weight = np.ones(len(masks))
        inside = strata > 0
        weight[inside] = drawn.sum() / present.sum() / drawn[strata[inside]]
        return weight
