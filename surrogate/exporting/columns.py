"""Columns: under which name other systems hold a feature, made only of letters that no language takes for anything else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from surrogate.canonical import digest
from surrogate.features import Feature

__all__ = ["Column", "columns_of"]

#: Most letters of the readable part of a name.
_READABLE = 24
_DIGITS = 8
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Column:
    """A feature with the name of its column.

    Parameters
    ----------
    name : str
        ASCII letters, digits and underscores, at most 63: safe in SQL, FEEL, XML, CSV and Python.
    feature : Feature

    Examples
    --------
    >>> columns_of([Feature("stem", "charg", "charge"), Feature("column", "amount > 110", "amount > 110")])[1].name
    'column_amount_110_4021c013'
    """

    name: str
    feature: Feature


def columns_of(features: Iterable[Feature]) -> tuple[Column, ...]:
    """The column of each feature.

    The name is the feature's kind, what of its key is a letter of ASCII or a digit, and the beginning of the SHA-256 of its
    name: the same feature has the same column in every report.

    Examples
    --------
    >>> [column.name for column in columns_of([Feature("stem", "charg", "charge"), Feature("word", "银行", "银行")])]
    ['stem_charg_6116a9bc', 'word_730e8ec5']
    """
    return tuple(Column(_name(feature), feature) for feature in features)


def _name(feature: Feature) -> str:
    # A longer beginning could not show in the name, and a key may be very long.
    plain = unicodedata.normalize("NFKD", feature.key[:200]).lower()
    readable = _OTHER.sub("_", plain.encode("ascii", "ignore").decode("ascii")).strip("_")[:_READABLE].strip("_")
    content = feature.name.encode("utf-8", "surrogatepass")
    return "_".join(part for part in (feature.kind, readable, digest(content)[:_DIGITS]) if part)
