"""Edition: a record together with what people state about it, for one language and one kind of reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.report.language import LOCALES

__all__ = ["AUDIENCES", "LOCALES", "Edition"]

#: For whom a rendering is made: who checks the model, who uses it, and whom a decision is about.
AUDIENCES = ("validator", "business", "person")


@dataclass(frozen=True, eq=False)
class Edition:
    """What every rendering is made of.

    Parameters
    ----------
    record : dict
    issuance : dict, optional
        What people state: date, author, purpose and more; None: nothing was stated.
    locale : {"en", "zh"}
    audience : {"validator", "business", "person"}

    Examples
    --------
    >>> Edition({"kind": "local"}).locale
    'en'
    """

    record: dict[str, Any]
    issuance: dict[str, Any] | None = None
    locale: str = "en"
    audience: str = "validator"
