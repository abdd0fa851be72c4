"""The message of a report in a sentence or two; only what may be quoted is in it."""

from __future__ import annotations

from typing import Any

from surrogate.evidence.grades import WEAK
from surrogate.report.anchors import anchor_sentence, units_of
from surrogate.report.attributions import clear_values
from surrogate.report.grading import grade, quotable
from surrogate.report.groups import has_groups, spread
from surrogate.report.interplay import pairs, turns
from surrogate.report.marks import shown_models, unit_name
from surrogate.report.number_format import odds_effect, reaches_zero
from surrogate.report.words import term_name

__all__ = ["in_short"]

Record = dict[str, Any]

_NAMED = 3

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
        return " ".join(filter(None, [first, *held]))
    if any(not member["withheld"] for member in record["surrogates"]):
        return "Nothing in it may be quoted as a reason by itself; what was found is stated below."
    return "Nothing is shown. What was measured, and why it does not suffice, is stated below."


def _terms(record: Record, member: Record) -> str:
    model = member["model"]
    terms = _firmest(model["terms"])
    if model["effects"]:
        effects = _firmest(model["effects"])
        named = [(unit_name(record, effect["unit"]), effect["coefficient"]) for effect in effects]
        return f"{_raised(record, model, named)}{_turned(record, model, terms)}" if effects else ""
    singles = [term for term in terms if len(term["literals"]) == 1] or terms
    singles = [term for term in singles if spread(term)] or singles
    named = [
        (term_name(record, term, _LONG_GROUP if has_groups(term) else None), term["coefficient"]) for term in singles
    ]
    return f"{_raised(record, model, named)}{_turned(record, model, terms)}" if terms else ""


def _firmest(items: list[Record]) -> list[Record]:
    """What may be quoted; of it what keeps off zero, and of that what is stable, where there is any."""
    firm = [item for _, item in quotable(items)]
    firm = [item for item in firm if not reaches_zero(item)] or firm
    return [item for item in firm if grade(item) != WEAK] or firm


def _raised(record: Record, model: Record, named: list[tuple[str, float]]) -> str:
    pro, con = _list([name for name, value in named if value > 0]), _list([name for name, value in named if value < 0])
    told = [f"raised most by {pro}"] * bool(pro) + [f"lowered most by {con}"] * bool(con)
    what = "odds" if model["scale"] == "log_odds" else "probability"
    verb = "are" if what == "odds" else "is"
    target = record["decision"]["target"]
    return f"In altered copies of this text, the {what} of “{target}” {verb} {', and '.join(told)}." if told else ""


def _turned(record: Record, model: Record, terms: list[Record]) -> str:
    """Two units that push the other way together than alone, or nothing."""
    turning = [effects for _, _, effects in pairs(model, list(enumerate(terms, 1))) if turns(effects)]
    if not turning:
        return ""
    strongest = max(turning, key=lambda effects: abs(effects.beyond))
    names = _list([unit_name(record, unit) for unit in strongest.units])
    way = odds_effect(strongest.both, model["scale"]).split(" ", 1)
    verb = {"multiplies": "multiply", "divides": "divide", "raises": "raise", "lowers": "lower", "leaves": "leave"}
    return f" Together, {names} {verb[way[0]]} {way[1]}, the other way than one by one."


def _first_rule(record: Record, member: Record) -> str:
    rules = [rule for _, rule in quotable(member["rules"])]
    return _hangs(record, [literal["unit"] for rule in rules[:2] for literal in rule["literals"]])


def _questions(record: Record, member: Record) -> str:
    return _hangs(record, [node["unit"] for node in member["model"]["nodes"] if node["unit"] is not None])


def _hangs(record: Record, units: list[int]) -> str:
    names = list(dict.fromkeys(units))[:_NAMED]
    if not names:
        return ""
    stay = "stays" if len(names) == 1 else "stay"
    listed = _list([unit_name(record, unit) for unit in names])
    return f"In altered copies of this text, the answer hangs first of all on whether {listed} {stay} in it."


def _values(record: Record, member: Record) -> str:
    rows = clear_values(member["model"])
    return _raised(record, member["model"], [(unit_name(record, row["unit"]), row["coefficient"]) for row in rows])


def _list(names: list[str]) -> str:
    names = names[:_NAMED]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
