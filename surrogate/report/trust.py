"""How far a surrogate can be trusted, in words: its fidelity, what its size allows, whether it holds up, and its peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surrogate.report.number_format import decimal, interval, percent, points
from surrogate.report.verdicts import no_variance

__all__ = [
    "beside",
    "clear_misses",
    "could_reach",
    "holds_up",
    "measures",
    "settings_in_words",
]

Record = dict[str, Any]

#: Smallest difference of two probabilities that is shown as one.
_SEEN = 0.0005

_MEASURES: tuple[tuple[str, str, Callable[[float | None], str]], ...] = (
    ("r2", "R²", decimal),
    ("mae_probability", "Error in probability", points),
    ("agreement", "Same decision", percent),
)

#: What the size of each kind of surrogate counts.
_PARTS = {"linear": ("term", "terms"), "tree": ("leaf", "leaves"), "rule_set": ("rule", "rules")}


def measures(member: Record) -> list[tuple[str, str, str, str]]:
    """Name, value, interval and baseline of each measure of fidelity; empty where nothing could be measured."""
    fidelity = member["fidelity"]
    if fidelity is None:
        return []
    rows = []
    for key, name, form in _MEASURES:
        estimate = fidelity[key]
        if key == "r2" and no_variance(member):
            rows.append((name, "not defined", "the answer never varies", "–"))
            continue
        ends = "exact" if fidelity["exact"] else interval(estimate, form)
        rows.append((name, form(estimate["value"]), ends, form(estimate["baseline"])))
    return rows


def clear_misses(member: Record) -> list[Record]:
    """The copies on which a surrogate is wrong by an amount that a reader would see."""
    return [miss for miss in member["misses"] if abs(miss["model"] - miss["surrogate"]) >= _SEEN]


def could_reach(member: Record) -> str:
    """How good a surrogate of its size could be, beside how good this one is and the strongest model that was fitted."""
    reference, fidelity = member["size_reference"], member["fidelity"]
    if reference is None or fidelity is None or no_variance(member):
        return ""
    size, reached = reference["size"], decimal(fidelity["r2"]["value"])
    parts = f"{size} {_PARTS[member['kind']][size != 1]}"
    if reference["source"] == "every copy":
        best = decimal(reference["r2"])
        return f"It has {parts} and reaches R² {reached}; the best of that size that was found reaches {best}."
    sentence = (
        f"It has {parts} and reaches R² {reached}. One of that size could reach about {decimal(reference['r2'])}, measured by "
        f"the answers of the strongest model that was fitted ({reference['source']}) to thousands of copies"
    )
    if reference["proxy_r2"] is None:
        return f"{sentence}."
    return f"{sentence}; that model itself, too large to be read, reaches {decimal(reference['proxy_r2'])}."


def holds_up(member: Record) -> str:
    """What refits to halves of the calls agree on."""
    stability = member["stability"]
    if stability is None:
        return ""
    return (
        f"Refitted {stability['n_refits']} times, each time to half of the calls, it decided as it does here on "
        f"{percent(stability['decisions_alike'])} of the copies."
    )


def beside(row: Record) -> dict[str, tuple[str, str]]:
    """The numbers of a line that compares methods, each with its interval.

    Parameters
    ----------
    row : dict
        One of ``side_by_side`` of a record.
    """
    forms = {"r2": decimal, "r2_probability": decimal, "mae_probability": points, "agreement": percent}
    return {key: (form(row[key]["value"]), _ends(row[key], form)) for key, form in forms.items()}


def _ends(estimate: Record, form: Callable[[float | None], str]) -> str:
    return "exact" if estimate["low"] == estimate["high"] else interval(estimate, form)


def settings_in_words(row: Record) -> str:
    """Version, form and settings of another method; of ours, that it is this report's.

    Examples
    --------
    >>> settings_in_words({"version": "0.2", "form": "as given", "settings": {"num_samples": 50}})
    'version 0.2; num_samples 50'
    """
    if row["version"] is None:
        return "this report"
    form = [] if row["form"] == "as given" else [row["form"]]
    return "; ".join(
        [f"version {row['version']}", *form, *(f"{name} {value}" for name, value in row["settings"].items())]
    )
