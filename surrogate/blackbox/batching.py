"""Batch shapes: the answer to a text does not depend, bit for bit, on the texts that share its batch.

A matrix product may add in another order when its shape changes, and then answers differ in their last bits.  So every
text is padded to one of a few lengths, and every batch of one length has the same number of rows, dummy rows included.
Where the kernels were shown to add a row in one order whatever the other rows, texts of one length are read together as
they are, and nothing is padded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shapes", "read_in_batches"]

_STEP = 8

_Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], Sequence[NDArray[np.generic] | None]]


@dataclass(frozen=True)
class Shapes:
    """The shapes that batches may have.

    Parameters
    ----------
    max_length : int
        Longest sequence, in tokens.
    max_rows : int, default 16
        Rows of a batch of short sequences.
    budget : int, default 1024
        Tokens of a batch of long sequences, about.
    extra : int, default 0
        Tokens that the model reads in every row besides the sequence.
    step : int, default 8
        Least step between two padded lengths.
    exact : bool, default False
        No padding: every length is its own, and batches have as many rows as there are texts.

    Examples
    --------
    >>> shapes = Shapes(max_length=100)
    >>> shapes.length(5), shapes.length(33), shapes.length(99), shapes.rows(8), shapes.rows(96)
    (8, 40, 100, 16, 8)
    """

    max_length: int
    max_rows: int = 16
    budget: int = 1024
    extra: int = 0
    step: int = _STEP
    exact: bool = False

    def length(self, n_tokens: int) -> int:
        """Return the padded length for ``n_tokens`` tokens: eighths of a power of two, at least in steps of ``step``."""
        if self.exact:
            return n_tokens
        step = max(self.step, 2 ** max(0, (max(n_tokens, 1) - 1).bit_length() - 3))
        return min(self.max_length, -(-max(n_tokens, 1) // step) * step)

    def rows(self, length: int) -> int:
        """Return the rows of a full batch of that padded length; a function of the length only."""
        if self.exact:
            return max(1, min(self.max_rows, self.budget // (length + self.extra)))
        if self.max_rows < _STEP:
            return 1
        # With other numbers of rows the last rows of a small matrix product go through another kernel, and an answer
        # would depend on its place in the batch.  (One row has one place.)
        return _STEP * max(1, min(self.max_rows, self.budget // (length + self.extra)) // _STEP)


def read_in_batches(
    sequences: Sequence[Sequence[int]],
    forward: _Forward,
    shapes: Shapes,
    *,
    pad_id: int,
    pad_left: bool = False,
) -> list[NDArray[np.generic] | None]:
    """Read token sequences in batches of canonical shape.

    Parameters
    ----------
    sequences : sequence of sequence of int
        Token ids, at least one each and at most ``shapes.max_length``.
    forward : callable
        Takes ids and mask (ndarray of int64, shape (n_rows, length)) and returns arrays whose first axis is the rows,
        or None.
    shapes : Shapes
    pad_id : int
        Token id of padding and of dummy rows.
    pad_left : bool, default False
        Put the padding before the tokens.

    Returns
    -------
    list of ndarray, or None where ``forward`` returned None
        One row per sequence, in the order of ``sequences``.

    Examples
    --------
    >>> sums = read_in_batches([[1, 2], [5]], lambda ids, mask: [(ids * mask).sum(axis=1)], Shapes(16), pad_id=0)
    >>> sums[0].tolist()
    [3, 5]
    """
    found: list[NDArray[np.generic] | None] = []
    for length, rows in _batches(sequences, shapes):
        n_rows = len(rows) if shapes.exact else shapes.rows(length)
        ids, mask = _pad([sequences[row] for row in rows], (n_rows, length), pad_id, pad_left)
        outputs = forward(ids, mask)
        if not found:
            found = [None if one is None else np.empty((len(sequences), *one.shape[1:]), one.dtype) for one in outputs]
        for whole, one in zip(found, outputs, strict=True):
            if whole is not None and one is not None:
                whole[rows] = one[: len(rows)]
        # What is returned may be a view of all that was computed for the batch.
        del outputs, one
    return found


def _batches(sequences: Sequence[Sequence[int]], shapes: Shapes) -> Iterator[tuple[int, list[int]]]:
    """Yield padded length and rows of each batch, shortest first."""
    by_length: dict[int, list[int]] = {}
    for row in sorted(range(len(sequences)), key=lambda row: len(sequences[row])):
        by_length.setdefault(shapes.length(len(sequences[row])), []).append(row)
    for length, rows in by_length.items():
        size = shapes.rows(length)
        for start in range(0, len(rows), size):
            yield length, rows[start : start + size]


def _pad(
    sequences: Sequence[Sequence[int]], shape: tuple[int, int], pad_id: int, pad_left: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ids = np.full(shape, pad_id, dtype=np.int64)
    mask = np.zeros(shape, dtype=np.int64)
    # a row without any token would have nothing to attend to: dummy rows have one
    mask[len(sequences) :, -1 if pad_left else 0] = 1
    for row, sequence in enumerate(sequences):
        place = slice(shape[1] - len(sequence), None) if pad_left else slice(0, len(sequence))
        ids[row, place] = sequence
        mask[row, place] = 1
    return ids, mask
