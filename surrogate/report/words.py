"""Terms, rules and the facts of a record in words that every rendering shares."""

from __future__ import annotations

from typing import Any

from surrogate.report import nouns
from surrogate.report.attributions import source, with_article
from surrogate.report.grading import MARKS, frequency, grade, quotable
from surrogate.report.groups import has_groups, share_name
from surrogate.report.interplay import is_together, together
from surrogate.report.language import clauses, message, plural, say
from surrogate.report.marks import unit_name
from surrogate.report.nouns import describe_units, unit_noun
from surrogate.report.number_format import decimal, effect, interval, odds_effect, percent, probability_of, signed
from surrogate.report.verdicts import surrogate_title

__all__ = [
    "calls_by_role",
    "counted",
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
    "min_r2": message("lower end of R² at least"),
    "max_unusable": message("share of unusable answers at most"),
    "min_test": message("test copies at least"),
    "stable_share": message("stable: share of refits at least"),
    "weak_share": message("weak: share of refits at least"),
    "max_value_error": message("half width of a Shapley value's interval, as a share of the largest value, at most"),
}

_ROLES = {
    "original": message("the text itself"),
    "fit": message("copies the surrogates were fitted to"),
    "select": message("copies used to choose: how many calls are enough, which surrogate is best"),
    "test": message("copies kept back; the fidelity in this report was measured on them, once"),
    "all": message("every possible copy; used for fitting and for measuring"),
    "confirm": message("further copies, drawn inside rules that too few test copies reach, or to confirm an anchor"),
    "refine": message("copies of coarser units, by which the units were chosen"),
    "noise": message("texts asked again, to see how much the model's answers vary by themselves"),
    "total": message("texts the model was asked about"),
}

#: What is called so in a table of calls.
_ROLE_NAMES = (
    *(message("original"), message("fit"), message("select"), message("test"), message("all"), message("confirm")),
    *(message("refine"), message("noise"), message("total")),
)


def noun(record: Record, n_units: int = 2) -> str:
    """What the units of the text are called, such as words or sentences."""
    return unit_noun(record["document"]["unit_kind"], n_units)


def counted(record: Record, n_units: int) -> str:
    """A number of units of the text."""
    return nouns.counted(record["document"]["unit_kind"], n_units)


def how_split(record: Record) -> str:
    """What the units are, and what found them."""
    document = record["document"]
    told = {"units": describe_units(document["unit_kind"]), "n": f"{len(document['units']):,}"}
    if document["segmenter"] is None:
        return say("{units}, {n} of them", **told)
    return say("{units}, {n} of them, found by {segmenter}", segmenter=document["segmenter"], **told)


def how_altered(record: Record) -> str:
    """What was done to the units that are not kept."""
    document, perturbation = record["document"], record["production"]["perturbation"]
    sampler = (record["production"].get("sampler") or {"name": ""})["name"]
    is_json = document["unit_kind"].split("+")[0] == "json"
    done = {
        "delete": message("{units} emptied") if is_json else message("{units} deleted"),
        "mask": message("{units} replaced by the model's mask token"),
        "infill": message("{units} replaced by words that the language model {model} filled in"),
        "mixture": message("{units} removed in several ways, which the recipe names"),
    }
    if perturbation == "mixture" and sampler:
        done["mixture"] = message(
            "{units} removed in several ways, which the recipe names, some by words that the language model {model} filled in"
        )
    if perturbation not in done:
        return f"{noun(record)} {perturbation}"
    return say(done[perturbation], units=noun(record), model=sampler)


def probability_name(decision: Record) -> str:
    """What "probability" means where one number is shown per copy."""
    if decision["contrast"] is None:
        return say("probability of “{target}”", target=decision["target"])
    return say(
        "probability of “{target}” between it and “{contrast}” alone",
        target=decision["target"],
        contrast=decision["contrast"],
    )


