"""Heading: what every export says about where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate import __version__
from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.explanation import BANNER

__all__ = ["GENERATOR", "Heading", "heading_of"]

GENERATOR = "surrogate-explainer"


@dataclass(frozen=True)
class Heading:
    """Where an export comes from.

    Parameters
    ----------
    sha256 : str
        Of the record.
    model : str
        Name of the explained model.
    banner : str
        That this describes an approximation.

    Examples
    --------
    >>> Heading("ab" * 32, "bank-router", "An approximation.").to_dict()["record"]["sha256"][:4]
    'abab'
    """

    sha256: str
    model: str
    banner: str = BANNER

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "record": {"sha256": self.sha256},
            "generator": {"name": GENERATOR, "version": __version__},
            "model": self.model,
            "banner": self.banner,
        }


def heading_of(record: dict[str, Any], sha256: str | None = None) -> Heading:
    """The heading for the exports of a record, whose SHA-256 may be known already.

    Raises
    ------
    InputError
        ``bad-record`` for a value that no record holds, or a record of no model.

    Examples
    --------
    >>> heading_of({"model": {"name": "bank-router"}}).model
    'bank-router'
    """
    try:
        return Heading(sha256 or digest(canonical_bytes(record)), str(record["model"]["name"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error
