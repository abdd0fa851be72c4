"""The proxy: a strong model of the model, never shown; readable surrogates are distilled from its answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.corrected import Corrected, Prior, fit_corrected
from surrogate.fit.gaussian_process import GaussianProcess, fit_gaussian_process
from surrogate.fit.locality import weigh_taught
from surrogate.fit.pairwise import MOST_PAIRWISE_ROWS, fit_pairwise
from surrogate.fit.selection import left_out_error
from surrogate.fit.votes import precision_of, scored
from surrogate.fit.word_types import LONG, WordTypes, distil_long, fit_word_types
from surrogate.reference import reference_masks
from surrogate.rows import Rows
from surrogate.seeding import content_generator

__all__ = ["N_TAUGHT", "PROXIES", "Additive", "Proxy", "Teacher", "fit_proxy"]

#: Ways to teach the readable surrogates: by a proxy, or by the calls alone.
PROXIES = ("auto", "none")

#: Masks that the proxy answers for the readable surrogates.
N_TAUGHT = 4096

#: With fewer rows nothing is gained by a proxy.
_FEWEST_ROWS = 8

#: A simpler proxy is kept while its left-out error is within this factor of the better one's.
_TOLERANCE = 1.02

#: Left-out errors below this share of the variance are all the same: none.
_NO_ERROR = 1e-6


class Proxy(Protocol):
    """Anything that predicts value and margin of masks, and has a name for the report."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def predict(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value and margin, shape (m, 2)."""
        ...


