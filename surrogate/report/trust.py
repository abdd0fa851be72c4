"""How far a surrogate can be trusted, in words: its fidelity, what its size allows, and whether it holds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surrogate.report.number_format import decimal, interval, percent, points
from surrogate.report.verdicts import no_variance

__all__ = [
    "PARTS",
    "clear_misses",
    "could_reach",
    "holds_up",
    "measures",
    "reach",
    "reach_lines",
    "reach_notes",
    "size_in_words",
]

Record = dict[str, Any]

#: Smallest difference of two probabilities that is shown as one.
_SEEN = 0.0005

_MEASURES: tuple[tuple[str, str, Callable[[float | None], str]], ...] = (
    ("r2", "R²", decimal),
    ("mae_probability", "Error in probability", points),
    ("agreement", "Same decision", percent),
)

_REFITS = (
    "Refits: fitted again {} times, each time to half of the calls; the share of the copies that they decide as the surrogate "
    "does, on average."
)

#: What the size of each kind of surrogate counts, one and many.
PARTS = {"linear": ("term", "terms"), "tree": ("leaf", "leaves"), "rule_set": ("rule", "rules")}


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
    parts = f"{size} {PARTS[member['kind']][size != 1]}"
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


def size_in_words(member: Record) -> str:
    """How many terms, leaves or rules a surrogate has, after a dot; empty where nothing is known about its size."""
    reference = member["size_reference"]
    if reference is None:
        return ""
    return f" · {reference['size']} {PARTS[member['kind']][reference['size'] != 1]}"


def reach(member: Record) -> tuple[str, str, str, str]:
    """R2 it reaches, R2 possible at its size, R2 of the strongest model, share of decisions that refits agree on."""
    reference, stability = member["size_reference"] or {}, member["stability"] or {}
    reached = "not defined" if no_variance(member) else decimal(member["fidelity"]["r2"]["value"])
    if no_variance(member):
        reference = {}
    alike = percent(stability.get("decisions_alike"))
    return reached, decimal(reference.get("r2")), decimal(reference.get("proxy_r2")), alike


def reach_notes(members: list[Record]) -> list[str]:
    """What the numbers of :func:`reach` mean."""
    sources = dict.fromkeys(member["size_reference"]["source"] for member in members if member["size_reference"])
    refits = dict.fromkeys(member["stability"]["n_refits"] for member in members if member["stability"])
    notes = []
    if "every copy" in sources:
        notes.append(
            "Possible at its size: the best one of the same form and size that was found, on every possible copy."
        )
    strongest = " and ".join(source for source in sources if source != "every copy")
    if strongest:
        notes.append(
            "Possible at its size: about what the best one of the same form and size reaches, measured by the answers of the "
            "strongest model to thousands of copies that were not asked."
        )
        notes.append(
            f"Strongest model: a {strongest} fitted to the same answers, too large to be read; measured on the test copies. "
            "What it does not know either, more terms or rules could not tell."
        )
    notes += [_REFITS.format(n_refits) for n_refits in refits]
    return notes


def reach_lines(member: Record) -> list[tuple[str, str, str]]:
    """Name, number and remark of what its size allows and what refits agree on, in short."""
    reference, stability, found = member["size_reference"], member["stability"], []
    if reference is not None and member["fidelity"] is not None and not no_variance(member):
        parts = f"{reference['size']} {PARTS[member['kind']][reference['size'] != 1]}"
        remark = "the best that was found, on every copy"
        if reference["source"] != "every copy":
            remark = f"by the strongest model, a {reference['source']}, which reaches {decimal(reference['proxy_r2'])}"
        found.append((f"R² possible, {parts}", decimal(reference["r2"]), remark))
    if stability is not None:
        remark = f"{stability['n_refits']} refits to halves of the calls"
        found.append(("Refits decide alike", percent(stability["decisions_alike"]), remark))
    return found


def holds_up(member: Record) -> str:
    """What refits to halves of the calls agree on."""
    stability = member["stability"]
    if stability is None:
        return ""
    return (
        f"Refitted {stability['n_refits']} times, each time to half of the calls, it decided as it does here on "
        f"{percent(stability['decisions_alike'])} of the copies."
    )
