"""The shown surrogates of a corpus, computed from their record: rules, trees and weighted terms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.verifying.canonical_json import canonical_json, sha256_hex
from surrogate.verifying.documents import DocumentSet, bitmap, bits_in
from surrogate.verifying.numeric import half_digit

__all__ = ["Deciding", "decide_all", "rule_id"]


@dataclass(frozen=True)
class Deciding:
    """What a surrogate says of every document.

    Parameters
    ----------
    said : tuple of int
        Bitmap of the documents of which it says each class.
    fires : tuple of int
        Bitmap of the documents under each rule, or in each leaf; empty for weighted terms.
    first : tuple of int
        Bitmap of the documents for which each rule, or leaf, gives the answer.
    says : tuple of int
        Class that each rule, or leaf, says.
    unsure : int
        Bitmap of documents on which two classes are closer than the rounding of the record can tell.

    Examples
    --------
    >>> Deciding((1, 2), (), (), ()).covered
    3
    """

    said: tuple[int, ...]
    fires: tuple[int, ...]
    first: tuple[int, ...]
    says: tuple[int, ...]
    unsure: int = 0

    @property
    def covered(self) -> int:
        """Bitmap of the documents of which something is said."""
        found = 0
        for one in self.said:
            found |= one
        return found


def decide_all(model: dict[str, Any], documents: DocumentSet) -> Deciding:
    """What a model says of every document.

    Parameters
    ----------
    model : dict
        As in the record.
    documents : DocumentSet

    Examples
    --------
    >>> documents = DocumentSet(("a", "b"), ("x", "y"), ("1", "2"), ((0.0, -9.0),) * 2, 0b10, {"word:fee": 0b01}, None, {})
    >>> fee = {"kind": "word", "key": "fee"}
    >>> rule = {"conditions": [{"feature": 0, "present": True}], "class_index": 1, "error": None}
    >>> decide_all({"kind": "rule_list", "features": [fee], "rules": [rule], "ordered": True}, documents).said
    (0, 1)
    """
    having = [documents.features[f"{one['kind']}:{one['key']}"] for one in model["features"]]
    if model["kind"] == "rule_list":
        return _by_rules(model, documents, having)
    if model["kind"] == "class_tree":
        return _by_tree(model, documents, having)
    return _by_terms(model, documents, having)


def rule_id(rule: dict[str, Any], features: Sequence[dict[str, Any]]) -> str:
    """The identifier of a rule: by the names of its features and whether they are present.

    Examples
    --------
    >>> len(rule_id({"conditions": [{"feature": 0, "present": True}]}, [{"kind": "word", "key": "fee"}]))
    12
    """
    named = sorted(
        [f"{features[one['feature']]['kind']}:{features[one['feature']]['key']}", one["present"]]
        for one in rule["conditions"]
    )
    return sha256_hex(canonical_json(named))[:12]


def _by_rules(model: dict[str, Any], documents: DocumentSet, having: Sequence[int]) -> Deciding:
    rules, every = model["rules"], documents.every
    fires = []
    for rule in rules:
        under = every
        for one in rule["conditions"]:
            under &= having[one["feature"]] if one["present"] else ~having[one["feature"]]
        fires.append(under & every)
    order = list(range(len(rules)))
    if not model["ordered"]:
        order.sort(key=lambda place: (math.inf if rules[place]["error"] is None else rules[place]["error"], place))
    first, left = [0] * len(rules), every
    for place in order:
        first[place] = fires[place] & left
        left &= ~fires[place]
    says = tuple(rule["class_index"] for rule in rules)
    said = _union(first, says, len(documents.classes))
    return Deciding(said, tuple(first if model["ordered"] else fires), tuple(first), says)


def _by_tree(model: dict[str, Any], documents: DocumentSet, having: Sequence[int]) -> Deciding:
    leaves = list(_class_leaves(model["nodes"], having, 0, documents.every))
    says = tuple(
        shares.index(max(shares)) for shares in (model["nodes"][number]["probabilities"] for number, _ in leaves)
    )
    found = tuple(under for _, under in leaves)
    return Deciding(_union(found, says, len(documents.classes)), found, found, says)


def _class_leaves(
    nodes: Sequence[dict[str, Any]], having: Sequence[int], number: int, under: int
) -> Iterator[tuple[int, int]]:
    node = nodes[number]
    if node["feature"] is None:
        yield number, under
        return
    has = having[node["feature"]]
    for child, part in ((node["present"], under & has), (node["absent"], under & ~has)):
        # children come after their parent, so that no walk is endless
        if child is not None and child > number:
            yield from _class_leaves(nodes, having, child, part)


def _union(parts: Sequence[int], says: Sequence[int], n_classes: int) -> tuple[int, ...]:
    said = [0] * n_classes
    for part, column in zip(parts, says, strict=True):
        said[column] |= part
    return tuple(said)


def _by_terms(model: dict[str, Any], documents: DocumentSet, having: Sequence[int]) -> Deciding:
    """The class of the highest sum of coefficients, the first of equals."""
    n_classes = len(documents.classes)
    added: list[dict[int, float]] = [{} for _ in range(documents.n)]
    for one in model["coefficients"]:
        column, value = one["class_index"], one["value"]
        for place in bits_in(having[one["feature"]]):
            added[place][column] = added[place].get(column, 0.0) + value
    bound = math.fsum(half_digit(one["value"]) for one in model["coefficients"])
    bound = 2 * (bound + max(map(half_digit, model["intercepts"]), default=0.0)) + 1e-12
    said: list[list[int]] = [[] for _ in range(n_classes)]
    unsure = []
    for place, sums in enumerate(added):
        scores = list(model["intercepts"])
        for column, value in sums.items():
            scores[column] += value
        best = scores.index(max(scores))
        said[best].append(place)
        if sum(score >= scores[best] - bound for score in scores) > 1:
            unsure.append(place)
    return Deciding(tuple(bitmap(one) for one in said), (), (), (), bitmap(unsure))
