"""Drift between two batches in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.batch.drift_headline import beyond_chance
from surrogate.report.language import message, plural, say
from surrogate.report.number_format import decimal, interval, percent, signed

__all__ = [
    "change_words",
    "distance_sentence",
    "fidelity_sentence",
    "matched_sentence",
    "moved_points",
    "other_text_sentence",
    "share_words",
    "test_sentence",
]

Record = dict[str, Any]

_CHANGES = {
    "added": message("new among the most frequent"),
    "removed": message("no longer among the most frequent"),
    "sign": message("speaks for the other side now"),
}


def distance_sentence(compared: Record) -> str:
    """How far the shares of two batches lie apart.

    Examples
    --------
    >>> distance_sentence({"distance": None})
    'One of the batches has no such row, so there is nothing to compare.'
    """
    distance = compared["distance"]
    if distance is None:
        return say("One of the batches has no such row, so there is nothing to compare.")
    numbers = {
        "value": percent(distance["value"]),
        "interval": interval(distance, percent),
        "chance": percent(distance["by_chance"]),
    }
    if beyond_chance(compared):
        return say(
            "For equal shares, at least {value} of the rows would have to be otherwise (total variation; 95 % interval "
            "{interval}): more than the {chance} below which two batches of these sizes from one source stay in 95 % of cases.",
            **numbers,
        )
    return say(
        "For equal shares, at least {value} of the rows would have to be otherwise (total variation; 95 % interval "
        "{interval}): within the {chance} below which two batches of these sizes from one source stay in 95 % of cases.",
        **numbers,
    )


def test_sentence(test: Record | None) -> str:
    r"""A G-test with its effect size; nothing where there is none.

    Examples
    --------
    >>> test_sentence({"g": 47.08, "dof": 2, "p": 6e-11, "cramers_v": 0.116})
    'G-test: G = 47.1, 2 degrees of freedom, p\xa0<\xa00.001; Cramér’s V 0.12.'
    """
    if test is None:
        return ""
    return plural(
        "G-test: G = {g}, {n} degree of freedom, {p}; Cramér’s V {effect}.",
        "G-test: G = {g}, {n} degrees of freedom, {p}; Cramér’s V {effect}.",
        test["dof"],
        g=decimal(test["g"], 1),
        p=_p(test["p"]),
        effect=decimal(test["cramers_v"]),
    )


def _p(p: float) -> str:
    return "p\u00a0<\u00a00.001" if p < 0.001 else f"p\u00a0=\u00a0{p:.3f}"


def fidelity_sentence(fidelity: Record) -> str:
    """How the distribution of fidelity moved.

    Examples
    --------
    >>> side = {"n": 100, "q50": 0.8}
    >>> fidelity_sentence({"before": side, "after": side, "test": {"distance": 0.0, "p": 1.0}})[:42]
    'The median of fidelity R² is 0.80 before ('
    """
    if fidelity["test"] is None:
        return say("One of the batches has no row whose fidelity was measured.")
    before, after, test = fidelity["before"], fidelity["after"], fidelity["test"]
    return say(
        "The median of fidelity R² is {before} before ({n_before} rows) and {after} after ({n_after} rows). Two-sample "
        "Kolmogorov-Smirnov test: largest distance of the cumulative shares {distance}, {p}.",
        before=decimal(before["q50"]),
        n_before=f"{before['n']:,}",
        after=decimal(after["q50"]),
        n_after=f"{after['n']:,}",
        distance=decimal(test["distance"]),
        p=_p(test["p"]),
    )


def matched_sentence(texts: Record) -> str:
    """How many texts both batches have, and what became of them.

    Examples
    --------
    >>> matched_sentence({"n_both": 0, "n_before": 5, "n_after": 7})
    'No text is in both batches (5 before, 7 after), so decisions cannot be compared one by one.'
    """
    sizes = {"before": f"{texts['n_before']:,}", "after": f"{texts['n_after']:,}"}
    if not texts["n_both"]:
        return say(
            "No text is in both batches ({before} before, {after} after), so decisions cannot be compared one by one.",
            **sizes,
        )
    changed = texts["decision_changed"]
    if not changed["n"]:
        return plural(
            "{n} text is in both batches ({before} before, {after} after), and is decided alike.",
            "{n} texts are in both batches ({before} before, {after} after), and all of them are decided alike.",
            texts["n_both"],
            **sizes,
        )
    return plural(
        "{n} text is in both batches ({before} before, {after} after). Decided otherwise: {changed}.",
        "{n} texts are in both batches ({before} before, {after} after). Decided otherwise: {changed}.",
        texts["n_both"],
        changed=share_words(changed),
        **sizes,
    )


def other_text_sentence(ids: Record) -> str:
    """How many ids are in both batches with other texts; nothing where there are none.

    Examples
    --------
    >>> other_text_sentence({"n_both": 0, "decision_changed": {"total": 0}})
    ''
    """
    if not ids["decision_changed"]["total"]:
        return ""
    return plural(
        "{n} id is in both batches with another text; of those with a decision in both, decided otherwise: {changed}. Where ids "
        "are numbers of rows, this says nothing.",
        "{n} ids are in both batches with other texts; of those with a decision in both, decided otherwise: {changed}. Where ids "
        "are numbers of rows, this says nothing.",
        ids["n_both"],
        changed=share_words(ids["decision_changed"]),
    )


def share_words(share: Record) -> str:
    r"""A share with its counts and its interval.

    Examples
    --------
    >>> share_words({"n": 1, "total": 4, "value": 0.25, "low": 0.05, "high": 0.7})
    '1 of 4 (25.0\xa0%; 95 % interval 5.0 to 70.0\xa0%)'
    >>> share_words({"n": 0, "total": 0, "value": None, "low": None, "high": None})
    'none'
    """
    if share["value"] is None:
        return say("none")
    counts = {"n": f"{share['n']:,}", "total": f"{share['total']:,}"}
    return say(
        "{n} of {total} ({value}; 95 % interval {interval})",
        value=percent(share["value"]),
        interval=interval(share, percent),
        **counts,
    )


def moved_points(before: Record, after: Record) -> str:
    r"""By how many points a share moved.

    Examples
    --------
    >>> moved_points({"value": 0.5}, {"value": 0.6})
    '+10.0\xa0points'
    """
    if before["value"] is None or after["value"] is None:
        return "–"
    moved = after["value"] - before["value"]
    return say("none") if moved == 0 else say("{number}\u00a0points", number=signed(100 * moved, 1))


def change_words(change: str) -> str:
    """What became of a word.

    Examples
    --------
    >>> change_words("added")
    'new among the most frequent'
    """
    return say(_CHANGES[change])
