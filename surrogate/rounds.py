"""Rounds: how much of what a reader sees changed when the calls were doubled, measured on the select part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.agreement import effects_of_units, found_again
from surrogate.determination import r2
from surrogate.fit import Panel
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.rows import Rows, usable_rows
from surrogate.single_thread import single_thread
from surrogate.stopping import Round

__all__ = ["Fitted", "fitted_to", "measure_round"]

Signed = tuple[Any, bool]


@dataclass(frozen=True, eq=False)
class Fitted:
    """What one text's surrogates are after a round, with the rows they can be compared on.

    Parameters
    ----------
    models : dict of str to LinearModel, TreeModel, …
        By name in the panel.
    outcome : Outcome
    answered : Neighborhood
        The fit and select rows of one text.
    """

    models: dict[str, Any]
    outcome: Outcome
    answered: Neighborhood

    def select(self, scale: str) -> Rows:
        """The select rows, weighted to the reference distribution."""
        return usable_rows(self.answered.role("select").replace(sample_weight=None), self.outcome, scale)


def fitted_to(pipe: Pipeline, answered: Neighborhood) -> list[Fitted]:
    """The fitted surrogates of each text of a neighbourhood."""
    surrogate = pipe.named_steps["surrogate"]
    members = surrogate.members_ if isinstance(surrogate, Panel) else {"surrogate": surrogate}
    first = next(iter(members.values()))
    return [
        Fitted(
            {name: member.models_[part.documents[0].text] for name, member in members.items()},
            first.outcomes_[part.documents[0].text],
            part,
        )
        for part in answered.parts()
    ]


def measure_round(before: list[Fitted], now: list[Fitted], n_top: int) -> Round:
    """Compare two rounds; over several texts the worst one counts.

    Parameters
    ----------
    before : list of Fitted
        Empty in the first round.
    now : list of Fitted
    n_top : int
        Terms that are compared.

    Returns
    -------
    Round
    """
    with single_thread():
        calls = sum(len(set(each.answered.texts)) for each in now)
        scores = [_scores(each.models, each) for each in now]
        r2s = {name: _mean([score[name] for score in scores]) for name in scores[0]}
        constant = all(np.ptp(each.outcome.log_odds(_usable(each))) < 1e-9 for each in now)
        if not before:
            return Round(calls, r2s, constant=constant)
        compared = list(zip(before, now, strict=True))
        changes = [_largest_change(old.models, new) for old, new in compared]
        return Round(
            calls,
            r2s,
            min(_same_terms(old.models, new.models, n_top) for old, new in compared),
            min(_same_decisions(old.models, new) for old, new in compared),
            max((change for change in changes if change is not None), default=None),
            constant,
        )


def _usable(each: Fitted) -> Any:
    answers = each.answered.answers
    return answers.take(np.flatnonzero(answers.usable))  # type: ignore[union-attr]


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _predictive(models: dict[str, Any]) -> dict[str, Any]:
    return {name: model for name, model in models.items() if hasattr(model, "predict")}


def _scores(models: dict[str, Any], each: Fitted) -> dict[str, float | None]:
    """R2 of each surrogate that predicts, on the select rows."""
    scores: dict[str, float | None] = {}
    for name, model in _predictive(models).items():
        rows = each.select(model.scale)
        measurable = len(rows.values) > 1 and bool((rows.weights > 0).any())
        scores[name] = r2(rows.values, rows.as_asked(model.predict(rows.masks)), rows.weights) if measurable else None
    return scores


def _largest_change(old: dict[str, Any], new: Fitted) -> float | None:
    """Largest change of fidelity, old and new surrogates measured on the same rows; None where none can be measured."""
    was, now = _scores(old, new), _scores(new.models, new)
    changes = [
        abs(after - before)
        for name, after in now.items()
        if after is not None and (before := was.get(name)) is not None
    ]
    return max(changes, default=None)


def _same_decisions(old: dict[str, Any], new: Fitted) -> float:
    """Least share of the answered copies on which a surrogate decides as it did before."""
    masks = new.answered.masks[0]
    shares = [1.0]
    for name, model in _predictive(new.models).items():
        shares.append(float(np.mean(_decisions(model, masks) == _decisions(old[name], masks))))
    return min(shares)


def _decisions(model: Any, masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(model.predict_margin(masks)) > 0


def _same_terms(old: dict[str, Any], new: dict[str, Any], n_top: int) -> float:
    """Least share of the top terms of either round that both rounds chose with the same sign."""
    shares = [1.0]
    for name, model in new.items():
        if isinstance(model, LinearModel) and any(term.has_shares for term in (*model.terms, *old[name].terms)):
            shares.append(_same_groups(old[name], model, n_top))
            continue
        was, now = _signed_terms(old[name]), _signed_terms(model)
        top = set(was[:n_top]) | set(now[:n_top])
        if top:
            shares.append(len(top & set(was) & set(now)) / len(top))
    return min(shares)


def _by_size(effects: NDArray[np.float64]) -> list[Signed]:
    """The units that add or take something, with the sign, largest first."""
    order = np.argsort(-np.abs(effects), kind="stable")
    return [(int(unit), bool(effects[unit] > 0)) for unit in order if effects[unit] != 0]


def _same_groups(old: LinearModel, new: LinearModel, n_top: int) -> float:
    """Share of the top terms of either of two rounds that the other one has: groups need not have the very same words."""
    again = [found_again(term, new) for term in old.terms[:n_top]]
    again += [found_again(term, old) for term in new.terms[:n_top]]
    return float(np.mean(again))


def _signed_terms(model: Any) -> list[Signed]:
    """What a surrogate names first, with its sign."""
    if isinstance(model, LinearModel):
        return _by_size(effects_of_units(model))
    if model.kind == "shapley":
        return _by_size(np.asarray(model.values))
    if model.kind == "anchor":
        return [(candidate.literals, True) for candidate in model.candidates]
    return []
