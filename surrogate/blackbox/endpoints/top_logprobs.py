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
        Mass of the listed tokens that lead to each label; 0 where none does.
    unlisted : ndarray of float64, shape (n_labels,)
        For a label that no listed token leads to: the least listed probability, which bounds that of its token, or an equal
        share of what the list leaves over, where that is less.

    Examples
    --------
    >>> LabelMasses(np.array([0.75, 0.0]), np.array([0.01, 0.01])).probabilities().round(4).tolist()
    [0.9868, 0.0132]
    """

    listed: NDArray[np.float64]
    unlisted: NDArray[np.float64]

    @property
    def label_mass(self) -> float:
        """Mass of all listed labels together."""
        return float(min(self.listed.sum(), 1.0))

    def probabilities(self) -> NDArray[np.float64]:
        """Probabilities among the labels; one that is not listed is given what is beyond the list."""
        masses = np.where(self.listed > 0, self.listed, np.maximum(self.unlisted, _TINY))
        return masses / masses.sum()


def label_masses(content: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> LabelMasses:
    """Follow the answer token by token until the labels are told apart, adding up the tokens listed at each place.

    At each place a listed token continues what was answered so far.  Where only one label goes on like that, the token's
    probability is that label's; where several do, and it is the token answered, the next place is read; where several do, and
    it is not, they share it equally, since nothing more is known of it.

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
    listed, unlisted = np.zeros(len(names)), np.zeros(len(names))
    prefix, path = "", 1.0
    for place in content:
        tokens, answered = _tokens(place), place["token"]
        shares = np.zeros(len(names))
        for token, probability in tokens.items():
            own = _owners(prefix, token, names)
            begun = bool(_joined(prefix, token))  # white space and quotation marks begin no label
            if len(own) == 1 or (own and begun and token != answered):
                shares[own] += probability / len(own)
        listed += path * shares
        unlisted += path * _beyond(prefix, tokens, shares, names)
        if len(_owners(prefix, answered, names)) < 2:
            return LabelMasses(listed, unlisted)
        prefix, path = _joined(prefix, answered), path * tokens[answered]
    if prefix in names:  # the answer ended with a label that others begin with
        listed[names.index(prefix)] += path
    return LabelMasses(listed, unlisted)


def _owners(prefix: str, token: str, names: Sequence[str]) -> list[int]:
    """The labels that a token may lead to."""
    going = _going_on(prefix, token, names)
    if not going and prefix in names:  # something else follows a whole label: the label is over
        return [names.index(prefix)]
    return going


def _beyond(
    prefix: str, tokens: Mapping[str, float], shares: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.float64]:
    """What labels without a listed token may have at a place."""
    without = np.array([name.startswith(prefix) for name in names]) & (shares == 0)
    left_over = max(0.0, 1.0 - sum(tokens.values())) / max(int(without.sum()), 1)
    return np.where(without, min(min(tokens.values()), left_over), 0.0)


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
