"""An anchor for a reader: what is enough to hold the decision, how sure that is, and what was tried."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import listed, plural, recorded, say
from surrogate.report.marks import unit_name
from surrogate.report.nouns import label_name, unit_noun
from surrogate.report.number_format import percent

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
    return label_name(decision, str(decision["target"] if model["decision"] else decision["opposite"]))


def anchor_title(record: Record, model: Record) -> str:
    """One line for the section."""
    if units_of(model) is None:
        return say("No anchor was confirmed")
    if not units_of(model):
        return say("Anchor: nothing is needed to hold it")
    return say("Anchor: {units} that hold the decision", units=unit_noun(record["document"]["unit_kind"]))


def anchor_sentence(record: Record, model: Record) -> str:
    """What a confirmed anchor says; why there is none otherwise."""
    units = units_of(model)
    if units is None:
        return recorded(str(model["reason"]))
    share = say("on at least {share} of the altered copies", share=percent(model["threshold"], 0))
    precision = model["precision"]
    if precision is not None and (model["exact"] or precision["low"] == precision["high"]):
        share = say("on {share} of all such copies", share=percent(precision["value"]))
    said = {"label": decided(record, model), "where": share}
    if not units:
        return say("Whatever is removed, the model says “{label}” {where}.", **said)
    return plural(
        "As long as {units} stays in the text, the model says “{label}” {where}.",
        "As long as {units} stay in the text, the model says “{label}” {where}.",
        len(units),
        units=listed([unit_name(record, unit) for unit in units]),
        **said,
    )


def anchor_facts(model: Record) -> list[tuple[str, str]]:
    """Name and number of each fact about a confirmed anchor."""
    estimate, chosen = model["precision"], model["chosen"]
    if estimate is None or chosen is None:
        return []
    found = model["candidates"][chosen]
    facts = [(say("precision"), _precision(model, estimate))]
    if estimate["baseline"] is not None:
        facts.append((say("baseline, all copies"), percent(estimate["baseline"])))
    facts.append((say("coverage"), percent(found["coverage"])))
    held = say("{n_held} of {n_draws} copies", n_held=f"{found['n_held']:,}", n_draws=f"{found['n_draws']:,}")
    facts.append((say("held"), held))
    if model["n_unusable"]:
        facts.append((say("unusable answers, counted as not held"), f"{model['n_unusable']:,}"))
    return facts


def how_to_read(record: Record, model: Record) -> str:
    """What the numbers of a confirmed anchor mean, and what it does not say."""
    units = units_of(model)
    if not units:
        return say(
            "Precision: share of the altered copies on which the model keeps its decision. It is about the decision alone; the "
            "probability may well change."
        )
    return plural(
        "An anchor says what is enough to hold the decision, not what is needed: it says nothing about copies in which this "
        "{unit} is removed, and it predicts no probability. Precision: share of the altered copies that keep it on which the "
        "model keeps its decision. Baseline: the same share among all altered copies. Coverage: share of all altered copies "
        "that keep it.",
        "An anchor says what is enough to hold the decision, not what is needed: it says nothing about copies in which one of "
        "these {unit} is removed, and it predicts no probability. Precision: share of the altered copies that keep them on "
        "which the model keeps its decision. Baseline: the same share among all altered copies. Coverage: share of all altered "
        "copies that keep them.",
        len(units),
        unit=unit_noun(record["document"]["unit_kind"], len(units)),
    )


def _precision(model: Record, estimate: Record) -> str:
    """The interval of an anchor leaves out as much above as below, so its lower end is surer than its level says."""
    if model["exact"]:
        return say("{value} (exact)", value=percent(estimate["value"]))
    if estimate["low"] == estimate["high"]:
        return say("{value} (of all such copies, as they were answered)", value=percent(estimate["value"]))
    return say(
        "{value} (with {sure} confidence at least {low})",
        value=percent(estimate["value"]),
        sure=percent((1 + estimate["level"]) / 2, 0),
        low=percent(estimate["low"]),
    )


def tried(model: Record) -> list[tuple[bool, Record]]:
    """The conditions that were looked at, each with whether it was chosen."""
    return [(place == model["chosen"], candidate) for place, candidate in enumerate(model["candidates"])]
