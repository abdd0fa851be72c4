"""Documents: many texts, with the labels and the other columns that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surrogate.errors import InputError

__all__ = ["Documents", "Value"]

#: What a column of metadata holds.
Value = str | float | None


@dataclass(frozen=True, eq=False)
class Documents:
    """Documents in the order of their file.

    Parameters
    ----------
    texts : tuple of str, length n
    ids : tuple of str, length n
        What a report calls each document: the value of a column, else its row in the file, from 1.
    labels : tuple of str or None, length n, optional
        The true label of each document; None where it has none.
    metadata : mapping of str to tuple of str, float or None, each of length n
        Other columns by name: numbers where a whole column is numbers.
    n_empty : int
        Rows that were left out because they hold no text.

    Raises
    ------
    InputError
        ``bad-corpus`` when columns differ in length.

    Examples
    --------
    >>> corpus = Documents(("lost card", "a fee", "lost card"), ("1", "2", "3"))
    >>> len(corpus), corpus.n_distinct, corpus.take([1]).texts
    (3, 2, ('a fee',))
    """

    texts: tuple[str, ...]
    ids: tuple[str, ...]
    labels: tuple[str | None, ...] | None = None
    metadata: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    n_empty: int = 0

    def __post_init__(self) -> None:
        columns = {"ids": self.ids, **({} if self.labels is None else {"labels": self.labels}), **self.metadata}
        for name, column in columns.items():
            if len(column) != len(self.texts):
                raise InputError(
                    "bad-corpus", f"The column {name!r} has {len(column):,} values for {len(self.texts):,} documents."
                )

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def n_distinct(self) -> int:
        """Number of different texts."""
        return len(set(self.texts))

    def take(self, rows: list[int]) -> Documents:
        """The documents of some rows, in their order."""
        return Documents(
            tuple(self.texts[row] for row in rows),
            tuple(self.ids[row] for row in rows),
            None if self.labels is None else tuple(self.labels[row] for row in rows),
            {name: tuple(column[row] for row in rows) for name, column in self.metadata.items()},
        )
