"""Words of a global report: features, conditions, rules and verdicts as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.report.language import message, plural, say
from surrogate.report.number_format import interval, percent

__all__ = [
    "concept_name",
    "condition_form",
    "condition_words",
    "documents",
    "estimate",
    "feature_name",
    "grade_name",
    "headline",
    "joined",
    "member_title",
    "overlaps",
    "question_form",
    "status_name",
    "whole_percent",
]

#: What a surrogate is called, by its kind.
_TITLES = {
    "multinomial": message("Weighted terms"),
    "rule_list": message("Rules"),
    "class_tree": message("Decision tree"),
}

#: How a feature of each kind is named; any other by its label in quotation marks.
_NAMES = {
    "concept": message("concept {number} ({label})"),
    "probe": message("the concept “{label}”"),
    "lexicon": message("the list “{label}”"),
    "pattern": message("the pattern “{label}”"),
}

#: A document has a feature, does not have it, and is asked whether it has it.
_ABOUT = (message("it is about {feature}"), message("it is not about {feature}"), message("Is it about {feature}?"))
_COLUMN = (" {feature}", message("it is not so that {feature}"), message("Is {feature}?"))
_MATCH = (
    message("it has a match of {feature}"),
    message("it has no match of {feature}"),
    message("Has it a match of {feature}?"),
)
_SAYS = (message("it says {feature}"), message("it does not say {feature}"), message("Does it say {feature}?"))
_FORMS = {"concept": _ABOUT, "probe": _ABOUT, "column": _COLUMN, "lexicon": _MATCH, "pattern": _MATCH}


def member_title(member: dict[str, Any]) -> str:
    """What a surrogate is called.

    Examples
    --------
    >>> member_title({"kind": "rule_list"})
    'Rules'
    """
    kind: str = member["kind"]
    return say(_TITLES[kind])


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
        label = concept_name(label)
    if kind in _NAMES:
        return say(_NAMES[kind], number=key, label=label)
    if kind != "column":
        return f"“{label}”"
    column = label.removesuffix(" is missing")
    return say("{column} is missing", column=column) if key == f"{column} missing" else label


def concept_name(label: str) -> str:
    """A concept as it is named by its terms; the word before them, where they are not typical of it, is ours.

    Examples
    --------
    >>> concept_name("fee · charged"), concept_name("mixed: fee · my")
    ('fee · charged', 'mixed: fee · my')
    """
    terms = label.removeprefix("mixed: ")
    return label if terms == label else say("mixed: {terms}", terms=terms)


def condition_form(feature: dict[str, Any], present: bool) -> str:
    """The message for a condition of a rule, with a place for the name of its feature.

    Examples
    --------
    >>> condition_form({"kind": "stem"}, True), condition_form({"kind": "column"}, True)
    ('it says {feature}', ' {feature}')
    """
    has, has_not, _ = _FORMS.get(feature["kind"], _SAYS)
    return has if present else has_not


def condition_words(feature: dict[str, Any], present: bool) -> str:
    """A condition without the name of its feature: what comes before it.

    Examples
    --------
    >>> condition_words({"kind": "stem"}, True), condition_words({"kind": "column"}, False)
    ('it says', 'it is not so that')
    """
    return say(condition_form(feature, present), feature="").strip()


def question_form(feature: dict[str, Any]) -> str:
    """The message for a question about a feature, with a place for its name.

    Examples
    --------
    >>> question_form({"kind": "stem"}), question_form({"kind": "concept"})
    ('Does it say {feature}?', 'Is it about {feature}?')
    """
    return _FORMS.get(feature["kind"], _SAYS)[2]


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
    return say(grade)


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
