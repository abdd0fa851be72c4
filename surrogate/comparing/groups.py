"""Rules and terms as they stand in a record, with named conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.comparing.atoms import Atom
from surrogate.comparing.changes import RuleSide

__all__ = ["RuleGroup", "TermSide", "class_tree", "coefficient", "condition_id", "estimate", "rule_list"]

Record = dict[str, Any]


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one surrogate.

    Parameters
    ----------
    rules : tuple of RuleSide
    exclusive : bool
        Whether no two of them can hold at once, as the leaves of a tree; otherwise the first that is heard speaks.

    Examples
    --------
    >>> RuleGroup((), True).in_order
    ()
    """

    rules: tuple[RuleSide, ...]
    exclusive: bool

    @property
    def in_order(self) -> tuple[RuleSide, ...]:
        """The rules as they are heard."""
        return tuple(sorted(self.rules, key=lambda rule: rule.heard))


@dataclass(frozen=True)
class TermSide:
    """A term, or what a unit adds, as it stands in one of the records.

    Parameters
    ----------
    what : {"term", "effect", "value", "interaction"}
    atoms : tuple of Atom
    label : str
        The decision that it speaks for.
    scale : str
    numbers : dict
        With value, low, high and grade.

    Examples
    --------
    >>> TermSide("term", (), "fees", "log_odds", {"value": 1.0}).label
    'fees'
    """

    what: str
    atoms: tuple[Atom, ...]
    label: str
    scale: str
    numbers: dict[str, Any]


def rule_list(model: Record, found: list[Record]) -> RuleGroup:
    """The rules of a list or a set, with the order in which they are heard.

    Parameters
    ----------
    model : dict
        Of a rule list, as it stands in the record.
    found : list of dict
        The evidence of each rule.

    Examples
    --------
    >>> rule_list({"rules": [], "ordered": True}, []).rules
    ()
    """
    errors = [float("inf") if rule["error"] is None else rule["error"] for rule in model["rules"]]
    places = range(len(errors))
    order = list(places) if model["ordered"] else sorted(places, key=lambda place: (errors[place], place))
    rules = [
        _global_rule(model, rule["conditions"], model["classes"][rule["class_index"]], found[place], place, rule["id"])
        for place, rule in enumerate(model["rules"])
    ]
    heard = {place: number for number, place in enumerate(order, 1)}
    return RuleGroup(tuple(_heard(rule, heard[place]) for place, rule in enumerate(rules)), exclusive=False)


def class_tree(model: Record, found: list[Record]) -> RuleGroup:
    """The leaves of a tree, as rules.

    Parameters
    ----------
    model : dict
        Of a class tree, as it stands in the record.
    found : list of dict
        The evidence of each leaf.

    Examples
    --------
    >>> leaf = {"feature": None, "probabilities": [0.2, 0.8]}
    >>> none = {"precision": None, "coverage": None, "n": 0, "grade": None}
    >>> class_tree({"features": [], "classes": ["a", "b"], "nodes": [leaf]}, [none]).rules[0].says
    'b'
    """
    leaves = []
    for place, (number, conditions) in enumerate(_paths(model["nodes"])):
        shares = model["nodes"][number]["probabilities"]
        says = model["classes"][max(range(len(shares)), key=lambda one: (shares[one], -one))]
        leaves.append(_global_rule(model, conditions, says, found[place], place))
    return RuleGroup(tuple(leaves), exclusive=True)


def coefficient(model: Record, one: Record) -> TermSide:
    """A coefficient of a multinomial model, as a term.

    Examples
    --------
    >>> model = {"features": [{"kind": "stem", "key": "fee", "label": "fee", "forms": []}], "classes": ["fees"]}
    >>> coefficient(model, {"feature": 0, "class_index": 0, "value": 1.5, "low": None, "high": None}).label
    'fees'
    """
    atom = Atom.of_feature(model["features"][one["feature"]], True)
    numbers = {"value": one["value"], "low": one["low"], "high": one["high"], "grade": None}
    return TermSide("term", (atom,), str(model["classes"][one["class_index"]]), "log_odds", numbers)


def _global_rule(
    model: Record, conditions: list[Record], says: str, found: Record, place: int, name: str | None = None
) -> RuleSide:
    atoms = tuple(Atom.of_feature(model["features"][one["feature"]], one["present"]) for one in conditions)
    precision, coverage = estimate(found["precision"]), estimate(found["coverage"])
    return RuleSide(
        *(name or condition_id(atoms), place + 1, place + 1, atoms, str(says)),
        *(precision, coverage, found["n"], found["grade"]),
    )


def condition_id(atoms: tuple[Atom, ...]) -> str:
    """An identifier as global rules have, for conditions that have none in the record.

    Examples
    --------
    >>> fee, card = Atom("stem", "fee", "fee", True), Atom("stem", "card", "card", False)
    >>> condition_id((fee, card)) == condition_id((card, fee)), len(condition_id((fee,)))
    (True, 12)
    """
    named = sorted([f"{atom.kind}:{atom.key}", atom.present] for atom in atoms)
    return digest(canonical_bytes(named))[:12]


def _heard(rule: RuleSide, number: int) -> RuleSide:
    return RuleSide(**{**vars(rule), "heard": number})


def estimate(measured: Record | None) -> Record | None:
    """An estimate with its interval only.

    Examples
    --------
    >>> estimate({"value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95})
    {'value': 0.5, 'low': 0.4, 'high': 0.6}
    """
    return None if measured is None else {name: measured[name] for name in ("value", "low", "high")}


def _paths(nodes: list[Record]) -> list[tuple[int, list[Record]]]:
    """Leaves with the conditions that lead to them, "present" before "absent": the order of the evidence."""
    found: list[tuple[int, list[Record]]] = []
    waiting: list[tuple[int, list[Record]]] = [(0, [])]
    while waiting:
        number, way = waiting.pop()
        node = nodes[number]
        if node["feature"] is None:
            found.append((number, way))
            continue
        waiting.append((node["absent"], [*way, {"feature": node["feature"], "present": False}]))
        waiting.append((node["present"], [*way, {"feature": node["feature"], "present": True}]))
        if len(waiting) + len(found) > len(nodes):
            raise ValueError("a tree whose nodes lead in a circle")
    return found
