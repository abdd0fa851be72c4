"""Label probabilities from the tokens that a chat endpoint lists beside those of its answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LabelMasses", "label_masses"]

#: Probability of a label that neither the list nor what it leaves over has room for.
_TINY = 1e-9
_EDGES = " \t\r\n\"'`*.:"


@dataclass(frozen=True)
class LabelMasses:
    """Probability mass of each label, as far as the lists tell.

    Parameters
    ----------
    listed : ndarray of float64, shape (n_labels,)
        Mass of the tokens that only this label begins with; 0 where none is listed.
    bounds : ndarray of float64, shape (n_labels,)
        The most that one token beyond the list can add: the least listed probability, or what the list leaves over where
        that is less.

    Examples
    --------
    >>> LabelMasses(np.array([0.75, 0.0]), np.array([0.01, 0.01])).probabilities().round(4).tolist()
    [0.9868, 0.0132]
    """

    listed: NDArray[np.float64]
    bounds: NDArray[np.float64]

    @property
    def label_mass(self) -> float:
        """Mass of all listed labels together."""
        return float(min(self.listed.sum(), 1.0))

    def probabilities(self) -> NDArray[np.float64]:
        """Probabilities among the labels; one that is not listed is given its bound."""
        masses = np.where(self.listed > 0, self.listed, np.maximum(self.bounds, _TINY))
        return masses / masses.sum()


def label_masses(content: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> LabelMasses:
    """Follow the answer token by token until the labels are told apart, adding up the tokens listed at each place.

    At each place a listed token continues what was answered so far.  Where only one label goes on like that, the token's
    probability is that label's; where several do, and it is the token answered, the next place is read.

    Parameters
    ----------
    content : sequence of mapping
        ``choices[0].logprobs.content``: each with ``token``, ``logprob`` and ``top_logprobs``.
    labels : sequence of str

    Returns
    -------
    LabelMasses

    Raises
    ------
    KeyError, TypeError, ValueError
        When the lists are not what they should be.

    Examples
    --------
    >>> tops = [{"token": "car", "logprob": -0.1}, {"token": "top", "logprob": -2.5}, {"token": "I", "logprob": -5.0}]
    >>> label_masses([{"token": "car", "logprob": -0.1, "top_logprobs": tops}], ["cards", "top-up", "cash"]).listed.round(3)
    array([0.905, 0.082, 0.   ])
    """
    names = [_plain(label) for label in labels]
    listed, bounds = np.zeros(len(names)), np.zeros(len(names))
    prefix, path = "", 1.0
    for place in content:
        tokens = _tokens(place)
        going = [number for number, name in enumerate(names) if name.startswith(prefix)]
        bounds[going] += path * min(min(tokens.values()), max(0.0, 1.0 - sum(tokens.values())))
        for token, probability in tokens.items():
            number = _told_apart(prefix, token, names)
            if number is not None:
                listed[number] += path * probability
        answered = place["token"]
        if _told_apart(prefix, answered, names) is not None or not _going_on(prefix, answered, names):
            return LabelMasses(listed, bounds)
        prefix, path = _joined(prefix, answered), path * tokens[answered]
    if prefix in names:  # the answer ended with a label that others begin with
        listed[names.index(prefix)] += path
    return LabelMasses(listed, bounds)


def _told_apart(prefix: str, token: str, names: Sequence[str]) -> int | None:
    """The one label that a token leads to; None: none, or several."""
    going = _going_on(prefix, token, names)
    if len(going) == 1 and _joined(prefix, token):
        return going[0]
    if not going and prefix in names:  # something else follows a whole label: the label is over
        return names.index(prefix)
    return None


def _going_on(prefix: str, token: str, names: Sequence[str]) -> list[int]:
    """Labels that begin with the answer so far and this token."""
    whole = _joined(prefix, token)
    going = [number for number, name in enumerate(names) if name.startswith(whole)]
    ended = whole.rstrip(_EDGES)
    if not going and ended != prefix and ended in names:
        return [names.index(ended)]
    return going


def _joined(prefix: str, token: str) -> str:
    whole = prefix + token.casefold()
    return whole if prefix else whole.lstrip(_EDGES)


def _plain(label: str) -> str:
    return label.strip(_EDGES).casefold()


def _tokens(place: Mapping[str, Any]) -> dict[str, float]:
    """Probability of each token listed at a place, the answered one included."""
    tokens: dict[str, float] = {}
    for entry in [*place["top_logprobs"], place]:
        token, logprob = entry["token"], float(entry["logprob"])
        if not isinstance(token, str) or not logprob <= 1e-3:
            raise ValueError("a listed token needs a log-probability of at most 0")
        tokens[token] = min(math.exp(logprob), 1.0)
    return tokens
