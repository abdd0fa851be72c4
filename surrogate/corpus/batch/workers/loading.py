"""Loading: the model of a batch, once in each process, and refused where it or the packages are others than at the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from surrogate.corpus.batch.values import WorkSpec
from surrogate.errors import InputError
from surrogate.provenance import versions

__all__ = ["model_of", "model_source"]


def model_source(black_box: Any) -> Any:
    """What a worker needs to load a model again: its specification, or the black box where it is small enough to be sent.

    Parameters
    ----------
    black_box : BlackBox

    Raises
    ------
    InputError
        ``no-fingerprint``: nothing says that two workers ask the same model, or that a resumed batch does.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> model_source(FunctionBox(len, classes=["a", "b"]))
    Traceback (most recent call last):
    surrogate.errors.InputError: The model 'len' has no fingerprint, so nothing says that a resumed batch asks the same one. \
Give it one: FunctionBox(function, classes=[…], fingerprint="name and version"). [no-fingerprint]
    """
    if black_box.fingerprint is None:
        raise InputError(
            "no-fingerprint",
            f"The model {black_box.name!r} has no fingerprint, so nothing says that a resumed batch asks the same one. Give it "
            'one: FunctionBox(function, classes=[…], fingerprint="name and version").',
        )
    return getattr(black_box, "source", black_box)


def model_of(spec: WorkSpec) -> Any:
    """The model of a batch, loaded on the first use in a process.

    Raises
    ------
    InputError
        ``worker-mismatch`` where a package or the model is another one than where the batch was begun.
    ModelError
        As :func:`surrogate.blackbox.load_model`.
    """
    _require_versions(spec.versions)
    black_box = _loaded(tuple(sorted(spec.model.items()))) if isinstance(spec.model, Mapping) else spec.model
    if black_box.fingerprint != spec.fingerprint:
        raise InputError(
            "worker-mismatch",
            f"The model {black_box.name!r} is another one on this worker than where the batch was begun: its fingerprint is "
            f"{black_box.fingerprint}, not {spec.fingerprint}. Give every worker the same files and packages.",
        )
    return black_box


def _require_versions(wanted: Mapping[str, str]) -> None:
    found = versions()
    others = [name for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)]
    if others:
        told = ", ".join(
            f"{name} {found.get(name, 'missing')} instead of {wanted.get(name, 'none')}" for name in others
        )
        raise InputError(
            "worker-mismatch",
            f"This worker has other packages than where the batch was begun: {told}. Install the same versions on every worker.",
        )


@lru_cache(maxsize=1)
def _loaded(source: tuple[tuple[str, Any], ...]) -> Any:
    from surrogate.blackbox import load_model

    return load_model(**dict(source))
