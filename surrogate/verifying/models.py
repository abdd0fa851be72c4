"""The shown surrogates of one text, computed from their record: linear, tree and rule set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from surrogate.verifying.numeric import half_digit

__all__ = ["Part", "condition_value", "effects_of", "is_linear", "parts_of", "predicted", "reached"]

#: A number with how far the rounding of the record may have moved it.
Rounded = tuple[float, float]

#: A condition on units: position and whether it is kept.
Literals = tuple[tuple[int, bool], ...]


@dataclass(frozen=True)
class Part:
    """A leaf of a tree, or a rule of a rule set: what is said of the copies that reach it.

    Parameters
    ----------
    number : int
    literals : tuple of (int, bool)
    value, margin : float
    earlier : tuple of literals
        Conditions that are read before it.

    Examples
    --------
    >>> Part(0, ((2, True),), 1.0, 1.0).earlier
    ()
    """

    number: int
    literals: Literals
    value: float
    margin: float
    earlier: tuple[Literals, ...] = ()


def is_linear(model: dict[str, Any]) -> bool:
    """Whether a model is a sum of terms.

    Examples
    --------
    >>> is_linear({"kind": "tree"})
    False
    """
    return bool(model["kind"] == "linear")


def condition_value(condition: dict[str, Any], mask: int, n_units: int) -> float:
    """Value of a literal or of a share for a mask.

    Examples
    --------
    >>> condition_value({"unit": 1, "kept": True}, 0b01, 2), condition_value({"units": None, "least": None, "kept": True}, 1, 2)
    (0.0, 0.5)
    """
    if "units" not in condition:
        return float(bool(mask >> condition["unit"] & 1) == condition["kept"])
    units = range(n_units) if condition["units"] is None else condition["units"]
    share = sum(mask >> unit & 1 for unit in units) / len(units)
    if condition["least"] is not None:
        share = float(share >= condition["least"])
    return share if condition["kept"] else 1.0 - share


def predicted(model: dict[str, Any], masks: Iterable[int]) -> list[tuple[Rounded, Rounded]]:
    """The fitted quantity and the decision margin that a model says of masks, each with its rounding.

    Examples
    --------
    >>> term = {"literals": [{"unit": 0, "kept": True}], "coefficient": 3.0, "margin_coefficient": 2.0}
    >>> linear = {"kind": "linear", "n_units": 1, "intercept": -1.0, "margin_intercept": 0.0, "terms": [term]}
    >>> [(value, margin) for (value, _), (margin, _) in predicted(linear, [1, 0])]
    [(2.0, 2.0), (-1.0, 0.0)]
    """
    if is_linear(model):
        return [_of_terms(model, mask) for mask in masks]
    parts = parts_of(model)
    found = [reached(parts, mask) for mask in masks]
    return [((one.value, half_digit(one.value)), (one.margin, half_digit(one.margin))) for one in found]


def _of_terms(model: dict[str, Any], mask: int) -> tuple[Rounded, Rounded]:
    held = [
        math.prod(condition_value(one, mask, model["n_units"]) for one in term["literals"]) for term in model["terms"]
    ]
    return _sum(model, held, "intercept", "coefficient"), _sum(model, held, "margin_intercept", "margin_coefficient")


def _sum(model: dict[str, Any], held: Sequence[float], first: str, name: str) -> Rounded:
    parts = [model[first], *(term[name] * share for term, share in zip(model["terms"], held, strict=True))]
    moved = [
        half_digit(model[first]),
        *(half_digit(t[name]) * share for t, share in zip(model["terms"], held, strict=True)),
    ]
    return math.fsum(parts), math.fsum(moved)


def parts_of(model: dict[str, Any]) -> list[Part]:
    """The leaves of a tree, or the rules of a rule set in order and what holds otherwise.

    Examples
    --------
    >>> nodes = [{"value": 0.0, "margin": 0.0, "unit": 0, "kept": 1, "removed": 2}]
    >>> nodes += [{"value": v, "margin": v, "unit": None, "kept": None, "removed": None} for v in (2.0, -2.0)]
    >>> [(part.number, part.literals) for part in parts_of({"kind": "tree", "nodes": nodes})]
    [(1, ((0, True),)), (2, ((0, False),))]
    """
    if model["kind"] == "tree":
        return _leaves(model["nodes"], 0, ())
    conditions = tuple(tuple((one["unit"], one["kept"]) for one in clause["literals"]) for clause in model["clauses"])
    said = [(clause["value"], clause["margin"]) for clause in model["clauses"]]
    everything = [*zip(conditions, said, strict=True), ((), (model["value"], model["margin"]))]
    return [Part(number, literals, *both, conditions[:number]) for number, (literals, both) in enumerate(everything)]


def _leaves(nodes: Sequence[dict[str, Any]], number: int, path: Literals) -> list[Part]:
    node = nodes[number]
    if node["unit"] is None:
        return [Part(number, path, node["value"], node["margin"])]
    found: list[Part] = []
    for child, kept in ((node["kept"], True), (node["removed"], False)):
        # children come after their parent, so that no walk is endless
        if child is not None and child > number:
            found += _leaves(nodes, child, (*path, (node["unit"], kept)))
    return found


def reached(parts: Iterable[Part], mask: int) -> Part:
    """The leaf, or the rule, that speaks for a mask.

    Examples
    --------
    >>> reached([Part(0, ((0, True),), 1.0, 1.0), Part(1, (), -1.0, -1.0)], 0).number
    1
    """
    return next(part for part in parts if _all_hold(part.literals, mask))


def _all_hold(literals: Literals, mask: int) -> bool:
    return all(bool(mask >> unit & 1) == kept for unit, kept in literals)


def effects_of(model: dict[str, Any]) -> dict[int, Rounded] | None:
    """What each unit adds by all terms: Shapley values; None where a term is about many units at once.

    A product of k presences is shared out evenly; an absence is one less a presence.

    References
    ----------
    Shapley, "A value for n-person games", 1953; Harsanyi, International Economic Review 1963.

    Examples
    --------
    >>> term = {"literals": [{"unit": 0, "kept": True}, {"unit": 2, "kept": False}], "coefficient": 1.0}
    >>> {unit: value for unit, (value, _) in effects_of({"terms": [term]}).items()}
    {0: 0.5, 2: -0.5}
    """
    found: dict[int, Rounded] = {}
    for term in model["terms"]:
        if any("units" in one for one in term["literals"]):
            return None
        for unit, share in _shares(term["literals"]).items():
            value, moved = found.get(unit, (0.0, 0.0))
            own = term["coefficient"]
            found[unit] = value + share * own, moved + abs(share) * half_digit(own)
    return found


def _shares(literals: Sequence[dict[str, Any]]) -> dict[int, float]:
    kept = {one["unit"] for one in literals if one["kept"]}
    removed = sorted({one["unit"] for one in literals if not one["kept"]})
    shares: dict[int, float] = {}
    if kept & set(removed):
        return shares
    for size in range(len(removed) + 1):
        for chosen in combinations(removed, size):
            units = sorted(kept | set(chosen))
            for unit in units:
                shares[unit] = shares.get(unit, 0.0) + (-1) ** size / len(units)
    return {unit: share for unit, share in shares.items() if share}
