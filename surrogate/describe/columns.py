"""Columns: what stands beside the texts, as features: categories, and thresholds of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.utils._param_validation import Interval

from surrogate.describe.base import Describer, presence_of
from surrogate.describe.inputs import Inputs
from surrogate.describe.thresholds import short_decimal, thresholds
from surrogate.documents import Value
from surrogate.errors import InputError
from surrogate.features import Feature

__all__ = ["Columns"]


@dataclass(frozen=True)
class _Check:
    """What a feature asks of the value of a column: missing, equal to a category, or above a threshold."""

    column: str
    category: str | None = None
    threshold: float | None = None

    def holds(self, value: Value) -> bool:
        """Whether a value of the column fulfils it."""
        if self.threshold is not None:
            return isinstance(value, float) and value > self.threshold
        return value is None if self.category is None else value is not None and str(value) == self.category

    def feature(self) -> Feature:
        """What it is called."""
        if self.threshold is not None:
            name = f"{self.column} > {short_decimal(self.threshold)}"
            return Feature("column", name, name)
        if self.category is None:
            return Feature("column", f"{self.column} missing", f"{self.column} is missing")
        return Feature("column", f"{self.column}={self.category}", f"{self.column} = {self.category}")


class Columns(Describer):
    """Categories of metadata one by one, numbers by thresholds, and missing values.

    A category in fewer than ``min_documents`` has no feature, nor has one that was not seen in the fit: such a document shows by
    what it lacks.  A number is asked whether it is above a threshold; thresholds lie between the values around the quantiles
    and are the shortest decimals there, so that what is printed is what is compared.  A feature of all documents or of none
    is left out.

    Parameters
    ----------
    names : list of str, optional
        Columns to use; None: all.
    n_bins : int, default 4
        Numbers have one threshold fewer.
    min_documents : int, default 2
        Fewest documents with a category or a missing value.

    Attributes
    ----------
    features_ : tuple of Feature
        Keys such as ``channel=app``, ``amount > 100`` and ``amount missing``.
    rare_ : dict of str to int
        Number of categories without a feature, by column.

    Examples
    --------
    >>> table = {"channel": ["app", "app", "web", "web", "post"], "amount": [99.5, 120.0, None, 101.0, None]}
    >>> columns = Columns(n_bins=2).fit(table)
    >>> columns.get_feature_names_out().tolist(), columns.rare_
    (['column:channel=app', 'column:channel=web', 'column:amount > 110', 'column:amount missing'], {'channel': 1})
    >>> columns.transform({"channel": ["post"], "amount": [110.5]}).toarray().tolist()
    [[0.0, 0.0, 1.0, 0.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "names": [list, tuple, None],
        "n_bins": [Interval(Integral, 2, 100, closed="both")],
        "min_documents": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, names: Sequence[str] | None = None, *, n_bins: int = 4, min_documents: int = 2) -> None:
        self.names = names
        self.n_bins = n_bins
        self.min_documents = min_documents

    def _fit(self, inputs: Inputs) -> None:
        names = list(inputs.metadata) if self.names is None else list(self.names)
        if not names:
            raise InputError(
                "bad-corpus", "The documents have no columns beside their texts. Read them with metadata=…"
            )
        self.rare_: dict[str, int] = {}
        checks = [check for name in names for check in self._checks(name, _column(inputs, name))]
        self.checks_ = checks
        self.features_ = tuple(check.feature() for check in checks)

    def _transform(self, inputs: Inputs) -> csr_matrix:
        columns = {check.column: _column(inputs, check.column) for check in self.checks_}
        rows = (
            [number for number, check in enumerate(self.checks_) if check.holds(columns[check.column][row])]
            for row in range(inputs.n_rows)
        )
        return presence_of(rows, {number: number for number in range(len(self.checks_))})

    def _checks(self, name: str, column: Sequence[Value]) -> list[_Check]:
        """The features of a column: categories or thresholds, then missing values."""
        counts = Counter(value for value in column if value is not None)
        if counts and all(isinstance(value, float) for value in counts):
            values = np.array([value for value in column if value is not None], dtype=np.float64)
            if not np.isfinite(values).all():
                raise InputError(
                    "bad-corpus", f"The column {name!r} holds infinity. Replace it by a number or by nothing."
                )
            found = [_Check(name, threshold=threshold) for threshold in thresholds(values, int(self.n_bins))]
        else:
            categories = Counter(str(value) for value in column if value is not None)
            frequent = sorted(value for value, count in categories.items() if count >= self.min_documents)
            found = [_Check(name, category=value) for value in frequent if categories[value] < len(column)]
            if len(frequent) < len(categories):
                self.rare_[name] = len(categories) - len(frequent)
        n_missing = sum(value is None for value in column)
        return found + ([_Check(name)] if self.min_documents <= n_missing < len(column) else [])


def _column(inputs: Inputs, name: str) -> Sequence[Value]:
    if name not in inputs.metadata:
        raise InputError(
            "bad-corpus",
            f"The documents have no column {name!r}; they have {', '.join(map(repr, inputs.metadata)) or 'none'}.",
        )
    return inputs.metadata[name]
