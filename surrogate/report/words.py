"""What a record says, in sentences that every rendering shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surrogate.report.marks import shown_models, unit_name
from surrogate.report.number_format import decimal, interval, odds_effect, percent, points, reaches_zero

__all__ = [
    "calls_by_role",
    "clear_misses",
    "condition",
    "headline",
    "in_short",
    "measures",
    "policy_in_words",
    "precision",
    "probability_name",
    "settle",
    "surrogate_title",
    "term_name",
    "verdict_sentence",
]

Record = dict[str, Any]

_TITLES = {"linear": "Sparse linear model", "tree": "Rule tree"}
_SHOWS = {"linear": "its terms are shown", "tree": "its rules are shown"}
_WORDS_NAMED = 3

#: Variance below which the model's answer counts as constant, as in the gate.
_NO_VARIANCE = 1e-12

#: Smallest difference of two probabilities that is shown as one.
_SEEN = 0.0005

_THRESHOLDS = {
    "min_r2": "lower end of R² at least",
    "max_unusable": "share of unusable answers at most",
    "min_test": "test copies at least",
}

_ROLES = {
    "original": "the text itself",
    "fit": "copies the surrogates were fitted to",
    "select": "copies used to choose between surrogates",
    "test": "copies kept back; the fidelity in this report was measured on them, once",
    "all": "every possible copy; used for fitting and for measuring",
    "total": "distinct texts the model was asked about",
}

_MEASURES: tuple[tuple[str, str, Callable[[float | None], str]], ...] = (
    ("r2", "R²", decimal),
    ("mae_probability", "Error in probability", points),
    ("agreement", "Same decision", percent),
)


def surrogate_title(member: Record) -> str:
    """Name of a surrogate for a reader."""
    title = _TITLES[member["kind"]]
    return title if member["name"] == member["kind"] else f"{title} “{member['name']}”"


def headline(record: Record) -> str:
    """The verdict as one line."""
    members = record["surrogates"]
    shown = sum(not member["withheld"] for member in members)
    if record["verdict"]["status"] != "explained" and all(_no_variance(member) for member in members):
        return "Withheld: the model does not react to this text"
    if record["verdict"]["status"] != "explained":
        return "Withheld: the evidence does not carry an explanation"
    if len(members) == 1:
        return "Explained: the surrogate follows the model closely enough to be shown"
    if shown == len(members):
        return f"Explained: {'both' if shown == 2 else f'all {shown}'} surrogates follow the model closely enough to be shown"
    return f"Explained in part: {shown} of {len(members)} surrogates {'is' if shown == 1 else 'are'} shown"


def _no_variance(member: Record) -> bool:
    return member["fidelity"] is not None and member["fidelity"]["variance"] < _NO_VARIANCE


def verdict_sentence(member: Record) -> str:
    """What the gate says of one surrogate."""
    status, reason = member["verdict"]["status"], member["verdict"]["reason"]
    if not member["withheld"]:
        return f"Passed, {_SHOWS[member['kind']]}. {reason}{_caution(member)}"
    if member["verdict"]["calls_needed"] is not None:  # Said apart, by settle().
        reason = reason.removesuffix(f" About {member['verdict']['calls_needed']:,} calls would settle it.")
    return f"{'Failed' if status == 'fail' else 'Insufficient evidence'}. {reason}"


def _caution(member: Record) -> str:
    """What a reader must know of a surrogate that passed although it hardly tells the decision itself."""
    agreement = member["fidelity"]["agreement"]
    if agreement["baseline"] is None or agreement["low"] > agreement["baseline"] or agreement["baseline"] == 1.0:
        return ""
    return (
        f" Caution: it decides like the model on {percent(agreement['value'])} of the copies, not clearly more often than "
        f"always giving the more frequent decision ({percent(agreement['baseline'])}): read it for the direction, not for "
        "the decision."
    )


def clear_misses(member: Record) -> list[Record]:
    """The copies on which a surrogate is wrong by an amount that a reader would see."""
    return [miss for miss in member["misses"] if abs(miss["model"] - miss["surrogate"]) >= _SEEN]


def settle(member: Record, record: Record) -> str:
    """What would settle the question of a surrogate that is withheld; empty for one that is shown."""
    verdict = member["verdict"]
    if not member["withheld"]:
        return ""
    if verdict["calls_needed"] is not None:
        return f"About {verdict['calls_needed']:,} calls in all; this report used {record['calls']['total']:,}."
    if _no_variance(member):
        return "Nothing needs settling: on these copies the answer does not depend on the words."
    if record["production"]["exhaustive"]:
        return "Not more calls: every possible copy was asked. A surrogate of another form, or with more terms, may."
    if verdict["status"] == "fail":
        return (
            f"More calls than the {record['calls']['total']:,} used here may give a better surrogate; if they do not, "
            "a shorter passage or a surrogate of another form may."
        )
    return _settle_evidence(member, record)


def _settle_evidence(member: Record, record: Record) -> str:
    """What would settle insufficient evidence whose number of calls cannot be told."""
    production, decision = record["production"], record["decision"]
    unusable = production["n_truncated"] + production["n_refused"]
    whole = not (decision["truncated"] or decision["refused"])
    if not whole or unusable > production["policy"]["max_unusable"] * production["n_copies"]:
        return "A text that the model reads and answers in full, altered copies included."
    if member["fidelity"] is None or member["fidelity"]["n_test"] < production["policy"]["min_test"]:
        return f"More calls: at least {production['policy']['min_test']} altered copies must be left to test on."
    return "More calls narrow the interval; how many are needed cannot be told from these copies."


def measures(member: Record) -> list[tuple[str, str, str, str]]:
    """Name, value, interval and baseline of each measure of fidelity; empty where nothing could be measured."""
    fidelity = member["fidelity"]
    if fidelity is None:
        return []
    rows = []
    for key, name, form in _MEASURES:
        estimate = fidelity[key]
        if key == "r2" and _no_variance(member):
            rows.append((name, "not defined", "the answer never varies", "–"))
            continue
        ends = "exact" if fidelity["exact"] else interval(estimate, form)
        rows.append((name, form(estimate["value"]), ends, form(estimate["baseline"])))
    return rows


def probability_name(decision: Record) -> str:
    """What "probability" means where one number is shown per copy."""
    if decision["contrast"] is None:
        return f"probability of “{decision['target']}”"
    return f"probability of “{decision['target']}” between it and “{decision['contrast']}” alone"


def term_name(record: Record, term: Record) -> str:
    """The units of a term and whether they are kept or removed."""
    if is_together(term):
        return " together with ".join(unit_name(record, literal["unit"]) for literal in term["literals"])
    return " and ".join(
        f"{unit_name(record, literal['unit'])} {'kept' if literal['kept'] else 'removed'}"
        for literal in term["literals"]
    )


def is_together(term: Record) -> bool:
    """Whether a term is the presence of several units at once: what they add beside their effects alone."""
    return len(term["literals"]) > 1 and all(literal["kept"] for literal in term["literals"])


def taught(record: Record, member: Record) -> str:
    """How a surrogate was fitted, in a sentence."""
    n_fit = record["calls"].get("fit", record["calls"].get("all", 0)) + record["calls"]["original"]
    if member["taught_by"] == "calls":
        return f"Fitted to the model's answers to {n_fit:,} copies."
    article = "an" if member["taught_by"][0] in "aeiou" else "a"
    return (
        f"Fitted to {article} {member['taught_by']} that stands in for the model and was itself fitted to its answers to "
        f"{n_fit:,} copies; measured on the model's own answers to other copies."
    )


def names_words_together(model: Record) -> bool:
    """Whether any term of a linear surrogate is of words together."""
    return any(is_together(term) for term in model["terms"])


def term_effect(model: Record, term: Record) -> str:
    """The effect of a term in words; of words together also what they do in all, their effects alone included."""
    effect = odds_effect(term["coefficient"], model["scale"])
    if not is_together(term):
        return effect
    units = {literal["unit"] for literal in term["literals"]}
    parts = [other for other in model["terms"] if {literal["unit"] for literal in other["literals"]} <= units]
    held = [other for other in parts if all(literal["kept"] for literal in other["literals"])]
    total = sum(other["coefficient"] for other in held)
    return f"beyond each alone, {effect}; in all, {odds_effect(total, model['scale'])}"


def condition(record: Record, literals: list[Record]) -> str:
    """The condition of a rule."""
    return " AND ".join(
        f"{unit_name(record, literal['unit'])} is {'kept' if literal['kept'] else 'removed'}" for literal in literals
    )


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


def in_short(record: Record) -> str:
    """The message of the report in a sentence or two."""
    target = record["decision"]["target"]
    linear, trees = shown_models(record, "linear"), shown_models(record, "tree")
    if linear and linear[0]["model"]["terms"]:
        terms = linear[0]["model"]["terms"]
        terms = [term for term in terms if not reaches_zero(term)] or terms
        terms = [term for term in terms if len(term["literals"]) == 1] or terms
        pro = _list([_said(record, term) for term in terms if term["coefficient"] > 0])
        con = _list([_said(record, term) for term in terms if term["coefficient"] < 0])
        told = [f"raised most by {pro}"] * bool(pro) + [f"lowered most by {con}"] * bool(con)
        what = "odds" if linear[0]["model"]["scale"] == "log_odds" else "probability"
        verb = "are" if what == "odds" else "is"
        return f"In altered copies of this text, the {what} of “{target}” {verb} {', and '.join(told)}."
    if trees:
        units = dict.fromkeys(node["unit"] for node in trees[0]["model"]["nodes"] if node["unit"] is not None)
        asked = _list([unit_name(record, unit) for unit in units])
        stay = "stays" if len(units) == 1 else "stay"
        return f"In altered copies of this text, the answer hangs first of all on whether {asked} {stay} in it."
    return "No terms and no rules are shown. What was measured, and why it does not suffice, is stated below."


def _said(record: Record, term: Record) -> str:
    """A term as it is said in a sentence: a single word that is kept needs no more than its name."""
    literals = term["literals"]
    if len(literals) == 1 and literals[0]["kept"]:
        return unit_name(record, literals[0]["unit"])
    return term_name(record, term)


def _list(names: list[str]) -> str:
    names = names[:_WORDS_NAMED]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def policy_in_words(policy: dict[str, float]) -> str:
    """The acceptance thresholds."""
    return ", ".join(f"{_THRESHOLDS.get(name, name)} {limit:g}" for name, limit in policy.items())


def calls_by_role(record: Record) -> list[tuple[str, str, int]]:
    """Role, what its calls were used for, and their number, the total last."""
    return [(role, meaning, record["calls"][role]) for role, meaning in _ROLES.items() if role in record["calls"]]
