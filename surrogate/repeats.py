"""Repeats: where every copy was asked but the model's answers vary, what is tested on is answers that were given again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from surrogate.answers import Answers
from surrogate.neighborhood import Neighborhood
from surrogate.noise import n_repeated_calls
from surrogate.seeding import content_generator

__all__ = ["repeats_of_all", "with_repeats"]

#: Answers to test on that are wanted.
_N_TEST = 128

#: Share of the pairs that is kept back where the calls do not allow to ask every copy again.
_HELD_OUT = 0.375


def with_repeats(whole: Neighborhood, query: Any, total: int) -> Neighborhood:
    """A sample of every copy as one that can be tested: enumeration leaves no chance to the masks, only to the answers.

    A surrogate that is fitted to all copies and measured on the same answers would be praised for fitting their noise.  So
    all copies are asked again, up to 128 answers in all, and measured on those; where ``total`` does not allow it, some pairs
    are kept back as in any sample.

    Parameters
    ----------
    whole : Neighborhood
        Of one document, answered and weighed.
    query : Query
    total : int
        The most calls.

    Returns
    -------
    Neighborhood
        As it was, where not every copy was asked or the model always answers alike.
    """
    if not whole.exhaustive or not getattr(query.black_box, "stochastic", False):
        return whole
    n_texts = len(set(whole.texts))
    n_repeats = repeats_of_all(n_texts, total - n_repeated_calls(query.black_box))
    return _held_out(whole) if n_repeats < 1 else _repeated(whole, query, n_repeats)


def repeats_of_all(n_texts: int, total: int) -> int:
    """How often all copies are asked again, where they are all that there are.

    Parameters
    ----------
    n_texts : int
        Copies.
    total : int
        The most calls, without those by which noise is measured.

    Examples
    --------
    >>> repeats_of_all(16, 1024), repeats_of_all(16, 64), repeats_of_all(64, 64)
    (8, 3, 0)
    """
    return max(0, min(math.ceil(_N_TEST / n_texts), (total - n_texts) // n_texts))


def _held_out(whole: Neighborhood) -> Neighborhood:
    """Some pairs are for testing; that of the text itself is not."""
    own = whole.pairs[np.flatnonzero(whole.masks[0].all(axis=1))[0]]
    others = np.unique(whole.pairs[whole.pairs != own])
    generator = content_generator("held out", whole.documents[0].text, whole.documents[0].spans)
    test = generator.permutation(others)[: round(_HELD_OUT * len(others))]
    return whole.replace(roles=np.where(np.isin(whole.pairs, test), "test", "fit"))


def _repeated(whole: Neighborhood, query: Any, n_repeats: int) -> Neighborhood:
    """All rows to fit on, and as often again as wanted to test on; each pair of further answers is a draw of its own."""
    n, step, times = whole.n_samples, int(whole.pairs.max()) + 1, n_repeats + 1
    draws = np.repeat(np.arange(times), n)
    found = whole.replace(
        masks=(np.tile(whole.masks[0], (times, 1)),),
        texts=whole.texts * times,
        roles=np.where(draws == 0, "fit", "test"),
        pairs=np.tile(whole.pairs, times) + step * draws,
        reference_weight=np.tile(whole.reference_weight, times),
        sample_weight=None if whole.sample_weight is None else np.tile(whole.sample_weight, times),
        answers=None,
        draws=draws,
    )
    again = query.transform(found.rows(draws > 0)).answers
    return found.replace(answers=Answers.concatenate([whole.answers, again]))  # type: ignore[list-item]
