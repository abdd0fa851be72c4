"""How many calls were made and why: the rounds of the doubling, as a table and as lines of a chart."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import joined, recorded, say
from surrogate.report.number_format import decimal, percent
from surrogate.report.verdicts import surrogate_title

__all__ = ["curves", "reason", "rows", "shows_curve", "titles", "top_title", "why", "worth_a_table"]

Record = dict[str, Any]


def titles(record: Record) -> dict[str, str]:
    """Title of each surrogate whose fidelity was followed, by its name in the rounds."""
    known = {member["name"]: surrogate_title(member) for member in record["surrogates"]}
    names = dict.fromkeys(name for each in record["stopping"]["rounds"] for name in each["r2"])
    # A pipeline with a single surrogate has no name for it.
    only = next(iter(known.values())) if len(known) == 1 else None
    return {name: known.get(name) or only or name for name in names}


def rows(record: Record) -> list[tuple[str, list[str], str, str, str]]:
    """Calls, fidelity of each surrogate, same terms, same decisions and change of fidelity of each round."""
    names = list(titles(record))
    return [
        (
            f"{each['calls']:,}",
            [decimal(each["r2"].get(name)) for name in names],
            percent(each["same_terms"], 0),
            percent(each["same_decisions"], 0),
            decimal(each["r2_change"]),
        )
        for each in record["stopping"]["rounds"]
    ]


def top_title(record: Record) -> str:
    """What is compared first: terms, or what stands in their place."""
    kinds = {member["kind"] for member in record["surrogates"]}
    if "linear" in kinds or not kinds <= {"anchor", "shapley"}:
        return say("Same named first")
    return say("Same largest values") if "shapley" in kinds else say("Same conditions proposed")


def worth_a_table(record: Record) -> bool:
    """Whether there is more than one round to compare."""
    return len(record["stopping"]["rounds"]) > 1


def shows_curve(record: Record) -> bool:
    """Whether there is a line to draw: two rounds or more with a fidelity."""
    return any(len(points) > 1 for points in curves(record).values())


def curves(record: Record) -> dict[str, list[tuple[int, float]]]:
    """By title: calls and fidelity of each round in which it could be measured."""
    rounds = record["stopping"]["rounds"]
    return {
        title: [(each["calls"], each["r2"][name]) for each in rounds if each["r2"].get(name) is not None]
        for name, title in titles(record).items()
    }


def why(record: Record) -> str:
    """How many calls were made, why, and what more of them would buy."""
    total = say("The model was asked about {n} texts in all.", n=f"{record['calls']['total']:,}")
    return joined(total, reason(record))


def reason(record: Record) -> str:
    """Why so many calls were made, and what more of them would buy."""
    stopping = record["stopping"]
    return joined(recorded(stopping["sentence"]), recorded(stopping["more"]), _noise(stopping["noise_ceiling"]))


def _noise(ceiling: float | None) -> str:
    """How far the model's own variation lets anything go; empty for a model that was not asked twice."""
    if ceiling is None:
        return ""
    return say(
        "Asked again, the model does not always answer alike: even a perfect explanation could reach no more than R² {r2}.",
        r2=decimal(ceiling),
    )
