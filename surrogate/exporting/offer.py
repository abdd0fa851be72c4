"""Offer: one file that was asked for, with what was found when it was run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from surrogate.exporting.conformance import Conformance

__all__ = ["DATA", "Export"]

#: Formats that hold rules as data and are not run.
DATA = ("json", "csv")


@dataclass(frozen=True)
class Export:
    """One file that was asked for.

    Parameters
    ----------
    surrogate, format : str
    file : str
    content : bytes or None
        None: not offered.
    reason : str or None
        Why it is not offered.
    conformance : Conformance or None
        None: it was not run.

    Examples
    --------
    >>> Export("tree", "dmn", "tree.dmn", None, "A reason.", None).to_dict()["offered"]
    False
    """

    surrogate: str
    format: str
    file: str
    content: bytes | None
    reason: str | None = None
    conformance: Conformance | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        found = self.conformance
        return {
            "surrogate": self.surrogate,
            "format": self.format,
            "file": self.file if self.content is not None else None,
            "offered": self.content is not None,
            "reason": self.reason,
            "schema": found.schema if found else None,
            "conformance": [asdict(check) for check in found.checks] if found else [],
        }
