"""The canary: before stored answers of an endpoint are used again, one of them is asked anew.

What stands behind an address may change without a word.  Stored answers of such a model expire, and the first time some of
them are to be used again, the model is asked about one of these texts.  If it answers otherwise, all of them are forgotten.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.store.rows import text_digest

__all__ = ["TOLERANCE", "confirm"]

#: Largest difference in probability between two answers that count as the same, unless the model states its own; of their
#: embeddings, the largest difference of the cosine from one, and the largest share by which the lengths differ.
TOLERANCE = 1e-3


def confirm(black_box: Any, store: Any, known: dict[str, Answers], draw: int = 0) -> dict[str, Answers]:
    """The known answers that may be used.

    Parameters
    ----------
    black_box : BlackBox
        With ``expires_after`` where its answers expire; and with ``tolerance`` (probability; for embeddings: cosine, and
        share of the length) where two answers to one text may differ by more than 0.001.
    store : AnswerStore
    known : dict of str to Answers
        What the store gave.
    draw : int, default 0

    Returns
    -------
    dict of str to Answers
        All that was given; or, where the model no longer answers as it did, only the answer to the canary.

    Examples
    --------
    >>> from surrogate.store import MemoryStore
    >>> known = {"hello": Answers.from_probabilities([[0.5, 0.5]])}
    >>> confirm(object(), MemoryStore(), known) == known
    True
    """
    if not known or not getattr(store, "needs_canary", lambda _: False)(black_box):
        return known
    # What was refused tells the least about the model, and an empty text, for one, may never be sent.
    canary = min(known, key=lambda text: (bool(known[text].refused[0]), text_digest(text)))
    fresh = black_box.answer([canary])
    if _alike(known[canary], fresh, float(getattr(black_box, "tolerance", TOLERANCE))):
        if not known[canary].refused[0]:
            store.confirm(black_box)
        return known
    store.forget(black_box)
    store.confirm(black_box)
    store.put(black_box, [canary], fresh, draw)
    warnings.warn(
        f"The model {black_box.name!r} no longer answers as it did when its stored answers were given. They were forgotten, "
        "and it will be asked again.",
        stacklevel=3,
    )
    return {canary: fresh}


def _alike(stored: Answers, fresh: Answers, tolerance: float) -> bool:
    if stored.log_probabilities.shape != fresh.log_probabilities.shape or (stored.refused != fresh.refused).any():
        return False
    if stored.refused.all():
        return True
    likely = np.abs(stored.probabilities - fresh.probabilities).max(initial=0.0) <= tolerance
    return bool(likely) and _near(stored.embeddings, fresh.embeddings, tolerance)


def _near(stored: NDArray[np.float32] | None, fresh: NDArray[np.float32] | None, tolerance: float) -> bool:
    """Whether two embeddings, each of shape (1, n_dimensions), point the same way and are as long.

    Numbers of 16 bits alone, with other texts in the batch, move the cosine of a deep encoder by 0.00004 and its length by
    0.0006 of it; another model moves them by far more.
    """
    if stored is None or fresh is None:
        return stored is fresh
    if stored.shape != fresh.shape:
        return False
    one, two = stored.astype(np.float64).ravel(), fresh.astype(np.float64).ravel()
    lengths = float(np.linalg.norm(one)), float(np.linalg.norm(two))
    if min(lengths) == 0.0:
        return max(lengths) == 0.0
    as_long = abs(lengths[0] - lengths[1]) <= tolerance * max(lengths)
    return as_long and bool(1.0 - one @ two / (lengths[0] * lengths[1]) <= tolerance)
