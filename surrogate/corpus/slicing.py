"""Slices of a corpus: by the model's decision, by label, by column, by length and by concept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.corpus_shown import ShownConcept
from surrogate.documents import Documents, Value
from surrogate.report.number_format import decimal
from surrogate.table import Table

__all__ = ["slice_groups"]

#: The most values of a column that slices are made by.
_MOST_VALUES = 30


def slice_groups(
    documents: Documents, table: Table, concepts: Sequence[ShownConcept], present: NDArray[np.bool_]
) -> dict[str, list[str | None]]:
    """The part of each document, by what parts are made by.

    Parameters
    ----------
    documents : Documents
    table : Table
        Each document as it is.
    concepts : sequence of ShownConcept
    present : ndarray of bool, shape (n_documents, n_concepts)

    Returns
    -------
    dict of str to list of str or None, each of length n_documents
    """
    groups: dict[str, list[str | None]] = {"decision": [table.classes[one] for one in table.decisions]}
    if documents.labels is not None:
        groups["label"] = list(documents.labels)
    groups["length"] = _bands([float(len(text)) for text in documents.texts], "characters")
    if concepts:
        names = [f"{one.concept.number}: {one.concept.label}" for one in concepts]
        groups["concept"] = [names[row.argmax()] if row.any() else None for row in present]
    for name, column in documents.metadata.items():
        values = _column(column)
        if values is not None:
            groups[name] = values
    return groups


def _column(column: Sequence[Value]) -> list[str | None] | None:
    given = [value for value in column if value is not None]
    if given and all(isinstance(value, float) for value in given) and len(set(given)) > _MOST_VALUES:
        return _bands([np.nan if value is None else float(value) for value in column], "")
    if len(set(given)) > _MOST_VALUES:
        return None
    return [None if value is None else str(value) for value in column]


def _bands(values: Sequence[float], unit: str) -> list[str | None]:
    """Three bands with about as many documents each."""
    numbers = np.array(values)
    low, high = np.nanquantile(numbers, [1 / 3, 2 / 3], method="lower")
    names = [f"up to {_short(low)}", f"over {_short(low)}, up to {_short(high)}", f"over {_short(high)}"]
    bands = np.where(numbers <= low, 0, np.where(numbers <= high, 1, 2))
    return [
        None if np.isnan(number) else f"{names[band]} {unit}".strip()
        for number, band in zip(numbers, bands, strict=True)
    ]


def _short(number: float) -> str:
    return decimal(number, 0 if float(number).is_integer() else 2)
