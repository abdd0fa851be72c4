"""Stated: a table of statements with named fields, each of which has a check."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from surrogate.errors import InputError
from surrogate.report.issuance.checks import Check, refuse

__all__ = ["Stated", "needed", "table", "tables", "unless_unstated"]

_Table = TypeVar("_Table", bound="Stated")


def unless_unstated(check: Check) -> Any:
    """A field that may be left out: then it is None."""
    return field(default=None, metadata={"check": check})


def needed(check: Check) -> Any:
    """A field that a table makes no sense without."""
    return field(metadata={"check": check})


@dataclass(frozen=True)
class Stated:
    """Base of tables of statements: checked when they are made, and read and written as plain values.

    Examples
    --------
    >>> Stated.from_dict({"purpse": 1}, "issuance")
    Traceback (most recent call last):
    surrogate.errors.InputError: In what is stated about the report, 'issuance' must be a table with the keys ; ... [bad-issuance]
    """

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None or one.default is MISSING:
                object.__setattr__(self, one.name, one.metadata["check"](value, one.name))

    @classmethod
    def from_dict(cls: type[_Table], data: Any, where: str = "issuance") -> _Table:
        """Read a table; a key that is not known is refused.

        Raises
        ------
        InputError
            ``bad-issuance``.
        """
        names = [one.name for one in fields(cls)]
        if not isinstance(data, dict):
            raise refuse(where, f"a table with the keys {', '.join(names)}", data)
        for key in data:
            if key not in names:
                near = difflib.get_close_matches(str(key), names, n=1)
                hint = f" (did you mean {near[0]!r}?)" if near else ""
                raise refuse(where, f"a table with the keys {', '.join(names)}", f"the key {key!r}{hint}")
        left_out = [one.name for one in fields(cls) if one.default is MISSING and data.get(one.name) is None]
        if left_out:
            raise refuse(where, f"a table that has {' and '.join(map(repr, left_out))} too", dict(data))
        return cls(**data)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; what is not stated is None."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, Stated):
        return value.to_dict()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def table(kind: type[_Table]) -> Callable[[Any, str], _Table]:
    """The check of one table."""

    def check(value: Any, where: str) -> _Table:
        try:
            return value if isinstance(value, kind) else kind.from_dict(value, where)
        except InputError as error:
            raise InputError(
                error.code, error.message.replace("the report, '", f"the report, '{where}: ", 1)
            ) from error

    return check


def tables(kind: type[_Table]) -> Callable[[Any, str], tuple[_Table, ...]]:
    """The check of a list of tables; an empty list states that there are none."""

    def check(value: Any, where: str) -> tuple[_Table, ...]:
        if not isinstance(value, list | tuple):
            raise refuse(where, "a list of tables", value)
        return tuple(table(kind)(one, f"{where}[{place}]") for place, one in enumerate(value))

    return check
