"""How far a surrogate can be trusted, in words: its fidelity, what its size allows, and whether it holds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surrogate.report.language import message, plural, recorded, say
from surrogate.report.number_format import decimal, interval, percent, points
from surrogate.report.verdicts import no_variance

__all__ = [
    "clear_misses",
    "could_reach",
    "counted_parts",
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
    ("r2", message("R²"), decimal),
    ("mae_probability", message("Error in probability"), points),
    ("agreement", message("Same decision"), percent),
)

#: What the size of each kind of surrogate counts, one and many.
_PARTS = {
    "linear": (message("{n} term"), message("{n} terms")),
    "tree": (message("{n} leaf"), message("{n} leaves")),
    "rule_set": (message("{n} rule"), message("{n} rules")),
}


def counted_parts(kind: str, number: int) -> str:
    """How many terms, leaves or rules a surrogate has.

    Examples
    --------
    >>> counted_parts("tree", 1), counted_parts("linear", 12)
    ('1 leaf', '12 terms')
    """
    return plural(*_PARTS.get(kind, _PARTS["linear"]), number)


def measures(member: Record) -> list[tuple[str, str, str, str]]:
    """Name, value, interval and baseline of each measure of fidelity; empty where nothing could be measured."""
    fidelity = member["fidelity"]
    if fidelity is None:
        return []
    rows = []
    for key, name, form in _MEASURES:
        estimate = fidelity[key]
        if key == "r2" and no_variance(member):
            rows.append((say(name), say("not defined"), say("the answer never varies"), "–"))
            continue
        ends = say("exact") if fidelity["exact"] else interval(estimate, form)
        rows.append((say(name), form(estimate["value"]), ends, form(estimate["baseline"])))
    return rows


def clear_misses(member: Record) -> list[Record]:
    """The copies on which a surrogate is wrong by an amount that a reader would see."""
    return [miss for miss in member["misses"] if abs(miss["model"] - miss["surrogate"]) >= _SEEN]


def could_reach(member: Record) -> str:
    """How good a surrogate of its size could be, beside how good this one is and the strongest model that was fitted."""
    reference, fidelity = member["size_reference"], member["fidelity"]
    if reference is None or fidelity is None or no_variance(member):
        return ""
    told = {
        "parts": counted_parts(member["kind"], reference["size"]),
        "reached": decimal(fidelity["r2"]["value"]),
        "best": decimal(reference["r2"]),
    }
    if reference["source"] == "every copy":
        return say(
            "It has {parts} and reaches R² {reached}; the best of that size that was found reaches {best}.", **told
        )
    told["proxy"] = recorded(reference["source"])
    if reference["proxy_r2"] is None:
        return say(
            "It has {parts} and reaches R² {reached}. One of that size could reach about {best}, measured by the answers of "
            "the strongest model that was fitted ({proxy}) to thousands of copies.",
            **told,
        )
    return say(
        "It has {parts} and reaches R² {reached}. One of that size could reach about {best}, measured by the answers of the "
        "strongest model that was fitted ({proxy}) to thousands of copies; that model itself, too large to be read, reaches "
        "{strongest}.",
        strongest=decimal(reference["proxy_r2"]),
        **told,
    )


def size_in_words(member: Record) -> str:
    """How many terms, leaves or rules a surrogate has, after a dot; empty where nothing is known about its size."""
    reference = member["size_reference"]
    if reference is None:
        return ""
    return f" · {counted_parts(member['kind'], reference['size'])}"


def reach(member: Record) -> tuple[str, str, str, str]:
    """R2 it reaches, R2 possible at its size, R2 of the strongest model, share of decisions that refits agree on."""
    reference, stability = member["size_reference"] or {}, member["stability"] or {}
    reached = say("not defined") if no_variance(member) else decimal(member["fidelity"]["r2"]["value"])
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
            say("Possible at its size: the best one of the same form and size that was found, on every possible copy.")
        )
    strongest = [recorded(source) for source in sources if source != "every copy"]
    if strongest:
        notes += _strongest(strongest)
    return notes + [_refits(n_refits) for n_refits in refits]


def _strongest(names: list[str]) -> list[str]:
    """What the strongest model tells of a surrogate."""
    possible = say(
        "Possible at its size: about what the best one of the same form and size reaches, measured by the answers of the "
        "strongest model to thousands of copies that were not asked."
    )
    model = say(
        "Strongest model: a {proxy} fitted to the same answers, too large to be read; measured on the test copies. What it does "
        "not know either, more terms or rules could not tell.",
        proxy=say(" and ").join(names),
    )
    return [possible, model]


def _refits(number: int) -> str:
    return say(
        "Refits: fitted again {n} times, each time to half of the calls; the share of the copies that they decide as the "
        "surrogate does, on average.",
        n=number,
    )


def reach_lines(member: Record) -> list[tuple[str, str, str]]:
    """Name, number and remark of what its size allows and what refits agree on, in short."""
    reference, stability, found = member["size_reference"], member["stability"], []
    if reference is not None and member["fidelity"] is not None and not no_variance(member):
        remark = say("the best that was found, on every copy")
        if reference["source"] != "every copy":
            remark = say(
                "by the strongest model, a {proxy}, which reaches {r2}",
                proxy=recorded(reference["source"]),
                r2=decimal(reference["proxy_r2"]),
            )
        possible = say("R² possible, {parts}", parts=counted_parts(member["kind"], reference["size"]))
        found.append((possible, decimal(reference["r2"]), remark))
    if stability is not None:
        remark = say("{n} refits to halves of the calls", n=stability["n_refits"])
        found.append((say("Refits decide alike"), percent(stability["decisions_alike"]), remark))
    return found


def holds_up(member: Record) -> str:
    """What refits to halves of the calls agree on."""
    stability = member["stability"]
    if stability is None:
        return ""
    return say(
        "Refitted {n} times, each time to half of the calls, it decided as it does here on {share} of the copies.",
        n=stability["n_refits"],
        share=percent(stability["decisions_alike"]),
    )
