"""Terms, rules and the facts of a record in words that every rendering shares."""

from __future__ import annotations

from typing import Any

from surrogate.report.attributions import source
from surrogate.report.grading import MARKS, frequency, grade, quotable
from surrogate.report.groups import has_groups, share_name
from surrogate.report.interplay import is_together, together
from surrogate.report.marks import unit_name
from surrogate.report.number_format import decimal, effect, interval, odds_effect, percent, probability_of, signed
from surrogate.report.verdicts import surrogate_title
from surrogate.units.nouns import describe_units, unit_noun

__all__ = [
    "calls_by_role",
    "condition",
    "graded",
    "how_altered",
    "how_split",
    "keyword",
    "noun",
    "policy_in_words",
    "precision",
    "probability_name",
    "range_of",
    "taught",
    "term_effect",
    "term_name",
    "terms_caption",
    "together_sentence",
]

Record = dict[str, Any]

_THRESHOLDS = {
    "min_r2": "lower end of R² at least",
    "max_unusable": "share of unusable answers at most",
    "min_test": "test copies at least",
    "stable_share": "stable: share of refits at least",
    "weak_share": "weak: share of refits at least",
    "max_value_error": "half width of a Shapley value's interval, as a share of the largest value, at most",
}

_ROLES = {
    "original": "the text itself",
    "fit": "copies the surrogates were fitted to",
    "select": "copies used to choose: how many calls are enough, which surrogate is best",
    "test": "copies kept back; the fidelity in this report was measured on them, once",
    "all": "every possible copy; used for fitting and for measuring",
    "confirm": "further copies, drawn inside rules that too few test copies reach, or to confirm an anchor",
    "refine": "copies of coarser units, by which the units were chosen",
    "noise": "texts asked again, to see how much the model's answers vary by themselves",
    "total": "texts the model was asked about",
}


def noun(record: Record, n_units: int = 2) -> str:
    """What the units of the text are called, such as words or sentences."""
    return unit_noun(record["document"]["unit_kind"], n_units)


def how_split(record: Record) -> str:
    """What the units are, and what found them."""
    document = record["document"]
    found = "" if document["segmenter"] is None else f", found by {document['segmenter']}"
    return f"{describe_units(document['unit_kind'])}, {len(document['units']):,} of them{found}"


def how_altered(record: Record) -> str:
    """What was done to the units that are not kept."""
    document, perturbation = record["document"], record["production"]["perturbation"]
    deleted = "emptied" if document["unit_kind"].split("+")[0] == "json" else "deleted"
    sampler = record["production"].get("sampler") or {"name": ""}
    filled = f"replaced by words that the language model {sampler['name']} filled in"
    done = {"delete": deleted, "mask": "replaced by the model's mask token", "infill": filled}
    if perturbation == "mixture":
        names = f", some by words that the language model {sampler['name']} filled in" if sampler["name"] else ""
        return f"{noun(record)} removed in several ways, which the recipe names{names}"
    return f"{noun(record)} {done.get(perturbation, perturbation)}"


def probability_name(decision: Record) -> str:
    """What "probability" means where one number is shown per copy."""
    if decision["contrast"] is None:
        return f"probability of “{decision['target']}”"
    return f"probability of “{decision['target']}” between it and “{decision['contrast']}” alone"


