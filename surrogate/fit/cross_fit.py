"""How cautious rules must be to be right often enough: chosen on documents that they were not fitted to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.fit.rule_search import RuleSearch
from surrogate.table import Table

__all__ = ["CAUTIONS", "CrossFit", "cross_fit", "folds_of", "least_cautious"]

#: The prices of an error that are tried.
CAUTIONS = (2.0, 3.0, 4.0, 6.0, 8.0, 11.0)


@dataclass(frozen=True)
class CrossFit:
    """What rules of one caution are worth on documents that they were not fitted to, all folds together.

    Parameters
    ----------
    caution : float
        What an error costs, in right documents.
    n_documents, n_covered, n_right : int
        Documents, those for which a rule speaks, and those for which it decides as the model does.

    Examples
    --------
    >>> one = CrossFit(4.0, 200, 100, 96)
    >>> one.coverage, one.precision, CrossFit.from_dict(one.to_dict()) == one
    (0.5, 0.96, True)
    """

    caution: float
    n_documents: int
    n_covered: int
    n_right: int

    @property
    def coverage(self) -> float:
        """Share of the documents for which a rule speaks."""
        return self.n_covered / self.n_documents if self.n_documents else 0.0

    @property
    def precision(self) -> float:
        """Share of those for which it decides as the model does; not-a-number where no rule speaks."""
        return self.n_right / self.n_covered if self.n_covered else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CrossFit:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


def folds_of(table: Table, n_folds: int) -> NDArray[np.int64]:
    """Fold of each row, by the digest of its document's text, shape (n_rows,): equal texts are in one fold.

    Raises
    ------
    InputError
        ``bad-parameter`` for a table without the digests.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.canonical import digest
    >>> from surrogate.features import Features
    >>> keys = np.array([digest(text) for text in ("lost card", "a fee", "lost card")])
    >>> table = Table(Features(csr_matrix((3, 0))), np.ones((3, 1)), ("a",), np.arange(3), np.ones(3, bool), keys)
    >>> folds = folds_of(table, 4)
    >>> bool(folds[0] == folds[2])
    True
    """
    if table.keys is None:
        raise InputError(
            "bad-parameter",
            "The table does not have the digests of its documents, by which they are told apart in a cross-fit. Give it keys, "
            "or give a caution.",
        )
    return np.array([int(key[:15], 16) % n_folds for key in table.keys], dtype=np.int64)


def cross_fit(search: RuleSearch, table: Table, n_folds: int) -> tuple[CrossFit, ...]:
    """Fit to all folds but one, count on the documents of that one, for every fold and every caution.

    Parameters
    ----------
    search : RuleSearch
    table : Table
    n_folds : int

    References
    ----------
    Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36, 1974.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.canonical import digest
    >>> from surrogate.features import Feature, Features
    >>> has = np.arange(40)[:, None] % 2
    >>> features = Features(csr_matrix(has, dtype=np.float32), (Feature("word", "fee", "fee"),))
    >>> says = np.where(has > 0, [0.9, 0.1], [0.1, 0.9])
    >>> keys = np.array([digest(str(row)) for row in range(40)])
    >>> table = Table(features, says, ("fees", "other"), np.arange(40), np.ones(40, bool), keys)
    >>> tried = cross_fit(RuleSearch(40, 2, 4, False, 5.0, ()), table, 4)
    >>> tried[0].n_documents, tried[0].coverage, tried[0].precision
    (40, 0.5, 1.0)
    """
    folds = folds_of(table, n_folds)
    counts = {caution: np.zeros(3, dtype=np.int64) for caution in CAUTIONS}
    for fold in np.unique(folds[table.original]):
        kept = folds != fold
        held = table.take(np.flatnonzero(~kept)).originals()
        if not (kept & table.original).any():
            continue
        for caution, model in search.models(table.take(np.flatnonzero(kept)), CAUTIONS).items():
            said = model.decide(held.features)
            counts[caution] += [held.n_rows, int((said >= 0).sum()), int((said == held.decisions).sum())]
    return tuple(CrossFit(caution, *map(int, count)) for caution, count in counts.items())


def least_cautious(tried: tuple[CrossFit, ...], precision: float) -> float:
    """The caution of largest coverage among those that are precise enough; else the most precise one.

    Of equals the more cautious; the most cautious of all where no rule spoke.

    Examples
    --------
    >>> least_cautious((CrossFit(2.0, 100, 70, 60), CrossFit(4.0, 100, 60, 58), CrossFit(6.0, 100, 50, 50)), 0.95)
    4.0
    """
    speaking = [one for one in tried if one.n_covered]
    if not speaking:
        return max(one.caution for one in tried)
    enough = [one for one in speaking if one.precision >= precision]
    if enough:
        return max(enough, key=lambda one: (one.coverage, one.caution)).caution
    return max(speaking, key=lambda one: (one.precision, one.caution)).caution
