"""Words of a global report: features, conditions, rules and verdicts as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from surrogate.report.number_format import interval, percent

__all__ = [
    "KIND_NAMES",
    "condition_words",
    "documents",
    "estimate",
    "feature_name",
    "forms",
    "glossary",
    "headline",
    "member_title",
    "pairs",
    "paths",
    "question",
    "terms_by_class",
    "whole_percent",
]

#: What a surrogate is called, by its kind.
_TITLES = {
    "multinomial": "Weighted terms",
    "rule_list": "Rules",
    "class_tree": "Decision tree",
}

#: What stands before the name of a feature that is no word.
_BEFORE = {"probe": "the concept ", "lexicon": "the list ", "pattern": "the pattern "}

#: What a feature of each kind is, in a list of them.
KIND_NAMES = {
    "word": "word",
    "stem": "word in all its forms",
    "prefix": "words that begin so",
    "phrase": "words in a row",
    "character": "characters in a row",
    "lexicon": "list of words",
    "pattern": "pattern",
    "column": "column",
    "concept": "concept",
    "probe": "concept taught by examples",
}


def member_title(member: dict[str, Any]) -> str:
    """What a surrogate is called.

    Examples
    --------
    >>> member_title({"kind": "rule_list"})
    'Rules'
    """
    return _TITLES[member["kind"]]


def feature_name(feature: dict[str, Any]) -> str:
    """A feature as it is named in rules and terms.

    Examples
    --------
    >>> feature_name({"kind": "stem", "label": "fee", "key": "fee"})
    '“fee”'
    >>> feature_name({"kind": "concept", "label": "fee · charged", "key": "3"})
    'concept 3 (fee · charged)'
    """
    kind, label = feature["kind"], feature["label"]
    if kind == "concept":
        return f"concept {feature['key']} ({label})"
    return str(label) if kind == "column" else f"{_BEFORE.get(kind, '')}“{label}”"


def condition_words(feature: dict[str, Any], present: bool) -> str:
    """A condition without the name of its feature: what comes before it.

    Examples
    --------
    >>> condition_words({"kind": "stem"}, True), condition_words({"kind": "column"}, False)
    ('it says', 'it is not so that')
    """
    kind = feature["kind"]
    if kind in ("concept", "probe"):
        return "it is about" if present else "it is not about"
    if kind == "column":
        return "" if present else "it is not so that"
    if kind in ("lexicon", "pattern"):
        return "it has a match of" if present else "it has no match of"
    return "it says" if present else "it does not say"


def question(feature: dict[str, Any]) -> str:
    """The beginning of a question about a feature.

    Examples
    --------
    >>> question({"kind": "stem"}), question({"kind": "concept"})
    ('Does it say', 'Is it about')
    """
    kind = feature["kind"]
    if kind in ("concept", "probe"):
        return "Is it about"
    if kind == "column":
        return "Is"
    return "Has it a match of" if kind in ("lexicon", "pattern") else "Does it say"


def forms(feature: dict[str, Any]) -> str:
    """The forms of a feature in a row; nothing where it has no other than its name.

    Examples
    --------
    >>> forms({"kind": "stem", "label": "fee", "forms": ["fee", "fees"]}), forms({"kind": "word", "label": "a", "forms": ["a"]})
    ('fee, fees', '')
    """
    listed = [form for form in feature["forms"] if form]
    return ", ".join(listed) if listed != [feature["label"]] else ""


def glossary(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Every feature of words that a shown surrogate names and that stands for several forms, by its label."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for member in record["members"]:
        for feature in [] if member["withheld"] else member["model"]["features"]:
            if feature["kind"] in ("stem", "prefix", "lexicon", "pattern") and forms(feature):
                found[feature["label"], feature["kind"]] = feature
    return [found[key] for key in sorted(found)]


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
    return f"{number:,} document{'' if number == 1 else 's'}"


def headline(record: dict[str, Any]) -> str:
    """What the report says first.

    Examples
    --------
    >>> headline({"members": [{"withheld": True}]})
    'No surrogate describes this model well enough to be shown'
    """
    shown = [member for member in record["members"] if not member["withheld"]]
    if not shown:
        return "No surrogate describes this model well enough to be shown"
    if len(shown) == len(record["members"]):
        return "The model’s decisions over this corpus can be described"
    return "The model’s decisions over this corpus can be described in part"


def terms_by_class(member: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The coefficients of each class with their features: those first that tell documents apart the most.

    That is the weight times the standard deviation of the feature: a word that every document has tells nothing apart.
    """
    model, shares = member["model"], member["shares"]
    rows: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(model["classes"]))}
    for one in model["coefficients"]:
        rows[one["class_index"]].append({**one, "named": model["features"][one["feature"]]})

    def done(one: dict[str, Any]) -> tuple[float, float, int]:
        share = shares[one["feature"]]
        return -abs(one["value"]) * math.sqrt(share * (1 - share)), -abs(one["value"]), one["feature"]

    order = [sorted(own, key=done) for own in rows.values()]
    return [(label, own) for label, own in zip(model["classes"], order, strict=True) if own]


def pairs(rule: dict[str, Any]) -> list[tuple[int, bool]]:
    """The conditions of a rule: the place of the feature, and whether it must be there."""
    return [(condition["feature"], condition["present"]) for condition in rule["conditions"]]


def paths(model: dict[str, Any]) -> list[tuple[int, list[tuple[int, bool]]]]:
    """Leaves of a tree, in the order of its rules, each with the conditions on the way to it."""
    nodes: Sequence[dict[str, Any]] = model["nodes"]

    def below(number: int, way: list[tuple[int, bool]]) -> list[tuple[int, list[tuple[int, bool]]]]:
        node = nodes[number]
        if node["feature"] is None:
            return [(number, way)]
        left = below(node["present"], [*way, (node["feature"], True)])
        return left + below(node["absent"], [*way, (node["feature"], False)])

    return below(0, [])
