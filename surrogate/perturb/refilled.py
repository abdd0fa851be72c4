"""Refilled: base of the samplers that draw what stands in the place of a removed unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.perturb.base import Perturb, as_split
from surrogate.perturb.refills import draw_refills
from surrogate.perturb.sequence import MaskSample, prepare
from surrogate.units import Document

__all__ = ["OPEN", "Refilled", "Refilling"]

#: Stands for what was removed where only the place matters.
OPEN = "\ufffc"

#: Masks of more units than this are never all drawn.
_FEW_UNITS = 24


class Refilling(Protocol):
    """How a mask becomes a text, where one mask may become many."""

    def __call__(self, mask: NDArray[np.bool_]) -> str:
        """The text of a mask, filled in for the first time."""

    def outline(self, mask: NDArray[np.bool_]) -> str:
        """The text with a sign for every removed unit: different for different masks."""

    def prepare(self, masks: Iterable[NDArray[np.bool_]]) -> None:
        """Fill many masks in together."""

    def refill(self, masks: NDArray[np.bool_], numbers: Sequence[int]) -> list[str]:
        """The texts of many masks, each filled in for the so-manieth time, from 0."""


class Refilled(Perturb):
    """Base of the samplers that draw what stands in the place of a removed unit; :meth:`render` gives a :class:`Refilling`.

    A text with fewer masks than ``n_samples`` has each mask filled in several times.
    """

    def render(self, document: Document) -> Refilling:
        """How a mask becomes a text."""
        raise NotImplementedError

    def _draw_one(self, document: Document, roles: tuple[str, ...]) -> MaskSample:
        render = self.render(document)
        if document.n_units < _FEW_UNITS and 2**document.n_units <= int(self.n_samples):
            return self._of_roles(self._refills(document, render), roles)
        # Which masks will be drawn hangs on whether their texts are new, and they nearly always are: the sequence is drawn
        # with open places first, all of it is filled together, and then it is drawn as it is.
        prepare(render, self._sample(document, render.outline).masks)
        return self._of_roles(self._sample(document, render), roles)

    def _refills(self, document: Document, render: Refilling) -> MaskSample:
        return draw_refills(
            document,
            render.refill,
            n_samples=int(self.n_samples),
            split=as_split(self.split),
            random_state=int(self.random_state),
            kind=self.reference,
            accepts_empty=bool(self.accepts_empty),
        )
