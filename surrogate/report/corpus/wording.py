"""Words of a global report: features, conditions, rules and verdicts as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.report.corpus.speech import plural, say
from surrogate.report.number_format import interval, percent

__all__ = [
    "condition",
    "condition_words",
    "documents",
    "estimate",
    "feature_name",
    "grade_name",
    "headline",
    "joined",
    "member_title",
    "overlaps",
    "question",
    "status_name",
    "whole_percent",
]


def member_title(member: dict[str, Any]) -> str:
    """What a surrogate is called.

    Examples
    --------
    >>> member_title({"kind": "rule_list"})
    'Rules'
    """
    titles = {"multinomial": say("Weighted terms"), "rule_list": say("Rules"), "class_tree": say("Decision tree")}
    return titles[member["kind"]]


def status_name(record: dict[str, Any]) -> str:
    """What became of the explanation of a single text.

    Examples
    --------
    >>> status_name({"verdict": {"status": "withheld"}})
    'withheld'
    """
    status: str = record["verdict"]["status"]
    return {"explained": say("explained"), "withheld": say("withheld")}.get(status, status)


def feature_name(feature: dict[str, Any]) -> str:
    """A feature as it is named in rules and terms.

    Examples
    --------
    >>> feature_name({"kind": "stem", "label": "fee", "key": "fee"})
    '“fee”'
    >>> feature_name({"kind": "concept", "label": "fee · charged", "key": "3"})
    'concept 3 (fee · charged)'
    """
    kind, label, key = feature["kind"], str(feature["label"]), feature["key"]
    if kind == "concept":
        return say("concept {number} ({label})", number=key, label=label)
    if kind == "probe":
        return say("the concept “{label}”", label=label)
    if kind == "lexicon":
        return say("the list “{label}”", label=label)
    if kind == "pattern":
        return say("the pattern “{label}”", label=label)
    if kind != "column":
        return f"“{label}”"
    column = label.removesuffix(" is missing")
    return say("{column} is missing", column=column) if key == f"{column} missing" else label


def condition(feature: dict[str, Any], present: bool, name: str | None = None) -> str:
    """A condition of a rule.

    Parameters
    ----------
    feature : dict
    present : bool
        Whether a document must have the feature, or must not.
    name : str or Markup, optional
        The name of the feature, as it is to stand there.

    Examples
    --------
    >>> condition({"kind": "stem", "key": "fee", "label": "fee"}, True)
    'it says “fee”'
    """
    kind, named = feature["kind"], feature_name(feature) if name is None else name
    if kind in ("concept", "probe"):
        return (
            say("it is about {feature}", feature=named) if present else say("it is not about {feature}", feature=named)
        )
    if kind == "column":
        return named if present else say("it is not so that {feature}", feature=named)
    if kind in ("lexicon", "pattern"):
        has = say("it has a match of {feature}", feature=named)
        return has if present else say("it has no match of {feature}", feature=named)
    return say("it says {feature}", feature=named) if present else say("it does not say {feature}", feature=named)


def condition_words(feature: dict[str, Any], present: bool) -> str:
    """A condition without the name of its feature: what comes before it.

    Examples
    --------
    >>> condition_words({"kind": "stem"}, True), condition_words({"kind": "column"}, False)
    ('it says', 'it is not so that')
    """
    return condition(feature, present, "").strip()


def question(feature: dict[str, Any], name: str) -> str:
    """A question about a feature.

    Parameters
    ----------
    feature : dict
    name : str or Markup
        The name of the feature, as it is to stand there.

    Examples
    --------
    >>> question({"kind": "stem"}, "“fee”"), question({"kind": "concept"}, "concept 3")
    ('Does it say “fee”?', 'Is it about concept 3?')
    """
    kind = feature["kind"]
    if kind in ("concept", "probe"):
        return say("Is it about {feature}?", feature=name)
    if kind == "column":
        return say("Is {feature}?", feature=name)
    has = kind in ("lexicon", "pattern")
    return say("Has it a match of {feature}?", feature=name) if has else say("Does it say {feature}?", feature=name)


def joined(parts: Sequence[str]) -> str:
    """Names in a row.

    Examples
    --------
    >>> joined(["a", "b"])
    'a, b'
    """
    return say(", ").join(parts)


def grade_name(grade: str) -> str:
    """What a grade is called.

    Examples
    --------
    >>> grade_name("confirmed")
    'confirmed'
    """
    names = {
        "confirmed": say("confirmed"),
        "supported": say("supported"),
        "too few documents": say("too few documents"),
        "contradicted": say("contradicted"),
    }
    return names[grade]


def overlaps(found: dict[str, Any]) -> str:
    """Which other rules hold for documents that a rule covers.

    Examples
    --------
    >>> overlaps({"overlaps": [[0, 1], [2, 14]]})
    'Of the held-out documents it covers, 1 falls also under R1, 14 fall also under R3.'
    """
    others = [
        say("{n} falls also under R{rule}", n=n, rule=place + 1)
        if n == 1
        else say("{n} fall also under R{rule}", n=n, rule=place + 1)
        for place, n in found["overlaps"]
    ]
    return say("Of the held-out documents it covers, {overlaps}.", overlaps=joined(others))


def estimate(one: dict[str, Any] | None, digits: int = 0) -> str:
    r"""A share with its interval.

    Examples
    --------
    >>> estimate({"value": 0.9, "low": 0.8, "high": 0.95})
    '90\xa0% (80 to 95\xa0%)'
    """
    if one is None or one["value"] is None:
        return "–"
    return f"{percent(one['value'], digits)} ({interval(one, lambda share: percent(share, digits))})"


def whole_percent(share: float) -> str:
    r"""A share as whole per cent.

    Examples
    --------
    >>> whole_percent(0.891)
    '89\xa0%'
    """
    return percent(share, 0)


def documents(number: int) -> str:
    """A number of documents.

    Examples
    --------
    >>> documents(1), documents(1200)
    ('1 document', '1,200 documents')
    """
    return plural("{n} document", "{n} documents", number)


def headline(record: dict[str, Any]) -> str:
    """What the report says first.

    Examples
    --------
    >>> headline({"members": [{"withheld": True}]})
    'No surrogate describes this model well enough to be shown'
    """
    shown = [member for member in record["members"] if not member["withheld"]]
    if not shown:
        return say("No surrogate describes this model well enough to be shown")
    if len(shown) == len(record["members"]):
        return say("The model’s decisions over this corpus can be described")
    return say("The model’s decisions over this corpus can be described in part")
