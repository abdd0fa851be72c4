"""One of the two records, read so that its parts can be compared: members, rules and terms with named conditions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from surrogate.comparing.atoms import Atom
from surrogate.comparing.changes import RuleSide
from surrogate.comparing.groups import RuleGroup, TermSide, class_tree, coefficient, condition_id, estimate, rule_list
from surrogate.report.marks import unit_name
from surrogate.report.record import kind_of

__all__ = ["Side"]

Record = dict[str, Any]


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
            return rule_list(model, member["rules"])
        if member["kind"] == "class_tree":
            return class_tree(model, member["rules"])
        if member["kind"] in ("tree", "rule_set"):
            return self._local_rules(member)
        return self._anchor(model) if member["kind"] == "anchor" else None

    def terms(self, member: Record) -> tuple[TermSide, ...] | None:
        """Terms of a surrogate, and what units add; None: it is withheld, or of a kind that has none."""
        model = member["model"]
        if model is None:
            return None
        if member["kind"] == "multinomial":
            return tuple(coefficient(model, one) for one in model["coefficients"])
        if member["kind"] == "linear":
            terms = [self._term("term", one["literals"], one, model["scale"]) for one in model["terms"]]
            effects = [self._term("effect", [_kept(one["unit"])], one, model["scale"]) for one in model["effects"]]
            return (*terms, *effects)
        return self._shapley(model) if member["kind"] == "shapley" else None

    def unit(self, place: int, kept: bool) -> Atom:
        """That a unit of the text is kept, or removed."""
        return Atom("unit", self.unit_keys[place], unit_name(self.record, place), bool(kept))

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

    def _local_rules(self, member: Record) -> RuleGroup:
        rules = []
        for number, rule in enumerate(member["rules"], 1):
            atoms = tuple(self._literal(literal) for literal in rule["literals"])
            covers = {"value": rule["coverage"], "low": None, "high": None}
            rules.append(
                RuleSide(
                    *(rule["id"], number, rule["order"] or number, atoms, rule["consequent"]),
                    *(estimate(rule["precision"]), covers, rule["support"], rule["grade"]),
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
        precision = estimate(model["precision"])
        rule = RuleSide(condition_id(atoms), 1, 1, atoms, says, precision, covers, model["n_draws"], model["status"])
        return RuleGroup((rule,), exclusive=False)


def _kept(unit: int) -> Record:
    return {"unit": unit, "kept": True}
