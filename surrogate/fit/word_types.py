"""The proxy of long texts: a ridge on distinct words, which share one effect wherever they stand, behind a curve.

Over hundreds of units a process with one relevance for each has too much to learn.  Here a word that comes five times is
learned once; effects fade with the length of the copy as they do in models that pool or normalise; large effects are
shrunk less than small ones; and a cubic curve bends the sum where the model saturates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from surrogate.reference import REFERENCES, reference_masks
from surrogate.rows import Rows
from surrogate.seeding import content_generator

if TYPE_CHECKING:
    from surrogate.fit.proxy import Proxy

__all__ = ["LONG", "WordTypes", "distil_long", "fit_word_types", "word_types"]

#: Units from which a text is long: words are better learned by type, and shown in groups.
LONG = 80

#: Ridge strengths tried by leave-one-out error, for columns and targets of unit variance.
_ALPHAS = np.logspace(0.0, 5.0, 21)

#: How much less the two columns of the size of a copy are shrunk.
_SIZE_SCALE = 10.0

#: Every effect keeps this part of the mean one in the second round, so that none is lost for good.
_FLOOR = 0.3

#: The curve is not followed beyond this share of the fitted rows at either end.
_TAIL = 0.002

#: Units that are added to a copy's size before its logarithm is taken.
_FEW = 3.0

Array = NDArray[np.float64]


def word_types(units: Sequence[str]) -> NDArray[np.intp]:
    """Number of each unit's type: units that differ in case only are one, shape (n_units,).

    Examples
    --------
    >>> word_types(["The", "card", "and", "the", "Card"]).tolist()
    [0, 1, 2, 0, 1]
    """
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(unit.casefold(), len(numbers)) for unit in units], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class WordTypes:
    """A sum of word types behind a curve, for value and margin.

    Parameters
    ----------
    types : ndarray of int, shape (n_units,)
    centre, scale : ndarray of float, shape (n_types + 2,)
        Of the columns.
    coefficients : ndarray of float, shape (n_types + 2, 2)
    curves : ndarray of float, shape (4, 2)
        Coefficients of a cubic of the sum, lowest power first.
    ends : ndarray of float, shape (2, 2)
        The sum is held between these before the curve is read, low and high by row.
    left_out : float
        Weighted squared error of the values when each row is predicted without itself.

    Examples
    --------
    >>> from surrogate.reference import reference_masks
    >>> masks, weights = reference_masks(8, 256, np.random.default_rng(0))
    >>> values = masks[:, 0] + masks[:, 5] - 2.0 * masks[:, 2]
    >>> units = ("lost", "my", "not", "card", "here", "Lost", "I", "fear")
    >>> rows = Rows(masks, values, values, np.ones(256), np.arange(256) // 2, units)
    >>> residual = fit_word_types(rows).predict(masks)[:, 0] - values
    >>> bool(residual.var() < 0.2 * values.var())
    True
    """

    types: NDArray[np.intp]
    centre: Array
    scale: Array
    coefficients: Array
    curves: Array
    ends: Array
    left_out: float
    name: str = "ridge on distinct words"

    def predict(self, masks: NDArray[np.bool_]) -> Array:
        """Value and margin of masks (bool, shape (m, n_units)), shape (m, 2)."""
        total = (_columns(masks, self.types) - self.centre) / self.scale @ self.coefficients
        total = np.clip(total, *self.ends)
        return np.column_stack([np.polynomial.polynomial.polyval(total[:, k], self.curves[:, k]) for k in range(2)])


def fit_word_types(rows: Rows) -> WordTypes:
    """Fit it: a ridge, a second one that shrinks large effects less, and a curve through left-out predictions.

    Parameters
    ----------
    rows : Rows
        With values that vary.

    References
    ----------
    Golub, Heath and Wahba, Technometrics 1979 (strength by leaving one out); Grandvalet, "Least absolute shrinkage is
    equivalent to quadratic penalization", ICANN 1998 (adaptive ridge); Härdle, Hall and Ichimura, "Optimal smoothing in
    single-index models", Annals of Statistics 1993 (the curve).
    """
    types = word_types(rows.units)
    columns = _columns(rows.masks, types)
    centre, scale = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-9)
    scale[-2:] /= _SIZE_SCALE
    design = (columns - centre) / scale
    targets = np.column_stack([rows.values, rows.margins])
    middle, spread = targets.mean(axis=0), np.maximum(targets.std(axis=0), 1e-12)
    standard = (targets - middle) / spread
    root = np.sqrt(rows.weights / rows.weights.mean())[:, None]
    first, _ = _ridge(design, standard, root)
    found, curves, ends, errors = [], [], [], []
    for k in range(2):
        size = np.abs(first[:, k]) + _FLOOR * np.abs(first[:, k]).mean() + 1e-12
        size /= np.sqrt(np.mean(size**2))
        coefficients, left_out = _ridge(design * size, standard[:, [k]], root)
        found.append(coefficients[:, 0] * size)
        curve, end = _curve(left_out[:, 0], targets[:, k], rows.weights)
        curves.append(curve)
        ends.append(end)
        said = np.polynomial.polynomial.polyval(np.clip(left_out[:, 0], *end), curve)
        errors.append(float((rows.weights * (targets[:, k] - said) ** 2).sum()))
    coefficients, cubics, held = (np.column_stack(part) for part in (found, curves, ends))
    return WordTypes(types, centre, scale, coefficients, cubics, held, errors[0])


def distil_long(rows: Rows, proxy: Proxy, n_masks: int = 4096) -> Rows:
    """A proxy's answers to masks of every reference distribution, each of which counts alike.

    In copies with uniform sizes the size says much; where every mask is alike, the words do.  A dozen terms that are
    learned from both hold on both, and lose next to nothing on either.

    Parameters
    ----------
    rows : Rows
        The fitting rows.
    proxy : Proxy
        Of any kind.
    n_masks : int, default 4096
    """
    drawn, said, weights = [], [], []
    for kind in REFERENCES:
        generator = content_generator("teach", rows.units, kind)
        masks, density = reference_masks(rows.n_units, n_masks // len(REFERENCES), generator, kind)
        answers = proxy.predict(masks)
        drawn.append(masks)
        said.append(answers)
        weights.append(density / max(float(answers[:, 0].var()), 1e-12))
    values, margins = np.concatenate(said).T
    weight = np.concatenate(weights)
    pairs = np.arange(len(weight))
    weight *= len(weight) / weight.sum()
    return Rows(
        np.concatenate(drawn), values, margins, weight, pairs, rows.units, source=proxy.name, reference=rows.reference
    )


def _columns(masks: NDArray[np.bool_], types: NDArray[np.intp]) -> Array:
    """Occurrences of each type over the root of the copy's share of the text, then that share and its logarithm."""
    kept = masks.sum(axis=1).astype(np.float64)
    member = np.zeros((len(types), types.max() + 1))
    member[np.arange(len(types)), types] = 1.0
    counts = masks.astype(np.float64) @ member
    share = np.maximum(kept, 1.0) / len(types)
    return np.column_stack([counts / np.sqrt(share)[:, None], kept / len(types), np.log(kept + _FEW)])


def _ridge(design: Array, targets: Array, root: Array) -> tuple[Array, Array]:
    """Coefficients, and predictions of each row without itself, at the strength with the least left-out error."""
    rows, wanted = design * root, targets * root
    few = rows.shape[1] <= rows.shape[0]
    squares, vectors = eigh(rows.T @ rows if few else rows @ rows.T)
    squares = np.maximum(squares, 0.0)
    # the hat matrix at strength alpha is left @ diag(1 / (squares + alpha)) @ right.T
    left, right = (rows @ vectors, rows @ vectors) if few else (vectors * squares, vectors)
    moment, both = right.T @ wanted, left * right

    def left_out(alpha: float) -> Array:
        fitted = left @ (moment / (squares + alpha)[:, None])
        leverage = (both / (squares + alpha)).sum(axis=1)
        return np.asarray((wanted - fitted) / np.maximum(1.0 - leverage, 1e-6)[:, None])

    alpha = min(_ALPHAS, key=lambda alpha: float((left_out(alpha) ** 2).sum()))
    dual = moment / (squares + alpha)[:, None]
    coefficients = vectors @ dual if few else rows.T @ (vectors @ dual)
    return coefficients, targets - left_out(alpha) / root


def _curve(total: Array, values: Array, weights: Array) -> tuple[Array, Array]:
    """A cubic from left-out sums to values, and the ends up to which it is followed."""
    ends = np.quantile(total, [_TAIL, 1.0 - _TAIL])
    powers = np.vander(np.clip(total, *ends), 4, increasing=True) * np.sqrt(weights)[:, None]
    return np.asarray(np.linalg.lstsq(powers, values * np.sqrt(weights), rcond=None)[0]), np.asarray(ends)
