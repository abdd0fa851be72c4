"""Dates on the command line: days, today unless told otherwise."""

from __future__ import annotations

from datetime import date as day

import click

from surrogate.errors import InputError

__all__ = ["expiry", "today_option"]

#: The option --date; the day is stated by whoever gives it, and nothing proves it.
today_option = click.option(
    "--date", default=lambda: day.today().isoformat(), help="YYYY-MM-DD [default: today].", metavar="DATE"
)


def expiry(expires: str | None) -> None:
    """Refuse a last day that is over.

    Raises
    ------
    InputError
        ``expired``.

    Examples
    --------
    >>> expiry("2020-01-01")
    Traceback (most recent call last):
    surrogate.errors.InputError: --expires 2020-01-01 is over. Give today or a later day. [expired]
    """
    if expires is not None and len(expires) == 10 and expires < day.today().isoformat():
        raise InputError("expired", f"--expires {expires} is over. Give today or a later day.")
