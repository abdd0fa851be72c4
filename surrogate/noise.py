"""Noise: for a model whose answers vary, how well anything could tell them."""

from __future__ import annotations

from typing import Any

import numpy as np

from surrogate.query import Query, ask
from surrogate.rounds import Fitted

__all__ = ["N_REPEATED", "N_REPEATS", "n_repeated_calls", "noise_ceiling", "noise_texts"]

#: Texts that are asked again, and how often.
N_REPEATED = 16
N_REPEATS = 2


def n_repeated_calls(black_box: Any) -> int:
    """Calls that repeated questions cost: none where the model is not declared stochastic.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> n_repeated_calls(FunctionBox(len, classes=["no", "yes"], stochastic=True))
    32
    """
    return N_REPEATED * N_REPEATS if getattr(black_box, "stochastic", False) else 0


def noise_texts(answered: Any) -> list[str]:
    """The texts whose answers are asked for again: the first of the sequence."""
    return list(dict.fromkeys(answered.texts))[:N_REPEATED]


def noise_ceiling(query: Query, fitted: list[Fitted]) -> float | None:
    """R2 that repeated answers of the model allow: one minus their variance over that of all answers.

    Parameters
    ----------
    query : Query
        Fitted.  Asks again only about a model that is declared stochastic.
    fitted : list of Fitted

    Returns
    -------
    float or None
        Mean over the texts; None for a model that is not declared stochastic.

    References
    ----------
    Schoppe et al., "Measuring the performance of neural models", Frontiers in Computational Neuroscience 2016 (normalised
    explained variance).
    """
    box = query.black_box
    if not getattr(box, "stochastic", False):
        return None
    ceilings = []
    for each in fitted:
        texts = noise_texts(each.answered)
        draws = [
            each.outcome.log_odds(ask(box, texts, query.store_, int(query.batch_size), query.progress, draw=draw))
            for draw in range(N_REPEATS + 1)
        ]
        noise = float(np.var(np.stack(draws), axis=0, ddof=1).mean())
        spread = float(np.var(each.outcome.log_odds(each.answered.answers)))  # type: ignore[arg-type]
        ceilings.append(max(0.0, 1.0 - noise / spread) if spread > 0 else 0.0)
    return float(np.mean(ceilings))
