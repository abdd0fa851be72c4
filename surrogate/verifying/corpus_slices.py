"""Slices of a corpus: agreement on parts of the held-out documents, all of them, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.corpus_models import Deciding
from surrogate.verifying.documents import DocumentSet, bitmap
from surrogate.verifying.numeric import interval_ends_fit

__all__ = ["compare_slices"]

#: Fewest held-out documents of a slice, and the most values of a column.
_FEWEST, _MOST_VALUES = 10, 30

Groups = dict[str, list[str | None]]


def compare_slices(
    comparison: Comparison,
    where: str,
    member: dict[str, Any],
    deciding: Deciding,
    documents: DocumentSet,
    record: dict[str, Any],
) -> None:
    """Find every slice again: none may be left out, since it is the bad ones that a reader must see.

    Parameters
    ----------
    comparison : Comparison
    where : str
        JSON pointer to the surrogate.
    member : dict
    deciding : Deciding
    documents : DocumentSet
    record : dict
    """
    slack = deciding.unsure & documents.test
    expected = _expected(documents, _groups(documents, record))
    said = member["slices"]
    names = [(one["by"], one["value"]) for one in said]
    missing = [key for key in expected if key not in names]
    comparison.fits(
        f"{where}/slices", names, not missing and len(set(names)) == len(names), f"slices {missing[:3]} are missing"
    )
    comparison.seen.discard(f"{where}/slices")
    shares = [one["agreement"]["value"] for one in said]
    comparison.fits(f"{where}/slices", shares, shares == sorted(shares), "the worst slice comes first")
    comparison.seen.discard(f"{where}/slices")
    for place, one in enumerate(said):
        here = f"{where}/slices/{place}"
        rows = expected.get((one["by"], one["value"]))
        if rows is None:
            comparison.fits(here, names[place], False, "there is no such slice of ten held-out documents")
            continue
        _compare_slice(comparison, here, one, rows, deciding, documents, (slack & rows).bit_count())


def _compare_slice(
    comparison: Comparison,
    here: str,
    said: dict[str, Any],
    rows: int,
    deciding: Deciding,
    documents: DocumentSet,
    slack: int,
) -> None:
    right, n = _right(deciding, documents, rows), rows.bit_count()
    agreement = said["agreement"]
    comparison.number(f"{here}/n", said["n"], n)
    comparison.number(f"{here}/agreement/value", agreement["value"], right / n, slack / n)
    comparison.number(f"{here}/agreement/level", agreement["level"], 0.95)
    counted = round(agreement["value"] * n)
    counted = counted if abs(counted - right) <= slack else right
    fits = interval_ends_fit(agreement["low"], agreement["high"], counted, n, 0.95, 1e-9)
    for name, fit in zip(("low", "high"), fits, strict=True):
        comparison.fits(
            f"{here}/agreement/{name}", agreement[name], fit, f"the end of the exact interval of {counted} of {n}"
        )


def _right(deciding: Deciding, documents: DocumentSet, rows: int) -> int:
    return sum((own & told & rows).bit_count() for own, told in zip(documents.decided, deciding.said, strict=True))


def _expected(documents: DocumentSet, groups: Groups) -> dict[tuple[str, str], int]:
    """Bitmap of the held-out documents of every slice that is large enough."""
    found = {}
    for by, values in groups.items():
        places: dict[str, list[int]] = {}
        for place, value in enumerate(values):
            if value is not None:
                places.setdefault(value, []).append(place)
        for value, listed in places.items():
            rows = bitmap(listed) & documents.test
            if rows.bit_count() >= _FEWEST:
                found[by, value] = rows
    return found


def _groups(documents: DocumentSet, record: dict[str, Any]) -> Groups:
    """The part of each document, by what parts are made by."""
    groups: Groups = {"decision": [documents.classes[one] for one in documents.decisions]}
    if documents.labels is not None:
        groups["label"] = list(documents.labels)
    groups["length"] = _bands([float(len(text)) for text in documents.texts], "characters")
    concepts = [(documents.features.get(f"concept:{one['number']}", 0), one) for one in record["concepts"]]
    if concepts:
        names = [(having, f"{one['number']}: {one['label']}") for having, one in concepts]
        groups["concept"] = [
            next((name for having, name in names if having >> place & 1), None) for place in range(documents.n)
        ]
    for name, column in documents.metadata.items():
        values = _column(column)
        if values is not None:
            groups[name] = values
    return groups


def _column(column: Sequence[Any]) -> list[str | None] | None:
    given = [value for value in column if value is not None]
    numbers = [value for value in given if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(set(given)) > _MOST_VALUES:
        if len(numbers) < len(given):
            return None
        return _bands([None if value is None else float(value) for value in column], "")
    # JSON writes 1.0 as 1; in the package a number of a column is always a float
    return [None if v is None else str(float(v)) if isinstance(v, int | float) else str(v) for v in column]


def _bands(values: Sequence[float | None], unit: str) -> list[str | None]:
    """Three bands with about as many documents each."""
    ordered = sorted(value for value in values if value is not None)
    low, high = (ordered[_place(share, len(ordered))] for share in (1 / 3, 2 / 3))
    names = [
        f"up to {_short_number(low)}",
        f"over {_short_number(low)}, up to {_short_number(high)}",
        f"over {_short_number(high)}",
    ]
    return [
        None if value is None else f"{names[0 if value <= low else 1 if value <= high else 2]} {unit}".strip()
        for value in values
    ]


def _place(share: float, n: int) -> int:
    """Place of the value below a quantile (numpy's method "lower")."""
    return int((n - 1) * share)


def _short_number(number: float) -> str:
    """A number for the name of a band."""
    digits = 0 if number.is_integer() else 2
    text = f"{number:.{digits}f}"
    if digits and float(text) == 0:
        text = f"{number:.3f}" if float(f"{number:.3f}") else "0.00"
    return (text[1:] if float(text) == 0 and text.startswith("-") else text).replace("-", "\u2212")
