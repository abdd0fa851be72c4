"""One table of a model.toml, with the words to complain about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Self

from surrogate.errors import ModelError

__all__ = ["Table", "is_number"]


def is_number(value: object) -> bool:
    """Whether a TOML value is an integer or a float.

    Examples
    --------
    >>> is_number(2), is_number(True), is_number("2")
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool)


class Table:
    """One table of a model.toml.

    Parameters
    ----------
    where : str
        What messages call it.
    table : mapping

    Examples
    --------
    >>> Table("router/model.toml", {"name": "router"}).text("name")
    'router'
    """

    def __init__(self, where: str, table: Mapping[str, Any]) -> None:
        self.where, self.table = where, table

    def fail(self, key: str, wanted: str) -> ModelError:
        """The error for a key that is not what it should be."""
        got = "nothing" if key not in self.table else f"{type(self.table[key]).__name__}"
        return ModelError("bad-model-file", f"{self.where}: {key!r} must be {wanted}; got {got}.")

    def only(self, known: Iterable[str]) -> None:
        """Raise ``bad-model-file`` for a key that is not known, with the nearest one that is."""
        for key in self.table:
            if key not in known:
                near = difflib.get_close_matches(key, list(known), n=1)
                meant = f" Did you mean {near[0]!r}?" if near else f" Known keys: {', '.join(sorted(known))}."
                raise ModelError("bad-model-file", f"{self.where}: there is no key {key!r}.{meant}")

    def first_schema(self) -> None:
        """Raise ``bad-model-file`` unless the file is of the one schema there is."""
        if self.table.get("schema") != 1:
            raise ModelError("bad-model-file", f"{self.where}: 'schema' must be 1; got {self.table.get('schema')!r}.")

    def text(self, key: str, default: str | None = None) -> str:
        """A string."""
        value = self.table.get(key, default)
        if not isinstance(value, str):
            raise self.fail(key, "a string")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of strings."""
        value = self.table.get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fail(key, "a list of strings")
        return value

    def part(self, key: str) -> Self:
        """A table inside this one."""
        value = self.table.get(key)
        if not isinstance(value, dict):
            raise self.fail(key, "a table")
        return type(self)(f"{self.where} [{key}]", value)
