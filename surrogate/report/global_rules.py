"""Rules of an audit of the whole corpus that hold for one text, in words."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus.wording import condition_words, estimate, feature_name

__all__ = ["CAUTION", "TITLE", "condition", "facts", "lead", "of"]

Record = dict[str, Any]

TITLE = "Rules of the whole corpus that hold for this text"

#: What is always said beside them.
CAUTION = (
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
        return f"The audit of {source['model']} shows no rules: its evidence did not carry them."
    audit = f"{_rules(found['n_rules'])} of the audit of {source['model']} (measured on {source['n_test']:,} held-out documents)"
    n = len(found["rules"])
    first = (
        f"Of the {audit}, {n:,} {'holds' if n == 1 else 'hold'} for this text."
        if n
        else f"None of the {audit} holds for this text."
    )
    return " ".join(sentence for sentence in (first, _answer(found, label), _untold(found)) if sentence)


def _rules(number: int) -> str:
    return f"{number:,} rule{'' if number == 1 else 's'}"


def _answer(found: Record, label: str) -> str:
    answer = next((rule for rule in found["rules"] if rule["speaks"]), None)
    if answer is None:
        return "Which of them gives the rule set’s answer cannot be told." if found["rules"] else ""
    same = "as the model decides" if answer["label"] == label else f"while the model decides “{label}”"
    return f"R{answer['number']} gives the rule set’s answer: “{answer['label']}”, {same}."


def _untold(found: Record) -> str:
    n = len(found["untold"])
    if not n:
        return ""
    return f"Of {_rules(n)} the text alone cannot tell: they ask for columns or for concepts."


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
    return " AND ".join(" ".join(part for part in pair if part) for pair in parts)


def facts(rule: Record) -> str:
    """What is known of a rule: precision, documents, grade and identifier."""
    return (
        f"precision {estimate(rule['precision'])} on {rule['n']:,} held-out {'document' if rule['n'] == 1 else 'documents'}, "
        f"{rule['grade']}, id {rule['id']}"
    )
