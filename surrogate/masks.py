"""One check of masks, for everything that is asked about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.errors import InputError

__all__ = ["as_masks"]


def as_masks(masks: ArrayLike, n_units: int) -> NDArray[np.bool_]:
    """Masks as a boolean array.

    Parameters
    ----------
    masks : array-like of bool, shape (n_masks, n_units)
    n_units : int

    Raises
    ------
    InputError
        ``bad-parameter`` for another shape.

    Examples
    --------
    >>> as_masks([[1, 0]], 2).tolist()
    [[True, False]]
    """
    array = np.asarray(masks, dtype=bool)
    if array.ndim != 2 or array.shape[1] != n_units:
        raise InputError(
            "bad-parameter",
            f"Masks must have shape (n_masks, {n_units}), True where a unit is kept; got {array.shape}.",
        )
    return array
