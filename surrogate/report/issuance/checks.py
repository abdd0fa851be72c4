"""Checks of what people state: each returns the value as it is kept, or says where it is wrong and what is wanted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from surrogate.errors import InputError

__all__ = ["Check", "a_choice", "a_date", "a_digest", "a_flag", "a_text", "refuse", "texts"]

Check = Callable[[Any, str], Any]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def refuse(where: str, wanted: str, got: Any) -> InputError:
    """The error for a value that cannot be used.

    Examples
    --------
    >>> print(refuse("date", "a date", 3))
    In what is stated about the report, 'date' must be a date; got 3. [bad-issuance]
    """
    shown = repr(got) if len(repr(got)) <= 80 else f"{repr(got)[:80]} ..."
    return InputError("bad-issuance", f"In what is stated about the report, {where!r} must be {wanted}; got {shown}.")


def a_text(value: Any, where: str) -> str:
    """A text with something in it.

    Examples
    --------
    >>> a_text("Routing of messages", "purpose")
    'Routing of messages'
    """
    if not isinstance(value, str) or not value.strip():
        raise refuse(where, "a text that is not empty (leave it out where there is nothing to state)", value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise refuse(where, "text that UTF-8 can encode", value) from error
    return value


def texts(value: Any, where: str) -> tuple[str, ...]:
    """Several texts; an empty list states that there are none.

    Examples
    --------
    >>> texts(["Credit decisions"], "out_of_scope")
    ('Credit decisions',)
    """
    if not isinstance(value, list | tuple):
        raise refuse(where, "a list of texts", value)
    return tuple(a_text(one, f"{where}[{place}]") for place, one in enumerate(value))


def a_date(value: Any, where: str) -> str:
    """A date of the calendar, as year-month-day.

    Examples
    --------
    >>> a_date(datetime.date(2026, 11, 2), "date"), a_date("2026-11-02", "date")
    ('2026-11-02', '2026-11-02')
    """
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return datetime.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise refuse(where, f"a date of the calendar ({error})", value) from error
    raise refuse(where, "a date as 2026-11-02", value)


def a_digest(value: Any, where: str) -> str:
    """A SHA-256 in hexadecimal.

    Examples
    --------
    >>> a_digest("0" * 64, "previous_report")[:4]
    '0000'
    """
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise refuse(where, "a SHA-256: 64 characters out of 0-9 and a-f", value)
    return value


def a_flag(value: Any, where: str) -> bool:
    """True or false.

    Examples
    --------
    >>> a_flag(True, "legal_hold")
    True
    """
    if not isinstance(value, bool):
        raise refuse(where, "true or false", value)
    return value


def a_choice(*choices: str) -> Check:
    """One of some words.

    Examples
    --------
    >>> a_choice("yes", "no")("yes", "applies")
    'yes'
    """

    def check(value: Any, where: str) -> str:
        if value not in choices or not isinstance(value, str):
            raise refuse(where, f"one of {', '.join(choices)}", value)
        return value

    return check
