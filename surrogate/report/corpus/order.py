"""Terms, conditions and leaves of a global surrogate in the order in which they are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

__all__ = ["leaf_places", "pairs", "paths", "terms_by_class"]


def terms_by_class(member: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The coefficients of each class with their features: those first that tell documents apart the most.

    That is the weight times the standard deviation of the feature: a word that every document has tells nothing apart.

    Examples
    --------
    >>> model = {"classes": ["a", "b"], "coefficients": [{"class_index": 1, "feature": 0, "value": 2.0}], "features": ["fee"]}
    >>> terms_by_class({"model": model, "shares": [0.5]})[0][0]
    'b'
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
    """The conditions of a rule: the place of the feature, and whether it must be there.

    Examples
    --------
    >>> pairs({"conditions": [{"feature": 3, "present": False}]})
    [(3, False)]
    """
    return [(condition["feature"], condition["present"]) for condition in rule["conditions"]]


def paths(model: dict[str, Any]) -> list[tuple[int, list[tuple[int, bool]]]]:
    """Leaves of a tree, in the order of its rules, each with the conditions on the way to it.

    Examples
    --------
    >>> leaf = {"feature": None}
    >>> paths({"nodes": [{"feature": 3, "present": 1, "absent": 2}, leaf, leaf]})
    [(1, [(3, True)]), (2, [(3, False)])]
    """
    nodes: Sequence[dict[str, Any]] = model["nodes"]

    def below(number: int, way: list[tuple[int, bool]]) -> list[tuple[int, list[tuple[int, bool]]]]:
        node = nodes[number]
        if node["feature"] is None:
            return [(number, way)]
        left = below(node["present"], [*way, (node["feature"], True)])
        return left + below(node["absent"], [*way, (node["feature"], False)])

    return below(0, [])


def leaf_places(model: dict[str, Any]) -> dict[int, int]:
    """The place of each leaf among the rules of a tree, by its number among the nodes.

    Examples
    --------
    >>> leaf_places({"nodes": [{"feature": None}]})
    {0: 0}
    """
    return {leaf: place for place, (leaf, _) in enumerate(paths(model))}
