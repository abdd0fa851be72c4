"""Noise: for a model whose answers vary, how well anything could tell them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.neighborhood import Neighborhood
from surrogate.query import Query, ask
from surrogate.rounds import Fitted, fitted_to

__all__ = [
    "N_REPEATED",
    "N_REPEATS",
    "n_asked_again",
    "n_repeated_calls",
    "noise_ceiling",
    "noise_texts",
    "pipeline_noise",
]

#: Texts that are asked again, and how often.
N_REPEATED = 16
N_REPEATS = 2


def n_repeated_calls(black_box: Any) -> int:
    """Calls that repeated questions cost: none where the model is not declared stochastic, or its votes tell its noise.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> n_repeated_calls(FunctionBox(len, classes=["no", "yes"], stochastic=True))
    32
    """
    repeated = getattr(black_box, "stochastic", False) and getattr(black_box, "n_votes", None) is None
    return N_REPEATED * N_REPEATS if repeated else 0


def n_asked_again(black_box: Any, whole: Neighborhood) -> int:
    """Calls that the noise ceiling cost beside those of an answered sample, which may hold repeated answers itself."""
    if whole.draws is None or not whole.draws.any():
        return n_repeated_calls(black_box)
    n_texts, n_draws = len(noise_texts(whole)), int(whole.draws.max())
    return min(n_repeated_calls(black_box), n_texts * max(N_REPEATS - n_draws, 0))


def noise_texts(answered: Any) -> list[str]:
    """The texts whose answers are asked for again: the first of the sequence."""
    return list(dict.fromkeys(answered.texts))[:N_REPEATED]


def noise_ceiling(query: Query, fitted: list[Fitted]) -> float | None:
    """R2 that repeated answers of the model allow: one minus their variance over that of all answers.

    The variance of votes is known, and nothing is asked for it.

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
        answers = each.answered.answers.take(np.flatnonzero(each.answered.answers.usable))  # type: ignore[union-attr]
        known = each.outcome.log_odds_variance(answers)
        if known is not None:
            ceilings.append(_ceiling(float(known.mean()), each.outcome.log_odds(answers)))
            continue
        texts = noise_texts(each.answered)
        draws = [
            each.outcome.log_odds(ask(box, texts, query.store_, int(query.batch_size), query.progress, draw=draw))
            for draw in range(N_REPEATS + 1)
        ]
        noise = float(np.var(np.stack(draws), axis=0, ddof=1).mean())
        ceilings.append(_ceiling(noise, each.outcome.log_odds(each.answered.answers)))  # type: ignore[arg-type]
    return float(np.mean(ceilings))


def _ceiling(noise: float, values: NDArray[np.float64]) -> float:
    spread = float(np.var(values))
    return max(0.0, 1.0 - noise / spread) if spread > 0 else 0.0


def pipeline_noise(pipe: Pipeline, text: Any, calls: int) -> float | None:
    """The noise ceiling of a pipeline that was fitted with a given number of calls.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        Fitted on ``text``.
    text : str or Document
    calls : int
        A hard total: where it leaves no room for repeated questions, none are asked.

    Returns
    -------
    float or None
        None for a model that is not declared stochastic, and where there is no room.
    """
    query, perturb = pipe.named_steps["query"], pipe.named_steps["perturb"]
    repeats = n_repeated_calls(query.black_box)
    drawn = perturb.draw([text], ("fit", "select"))
    if not getattr(query.black_box, "stochastic", False) or (
        drawn.exhaustive and len(set(drawn.texts)) + repeats > calls
    ):
        return None
    for _, step in pipe.steps[1:-1]:
        drawn = step.transform(drawn)
    return noise_ceiling(query, fitted_to(pipe, drawn))
