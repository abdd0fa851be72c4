"""Confirming an anchor: fresh, independent draws under each candidate's condition, or all copies where they are few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surrogate.anchor_model import CONFIRMED, NOT_CONFIRMED, AnchorModel
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.anchor_trials import Ask, Memory, Trial, copies_under, densities
from surrogate.evidence.anchor_words import confirmed_sentence, unconfirmed_sentence
from surrogate.evidence.binomial import binomial_interval
from surrogate.evidence.looks import Looks, fewest_draws, plan_looks
from surrogate.reference import draw_under

__all__ = ["Ask", "confirm_anchor"]

#: Draws after which the next candidate to draw for is chosen anew.
_BATCH = 12

#: Draws that the proxy's expectation of a precision counts as.
_PRIOR_DRAWS = 30.0

#: A candidate is drawn for while its chance to be confirmed is at least this; and once another one is confirmed, this.
_WORTH_TRYING, _WORTH_MORE = 0.05, 0.5

_ROUNDING = 1e-9


def confirm_anchor(
    model: AnchorModel, ask: Ask, *, budget: int, generator: np.random.Generator, delta: float = 0.05
) -> AnchorModel:
    """Find the candidate of largest coverage that is precise enough, by asking the model.

    Draws go where coverage times the chance of being confirmed within the budget is largest.  A candidate is confirmed when
    the exact binomial bound of its own fresh draws reaches the threshold at a planned look (:mod:`surrogate.evidence.looks`);
    the j-th candidate that is drawn for may err with a share of ``delta`` that falls with j (j + 1), so that all together err
    with at most ``delta``.  Where all copies under a condition fit into the budget they are asked instead, and nothing can err.

    Parameters
    ----------
    model : AnchorModel
        As proposed; its threshold is the precision that is wanted.
    ask : callable (masks) -> margins, usable
        Answers of the model to masks (bool, shape (n, n_units)): decision margins, float, shape (n,), and whether each answer
        can be used, bool, shape (n,).  It is never given the same mask twice.  What cannot be used counts as not keeping the
        decision.
    budget : int
        The most masks that ``ask`` is given, in all.
    generator : numpy.random.Generator
    delta : float, default 0.05
        Probability that an anchor is confirmed whose precision is below the threshold.

    Returns
    -------
    AnchorModel
        Confirmed or not; its sentence is in ``reason``.

    Raises
    ------
    InputError
        ``bad-parameter`` for a delta outside 0 .. 1.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Anchors", AAAI 2018, section 3; Kaufmann and Kalyanakrishnan, COLT 2013.

    Examples
    --------
    >>> from surrogate.anchor_model import AnchorCandidate
    >>> from surrogate.literals import Literal
    >>> model = AnchorModel(12, (AnchorCandidate((Literal(0, True),), 0.5, 0.99),), 0.95, True)
    >>> ask = lambda masks: (masks[:, 0] - 0.5, np.ones(len(masks), bool))
    >>> confirm_anchor(model, ask, budget=200, generator=np.random.default_rng(0)).status
    'confirmed'
    """
    if not 0 < delta < 1:
        raise InputError("bad-parameter", f"delta must lie between 0 and 1, without the ends; got {delta!r}.")
    race = _Race(model, Memory(ask, budget, bool(model.decision)), generator, delta)
    best = race.best() if model.decision is not None else None
    spent = replace(
        model,
        candidates=tuple(trial.counted() for trial in race.trials),
        n_draws=sum(trial.n_draws for trial in race.trials),
        n_calls=race.memory.n_calls,
        n_unusable=sum(trial.n_unusable for trial in race.trials),
    )
    if best is None:
        needed = fewest_draws(model.threshold, race.error(1))
        return replace(spent, status=NOT_CONFIRMED, reason=unconfirmed_sentence(spent, budget, needed))
    place = race.trials.index(best)
    found = replace(spent, status=CONFIRMED, chosen=place, precision=best.precision, exact=best.looks is None)
    return replace(found, reason=confirmed_sentence(found, delta))


class _Race:
    """The candidates, and where to draw next."""

    def __init__(self, model: AnchorModel, memory: Memory, generator: np.random.Generator, delta: float) -> None:
        self.model, self.memory, self.generator, self.delta = model, memory, generator, delta
        self.budget = memory.left
        self.plans: dict[int, Looks] = {}
        self.n_opened = 0
        self.trials = [
            Trial(candidate, copies_under(candidate.literals, model.n_units, model.reference, self.budget))
            for candidate in model.candidates
        ]

    def best(self) -> Trial | None:
        """The confirmed candidate of largest coverage, when nothing more is worth drawing for."""
        best = None
        while (trial := self._next(best)) is not None:
            if self._fits(trial):
                self._ask_every_copy(trial)
            else:
                self._draw(trial)
            best = best if trial.precision is None else trial
        return best

    def _next(self, best: Trial | None) -> Trial | None:
        """The candidate with the largest coverage times chance, among those of more coverage than the best so far."""
        least = _WORTH_TRYING if best is None else _WORTH_MORE
        chosen, most = None, 0.0
        for trial in self.trials:
            coverage = trial.candidate.coverage
            if trial.settled or (best is not None and coverage <= best.candidate.coverage + _ROUNDING):
                continue
            chance = self._chance(trial)
            if chance >= least and coverage * chance > most + _ROUNDING:
                chosen, most = trial, coverage * chance
        return chosen

    def _chance(self, trial: Trial) -> float:
        from scipy.stats import beta

        expected = _PRIOR_DRAWS * trial.candidate.expected
        prior = expected + 0.5, _PRIOR_DRAWS - expected + 0.5
        if trial.every_copy is not None and self._fits(trial):
            is_free = self.memory.n_new(trial.every_copy) == 0
            return 1.0 if is_free else float(beta.sf(self.model.threshold, *prior))
        looks = self._plan() if trial.looks is None else trial.looks
        return looks.chance(trial.n_draws, trial.n_draws - trial.n_held, prior, trial.n_draws + self.memory.left)

    def _fits(self, trial: Trial) -> bool:
        """Whether all copies under the condition can be asked."""
        return (
            trial.looks is None
            and trial.every_copy is not None
            and self.memory.n_new(trial.every_copy) <= self.memory.left
        )

    def _plan(self) -> Looks:
        """The looks of the next candidate that is drawn for: its order is settled before it is drawn for."""
        number = self.n_opened + 1
        if number not in self.plans:
            self.plans[number] = plan_looks(self.model.threshold, self.error(number), self.budget)
        return self.plans[number]

    def error(self, number: int) -> float:
        """What the candidate that is drawn for as the ``number``-th may err; over all candidates the sum is delta."""
        n = max(len(self.trials), 1)
        return self.delta * (n + 1) / n / (number * (number + 1))

    def _ask_every_copy(self, trial: Trial) -> None:
        masks = trial.every_copy
        if masks is None or not len(masks):
            trial.settled = True
            return
        held, usable = self.memory.held(masks)
        trial.add(held, usable)
        trial.settled = True
        share = float(np.average(held, weights=densities(masks, self.model.reference)))
        if share >= self.model.threshold - _ROUNDING:
            trial.precision = Estimate(share, share, share, self.model.base)

    def _draw(self, trial: Trial) -> None:
        """Draw for a candidate up to its next look at most, and look."""
        if trial.looks is None:
            trial.looks = self._plan()
            self.n_opened += 1
        until = trial.looks.after(trial.n_draws)
        number = min(_BATCH, self.memory.left, 0 if until is None else until - trial.n_draws)
        masks = draw_under(trial.candidate.literals, self.model.n_units, number, self.generator, self.model.reference)
        if not len(masks):
            trial.settled = True
            return
        trial.add(*self.memory.held(masks))
        if trial.looks.confirms(trial.n_draws, trial.n_draws - trial.n_held):
            trial.settled = True
            low, high = binomial_interval(trial.n_held, trial.n_draws, 1 - 2 * trial.looks.tail)
            trial.precision = Estimate(
                trial.n_held / trial.n_draws, low, high, self.model.base, level=round(1 - 2 * self.delta, 9)
            )