def term_name(record: Record, term: Record, n_characters: int | None = None) -> str:
    """The units of a term and whether they are kept or removed; a single unit that is kept needs no more than its name.

    With a number of characters, long units are cut, each by itself, so that a name of several still names them all.
    """
    if has_groups(term):
        return ", with ".join(share_name(record, one, n_characters) for one in term["literals"])
    name = _term_name(record, term, " together with ")
    if n_characters is None or len(name) <= n_characters:
        return name
    n_units = len(term["literals"])
    states = 0 if is_together(term) else 8 * (n_units > 1)
    return _term_name(record, term, " with ", max((n_characters - 6 * (n_units - 1)) // n_units - states - 2, 5))


def _term_name(record: Record, term: Record, between: str, *longest: int) -> str:
    literals = term["literals"]
    names = [unit_name(record, literal["unit"], *longest) for literal in literals]
    if is_together(term) or (len(literals) == 1 and literals[0]["kept"]):
        return between.join(names)
    states = ["kept" if literal["kept"] else "removed" for literal in literals]
    return " and ".join(f"{name} {state}" for name, state in zip(names, states, strict=True))


def term_effect(model: Record, term: Record) -> str:
    """The effect of a term in words; of units together also what they do in all, their effects alone included."""
    told = odds_effect(term["coefficient"], model["scale"])
    if has_groups(term) or not is_together(term):
        return told
    units = {literal["unit"] for literal in term["literals"]}
    single = [other for other in model["terms"] if not has_groups(other)]
    parts = [other for other in single if {literal["unit"] for literal in other["literals"]} <= units]
    held = [other for other in parts if all(literal["kept"] for literal in other["literals"])]
    total = sum(other["coefficient"] for other in held)
    return f"beyond each alone, {told}; in all, {odds_effect(total, model['scale'])}"


def together_sentence(record: Record, model: Record, term: Record) -> str:
    """What two units do alone and together, against a copy with neither; empty for a term of one unit or of many."""
    effects = together(model, term)
    if effects is None:
        return ""
    scale = model["scale"]
    alone = [
        f"{unit_name(record, unit)} alone {effect(value, scale)}"
        for unit, value in zip(effects.units, effects.alone, strict=True)
    ]
    return (
        f"{', '.join(alone)}; both {effect(effects.both, scale)}, where the two alone would come to "
        f"{effect(effects.added, scale)} (beyond that: {effect(effects.beyond, scale)})"
    )


def terms_caption(member: Record) -> str:
    """How many terms there are, and where the sum starts."""
    model = member["model"]
    n_all, n_quotable = len(model["terms"]), len(quotable(model["terms"]))
    terms = f"{n_all} {'term' if n_all == 1 else 'terms'}"
    if n_quotable < n_all:
        terms = f"{n_quotable} of {terms}, those that may be quoted"
    start = percent(probability_of(model["intercept"], model["scale"]))
    odds = f" (log-odds {decimal(model['intercept'])})" if model["scale"] == "log_odds" else ""
    return f"{surrogate_title(member)}: {terms}, largest first. Start, when no term holds: {start}{odds}"


def graded(item: Record, member: Record) -> str:
    """The grade of a term or rule with its sign and how often it was found again; a dash where there is none."""
    name = grade(item)
    if name is None:
        return "–"
    found = frequency(item, member)
    return f"{MARKS[name]} {name}{f' ({found})' if found else ''}"


def range_of(item: Record) -> str:
    """The interval of a term or value."""
    if item["low"] is None:
        return "not measured"
    return "exact" if item["low"] == item["high"] else f"{signed(item['low'])} to {signed(item['high'])}"


def taught(record: Record, member: Record) -> str:
    """How a surrogate was fitted, in a sentence."""
    if member["kind"] == "shapley":
        return "" if member["model"] is None else source(member["model"])
    apart = "" if record["production"]["exhaustive"] else ", test copies aside"
    if member["taught_by"] == "calls":
        return f"Fitted to the model's answers{apart}."
    article = "an" if member["taught_by"][0].lower() in "aeiou" else "a"
    return (
        f"Fitted to {article} {member['taught_by']} that stands in for the model and was itself fitted to its "
        f"answers{apart}; measured on the model's own answers to other copies."
    )


def condition(record: Record, literals: list[Record]) -> str:
    """The condition of a rule."""
    return " AND ".join(
        f"{unit_name(record, literal['unit'])} is {'kept' if literal['kept'] else 'removed'}" for literal in literals
    )


def keyword(rule: Record) -> str:
    """How a rule begins: the first of a list with IF, those after it with ELSE IF, the last with OTHERWISE.

    Examples
    --------
    >>> keyword({"order": None, "literals": [1]}), keyword({"order": 2, "literals": [1]}), keyword({"order": 3, "literals": []})
    ('IF', 'ELSE IF', 'OTHERWISE')
    """
    if not rule["literals"]:
        return "OTHERWISE"
    return "IF" if rule["order"] in (None, 1) else "ELSE IF"


def precision(rule: Record, exact: bool) -> str:
    """The precision of a rule, with its interval or why there is none."""
    estimate = rule["precision"]
    if estimate is None:
        copies = "copy" if rule["support"] == 1 else "copies"
        return f"not reportable: only {rule['support']} test {copies}"
    value = percent(estimate["value"])
    if exact or estimate["low"] == estimate["high"]:
        return f"{value} (exact)"
    return f"{value} ({interval(estimate, percent)})"


def policy_in_words(policy: dict[str, float]) -> str:
    """The acceptance thresholds."""
    return ", ".join(f"{_THRESHOLDS.get(name, name)} {limit:g}" for name, limit in policy.items())


def calls_by_role(record: Record) -> list[tuple[str, str, int]]:
    """Role, what its calls were used for, and their number, the total last."""
    return [(role, meaning, record["calls"][role]) for role, meaning in _ROLES.items() if role in record["calls"]]