def term_name(record: Record, term: Record, n_characters: int | None = None) -> str:
    """The units of a term and whether they are kept or removed; a single unit that is kept needs no more than its name.

    With a number of characters, long units are cut, each by itself, so that a name of several still names them all.
    """
    if has_groups(term):
        return say(", with ").join(share_name(record, one, n_characters) for one in term["literals"])
    name = _term_name(record, term, say(" together with "))
    if n_characters is None or len(name) <= n_characters:
        return name
    n_units = len(term["literals"])
    states = 0 if is_together(term) else 8 * (n_units > 1)
    return _term_name(record, term, say(" with "), max((n_characters - 6 * (n_units - 1)) // n_units - states - 2, 5))


def _term_name(record: Record, term: Record, between: str, *longest: int) -> str:
    literals = term["literals"]
    names = [unit_name(record, literal["unit"], *longest) for literal in literals]
    if is_together(term) or (len(literals) == 1 and literals[0]["kept"]):
        return between.join(names)
    return say(" and ").join(_state(name, literal["kept"]) for name, literal in zip(names, literals, strict=True))


def _state(name: str, kept: bool) -> str:
    return say("{unit} kept", unit=name) if kept else say("{unit} removed", unit=name)


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
    return say("beyond each alone, {beyond}; in all, {total}", beyond=told, total=odds_effect(total, model["scale"]))


def together_sentence(record: Record, model: Record, term: Record) -> str:
    """What two units do alone and together, against a copy with neither; empty for a term of one unit or of many."""
    effects = together(model, term)
    if effects is None:
        return ""
    scale = model["scale"]
    alone = [
        say("{unit} alone {effect}", unit=unit_name(record, unit), effect=effect(value, scale))
        for unit, value in zip(effects.units, effects.alone, strict=True)
    ]
    return say(
        "{alone}; both {both}, where the two alone would come to {added} (beyond that: {beyond})",
        alone=say(", ").join(alone),
        both=effect(effects.both, scale),
        added=effect(effects.added, scale),
        beyond=effect(effects.beyond, scale),
    )


def terms_caption(member: Record) -> str:
    """How many terms there are, and where the sum starts."""
    model = member["model"]
    n_all, n_quotable = len(model["terms"]), len(quotable(model["terms"]))
    terms = plural("{n} term", "{n} terms", n_all)
    if n_quotable < n_all:
        terms = say("{n} of {terms}, those that may be quoted", n=n_quotable, terms=terms)
    start = percent(probability_of(model["intercept"], model["scale"]))
    if model["scale"] == "log_odds":
        start = say("{probability} (log-odds {value})", probability=start, value=decimal(model["intercept"]))
    return say(
        "{surrogate}: {terms}, largest first. Start, when no term holds: {start}",
        surrogate=surrogate_title(member),
        terms=terms,
        start=start,
    )


def graded(item: Record, member: Record) -> str:
    """The grade of a term or rule with its sign and how often it was found again; a dash where there is none."""
    name = grade(item)
    if name is None:
        return "–"
    found = frequency(item, member)
    sign = f"{MARKS[name]} {say(name)}"
    return say("{grade} ({found})", grade=sign, found=found) if found else sign


def range_of(item: Record) -> str:
    """The interval of a term or value."""
    if item["low"] is None:
        return say("not measured")
    if item["low"] == item["high"]:
        return say("exact")
    return say("{low} to {high}", low=signed(item["low"]), high=signed(item["high"]))


def taught(record: Record, member: Record) -> str:
    """How a surrogate was fitted, in a sentence."""
    if member["kind"] == "shapley":
        return "" if member["model"] is None else source(member["model"])
    exhaustive = record["production"]["exhaustive"]
    if member["taught_by"] == "calls":
        if exhaustive:
            return say("Fitted to the model's answers.")
        return say("Fitted to the model's answers, test copies aside.")
    proxy = with_article(member["taught_by"])
    if exhaustive:
        return say(
            "Fitted to {a_proxy} that stands in for the model and was itself fitted to its answers; measured on the model's own "
            "answers to other copies.",
            a_proxy=proxy,
        )
    return say(
        "Fitted to {a_proxy} that stands in for the model and was itself fitted to its answers, test copies aside; measured on "
        "the model's own answers to other copies.",
        a_proxy=proxy,
    )


def condition(record: Record, literals: list[Record]) -> str:
    """The condition of a rule."""
    return say(" AND ").join(_holds(unit_name(record, literal["unit"]), literal["kept"]) for literal in literals)


def _holds(name: str, kept: bool) -> str:
    return say("{unit} is kept", unit=name) if kept else say("{unit} is removed", unit=name)


def keyword(rule: Record) -> str:
    """How a rule begins: the first of a list with IF, those after it with ELSE IF, the last with OTHERWISE.

    Examples
    --------
    >>> keyword({"order": None, "literals": [1]}), keyword({"order": 2, "literals": [1]}), keyword({"order": 3, "literals": []})
    ('IF', 'ELSE IF', 'OTHERWISE')
    """
    if not rule["literals"]:
        return say("OTHERWISE")
    return say("IF") if rule["order"] in (None, 1) else say("ELSE IF")


def precision(rule: Record, exact: bool) -> str:
    """The precision of a rule, with its interval or why there is none."""
    estimate = rule["precision"]
    if estimate is None:
        return plural("not reportable: only {n} test copy", "not reportable: only {n} test copies", rule["support"])
    value = percent(estimate["value"])
    if exact or estimate["low"] == estimate["high"]:
        return say("{value} (exact)", value=value)
    return say("{value} ({interval})", value=value, interval=interval(estimate, percent))


def policy_in_words(policy: dict[str, float]) -> str:
    """The acceptance thresholds."""
    return clauses(*(f"{say(_THRESHOLDS.get(name, name))} {limit:g}" for name, limit in policy.items()))


def calls_by_role(record: Record) -> list[tuple[str, str, int]]:
    """Role, what its calls were used for, and their number, the total last."""
    return [(role, say(meaning), record["calls"][role]) for role, meaning in _ROLES.items() if role in record["calls"]]
