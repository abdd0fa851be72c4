"""The option --calls: auto, or a whole number."""

from __future__ import annotations

import click

__all__ = ["read_calls"]


def read_calls(_context: click.Context, _parameter: click.Parameter, value: str) -> str | int:
    """What --calls says.

    Raises
    ------
    click.BadParameter
        For anything but auto and whole numbers.

    Examples
    --------
    >>> read_calls(None, None, "auto"), read_calls(None, None, "64")  # type: ignore[arg-type]
    ('auto', 64)
    """
    try:
        return value if value == "auto" else int(value)
    except ValueError as error:
        raise click.BadParameter(f"give a whole number or auto; got {value!r}.") from error
