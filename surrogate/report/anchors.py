"""An anchor for a reader: what is enough to hold the decision, how sure that is, and what was tried."""

from __future__ import annotations

from typing import Any

from surrogate.report.marks import unit_name
from surrogate.report.number_format import percent
from surrogate.units.nouns import unit_noun

__all__ = ["anchor_facts", "anchor_sentence", "anchor_title", "how_to_read", "tried", "units_of"]

Record = dict[str, Any]


def units_of(model: Record) -> list[int] | None:
    """The units of a confirmed anchor; none: nothing is needed; None: no anchor was confirmed."""
    if model["chosen"] is None:
        return None
    return [literal["unit"] for literal in model["candidates"][model["chosen"]]["literals"]]


def decided(record: Record, model: Record) -> str:
    """The decision that an anchor holds."""
    decision = record["decision"]
    return str(decision["target"] if model["decision"] else decision["opposite"])


def anchor_title(record: Record, model: Record) -> str:
    """One line for the section."""
    if units_of(model) is None:
        return "No anchor was confirmed"
    names = unit_noun(record["document"]["unit_kind"])
    return f"Anchor: {names} that hold the decision" if units_of(model) else "Anchor: nothing is needed to hold it"


def anchor_sentence(record: Record, model: Record) -> str:
    """What a confirmed anchor says; why there is none otherwise."""
    units = units_of(model)
    if units is None:
        return str(model["reason"])
    share = f"on at least {percent(model['threshold'], 0)} of the altered copies"
    precision = model["precision"]
    if precision is not None and (model["exact"] or precision["low"] == precision["high"]):
        share = f"on {percent(precision['value'])} of all such copies"
    if not units:
        return f"Whatever is removed, the model says “{decided(record, model)}” {share}."
    names = [unit_name(record, unit) for unit in units]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    stay = "stays" if len(units) == 1 else "stay"
    return f"As long as {listed} {stay} in the text, the model says “{decided(record, model)}” {share}."


def anchor_facts(model: Record) -> list[tuple[str, str]]:
    """Name and number of each fact about a confirmed anchor."""
    estimate, chosen = model["precision"], model["chosen"]
    if estimate is None or chosen is None:
        return []
    found = model["candidates"][chosen]
    facts = [("precision", _precision(model, estimate))]
    if estimate["baseline"] is not None:
        facts.append(("baseline, all copies", percent(estimate["baseline"])))
    facts.append(("coverage", percent(found["coverage"])))
    facts.append(("held", f"{found['n_held']:,} of {found['n_draws']:,} copies"))
    if model["n_unusable"]:
        facts.append(("unusable answers, counted as not held", f"{model['n_unusable']:,}"))
    return facts


def how_to_read(record: Record, model: Record) -> str:
    """What the numbers of a confirmed anchor mean, and what it does not say."""
    units = units_of(model)
    if not units:
        meant = "Precision: share of the altered copies on which the model keeps its decision"
        return f"{meant}. It is about the decision alone; the probability may well change."
    one, many = (unit_noun(record["document"]["unit_kind"], number) for number in (1, 2))
    which, them = (f"one of these {many}", "them") if len(units) > 1 else (f"this {one}", "it")
    return (
        f"An anchor says what is enough to hold the decision, not what is needed: it says nothing about copies in which {which} "
        f"is removed, and it predicts no probability. Precision: share of the altered copies that keep {them} on which the "
        "model keeps its decision. Baseline: the same share among all altered copies. Coverage: share of all altered copies "
        f"that keep {them}."
    )


def _precision(model: Record, estimate: Record) -> str:
    """The interval of an anchor leaves out as much above as below, so its lower end is surer than its level says."""
    if model["exact"]:
        return f"{percent(estimate['value'])} (exact)"
    if estimate["low"] == estimate["high"]:
        return f"{percent(estimate['value'])} (of all such copies, as they were answered)"
    sure = percent((1 + estimate["level"]) / 2, 0)
    return f"{percent(estimate['value'])} (with {sure} confidence at least {percent(estimate['low'])})"


def tried(model: Record) -> list[tuple[bool, Record]]:
    """The conditions that were looked at, each with whether it was chosen."""
    return [(place == model["chosen"], candidate) for place, candidate in enumerate(model["candidates"])]
