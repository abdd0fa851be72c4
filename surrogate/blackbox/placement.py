"""Where and in which number format torch computes a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surrogate.blackbox.base import Detail
from surrogate.blackbox.devices import AUTO, CPU, device_kind, device_name, resolve_device
from surrogate.blackbox.packed import EAGER
from surrogate.blackbox.precision import DTYPES, FLOAT32, Precision, precision_of
from surrogate.errors import InputError

__all__ = ["ON_CPU", "Placement", "check_options", "refuse_options"]

#: What load_model takes where nothing is said.
_UNSAID = {"device": AUTO, "dtype": FLOAT32, "too_long": "cut"}


@dataclass(frozen=True)
class Placement:
    """A device that torch sees, and a number format.

    Parameters
    ----------
    device : str, default "cpu"
        "cpu", "cuda:N" or "mps".
    dtype : {"float32", "bfloat16", "float16"}, default "float32"

    Examples
    --------
    >>> Placement(dtype="bfloat16").backend
    'torch-eager-bf16-canonical-v1'
    >>> Placement().settings
    {'dtype': 'float32'}
    """

    device: str = CPU
    dtype: str = FLOAT32

    @classmethod
    def of(cls, device: str, dtype: str) -> Placement:
        """Find the device that was asked for.

        Raises
        ------
        InputError
            ``no-device``.
        """
        return cls(resolve_device(device), dtype)

    @property
    def precision(self) -> Precision:
        """How exact answers are."""
        return precision_of(self.device, self.dtype)

    @property
    def backend(self) -> str:
        """Name of plain torch in this number format."""
        return EAGER.replace(DTYPES[FLOAT32], DTYPES[self.dtype])

    @property
    def may_pack(self) -> bool:
        """Whether packed layers can be used: they are made for float32 on the CPU."""
        return self == ON_CPU

    @property
    def settings(self) -> dict[str, Detail]:
        """What of it decides an answer, for the fingerprint: the kind of device and its name, not its number."""
        found: dict[str, Detail] = {"dtype": self.dtype}
        if self.device != CPU:
            found |= {"device": device_kind(self.device), "device_name": device_name(self.device)}
        if self.precision.step is not None:
            found["rounded_to"] = self.precision.step
        return found


ON_CPU = Placement()


def check_options(options: Mapping[str, Any]) -> None:
    """Raise ``bad-parameter`` for a number format, or a way with long texts, that is not known.

    Examples
    --------
    >>> check_options({"dtype": "float32", "too_long": "cut"})
    """
    for key, known in {"dtype": tuple(DTYPES), "too_long": ("cut", "error")}.items():
        if options[key] not in known:
            raise InputError("bad-parameter", f"{key} must be {' or '.join(known)}; got {options[key]!r}.")


def refuse_options(options: Mapping[str, Any], name: str, device: str | None = CPU) -> None:
    """Raise ``bad-parameter`` where something is asked of a model for which it is decided already.

    Parameters
    ----------
    options : mapping
        With the keys device, dtype and too_long.
    name : str
        Name of the model.
    device : str or None, default "cpu"
        Where it is computed, which may be asked for again; None: elsewhere.

    Examples
    --------
    >>> refuse_options({"device": "auto", "dtype": "float32", "too_long": "cut"}, "toy")
    """
    given = [key for key, unsaid in _UNSAID.items() if options[key] != unsaid]
    given = [key for key in given if key != "device" or options[key] != device]
    if given:
        raise InputError(
            "bad-parameter",
            f"{' and '.join(given)} can be chosen when a model of transformers is loaded; for {name!r} that is decided already. "
            "Leave it out.",
        )
