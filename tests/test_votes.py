"""Votes: their binomial noise is carried into the fit, and told from the model's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from surrogate import explain
from surrogate.answers import Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.function import FunctionBox
from surrogate.explanation import Explanation
from surrogate.fit.gaussian_process import fit_gaussian_process
from surrogate.fit.pairwise import fit_pairwise
from surrogate.fit.proxy import Teacher, fit_proxy
from surrogate.fit.shapley import fit_values
from surrogate.fit.sparse_linear import SparseLinear
from surrogate.fit.votes import scored
from surrogate.outcome import Outcome, sigmoid
from surrogate.reference import all_masks, reference_masks
from surrogate.rows import Rows
from surrogate.votes import empirical_log_odds, shown_by_votes

N_UNITS, N_ROWS = 12, 128


def game(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Log-odds of a model with two words that act together; it is sure of many copies."""
    on = masks.astype(float)
    return np.asarray(on @ ([3.0, -2.0, 1.5, 1.0, -1.0] + [0.0] * 7) + 2.5 * on[:, 0] * on[:, 2] - 2.0)


def voted(seed: int, n_votes: int) -> Rows:
    generator = np.random.default_rng(seed)
    half, _ = reference_masks(N_UNITS, N_ROWS // 2, generator, "sizes")
    masks = np.stack([half, ~half], axis=1).reshape(N_ROWS, N_UNITS)
    votes = np.column_stack([generator.binomial(n_votes, sigmoid(game(masks))), np.full(N_ROWS, n_votes)]) * 1.0
    values, units = empirical_log_odds(votes), tuple(f"word{number}" for number in range(N_UNITS))
    return Rows(masks, values, values, np.ones(N_ROWS), np.arange(N_ROWS) // 2, units, votes=votes)


@pytest.mark.parametrize("n_votes", [8, 16])
def test_a_fit_that_carries_the_noise_of_votes_is_nearer_to_the_truth(n_votes: int) -> None:
    unseen, _ = reference_masks(N_UNITS, 1000, np.random.default_rng(99), "sizes")
    truth, errors = game(unseen), []
    for seed in range(4):
        data = voted(seed, n_votes)
        for rows in (replace(data, votes=None), data):
            teacher = Teacher()
            shown = SparseLinear().fit_one(rows, teacher.teach(rows)).predict(unseen)
            proxy = fit_proxy(rows).predict(unseen)[:, 0]
            errors.append([np.sqrt(np.mean((said - truth) ** 2)) for said in (proxy, shown)])
    ignored, carried = np.array(errors).reshape(4, 2, 2).mean(axis=0)
    assert (carried < 0.85 * ignored).all()


def test_no_noise_is_no_change() -> None:
    rows = replace(voted(0, 8), votes=None)
    still = replace(rows, variances=np.zeros(N_ROWS))
    assert (fit_gaussian_process(rows).dual == fit_gaussian_process(still).dual).all()
    assert np.allclose(fit_pairwise(rows).dual, fit_pairwise(rows, np.ones(N_ROWS)).dual)


def test_adjusted_responses_are_unbiased_where_the_prediction_is_right() -> None:
    generator = np.random.default_rng(0)
    truth = np.repeat([-2.0, 0.0, 2.0], 20_000)
    votes = np.column_stack([generator.binomial(8, sigmoid(truth)), np.full(len(truth), 8)]) * 1.0
    blank = np.zeros(len(truth))
    found = scored(Rows(np.zeros((len(truth), 1), bool), blank, blank, blank, blank, ("a",), votes=votes), truth)
    assert np.abs(found.values.reshape(3, -1).mean(axis=1) - [-2, 0, 2]).max() < 0.03
    assert found.variances is not None
    assert np.allclose(found.values.reshape(3, -1).var(axis=1), found.variances.reshape(3, -1)[:, 0], rtol=0.05)


def test_what_votes_show_is_what_they_show_on_average() -> None:
    generator = np.random.default_rng(0)
    mean, variance = shown_by_votes(np.array([1.5]), np.array([6.0]))
    counts = generator.binomial(6, sigmoid(1.5), size=40_000) * 1.0
    drawn = empirical_log_odds(np.column_stack([counts, np.full(len(counts), 6.0)]))
    assert abs(drawn.mean() - mean[0]) < 0.02
    assert abs(drawn.var() - variance[0]) < 0.03


def test_half_a_vote_is_added_to_each_side_whatever_the_number_of_labels() -> None:
    answers = Answers.from_votes([[8, 0, 0, 0], [2, 6, 0, 0]])
    all_others, one_other = (Outcome(("a", "b", "c", "d"), "a", contrast) for contrast in (None, "b"))
    assert all_others.log_odds(answers).round(6).tolist() == np.log([8.5 / 0.5, 2.5 / 6.5]).round(6).tolist()
    assert one_other.log_odds(answers).round(6).tolist() == np.log([8.5 / 0.5, 2.5 / 6.5]).round(6).tolist()
    assert not all_others.clipped(answers).any()


def test_values_shared_out_from_votes_on_every_copy_are_not_exact() -> None:
    masks = all_masks(5)
    generator = np.random.default_rng(0)
    votes = np.column_stack([generator.binomial(8, sigmoid(masks @ [2.0, -1, 0, 0, 1.0])), np.full(32, 8)]) * 1.0
    values = empirical_log_odds(votes)
    model = fit_values(
        Rows(masks, values, values, np.ones(32), np.arange(32) // 2, tuple("abcde"), votes=votes, varies=True)
    )
    assert not model.exact
    assert model.low is not None
    assert model.high is not None
    assert min(high - low for low, high in zip(model.low, model.high, strict=True)) > 0.05


class Voting(SharedBlackBox):
    """A model of three words that is asked for votes."""

    n_votes = 8

    def __init__(self) -> None:
        super().__init__(Identity("voting", "toy", ("cards", "other"), stochastic=True))
        self.generator, self.asked = np.random.default_rng(0), 0

    def answer(self, texts: Sequence[str]) -> Answers:
        self.asked += len(texts)
        weights = {"card": 3.0, "lost": 1.5, "new": -1.0}
        truth = np.array([sum(weights.get(word, 0.0) for word in text.split()) - 1.5 for text in texts])
        own = self.generator.binomial(self.n_votes, sigmoid(truth))
        return Answers.from_votes(np.column_stack([own, self.n_votes - own]))


def vary(texts: Sequence[str]) -> NDArray[np.float64]:
    return Voting.answer(VARYING, texts).probabilities


VARYING = Voting()


def told(explanation: Explanation) -> str:
    return " ".join(str(explanation).split())


@pytest.mark.parametrize("recipe", ["local", "local-rules", "local-shapley", "local-anchor"])
@pytest.mark.parametrize("known", [True, False], ids=["votes", "noise"])
def test_every_copy_of_a_model_whose_answers_vary_is_not_exact(recipe: str, known: bool) -> None:
    box = Voting() if known else FunctionBox(vary, classes=["cards", "other"], stochastic=True)
    explanation = explain("lost my new card yesterday", box, recipe, store=False)
    record = explanation.to_dict()
    assert not record["production"]["exhaustive"]
    assert record["calls"]["test"] == 128
    assert "(exact" not in told(explanation)
    assert "are exact" not in told(explanation)
    assert any("no number is exact" in limit for limit in explanation.limits)
    for member in record["surrogates"]:
        assert member["fidelity"] is None or member["fidelity"]["r2"]["low"] < member["fidelity"]["r2"]["high"]
        assert not (member["model"] or {}).get("exact", False)
    ceiling = explanation.stopping.noise_ceiling
    assert ceiling is not None
    assert 0.5 < ceiling < 1.0
    assert any("votes, up to 8 for each text" in finding for finding in explanation.findings) == known
    if isinstance(box, Voting):
        assert box.asked == record["calls"]["total"] == 160


def test_pairs_are_kept_back_where_the_calls_do_not_allow_to_ask_again() -> None:
    box = Voting()
    explanation = explain("lost my new card yesterday", box, store=False, calls=40)
    assert box.asked == explanation.calls["total"] == 32
    assert explanation.calls["test"] == 12


def test_a_model_that_always_answers_alike_is_exact_on_every_copy() -> None:
    explanation = explain(
        "lost card now",
        lambda texts: [[0.9, 0.1] if "card" in t else [0.2, 0.8] for t in texts],
        classes=["cards", "other"],
        store=False,
    )
    assert explanation.production["exhaustive"]
    assert all(member.fidelity is not None and member.fidelity.exact for member in explanation.members)
