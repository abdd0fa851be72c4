"""Observed: base of the samplers whose texts are found, or said by somebody, and not made from a mask."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from surrogate.errors import InputError
from surrogate.perturb.base import Perturb, as_split
from surrogate.perturb.corpus import role_of
from surrogate.perturb.sequence import MaskSample, Render
from surrogate.units import Document
from surrogate.units.words import word_spans

__all__ = ["Observed", "Source", "shared_units"]


class Source(NamedTuple):
    """What a report says of where texts come from.

    Examples
    --------
    >>> Source("a corpus of 2 texts").fingerprint is None
    True
    """

    name: str
    fingerprint: str | None = None


class Observed(Perturb):
    """Base of the samplers whose texts are observed: a row's mask says which of the explained text's units occur in its text.

    So the masks are no design, and ``reference`` is "neighbours".  The role of a text comes from a hash of it.  Subclasses
    write :meth:`observed`.
    """

    design: ClassVar[str] = "neighbours"  # type: ignore[misc]
    reference: ClassVar[str] = "neighbours"  # type: ignore[misc]
    renders: ClassVar[bool] = False
    #: What it does, for the one who wants a mask turned into a text.
    gives: ClassVar[str]

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **{key: Perturb._parameter_constraints[key] for key in ("units", "n_samples", "split", "random_state")},
        "accepts_empty": ["boolean"],
        "tokenize": [callable, None],
        "max_test": [Interval(Integral, 2, None, closed="left"), None],
    }

    def observed(self, document: Document) -> Sequence[str]:
        """The texts that stand beside the explained one, each once."""
        raise NotImplementedError

    def render(self, document: Document) -> Render:
        """A mask names no one text.

        Raises
        ------
        InputError
            ``bad-parameter``, always.
        """
        raise InputError(
            "bad-parameter",
            f"{type(self).__name__} {self.gives}; a mask is not turned into one. Use Delete or Infill.",
        )

    def _draw_one(self, document: Document, roles: tuple[str, ...]) -> MaskSample:
        others = self.observed(document)
        split, seed = as_split(self.split), int(self.random_state)
        masks = [np.ones(document.n_units, dtype=bool), *(shared_units(document, text) for text in others)]
        n_texts = 1 + len(others)
        sample = MaskSample(
            np.stack(masks),
            (document.text, *others),
            np.array(["fit", *(role_of(text, split, seed) for text in others)]),
            np.arange(n_texts),
            np.ones(n_texts),
        )
        return self._of_roles(sample, roles)


def shared_units(document: Document, text: str) -> NDArray[np.bool_]:
    """Which units of a document occur in another text, shape (n_units,).

    A unit occurs where its words do, one after the other, whatever their case.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> shared_units(split_units("Pay my bill, my bill!"), "my BILL is late").tolist()
    [False, True, True, False, True, True, False]
    """
    words = [text[slice(*span)].casefold() for span in word_spans(text)]
    runs: dict[int, set[tuple[str, ...]]] = {}

    def occurs(unit: str) -> bool:
        wanted = tuple(unit[slice(*span)].casefold() for span in word_spans(unit))
        size = len(wanted)
        if size not in runs:
            runs[size] = {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}
        return bool(wanted) and wanted in runs[size]

    return np.array([occurs(unit) for unit in document.units], dtype=bool)
