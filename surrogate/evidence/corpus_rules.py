"""Rules of a global surrogate: how many held-out documents each covers, and on how many of these the model decides so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.estimate import Estimate
from surrogate.evidence.binomial import share_estimate

__all__ = ["CONFIRMED", "CONTRADICTED", "FEW", "SUPPORTED", "CorpusRuleEvidence", "measure_corpus_rules"]

CONFIRMED, SUPPORTED, FEW, CONTRADICTED = "confirmed", "supported", "too few documents", "contradicted"

#: Precision that a rule must show, and the fewest held-out documents that show anything.
_PRECISION, _FEWEST = 0.8, 5

#: Documents that are shown of each rule, and rules that it overlaps with.
_SHOWN, _OVERLAPS = 5, 3


@dataclass(frozen=True)
class CorpusRuleEvidence:
    """What held-out documents say about one rule.

    Parameters
    ----------
    n_fit, n : int
        Documents under its condition, among those it was fitted to and among those held out.
    coverage : Estimate
        Share of the held-out documents under its condition.
    precision : Estimate
        Of these, the share that the model decides as the rule says.
    lift : float
        Precision over the share of that decision among all held-out documents.
    n_decides : int
        Held-out documents for which this rule gives the answer, since no rule before it does.
    grade : {"confirmed", "supported", "too few documents", "contradicted"}
        Whether the lower end of the precision's interval reaches .8, or the precision itself, or not; or there are fewer than
        five documents.
    overlaps : tuple of (int, int)
        Other rules, by their place, that hold for the same held-out documents, and for how many.
    typical, counterexamples : tuple of int
        Documents, by their place among all: fitted ones that the model decides so with the highest probability, and held-out
        ones under the condition that it decides otherwise.

    Examples
    --------
    >>> CorpusRuleEvidence(9, 4, share_estimate(4, 10), share_estimate(4, 4), 2.0, 4, FEW).grade
    'too few documents'
    """

    n_fit: int
    n: int
    coverage: Estimate
    precision: Estimate
    lift: float
    n_decides: int
    grade: str
    overlaps: tuple[tuple[int, int], ...] = ()
    typical: tuple[int, ...] = ()
    counterexamples: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **{name: value for name, value in vars(self).items() if name not in ("coverage", "precision")},
            "coverage": self.coverage.to_dict(),
            "precision": self.precision.to_dict(),
            "overlaps": [list(pair) for pair in self.overlaps],
            "typical": list(self.typical),
            "counterexamples": list(self.counterexamples),
        }


def measure_corpus_rules(
    fires: NDArray[np.bool_],
    first: NDArray[np.int64],
    says: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    held_out: NDArray[np.bool_],
) -> tuple[CorpusRuleEvidence, ...]:
    """Measure every rule.

    Parameters
    ----------
    fires : ndarray of bool, shape (n_documents, n_rules)
        Whether each rule's condition holds; in a list that is read from the top, and none before it.
    first : ndarray of int, shape (n_documents,)
        The rule that gives the answer; -1: none.
    says : ndarray of int, shape (n_rules,)
        The class that each rule says.
    probabilities : ndarray of float, shape (n_documents, n_classes)
        What the model says.
    held_out : ndarray of bool, shape (n_documents,)
        Documents that no rule was fitted to.

    Returns
    -------
    tuple of CorpusRuleEvidence
    """
    decisions = probabilities.argmax(axis=1)
    together = fires[held_out].T.astype(np.int64) @ fires[held_out].astype(np.int64)
    return tuple(
        _measure(number, fires[:, number], first, int(says[number]), probabilities, decisions, held_out, together)
        for number in range(len(says))
    )


def _measure(
    number: int,
    holds: NDArray[np.bool_],
    first: NDArray[np.int64],
    says: int,
    probabilities: NDArray[np.float64],
    decisions: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    together: NDArray[np.int64],
) -> CorpusRuleEvidence:
    n, n_all = int((holds & held_out).sum()), int(held_out.sum())
    right = decisions == says
    precision = share_estimate(int((holds & held_out & right).sum()), n)
    usual = float(right[held_out].mean()) if n_all else 0.0
    shared = np.where(np.arange(len(together)) == number, 0, together[number])
    others = [place for place in np.argsort(-shared, kind="stable") if shared[place]]
    wrong = np.flatnonzero(holds & held_out & ~right)
    fitted = np.flatnonzero(holds & ~held_out & right)
    return CorpusRuleEvidence(
        n_fit=int((holds & ~held_out).sum()),
        n=n,
        coverage=share_estimate(n, n_all),
        precision=precision,
        lift=precision.value / usual if n and usual else float("nan"),
        n_decides=int(((first == number) & held_out).sum()),
        grade=_grade(precision, n),
        overlaps=tuple((int(place), int(together[number, place])) for place in others[:_OVERLAPS]),
        typical=_highest(fitted, probabilities[fitted, says]),
        counterexamples=_highest(wrong, -probabilities[wrong, says]),
    )


def _grade(precision: Estimate, n: int) -> str:
    if n < _FEWEST:
        return FEW
    if precision.low >= _PRECISION:
        return CONFIRMED
    return SUPPORTED if precision.value >= _PRECISION else CONTRADICTED


def _highest(places: NDArray[np.intp], scores: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(int(place) for place in places[np.argsort(-scores, kind="stable")[:_SHOWN]])
