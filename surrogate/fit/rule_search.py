"""From a table to rules: the pool, its cover, and the rules that each caution chooses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from surrogate.features import Feature
from surrogate.fit.greedy_rules import Choice, chosen_rules
from surrogate.fit.nesting import nested_features
from surrogate.fit.rule_cover import cover_of
from surrogate.fit.rule_pool import Documents, rule_pool
from surrogate.fit.soft_errors import exact_weights, soft_errors
from surrogate.rule_list_model import Condition, CorpusRule, RuleListModel
from surrogate.table import Table

__all__ = ["RuleSearch"]

#: Most features that conditions are made of: the most frequent ones.  Documents x features are held densely.
_MOST_FEATURES = 1000

#: Least support of a rule and of a feature, as a share of the documents.
_LEAST_SHARE = 0.004


@dataclass(frozen=True)
class RuleSearch:
    """How rules are searched.

    Parameters
    ----------
    max_rules, max_conditions, min_support : int
    ordered : bool
    copy_weight : float
    exclude : tuple of str
        Names or keys of features that no condition is made of.

    Examples
    --------
    >>> RuleSearch(40, 2, 4, False, 5.0, ()).support(2000)
    8
    """

    max_rules: int
    max_conditions: int
    min_support: int
    ordered: bool
    copy_weight: float
    exclude: tuple[str, ...]

    def support(self, n_documents: int) -> int:
        """Documents that a rule must be right about: ``min_support``, but at least .4 % of them."""
        return max(self.min_support, round(_LEAST_SHARE * n_documents))

    def models(self, table: Table, cautions: tuple[float, ...]) -> dict[float, RuleListModel]:
        """The rules of a table for each price of an error; pool and cover are made once.

        Parameters
        ----------
        table : Table
        cautions : tuple of float
        """
        table = table if self.copy_weight > 0 else table.originals()
        named, presence = self._conditions(table)
        errors = soft_errors(table)
        original = table.original
        documents = Documents(presence[:, original].T.astype(np.float32), errors[original], nested_features(named))
        pool = rule_pool(documents, self.max_conditions, self.support(int(original.sum())))
        cover = cover_of(pool, presence, exact_weights(table, self.copy_weight), errors, original)
        return {
            caution: _as_model(
                chosen_rules(cover, len(named), caution, self.max_rules, self.ordered),
                named,
                table.classes,
                self.ordered,
            )
            for caution in cautions
        }

    def _conditions(self, table: Table) -> tuple[tuple[Feature, ...], NDArray[np.bool_]]:
        """The features that conditions are made of, and which rows have them, shape (n_features, n_rows)."""
        own = table.originals().features.presence.tocsc()
        frequency = np.diff(own.indptr)
        excluded = set(self.exclude)
        allowed = [
            not (feature.common or feature.name in excluded or feature.key in excluded)
            for feature in table.features.named
        ]
        columns = np.flatnonzero((frequency >= self.support(own.shape[0])) & np.array(allowed, dtype=bool))
        columns = _distinct(own, columns)
        columns = np.sort(columns[np.argsort(-frequency[columns], kind="stable")[:_MOST_FEATURES]])
        chosen = table.features.at(columns)
        return chosen.named, chosen.presence.T.toarray().astype(bool)


def _distinct(presence: csc_matrix, columns: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of columns that the same documents have, the first."""
    first: dict[bytes, int] = {}
    for column in columns:
        rows = presence.indices[presence.indptr[column] : presence.indptr[column + 1]]
        first.setdefault(np.sort(rows).tobytes(), int(column))
    return np.array(sorted(first.values()), dtype=np.intp)


def _as_model(
    chosen: list[Choice], named: tuple[Feature, ...], classes: tuple[str, ...], ordered: bool
) -> RuleListModel:
    used = sorted({literal % len(named) for choice in chosen for literal in choice.conjunction})
    place = {column: number for number, column in enumerate(used)}
    rules = tuple(
        CorpusRule(
            tuple(Condition(place[literal % len(named)], literal < len(named)) for literal in choice.conjunction),
            choice.class_index,
            choice.error,
        )
        for choice in chosen
    )
    return RuleListModel(tuple(named[column] for column in used), classes, rules, ordered)
