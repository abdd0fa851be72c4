"""Choose the fastest way of scoring that agrees with reading label by label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.backends import try_packed
from surrogate.blackbox.label_reader import ScoreReader
from surrogate.blackbox.packed import PACKED, can_pack
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.threads import SMALL, n_weights
from surrogate.errors import ModelError

__all__ = ["LABEL_BY_LABEL", "Choosable", "chosen", "fastest"]

#: Each label by a pass of its own, without batch, padding or cache: right for every model.
LABEL_BY_LABEL = "label-by-label"
_PROBES = ("a short text.", "Another text, which is somewhat longer than the first one.")
#: More of them, long, short and broken, where the noise of another device or of half precision hides small differences.
_MORE_PROBES = (
    *_PROBES,
    "Please help me now: the card was lost and I want my money back, it is very bad that nobody answers me. " * 2,
    "x",
    "1, 2, 3 and 4",
    "Why\nnot?",
)
#: Largest difference in probability per token that still counts as agreement in float32 on the CPU.
_AGREEMENT = 1e-5


#: Above this many weights they are not laid out anew, which takes as much memory again.
_LARGE = 2_000_000_000


class Choosable(ScoreReader, Protocol):
    """A reader that can score in several ways."""

    @property
    def model(self) -> Any:
        """The torch model."""

    @property
    def way(self) -> str:
        """How it scores."""

    def by(self, way: str) -> Choosable | None:
        """Return the same reader with another way of scoring; None where the model does not allow it."""

    def fits(self, ids: Sequence[int]) -> bool:
        """Whether a prompt is read in the reader's way, and not label by label."""


_Reader = TypeVar("_Reader", bound=Choosable)


def fastest(reader: _Reader, ways: Sequence[str], agreement: float | None = None) -> _Reader:
    """Return ``reader`` with the first of ``ways`` that gives some probe texts their likelihoods label by label.

    State-space and linear-attention layers, and some kinds of positions, know no custom mask, no padding in the middle
    or no padding at all.  Where nothing agrees, labels are read one by one.

    Parameters
    ----------
    reader : Choosable
    ways : sequence of str
        The fastest first.
    agreement : float, optional
        Largest difference in log-likelihood per token, on more probe texts, that counts as agreement where numbers are noisy;
        None: 1e-5 in probability per token.

    Raises
    ------
    ModelError
        ``bad-answer-values`` for a model that gives NaN.
    """
    # per token, because the probabilities of long labels are too small to show a difference
    lengths = np.array([len(label) for label in reader.label_ids])
    slow = reader.by(LABEL_BY_LABEL) or reader
    probes = _PROBES if agreement is None else _MORE_PROBES
    plain = slow.scores(probes).scores / lengths
    for way in ways:
        try:
            candidate = reader.by(way)
            if candidate is None or not all(map(candidate.fits, candidate.encoder.encode(list(probes))[0])):
                continue
            ours = candidate.scores(probes).scores / lengths
        except (ModelError, RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError):
            continue  # the model takes no such mask, positions or cache
        if _agree(ours, plain, agreement):
            return candidate  # type: ignore[return-value]
    return slow  # type: ignore[return-value]


def _with_packed(reader: _Reader, placement: Placement) -> tuple[_Reader, str]:
    """Return ``reader`` with packed layers, and the name of the backend; as it was where these do not pay or do not agree.

    Parameters
    ----------
    reader : Choosable
        In the way that was chosen.
    placement : Placement
    """
    worth = placement.may_pack and can_pack() and SMALL <= n_weights(reader.model) <= _LARGE
    if not worth:
        return reader, placement.backend
    lengths = np.array([len(label) for label in reader.label_ids])
    plain = reader.scores(_PROBES).scores / lengths

    def agreeing() -> Choosable | None:
        packed = reader.by(reader.way)
        return packed if packed is not None and _agree(packed.scores(_PROBES).scores / lengths, plain, None) else None

    packed = try_packed(reader.model, agreeing)
    return (reader, placement.backend) if packed is None else (packed, PACKED)  # type: ignore[return-value]


def chosen(made: Sequence[_Reader], ways: Sequence[str], placement: Placement) -> tuple[tuple[_Reader, ...], str]:
    """Choose way and layers by the first of some readers of one model, for all of them.

    Parameters
    ----------
    made : sequence of Choosable
        One for each order of the labels.
    ways : sequence of str
        The fastest first.
    placement : Placement

    Returns
    -------
    readers : tuple of Choosable
    backend : str
    """
    first, backend = _with_packed(fastest(made[0], ways, placement.precision.agreement), placement)
    return (first, *(reader.by(first.way) or reader for reader in made[1:])), backend  # type: ignore[arg-type]


def _agree(ours: NDArray[np.float64], plain: NDArray[np.float64], agreement: float | None) -> bool:
    """Whether log-likelihoods per token, shape (n_texts, n_labels), agree; NaN is no agreement."""
    if agreement is None:
        return bool((np.abs(np.exp(ours) - np.exp(plain)) <= _AGREEMENT).all())
    return bool((np.abs(ours - plain) <= agreement).all())
