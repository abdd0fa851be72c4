"""The message of a report in a sentence or two; only what may be quoted is in it."""

from __future__ import annotations

from typing import Any

from surrogate.evidence.grades import WEAK
from surrogate.report.anchors import anchor_sentence, units_of
from surrogate.report.attributions import clear_values
from surrogate.report.grading import grade, quotable
from surrogate.report.groups import has_groups, spread
from surrogate.report.interplay import pairs, turns
from surrogate.report.language import joined, listed, message, plural, say
from surrogate.report.marks import shown_models, unit_name
from surrogate.report.number_format import odds_factor, reaches_zero
from surrogate.report.words import term_name

__all__ = ["in_short"]

Record = dict[str, Any]

_NAMED = 3

#: What raises and lowers the answer, by whether anything does.
_ODDS = {
    (True, True): message(
        "In altered copies of this text, the odds of “{target}” are raised most by {pro}, and lowered most by {con}."
    ),
    (True, False): message("In altered copies of this text, the odds of “{target}” are raised most by {pro}."),
    (False, True): message("In altered copies of this text, the odds of “{target}” are lowered most by {con}."),
    (False, False): "",
}
_PROBABILITY = {
    (True, True): message(
        "In altered copies of this text, the probability of “{target}” is raised most by {pro}, and lowered most by {con}."
    ),
    (True, False): message("In altered copies of this text, the probability of “{target}” is raised most by {pro}."),
    (False, True): message("In altered copies of this text, the probability of “{target}” is lowered most by {con}."),
    (False, False): "",
}

#: Longest name of a group of words; the table names them all.
_LONG_GROUP = 60


def in_short(record: Record) -> str:
    """What a reader in a hurry should take away."""
    tellers = {
        "linear": _terms,
        "rule_set": _first_rule,
        "tree": _questions,
        "shapley": _values,
    }
    told = [tell(record, member) for kind, tell in tellers.items() for member in shown_models(record, kind)[:1]]
    first = next(filter(None, told), "")
    held = [anchor_sentence(record, member["model"]) for member in shown_models(record, "anchor")[:1]
            if units_of(member["model"]) is not None]  # fmt: skip
    if first or held:
        return joined(first, *held)
    if any(not member["withheld"] for member in record["surrogates"]):
        return say("Nothing in it may be quoted as a reason by itself; what was found is stated below.")
    return say("Nothing is shown. What was measured, and why it does not suffice, is stated below.")


def _terms(record: Record, member: Record) -> str:
    model = member["model"]
    terms = _firmest(model["terms"])
    if model["effects"]:
        effects = _firmest(model["effects"])
        named = [(unit_name(record, effect["unit"]), effect["coefficient"]) for effect in effects]
        return joined(_raised(record, model, named), _turned(record, model, terms)) if effects else ""
    singles = [term for term in terms if len(term["literals"]) == 1] or terms
    singles = [term for term in singles if spread(term)] or singles
    named = [
        (term_name(record, term, _LONG_GROUP if has_groups(term) else None), term["coefficient"]) for term in singles
    ]
    return joined(_raised(record, model, named), _turned(record, model, terms)) if terms else ""


def _firmest(items: list[Record]) -> list[Record]:
    """What may be quoted; of it what keeps off zero, and of that what is stable, where there is any."""
    firm = [item for _, item in quotable(items)]
    firm = [item for item in firm if not reaches_zero(item)] or firm
    return [item for item in firm if grade(item) != WEAK] or firm


def _raised(record: Record, model: Record, named: list[tuple[str, float]]) -> str:
    pro = listed([name for name, value in named if value > 0][:_NAMED])
    con = listed([name for name, value in named if value < 0][:_NAMED])
    messages = _ODDS if model["scale"] == "log_odds" else _PROBABILITY
    return say(messages[bool(pro), bool(con)], target=record["decision"]["target"], pro=pro, con=con)


def _turned(record: Record, model: Record, terms: list[Record]) -> str:
    """Two units that push the other way together than alone, or nothing."""
    turning = [effects for _, _, effects in pairs(model, list(enumerate(terms, 1))) if turns(effects)]
    if not turning:
        return ""
    strongest = max(turning, key=lambda effects: abs(effects.beyond))
    return _together(listed([unit_name(record, unit) for unit in strongest.units]), strongest.both, model["scale"])


def _together(names: str, effect: float, scale: str) -> str:
    """What units do together, against what each does alone."""
    if scale == "probability":
        number = f"{100 * abs(effect):.1f}"
        if effect > 0:
            return say(
                "Together, {names} raise the probability by {number} points, the other way than one by one.",
                names=names,
                number=number,
            )
        return say(
            "Together, {names} lower the probability by {number} points, the other way than one by one.",
            names=names,
            number=number,
        )
    factor = odds_factor(effect)
    if factor is None:
        return say("Together, {names} leave the odds as they are, the other way than one by one.", names=names)
    if effect > 0:
        return say(
            "Together, {names} multiply the odds by {factor}, the other way than one by one.",
            names=names,
            factor=factor,
        )
    return say(
        "Together, {names} divide the odds by {factor}, the other way than one by one.", names=names, factor=factor
    )


def _first_rule(record: Record, member: Record) -> str:
    rules = [rule for _, rule in quotable(member["rules"])]
    return _hangs(record, [literal["unit"] for rule in rules[:2] for literal in rule["literals"]])


def _questions(record: Record, member: Record) -> str:
    return _hangs(record, [node["unit"] for node in member["model"]["nodes"] if node["unit"] is not None])


def _hangs(record: Record, units: list[int]) -> str:
    names = list(dict.fromkeys(units))[:_NAMED]
    if not names:
        return ""
    return plural(
        "In altered copies of this text, the answer hangs first of all on whether {units} stays in it.",
        "In altered copies of this text, the answer hangs first of all on whether {units} stay in it.",
        len(names),
        units=listed([unit_name(record, unit) for unit in names]),
    )


def _values(record: Record, member: Record) -> str:
    rows = clear_values(member["model"])
    return _raised(record, member["model"], [(unit_name(record, row["unit"]), row["coefficient"]) for row in rows])
