"""Other methods beside the surrogates of a report, measured on the same copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surrogate.report.language import clauses, message, recorded, say
from surrogate.report.number_format import decimal, interval, percent, points
from surrogate.report.trust import counted_parts
from surrogate.report.verdicts import surrogate_title

__all__ = ["COLUMNS", "flattered", "lines", "method_facts", "method_name", "numbers"]

Record = dict[str, Any]

_FORMS: dict[str, tuple[str, Callable[[float | None], str]]] = {
    "r2": (message("R²"), decimal),
    "r2_probability": (message("R² of the probability"), decimal),
    "mae_probability": (message("Error in probability"), points),
    "agreement": (message("Same decision"), percent),
}

#: Names of the numbers of a line, as messages.
COLUMNS = tuple(name for name, _ in _FORMS.values())


def lines(record: Record) -> list[Record]:
    """The methods that were compared; none unless that was asked for."""
    return list(record.get("side_by_side") or [])


def method_name(record: Record, row: Record) -> str:
    """Name of a method for a reader; of a surrogate of this report its title."""
    if row["version"] is None:
        titles = {member["name"]: surrogate_title(member) for member in record["surrogates"]}
        return str(titles.get(row["name"], row["name"]))
    return str(row["name"]) if row["form"] == "as given" else clauses(row["name"], recorded(row["form"]))


def method_facts(record: Record, row: Record) -> str:
    """Version, size, explained quantity and settings of a method, in short."""
    kinds = {member["name"]: member["kind"] for member in record["surrogates"]} if row["version"] is None else {}
    size = counted_parts(kinds.get(row["name"], "linear"), row["n_terms"])
    origin = say("this report") if row["version"] is None else say("version {version}", version=row["version"])
    explained = say("explains the log-odds") if row["scale"] == "log_odds" else say("explains the probability")
    settings = [f"{name} {value}" for name, value in row["settings"].items()]
    return say("; ").join([origin, size, explained, *settings])


def numbers(row: Record) -> list[tuple[str, str, str]]:
    """Column, number and interval of each measure of a line."""
    return [(say(name), form(row[key]["value"]), _ends(row[key], form)) for key, (name, form) in _FORMS.items()]


def _ends(estimate: Record, form: Callable[[float | None], str]) -> str:
    return say("exact") if estimate["low"] == estimate["high"] else interval(estimate, form)


def flattered(record: Record) -> str:
    """Which methods had asked about test copies themselves; empty where none had, or where all copies were asked."""
    if record["production"]["exhaustive"]:
        return ""
    names = [
        say("{method} about {n}", method=method_name(record, row), n=f"{row['n_test_asked']:,}")
        for row in lines(record)
        if row["n_test_asked"]
    ]
    if not names:
        return ""
    return say(
        "Some had asked about test copies themselves, which flatters them: {methods}.", methods=say(", ").join(names)
    )
