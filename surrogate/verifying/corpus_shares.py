"""Shares of counted documents, with their exact intervals."""

from __future__ import annotations

from typing import Any

from surrogate.verifying.comparison import TOLERANCE, Comparison
from surrogate.verifying.numeric import interval_ends_fit

__all__ = ["compare_share"]


def compare_share(
    comparison: Comparison,
    where: str,
    said: dict[str, Any],
    n_right: int,
    n: int,
    *,
    baseline: float | None = None,
    slack: int = 0,
) -> None:
    """Compare a share of counted documents with its exact interval.

    Parameters
    ----------
    comparison : Comparison
    where : str
    said : dict
        Estimate of the record.
    n_right, n : int
    baseline : float, optional
    slack : int
        Documents of which the record's rounding does not tell what was decided.

    Examples
    --------
    >>> comparison = Comparison("report.json")
    >>> said = {"value": 0.5, "low": 0.0125791171, "high": 0.9874208829, "baseline": None, "level": 0.95}
    >>> compare_share(comparison, "/x", said, 1, 2)
    >>> comparison.differences
    []
    """
    comparison.number(f"{where}/level", said["level"], 0.95)
    comparison.number(f"{where}/baseline", said["baseline"], baseline)
    if n == 0:
        for name, wanted in (("value", None), ("low", 0.0), ("high", 1.0)):
            comparison.number(f"{where}/{name}", said[name], wanted)
        return
    comparison.number(f"{where}/value", said["value"], n_right / n, slack / n)
    counted = n_right if said["value"] is None else round(said["value"] * n)
    counted = counted if abs(counted - n_right) <= slack else n_right
    fits = interval_ends_fit(said["low"], said["high"], counted, n, 0.95, TOLERANCE)
    for name, fit in zip(("low", "high"), fits, strict=True):
        comparison.fits(f"{where}/{name}", said[name], fit, f"the end of the exact interval of {counted} of {n}")
