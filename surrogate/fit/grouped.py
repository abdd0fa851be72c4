"""Terms over groups of words: what a sparse linear model of a long text is made of.

A dozen single words say little about hundreds.  A term here is the share that is kept of a band of words with about the
same effect, all their occurrences counted, or the share kept of the whole text; and, where that explains clearly more,
such a share in short copies only.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.bands import find_bands
from surrogate.fit.word_types import word_types
from surrogate.linear_model import LinearModel, Term
from surrogate.rows import Rows
from surrogate.shares import Condition, Share, product

__all__ = ["MAX_WORDS", "fit_grouped", "grouped_terms", "share_text"]

#: Most distinct words in a term.
MAX_WORDS = 8

#: Shares of the text below which a copy may count as short.
_SHORT = (0.15, 0.4)

#: Columns are chosen while they newly explain this share of the variance; a product must explain clearly more.
_LEAST_GAIN = 0.002
_PRODUCT_HURDLE = 1.1
_COLLINEAR = 1e-3

#: Margins count up to here: only their sign is used.
_FAR = 3.0

#: Keeps least squares solvable.
_TRACE = 1e-6

Terms = list[tuple[Condition, ...]]


def fit_grouped(
    rows: Rows, max_terms: int = 12, max_words: int = MAX_WORDS, max_units: int = 2, scale: str = "log_odds"
) -> LinearModel:
    """A linear model of a long text with terms over groups of words.

    Parameters
    ----------
    rows : Rows
        What is learned from: a proxy's answers to many masks.
    max_terms : int, default 12
    max_words : int, default 8
        Most distinct words in a term.
    max_units : {1, 2}, default 2
        1: no products.
    scale : {"log_odds", "probability"}, default "log_odds"

    Returns
    -------
    LinearModel

    Examples
    --------
    >>> from surrogate.reference import reference_masks
    >>> masks, weights = reference_masks(10, 1024, np.random.default_rng(0))
    >>> units = ("lost", "the", "card", "I", "lost", "then", "stolen", "was", "not", "found")
    >>> values = masks[:, [0, 4, 6]].sum(axis=1) * 1.0
    >>> model = fit_grouped(Rows(masks, values, values, weights, np.arange(1024) // 2, units), max_terms=2)
    >>> [(term.text, round(term.coefficient, 2)) for term in model.terms]
    [('lost (2 times), stolen', 3.0)]
    """
    terms = grouped_terms(rows, max_terms, max_words, max_units)
    columns = np.column_stack([*(product(term, rows.masks) for term in terms), np.ones(len(rows.values))])
    targets = np.column_stack([rows.values, np.clip(rows.margins, -_FAR, _FAR)])
    root = np.sqrt(rows.weights / rows.weights.mean())[:, None]
    gram = (columns * root).T @ (columns * root) + _TRACE * np.eye(columns.shape[1])
    found = np.linalg.solve(gram, (columns * root).T @ (targets * root))
    shown = [
        Term(term, _term_text(term, rows.units), float(found[place, 0]), margin_coefficient=float(found[place, 1]))
        for place, term in enumerate(terms)
    ]
    shown.sort(key=lambda term: -abs(term.coefficient))
    return LinearModel(rows.n_units, float(found[-1, 0]), tuple(shown), float(found[-1, 1]), scale)


def grouped_terms(rows: Rows, max_terms: int, max_words: int, max_units: int) -> Terms:
    """Choose terms one at a time, each the one that newly explains most.

    Returns
    -------
    list of tuple of Share
        In the order of choice.  A product comes after the group it is made of.
    """
    types = word_types(rows.units)
    counts = np.bincount(types).astype(np.float64)
    bands = find_bands(_effects(rows, types), counts, max_terms, max_words)
    groups = [Share(tuple(np.flatnonzero(np.isin(types, band)).tolist())) for band in bands]
    short = [Share(None, least, kept=False) for least in _SHORT]
    alone: list[Share] = [Share(None), *groups, *short]
    columns = np.column_stack([share.values(rows.masks) for share in alone])
    candidates: Terms = [(share,) for share in alone]
    parent = [-1] * len(alone)
    if max_units > 1:
        few = columns[:, -len(short) :]
        for place, group in enumerate(groups, start=1):
            candidates += [(group, share) for share in short]
            parent += [place] * len(short)
            columns = np.column_stack([columns, columns[:, [place]] * few])
    return [candidates[place] for place in _choose(columns, rows, np.array(parent), max_terms)]


def _effects(rows: Rows, types: NDArray[np.intp]) -> NDArray[np.float64]:
    """Least-squares effect of one occurrence of each word, the size of the copy allowed for, shape (n_types,)."""
    member = np.eye(types.max() + 1)[types]
    kept = rows.masks.sum(axis=1)
    design = np.column_stack([rows.masks @ member, kept, np.log(kept + 3.0), np.ones(len(kept))])
    root = np.sqrt(rows.weights / rows.weights.mean())[:, None]
    centre = np.average(design[:, :-1], axis=0, weights=rows.weights)
    design[:, :-1] -= centre
    gram = (design * root).T @ (design * root)
    gram[np.diag_indices_from(gram)] += 1e-4 * np.trace(gram) / len(gram)
    return np.asarray(np.linalg.solve(gram, (design * root).T @ (rows.values * root[:, 0]))[: member.shape[1]])


def _choose(columns: NDArray[np.float64], rows: Rows, parent: NDArray[np.intp], n: int) -> list[int]:
    """Orthogonal least squares over candidate columns, a product only after its parent."""
    weights = rows.weights / rows.weights.sum()
    left = (columns - weights @ columns) * np.sqrt(weights)[:, None]
    residual = (rows.values - weights @ rows.values) * np.sqrt(weights)
    norms, variance = (left**2).sum(axis=0), float(residual @ residual)
    chosen: list[int] = []
    for _ in range(n):
        size = (left**2).sum(axis=0)
        allowed = (size > _COLLINEAR * np.maximum(norms, 1e-12)) & ((parent < 0) | np.isin(parent, chosen))
        allowed[chosen] = False
        gain = np.where(allowed, (left.T @ residual) ** 2 / np.maximum(size, 1e-12), 0.0)
        best = int(np.argmax(np.where(parent < 0, gain, gain / _PRODUCT_HURDLE)))
        if variance <= 0 or gain[best] < _LEAST_GAIN * variance:
            break
        chosen.append(best)
        direction = left[:, best] / np.sqrt(size[best])
        residual = residual - (direction @ residual) * direction
        left = left - np.outer(direction, direction @ left)
    return chosen


def _term_text(term: tuple[Condition, ...], units: tuple[str, ...]) -> str:
    return " & ".join(share_text(part, units) for part in term if isinstance(part, Share))


def share_text(share: Share, units: tuple[str, ...]) -> str:
    """What a reader calls a share: the words, each once with its number of places, most places first.

    Examples
    --------
    >>> share_text(Share((0, 2, 3)), ("Card", "my", "card", "lost"))
    'Card (2 times), lost'
    >>> share_text(Share(None, 0.35, kept=False), ("a", "b"))
    'less than 35 % of the text'
    """
    if share.units is None:
        named = "the text"
    else:
        first: dict[str, str] = {}
        for unit in share.units:
            first.setdefault(units[unit].casefold(), units[unit])
        times = Counter(units[unit].casefold() for unit in share.units)
        named = ", ".join(first[key] + (f" ({n} times)" if n > 1 else "") for key, n in times.most_common())
    if share.least is None:
        return named if share.kept else f"{named} removed"
    return f"{'at least' if share.kept else 'less than'} {100 * share.least:.0f} % of {named}"
