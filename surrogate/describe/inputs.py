"""What a transformer is handed: texts, embeddings and columns, read alike from lists, documents, samples and data frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.documents import Value
from surrogate.errors import InputError

__all__ = ["Inputs", "inputs_of", "texts_of"]


@dataclass(frozen=True, eq=False)
class Inputs:
    """Rows to be described.

    Parameters
    ----------
    n_rows : int
    texts : tuple of str, length n_rows, or None
        None: only embeddings or columns were given.
    embeddings : ndarray of float, shape (n_rows, n_dimensions), or None
    metadata : mapping of str to sequence of str, float or None, each of length n_rows

    Examples
    --------
    >>> inputs_of(["a fee", "lost card"]).take([1]).texts
    ('lost card',)
    """

    n_rows: int
    texts: tuple[str, ...] | None = None
    embeddings: NDArray[Any] | None = None
    metadata: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def take(self, rows: Iterable[int]) -> Inputs:
        """Some rows, in the given order."""
        chosen = [int(row) for row in rows]
        return Inputs(
            len(chosen),
            None if self.texts is None else tuple(self.texts[row] for row in chosen),
            None if self.embeddings is None else self.embeddings[chosen],
            {name: tuple(column[row] for row in chosen) for name, column in self.metadata.items()},
        )


def inputs_of(X: Any) -> Inputs:
    """Read what was handed in.

    Parameters
    ----------
    X : sequence of str, Documents, Neighborhood, data frame, mapping or ndarray
        Texts; anything with ``texts`` and perhaps ``embeddings`` and ``metadata`` (the columns of a Neighborhood are those of
        its documents, and repeat for each altered copy); columns by name; or an array of two dimensions: embeddings, or
        columns called ``x0``, ``x1`` and so on.

    Raises
    ------
    InputError
        ``bad-corpus`` for what is none of these, ``not-text`` and ``not-utf8`` for texts that are none.

    Examples
    --------
    >>> inputs_of({"channel": ["app", "branch"]}).n_rows
    2
    >>> inputs_of(np.zeros((3, 8))).embeddings.shape
    (3, 8)
    """
    if isinstance(X, Inputs):
        return X
    if hasattr(X, "texts"):
        return _with_texts(X)
    if isinstance(X, Mapping):
        return _with_columns({str(name): list(column) for name, column in X.items()})
    if hasattr(X, "columns"):
        return _with_columns({str(name): list(X[name]) for name in X.columns})
    if getattr(X, "ndim", 1) == 2:
        return _with_array(np.asarray(X))
    texts = _checked(X)
    return Inputs(len(texts), texts)


def texts_of(X: Any) -> tuple[str, ...]:
    """The texts of what was handed in.

    Raises
    ------
    InputError
        ``bad-corpus`` when there are none.
    """
    inputs = inputs_of(X)
    if inputs.texts is None:
        raise InputError("bad-corpus", "Texts are needed; only embeddings or columns were given. Pass the texts.")
    return inputs.texts


def _with_texts(X: Any) -> Inputs:
    texts = _checked(X.texts)
    metadata: Mapping[str, tuple[Value, ...]] = getattr(X, "metadata", {})
    if hasattr(X, "masks"):
        documents = X.document_of.tolist()
        metadata = {name: tuple(column[number] for number in documents) for name, column in metadata.items()}
    return Inputs(len(texts), texts, getattr(X, "embeddings", None), metadata)


def _with_columns(columns: dict[str, list[Any]]) -> Inputs:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise InputError("bad-corpus", f"The columns differ in length: {', '.join(map(str, sorted(lengths)))} rows.")
    metadata = {name: tuple(_value(value) for value in column) for name, column in columns.items()}
    return Inputs(lengths.pop() if lengths else 0, metadata=metadata)


def _with_array(array: NDArray[Any]) -> Inputs:
    numbers = array.dtype.kind in "fiu"
    metadata = {f"x{number}": column for number, column in enumerate(array.T.tolist())} if array.shape[1] < 100 else {}
    columns = _with_columns(metadata).metadata
    return Inputs(len(array), embeddings=array if numbers else None, metadata=columns)


def _value(value: Any) -> Value:
    """A number, a string, or None where there is none."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | float | np.integer | np.floating):
        return float(value)
    if not isinstance(value, str) and str(value) in ("<NA>", "NaT"):
        # what a data frame writes for a missing value
        return None
    return str(value) if str(value).strip() else None


def _checked(X: Any) -> tuple[str, ...]:
    if isinstance(X, str | bytes) or not isinstance(X, Iterable):
        raise InputError(
            "bad-corpus", f"A corpus is a list of texts; got {type(X).__name__}. Put a single text in a list."
        )
    texts = tuple(X)
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError("not-text", f"Text {number} must be a string; got {type(text).__name__}.")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError("not-utf8", f"Text {number} holds lone surrogates: it was not UTF-8.") from error
    return texts
