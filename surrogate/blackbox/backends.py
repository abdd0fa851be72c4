"""Which way of computing a classifier takes: the quickest that agrees with plain torch and reads every row alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from surrogate.answers import Answers
from surrogate.blackbox.packed import EAGER, EXACT, PACKED, can_pack, pack_linears
from surrogate.errors import ModelError

__all__ = ["rows_stand_alone", "try_packed", "with_backend"]

_Reader = TypeVar("_Reader")

#: Largest difference in probability between packed and plain layers.
_AGREE = 1e-5

#: Shapes by which a kernel shows that rows do not depend on each other: full and broken blocks of usual kernels.
_PROBE_LENGTHS = (3, 17, 40)
_PROBE_ROWS = (1, 3, 8, 13)
_PROBE_MOST = 17


def with_backend(reader: Any, probes: Sequence[str], plain: Answers, wanted: str) -> Any:
    """The reader with packed layers where it answers with them as it did; else as it was.

    Parameters
    ----------
    reader : dataclass
        Of a sequence classifier, with plain layers: ``model``, ``placement``, ``max_length``, ``backend``, ``read``, ``forward``.
    probes : sequence of str
    plain : Answers
        Its answers to them.
    wanted : str
        One of ``BACKENDS``.

    Returns
    -------
    dataclass
        A copy whose ``backend`` says which one it is.
    """
    if wanted == EAGER or not reader.placement.may_pack or not can_pack():
        return reader
    packed = replace(reader, backend=PACKED)

    def agreeing() -> Any:
        off = np.abs(packed.read(list(probes)).probabilities - plain.probabilities).max()
        return packed if off <= _AGREE else None

    if try_packed(reader.model, agreeing) is None:
        return reader
    return replace(packed, backend=EXACT) if wanted == EXACT and rows_stand_alone(packed) else packed


def try_packed(model: Any, agreeing: Callable[[], _Reader | None]) -> _Reader | None:
    """Pack the layers of a model, and put them back unless its reader then agrees with what it said before.

    Parameters
    ----------
    model : torch.nn.Module
    agreeing : callable () -> reader or None
        Reads with the packed layers; None: it does not agree.

    Returns
    -------
    reader or None
        What ``agreeing`` returned; None where the layers are as they were.
    """
    undo = pack_linears(model)
    try:
        found = agreeing()
    except (ModelError, RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        found = None  # a model that reaches into its layers, to tie or to scale their weights
    if found is None:
        undo()
    return found


def rows_stand_alone(reader: Any) -> bool:
    """Whether no bit of an answer changes with the number of rows, or the place of a row among them.

    Examples
    --------
    >>> from types import SimpleNamespace as Of
    >>> toy = Of(max_length=8, model=Of(config=Of(vocab_size=9)), forward=lambda ids, mask: [ids.sum(axis=1), None])
    >>> rows_stand_alone(toy)
    True
    """
    generator = np.random.default_rng(0)
    most = int(reader.model.config.vocab_size)
    for length in (length for length in _PROBE_LENGTHS if length <= reader.max_length):
        ids = generator.integers(0, most, size=(_PROBE_MOST, length))
        whole = reader.forward(ids, np.ones_like(ids))
        for n_rows in _PROBE_ROWS:
            rows = generator.permutation(len(ids))[:n_rows]
            part = reader.forward(ids[rows], np.ones_like(ids[rows]))
            if any(one is not None and (one != other[rows]).any() for one, other in zip(part, whole, strict=True)):  # type: ignore[index]
                return False
    return True
