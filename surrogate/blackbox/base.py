"""What every black box offers, and what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers

__all__ = ["BlackBox", "Detail", "Identity", "SharedBlackBox"]

#: What a report may state about a model.
Detail = str | int | float | bool | None


@runtime_checkable
class BlackBox(Protocol):
    """A text classifier that can be asked for the probabilities of its classes.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        Labels, in the order of the columns of the answers.
    fingerprint : str or None
        Identity of everything that decides an answer; None when it is not known, and then answers are not kept.
    name, kind : str
        What a report calls the model, and which adapter reads it.
    multi_label : bool
        True when the probabilities of one text need not sum to one.
    mask_token : str or None
        Text that the model reads as "something was here".
    accepts_empty : bool
        Whether the empty text may be asked.
    embeds : bool
        Whether answers come with embeddings.
    stochastic : bool
        Whether the answer to one text varies from call to call; then some texts are asked again, to measure by how much.
    details : dict of str to str, int, float, bool or None
        What a report states about the reading of the model: token limit, number format, digest of the prompt.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> isinstance(FunctionBox(len, classes=["yes", "no"]), BlackBox)
    True
    """

    @property
    def classes_(self) -> NDArray[np.str_]:
        """Labels, in the order of the columns."""

    @property
    def fingerprint(self) -> str | None:
        """Identity, or None."""

    @property
    def name(self) -> str:
        """What a report calls the model."""

    @property
    def kind(self) -> str:
        """Which adapter reads it."""

    @property
    def multi_label(self) -> bool:
        """Whether rows need not sum to one."""

    @property
    def mask_token(self) -> str | None:
        """Mask token, or None."""

    @property
    def accepts_empty(self) -> bool:
        """Whether the empty text may be asked."""

    @property
    def embeds(self) -> bool:
        """Whether answers come with embeddings."""

    @property
    def stochastic(self) -> bool:
        """Whether the answer to one text varies from call to call."""

    @property
    def details(self) -> dict[str, Detail]:
        """What a report states about the reading."""

    def answer(self, texts: Sequence[str]) -> Answers:
        """Answers to ``texts``, one row per text, in their order."""


@dataclass(frozen=True)
class Identity:
    """What a black box says about itself without reading a text.

    ``parity_tolerance`` is the largest difference in probability that counts as the same answer.

    Examples
    --------
    >>> Identity("bank-router", "sequence-classifier", ("card", "loan")).multi_label
    False
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    fingerprint: str | None = None
    multi_label: bool = False
    mask_token: str | None = None
    accepts_empty: bool = True
    embeds: bool = False
    stochastic: bool = False
    parity_tolerance: float = 1e-4
    details: dict[str, Detail] = field(default_factory=dict)


class SharedBlackBox:
    """Mixin: a black box is shared, never copied, by ``clone`` and ``deepcopy``; it states its :class:`Identity`.

    Examples
    --------
    >>> from copy import deepcopy
    >>> box = SharedBlackBox(Identity("toy", "function", ("yes", "no")))
    >>> deepcopy(box) is box, box.classes_.tolist()
    (True, ['yes', 'no'])
    """

    _identity: Identity

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def __sklearn_clone__(self) -> Self:
        return self

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r}, classes={list(self._identity.labels)!r})"

    @property
    def classes_(self) -> NDArray[np.str_]:
        """Labels, ndarray of str, shape (n_classes,)."""
        return np.array(self._identity.labels, dtype=np.str_)

    @property
    def fingerprint(self) -> str | None:
        """Identity of everything that decides an answer, or None."""
        return self._identity.fingerprint

    @property
    def name(self) -> str:
        """What a report calls the model."""
        return self._identity.name

    @property
    def kind(self) -> str:
        """Which adapter reads the model."""
        return self._identity.kind

    @property
    def multi_label(self) -> bool:
        """Whether the probabilities of one text need not sum to one."""
        return self._identity.multi_label

    @property
    def mask_token(self) -> str | None:
        """Text that the model reads as "something was here", or None."""
        return self._identity.mask_token

    @property
    def accepts_empty(self) -> bool:
        """Whether the empty text may be asked."""
        return self._identity.accepts_empty

    @property
    def embeds(self) -> bool:
        """Whether answers come with embeddings."""
        return self._identity.embeds

    @property
    def stochastic(self) -> bool:
        """Whether the answer to one text varies from call to call."""
        return self._identity.stochastic

    @property
    def parity_tolerance(self) -> float:
        """Largest difference in probability that counts as the same answer."""
        return self._identity.parity_tolerance

    @property
    def details(self) -> dict[str, Detail]:
        """What a report states about the reading of the model."""
        return dict(self._identity.details)
