"""RuleListModel: rules over the features of documents as they are shown, IF present AND not present THEN class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.canonical import canonical_bytes, digest
from surrogate.features import Feature, Features

__all__ = ["Condition", "CorpusRule", "RuleListModel"]

#: Hexadecimal digits of a rule's identifier.
_ID_DIGITS = 12


@dataclass(frozen=True, order=True)
class Condition:
    """That a document has a feature, or has it not.

    Parameters
    ----------
    feature : int
        Place in the features of the model.
    present : bool

    Examples
    --------
    >>> Condition(0, False).holds(np.array([[True], [False]])).tolist()
    [False, True]
    """

    feature: int
    present: bool

    def holds(self, presence: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether it holds for each row (bool, shape (n_rows, n_features)), shape (n_rows,)."""
        return presence[:, self.feature] == self.present


@dataclass(frozen=True)
class CorpusRule:
    """A class that is said of the documents for which all of some conditions hold.

    Parameters
    ----------
    conditions : tuple of Condition
        All of them must hold; at least one.
    class_index : int
    error : float, optional
        Error rate as it was fitted: what an unordered set goes by where several rules speak.  No evidence.

    Examples
    --------
    >>> rule = CorpusRule((Condition(0, True),), 2)
    >>> CorpusRule.from_dict(rule.to_dict()) == rule
    True
    """

    conditions: tuple[Condition, ...]
    class_index: int
    error: float | None = None

    def id_among(self, features: tuple[Feature, ...]) -> str:
        """An identifier that only the names of the features and whether they are present enter.

        Examples
        --------
        >>> fee, card = Feature("word", "fee", "fee"), Feature("word", "card", "card")
        >>> one = CorpusRule((Condition(0, True), Condition(1, False)), 2).id_among((fee, card))
        >>> one == CorpusRule((Condition(0, False), Condition(1, True)), 0).id_among((card, fee)), len(one)
        (True, 12)
        """
        named = sorted([features[one.feature].name, one.present] for one in self.conditions)
        return digest(canonical_bytes(named).decode("utf-8"))[:_ID_DIGITS]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "conditions": [asdict(condition) for condition in self.conditions],
            "class_index": self.class_index,
            "error": self.error,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CorpusRule:
        """Inverse of :meth:`to_dict`."""
        conditions = tuple(Condition(**condition) for condition in data["conditions"])
        return cls(conditions, data["class_index"], data["error"])


def conditions_hold(conditions: Iterable[Condition], presence: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether all conditions hold for each row, shape (n_rows,); no condition: always.

    Examples
    --------
    >>> conditions_hold([Condition(0, True), Condition(1, False)], np.array([[True, False], [True, True]])).tolist()
    [True, False]
    """
    held = np.ones(len(presence), dtype=bool)
    for condition in conditions:
        held &= condition.holds(presence)
    return held


@dataclass(frozen=True)
class RuleListModel:
    """Rules over features; documents for which none speaks are not covered.

    Parameters
    ----------
    features : tuple of Feature
        Only those that a condition names.
    classes : tuple of str
    rules : tuple of CorpusRule
    ordered : bool
        True: the first rule whose conditions hold speaks.  False: the one of lowest fitted error, the first of equals.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> fee = Feature("word", "fee", "fee")
    >>> model = RuleListModel((fee,), ("fees", "other"), (CorpusRule((Condition(0, True),), 0, 0.02),), True)
    >>> model.decide(Features(csr_matrix([[1.0], [0.0]], dtype=np.float32), (fee,))).tolist()
    [0, -1]
    """

    features: tuple[Feature, ...]
    classes: tuple[str, ...]
    rules: tuple[CorpusRule, ...]
    ordered: bool
    kind: str = field(default="rule_list", init=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The identifier of each rule."""
        return tuple(rule.id_among(self.features) for rule in self.rules)

    def fires(self, features: Features) -> NDArray[np.bool_]:
        """Whether the conditions of each rule hold, shape (n_rows, n_rules).

        Parameters
        ----------
        features : Features
            Their columns are found by name; there may be others.

        Raises
        ------
        InputError
            ``bad-parameter`` when a feature of the model is not among the columns.
        """
        presence = features.having(self.features).toarray().astype(bool)
        fires = np.zeros((len(presence), len(self.rules)), dtype=bool)
        for number, rule in enumerate(self.rules):
            fires[:, number] = conditions_hold(rule.conditions, presence)
        return fires

    def first(self, features: Features) -> NDArray[np.intp]:
        """Place of the rule that speaks for each row, -1: none, shape (n_rows,); raises as :meth:`fires`."""
        fires = self.fires(features)
        speaks = np.full(len(fires), -1, dtype=np.intp)
        # Backwards, so that the rule that comes first has the last word.
        for number in reversed(self.order):
            speaks[fires[:, number]] = number
        return speaks

    def decide(self, features: Features) -> NDArray[np.intp]:
        """Number of the class that is said of each row, -1: not covered, shape (n_rows,); raises as :meth:`fires`."""
        said = np.array([*(rule.class_index for rule in self.rules), -1], dtype=np.intp)
        return said[self.first(features)]

    @property
    def order(self) -> list[int]:
        """Places of the rules in the order in which they are heard: of those that hold, the first speaks."""
        places = range(len(self.rules))
        if self.ordered:
            return list(places)
        errors = [np.inf if rule.error is None else rule.error for rule in self.rules]
        return sorted(places, key=lambda place: (errors[place], place))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "features": [feature.to_dict() for feature in self.features],
            "classes": list(self.classes),
            "rules": [{"id": name, **rule.to_dict()} for name, rule in zip(self.ids, self.rules, strict=True)],
            "ordered": self.ordered,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RuleListModel:
        """Inverse of :meth:`to_dict`."""
        return cls(
            tuple(Feature.from_dict(feature) for feature in data["features"]),
            tuple(data["classes"]),
            tuple(CorpusRule.from_dict(rule) for rule in data["rules"]),
            data["ordered"],
        )
