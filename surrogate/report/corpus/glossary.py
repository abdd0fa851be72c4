"""What the terms of a global report stand for."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import wording
from surrogate.report.language import message, say

__all__ = ["forms", "kind_name", "listed"]

#: What a feature of each kind is.
_KINDS = {
    "word": message("word"),
    "stem": message("word in all its forms"),
    "prefix": message("words that begin so"),
    "phrase": message("words in a row"),
    "character": message("characters in a row"),
    "lexicon": message("list of words"),
    "pattern": message("pattern"),
    "column": message("column"),
    "concept": message("concept"),
    "probe": message("concept taught by examples"),
}


def listed(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Every feature of words that a shown surrogate names and that stands for several forms, by its label.

    Examples
    --------
    >>> listed({"members": [{"withheld": True}]})
    []
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for member in record["members"]:
        for feature in [] if member["withheld"] else member["model"]["features"]:
            if feature["kind"] in ("stem", "prefix", "lexicon", "pattern") and forms(feature):
                found[feature["label"], feature["kind"]] = feature
    return [found[key] for key in sorted(found)]


def kind_name(kind: str) -> str:
    """What a feature of a kind is, in a list of them.

    Examples
    --------
    >>> kind_name("stem")
    'word in all its forms'
    """
    return say(_KINDS[kind])


def forms(feature: dict[str, Any]) -> str:
    """The forms of a feature in a row; nothing where it has no other than its name.

    Examples
    --------
    >>> forms({"kind": "stem", "label": "fee", "forms": ["fee", "fees"]}), forms({"kind": "word", "label": "a", "forms": ["a"]})
    ('fee, fees', '')
    """
    listed = [form for form in feature["forms"] if form]
    return wording.joined(listed) if listed != [feature["label"]] else ""
