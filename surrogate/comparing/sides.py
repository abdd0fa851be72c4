"""One of the two records, read so that its parts can be compared: members, rules and terms with named conditions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.comparing.atoms import Atom
from surrogate.comparing.changes import RuleSide
from surrogate.report.record import kind_of

__all__ = ["RuleGroup", "Side", "TermSide"]

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


@dataclass(frozen=True, eq=False)
class Side:
    """One record, and what its units are called so that those of two texts can be matched.

    Parameters
    ----------
    record : dict
    unit_keys : tuple of str
        A key for each unit of a text; the same in both records for units that correspond.

    Examples
    --------
    >>> Side({"schema": "surrogate-corpus-report", "members": []}).members
    {}
    """

    record: Record
    unit_keys: tuple[str, ...] = ()
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", kind_of(self.record))

    @property
    def members(self) -> dict[tuple[str, str], Record]:
        """The surrogates by name and kind."""
        listed = self.record["members" if self.kind == "global" else "surrogates"]
        return {(str(one["name"]), str(one["kind"])): one for one in listed}

    def rules(self, member: Record) -> RuleGroup | None:
        """Rules of a surrogate; None: it is withheld, or of a kind that has none."""
        model = member["model"]
        if model is None:
            return None
        if member["kind"] == "rule_list":
            return self._rule_list(model, member["rules"])
        if member["kind"] == "class_tree":
            return self._class_tree(model, member["rules"])
        if member["kind"] in ("tree", "rule_set"):
            return self._local_rules(member)
        return self._anchor(model) if member["kind"] == "anchor" else None

    def terms(self, member: Record) -> tuple[TermSide, ...] | None:
        """Terms of a surrogate, and what units add; None: it is withheld, or of a kind that has none."""
        model = member["model"]
        if model is None:
            return None
        if member["kind"] == "multinomial":
            return tuple(_coefficient(model, one) for one in model["coefficients"])
        if member["kind"] == "linear":
            terms = [self._term("term", one["literals"], one, model["scale"]) for one in model["terms"]]
            effects = [self._term("effect", [_kept(one["unit"])], one, model["scale"]) for one in model["effects"]]
            return (*terms, *effects)
        return self._shapley(model) if member["kind"] == "shapley" else None

    def unit(self, place: int, kept: bool) -> Atom:
        """That a unit of the text is kept, or removed."""
        document = self.record["document"]
        start, end = document["units"][place]
        return Atom("unit", self.unit_keys[place], document["text"][start:end], bool(kept))

    def _literal(self, literal: Record) -> Atom:
        if "units" not in literal:
            return self.unit(literal["unit"], literal["kept"])
        units, least = literal["units"], literal["least"]
        named = [] if units is None else [self.unit(place, True) for place in units]
        key = json.dumps([None if units is None else [one.key for one in named], least])
        words = "the whole text" if units is None else ", ".join(dict.fromkeys(one.label for one in named))
        return Atom("share", key, words if least is None else f"{words} (at least {least:.0%})", bool(literal["kept"]))

    def _term(self, what: str, literals: list[Record], one: Record, scale: str) -> TermSide:
        atoms = tuple(sorted(self._literal(literal) for literal in literals))
        numbers = {"value": one["coefficient"], "low": one["low"], "high": one["high"], "grade": one["grade"]}
        return TermSide(what, atoms, self.record["decision"]["target"], scale, numbers)

    def _shapley(self, model: Record) -> tuple[TermSide, ...]:
        none = [None] * len(model["values"])
        low, high = model["low"] or none, model["high"] or none
        rows = [
            ("value", [place], {"value": value, "low": low[place], "high": high[place], "grade": None})
            for place, value in enumerate(model["values"])
        ]
        rows += [
            ("interaction", one["units"], {**{name: one[name] for name in ("value", "low", "high")}, "grade": None})
            for one in model["interactions"]
        ]
        target, scale = self.record["decision"]["target"], model["scale"]
        return tuple(
            TermSide(what, tuple(sorted(self.unit(unit, True) for unit in units)), target, scale, numbers)
            for what, units, numbers in rows
        )

    def _rule_list(self, model: Record, found: list[Record]) -> RuleGroup:
        errors = [float("inf") if rule["error"] is None else rule["error"] for rule in model["rules"]]
        places = range(len(errors))
        order = list(places) if model["ordered"] else sorted(places, key=lambda place: (errors[place], place))
        rules = [
            _global_rule(
                model, rule["conditions"], model["classes"][rule["class_index"]], found[place], place, rule["id"]
            )
            for place, rule in enumerate(model["rules"])
        ]
        heard = {place: number for number, place in enumerate(order, 1)}
        return RuleGroup(tuple(_heard(rule, heard[place]) for place, rule in enumerate(rules)), exclusive=False)

    def _class_tree(self, model: Record, found: list[Record]) -> RuleGroup:
        leaves = []
        for place, (number, conditions) in enumerate(_paths(model["nodes"])):
            shares = model["nodes"][number]["probabilities"]
            says = model["classes"][max(range(len(shares)), key=lambda one: (shares[one], -one))]
            leaves.append(_global_rule(model, conditions, says, found[place], place))
        return RuleGroup(tuple(leaves), exclusive=True)

    def _local_rules(self, member: Record) -> RuleGroup:
        rules = []
        for number, rule in enumerate(member["rules"], 1):
            atoms = tuple(self._literal(literal) for literal in rule["literals"])
            covers = {"value": rule["coverage"], "low": None, "high": None}
            rules.append(
                RuleSide(
                    *(rule["id"], number, rule["order"] or number, atoms, rule["consequent"]),
                    *(_numbers(rule["precision"]), covers, rule["support"], rule["grade"]),
                )
            )
        return RuleGroup(tuple(rules), exclusive=member["kind"] == "tree")

    def _anchor(self, model: Record) -> RuleGroup:
        """The confirmed condition, if any, as a rule."""
        if model["chosen"] is None:
            return RuleGroup((), exclusive=False)
        chosen = model["candidates"][model["chosen"]]
        atoms = tuple(self._literal(literal) for literal in chosen["literals"])
        decision = self.record["decision"]
        says = decision["opposite"] if model["decision"] is False else decision["target"]
        covers = {"value": chosen["coverage"], "low": None, "high": None}
        precision = _numbers(model["precision"])
        rule = RuleSide(_id(atoms), 1, 1, atoms, says, precision, covers, model["n_draws"], model["status"])
        return RuleGroup((rule,), exclusive=False)


def _kept(unit: int) -> Record:
    return {"unit": unit, "kept": True}


def _coefficient(model: Record, one: Record) -> TermSide:
    atom = Atom.of_feature(model["features"][one["feature"]], True)
    numbers = {"value": one["value"], "low": one["low"], "high": one["high"], "grade": None}
    return TermSide("term", (atom,), str(model["classes"][one["class_index"]]), "log_odds", numbers)


def _global_rule(
    model: Record, conditions: list[Record], says: str, found: Record, place: int, name: str | None = None
) -> RuleSide:
    atoms = tuple(Atom.of_feature(model["features"][one["feature"]], one["present"]) for one in conditions)
    precision, coverage = _numbers(found["precision"]), _numbers(found["coverage"])
    return RuleSide(
        *(name or _id(atoms), place + 1, place + 1, atoms, str(says)),
        *(precision, coverage, found["n"], found["grade"]),
    )


def _id(atoms: tuple[Atom, ...]) -> str:
    """An identifier as global rules have, for conditions that have none in the record."""
    named = sorted([f"{atom.kind}:{atom.key}", atom.present] for atom in atoms)
    return digest(canonical_bytes(named))[:12]


def _heard(rule: RuleSide, number: int) -> RuleSide:
    return RuleSide(**{**vars(rule), "heard": number})


def _numbers(estimate: Record | None) -> Record | None:
    return None if estimate is None else {name: estimate[name] for name in ("value", "low", "high")}


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