@dataclass(frozen=True, eq=False)
class Additive:
    """Least squares on all units: the proxy where the model adds up its words.

    Parameters
    ----------
    coefficients : ndarray of float, shape (n_units, 2)
    intercept : ndarray of float, shape (2,)

    Examples
    --------
    >>> Additive(np.array([[1.0, 2.0]]), np.zeros(2)).predict(np.array([[True]])).tolist()
    [[1.0, 2.0]]
    """

    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    name: str = "additive model"

    def predict(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value and margin of masks, shape (m, 2)."""
        return masks.astype(np.float64) @ self.coefficients + self.intercept


def fit_proxy(rows: Rows, like: Proxy | None = None) -> Proxy:
    """A Gaussian process, or something simpler where that predicts left-out answers as well.

    Simpler are least squares on units, a ridge on pairs of units and, for a long text, a ridge on distinct words.

    Parameters
    ----------
    rows : Rows
        The fitting rows, with values that vary.
    like : Proxy, optional
        The proxy of all rows, where these are a part of them: the search starts where it ended, and a proxy of distinct
        words stays one.

    Votes are fitted twice: the second time with the responses and the noise that the first fit gives them, see
    :func:`surrogate.fit.votes.scored`.

    Returns
    -------
    Proxy
        The simplest whose error, summed over pairs of rows each predicted without itself, is near the least.
    """
    if isinstance(like, WordTypes):
        return _fit_word_types(rows)
    start = like if isinstance(like, GaussianProcess) else None
    process = fit_gaussian_process(rows, start, tilted=True, others=rows.others)
    precision = None
    if rows.votes is not None:
        rows, precision = _carry_votes(rows, process)
        process = fit_gaussian_process(rows, start, tilted=True, others=rows.others)
    candidates: list[tuple[float, Proxy]] = [(process.left_out, process)]
    if rows.n_units >= LONG:
        word_types = fit_word_types(rows)
        candidates.insert(0, (word_types.left_out, word_types))
    if len(rows.values) <= MOST_PAIRWISE_ROWS:
        pairwise = fit_pairwise(rows, precision)
        candidates.insert(0, (pairwise.left_out, pairwise))
    masks = rows.masks.astype(np.float64)
    if len(masks) >= 2 * (masks.shape[1] + 1):
        error = left_out_error(masks, rows.values, rows.weights, rows.pairs)
        candidates.insert(0, (error, _fit_additive(rows)))
    spread = float((rows.weights * (rows.values - rows.values.mean()) ** 2).sum())
    limit = min(error for error, _ in candidates) * _TOLERANCE + _NO_ERROR * spread
    return next(proxy for error, proxy in candidates if error <= limit)


def _carry_votes(rows: Rows, process: GaussianProcess) -> tuple[Rows, NDArray[np.float64]]:
    """The rows as a first fit scores them, weighted by their precision too, and the precision."""
    noise = process.noise * float(process.spread[0]) ** 2
    rows = scored(rows, process.predict(rows.masks)[:, 0])
    precision = precision_of(rows, noise)
    return replace(rows, weights=rows.weights * precision), precision


def _fit_word_types(rows: Rows) -> WordTypes:
    """Of votes, as a first fit of the same kind scores them."""
    first = fit_word_types(rows)
    if rows.votes is None:
        return first
    found = scored(rows, first.predict(rows.masks)[:, 0])
    noise = first.left_out / float(rows.weights.sum())
    return fit_word_types(replace(found, weights=found.weights * precision_of(found, noise)))


def _fit_additive(rows: Rows) -> Additive:
    scale = np.sqrt(rows.weights)[:, None]
    design = np.column_stack([rows.masks.astype(np.float64), np.ones(len(rows.values))])
    targets = np.column_stack([rows.values, rows.margins])
    found = np.linalg.lstsq(design * scale, targets * scale, rcond=None)[0]
    return Additive(found[:-1], found[-1])


class Teacher:
    """Turns the calls into what readable surrogates learn from, fitting one proxy for each set of calls.

    Parameters
    ----------
    like : Proxy, optional
        The proxy of all calls, where halves of them are to be taught.
    prior : callable, optional
        What was known before the calls, which then correct it: from masks (bool, shape (m, n_units)) to value and margin, in
        log-odds, shape (m, 2).

    Examples
    --------
    >>> rows = Rows(np.eye(2, dtype=bool), np.ones(2), np.ones(2), np.ones(2), np.zeros(2, int), ("a", "b"))
    >>> Teacher().teach(rows, "auto") is rows
    True
    """

    def __init__(self, like: Proxy | None = None, prior: Prior | None = None) -> None:
        self._like = like
        self._prior = like.prior if isinstance(like, Corrected) else prior
        self._proxies: dict[bytes, Proxy] = {}
        self._taught: dict[bytes, Rows] = {}

    def proxy(self, rows: Rows, kind: str = "auto") -> Proxy | None:
        """The proxy of some fitting rows; None where none is used: every copy was asked, or too few to fit one."""
        too_few = len(rows.values) < _FEWEST_ROWS or np.ptp(rows.values) == 0
        if kind == "none" or rows.exact or too_few:
            return None
        key = _key(rows)
        if key not in self._proxies:
            self._proxies[key] = self._fitted(rows)
        return self._proxies[key]

    def _fitted(self, rows: Rows) -> Proxy:
        return fit_proxy(rows, self._like) if self._prior is None else fit_corrected(rows, self._prior)

    def teach(self, rows: Rows, kind: str = "auto") -> Rows:
        """The proxy's answers to many masks of the reference distribution.

        Parameters
        ----------
        rows : Rows
            The fitting rows.
        kind : {"auto", "none"}
            "none": the rows themselves.  So it is, too, where every copy was asked, or too few to fit a proxy.

        Returns
        -------
        Rows
        """
        proxy = self.proxy(rows, kind)
        if proxy is None:
            return rows
        key = _key(rows)
        if key not in self._taught:
            taught = (
                distil_long(rows, proxy, N_TAUGHT)
                if rows.n_units >= LONG and rows.kernel is None
                else _distil(rows, proxy)
            )
            self._taught[key] = weigh_taught(taught, rows) or rows
        return self._taught[key]

    def answers(self, rows: Rows, kind: str = "auto") -> Rows:
        """The proxy's answers to masks of the reference distribution alone, from which a long text is not taught."""
        proxy = self.proxy(rows, kind)
        if proxy is None or rows.n_units < LONG:
            return self.teach(rows, kind)
        return _distil(rows, proxy)


def _key(rows: Rows) -> bytes:
    return rows.masks.tobytes() + rows.values.tobytes() + rows.weights.tobytes()


def _distil(rows: Rows, proxy: Proxy) -> Rows:
    masks, weights = _copies(rows.units, rows.reference)
    values, margins = proxy.predict(masks).T
    pairs = np.arange(len(masks))
    return Rows(masks, values, margins, weights, pairs, rows.units, source=proxy.name, reference=rows.reference)


@lru_cache(maxsize=2)
def _copies(units: tuple[str, ...], reference: str) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Masks that are taught, and their weights, whose mean is one: the same for all calls and for halves of them."""
    masks, weights = reference_masks(len(units), N_TAUGHT, content_generator("teach", units), reference)
    weights = weights * len(weights)
    for array in (masks, weights):
        array.flags.writeable = False
    return masks, weights
