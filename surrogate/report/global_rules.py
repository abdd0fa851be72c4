"""Rules of an audit of the whole corpus that hold for one text, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus.wording import condition_words, estimate, feature_name
from surrogate.report.language import joined, message, plural, say

__all__ = ["CAUTION", "TITLE", "condition", "facts", "lead", "of"]

Record = dict[str, Any]

TITLE = message("Rules of the whole corpus that hold for this text")

_GRADES = (message("confirmed"), message("supported"), message("too few documents"), message("contradicted"))

#: What is always said beside them.
CAUTION = message(
    "Precision: of the held-out documents of the audit under the condition, the share that the model decides so, with its 95 % "
    "interval. Such a rule describes what the model decides over a corpus; it is not the reason of this decision."
)


def of(record: Record) -> Record | None:
    """The rules of an audit that hold; None unless an audit was given."""
    found: Record | None = record.get("global_rules")
    return found


def lead(found: Record, label: str) -> str:
    """How many hold, and what they say.

    Parameters
    ----------
    found : dict
        ``FiredRules.to_dict()``.
    label : str
        What the model decides.

    Examples
    --------
    >>> lead({"rules": [], "n_rules": 12, "untold": [], "withheld": False, "source": {"model": "m", "n_test": 900}}, "cards")
    'None of the 12 rules of the audit of m (measured on 900 held-out documents) holds for this text.'
    """
    source = found["source"]
    if found["withheld"]:
        return say("The audit of {model} shows no rules: its evidence did not carry them.", model=source["model"])
    about = {"rules": _rules(found["n_rules"]), "model": source["model"], "n_test": f"{source['n_test']:,}"}
    if found["rules"]:
        first = plural(
            "Of the {rules} of the audit of {model} (measured on {n_test} held-out documents), {n} holds for this text.",
            "Of the {rules} of the audit of {model} (measured on {n_test} held-out documents), {n} hold for this text.",
            len(found["rules"]),
            **about,
        )
    else:
        first = say(
            "None of the {rules} of the audit of {model} (measured on {n_test} held-out documents) holds for this text.",
            **about,
        )
    return joined(first, _answer(found, label), _untold(found))


def _rules(number: int) -> str:
    return plural("{n} rule", "{n} rules", number)


def _answer(found: Record, label: str) -> str:
    answer = next((rule for rule in found["rules"] if rule["speaks"]), None)
    if answer is None:
        return say("Which of them gives the rule set’s answer cannot be told.") if found["rules"] else ""
    told = {"rule": f"R{answer['number']}", "label": answer["label"]}
    if answer["label"] == label:
        return say("{rule} gives the rule set’s answer: “{label}”, as the model decides.", **told)
    return say(
        "{rule} gives the rule set’s answer: “{label}”, while the model decides “{decided}”.", decided=label, **told
    )


def _untold(found: Record) -> str:
    n = len(found["untold"])
    if not n:
        return ""
    return say("Of {rules} the text alone cannot tell: they ask for columns or for concepts.", rules=_rules(n))


def condition(rule: Record) -> str:
    """The condition of a rule.

    Examples
    --------
    >>> fee = {"kind": "stem", "key": "fee", "label": "fee", "forms": ["fee", "fees"], "common": False}
    >>> condition({"conditions": [{"feature": fee, "present": False}]})
    'it does not say “fee”'
    """
    parts = [
        (condition_words(one["feature"], one["present"]), feature_name(one["feature"])) for one in rule["conditions"]
    ]
    return say(" AND ").join(" ".join(part for part in pair if part) for pair in parts)


def facts(rule: Record) -> str:
    r"""What is known of a rule: precision, documents, grade and identifier.

    Examples
    --------
    >>> precision = {"value": 0.9, "low": 0.8, "high": 0.95}
    >>> facts({"precision": precision, "n": 41, "grade": "confirmed", "id": "abc"}).replace("\xa0", " ")
    'precision 90 % (80 to 95 %) on 41 held-out documents, confirmed, id abc'
    """
    grade = rule["grade"]
    return plural(
        "precision {precision} on {n} held-out document, {grade}, id {id}",
        "precision {precision} on {n} held-out documents, {grade}, id {id}",
        rule["n"],
        precision=estimate(rule["precision"]),
        grade=say(grade),
        id=rule["id"],
    )
