"""The benchmarks of fidelity and of global surrogates run, treat everybody alike, and say what they could not run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    fidelity,
    fidelity_bars,
    fidelity_ours,
    global_bars,
    global_measure,
    global_old_peers,
    global_rules,
)
from benchmarks.fidelity_methods import AsSent, Memory, TimedBox, is_installed
from benchmarks.fidelity_scores import draw_lime_masks, game_tests, kernel, r2, top_units
from benchmarks.fidelity_tasks import SIZES, Place, Task, load_box, tasks_of
from benchmarks.global_corpora import peer_agreement, train_half
from benchmarks.global_peers import Sized, largest_within, tfidf, tree_path
from benchmarks.global_rule_peers import point, tree_leaves
from surrogate.baselines import LimeBaseline, MaskedModel
from surrogate.query import Query
from surrogate.units import split_units

# The plots of shap, loaded with it, use a name that matplotlib is about to rename.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
NOWHERE = Place(Path(), Path())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fidelity")
    arguments = ["--models", "toy", "--quick", "--texts", "1", "--jobs", "1", "--out", str(out)]
    fidelity.main([*arguments, "--rows", str(out / "rows.jsonl")])
    return out


def rows_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_the_quick_run_writes_table_and_picture(run: Path) -> None:
    text = (run / "fidelity.md").read_text()
    for wanted in (
        "**ours, 12 terms, 64 calls**",
        "| lime, 5,000 |",
        "shap Kernel, 500, refitted by ridge",
        "reference",
    ):
        assert wanted in text
    assert (run / "fidelity.svg").read_text().startswith("<?xml")


@pytest.mark.slow
def test_a_peer_that_is_not_installed_is_named(run: Path) -> None:
    text = (run / "fidelity.md").read_text()
    for name, package in (("captum Lime, 500", "captum"), ("shapiq ProxySPEX, 500", "shapiq")):
        assert (f"{name}: not installed" in text) != is_installed(package)


@pytest.mark.slow
def test_calls_are_counted_and_test_masks_are_unseen(run: Path) -> None:
    rows = rows_of(run)
    for row in rows:
        if row["method"].startswith("ours"):
            assert row["sent"] == row["distinct"] == row["calls"]
            assert row["seen_reference"] == 0
            assert row["size_shown"] <= 16
        if row["method"] == "lime, 5,000":
            assert row["sent"] == 5000 > row["distinct"]
    assert {row["size"] for row in rows} == set(SIZES)


def test_the_fitting_masks_of_ours_grow_and_never_meet_the_test_masks() -> None:
    task = tasks_of("toy", NOWHERE, 1)[0]
    sample = fidelity_ours.draw(task.text, "sizes", 128, 64, seed=0)
    few, many = (fidelity_ours.first_calls(sample, n).masks[0] for n in (32, 128))
    assert np.array_equal(few, many[:32])
    assert few[0].all()
    assert not few[1].any()
    test = {mask.tobytes() for mask in sample.role("test").masks[0]}
    assert len(test) == 64
    assert not test & {mask.tobytes() for mask in many}


def test_a_package_pays_for_every_copy_it_sends() -> None:
    task = Task("toy", "short", 0, "not a good plot but fun")
    box = TimedBox(load_box(task, NOWHERE))
    document = split_units(task.text)
    outcome = MaskedModel.of(document, Query(box)).outcome
    box.n_answered, memory = 0, Memory()
    paid = LimeBaseline(num_samples=100).explain(AsSent(document, outcome, box, memory, pay=True))
    assert box.n_answered == 100 > paid.n_distinct
    again = LimeBaseline(num_samples=100).explain(AsSent(document, outcome, box, memory, pay=False))
    assert box.n_answered == 100
    through_query = LimeBaseline(num_samples=100).explain(MaskedModel(document, outcome, Query(box)))
    assert np.allclose(paid.weights, again.weights)
    assert np.allclose(paid.weights, through_query.weights)


def test_the_kernel_is_that_of_lime() -> None:
    masks = draw_lime_masks(12, 50, seed=1)
    distance = 100 * (1 - np.sqrt(masks.mean(axis=1)))
    assert np.allclose(kernel(masks), np.sqrt(np.exp(-(distance**2) / 25**2)))


def test_games_are_measured_on_every_mask_that_was_not_asked() -> None:
    tests = game_tests(np.linspace(-1, 1, 2**14))
    asked = tests["reference"].masks[:100]
    left = tests["reference"].without(asked)
    assert len(left.masks) == 2**14 - 100
    assert tests["lime"].weights[-1] == 0
    assert math.isclose((tests["lime"].weights / kernel(tests["lime"].masks)).sum(), 1)


def test_top_units_of_a_linear_prediction_are_its_largest_weights() -> None:
    weights = np.array([0.1, -3, 0, 2, 0.5])
    masks = np.random.default_rng(0).random((20, 5)) < 0.5
    assert top_units(lambda rows: rows @ weights, masks, n=2) == {1, 3}
    assert top_units(lambda rows: rows @ weights, masks) == {0, 1, 3, 4}


def test_r2_of_the_mean_is_zero() -> None:
    values = np.array([0.0, 1.0, 2.0, 5.0])
    weights = np.array([1.0, 1.0, 2.0, 1.0])
    assert r2(values, np.full(4, np.average(values, weights=weights)), weights) == pytest.approx(0)


def test_calls_to_reach_lime_are_the_fewest_that_are_enough() -> None:
    def row(method: str, calls: int, value: float, form: str = "terms") -> dict:
        common = {"number": 0, "given": "probability", "seconds": calls / 100, "model_seconds": 0.0}
        counts = {"sent": calls, "distinct": calls, "calls": calls}
        return {"method": method, "form": form, "lime_probability": value, **common, **counts}

    rows = [row(f"ours, {n}", n, value) for n, value in ((32, 0.4), (64, 0.7), (128, 0.8))]
    rows += [row("lime, 500", 500, 0.6, "as given"), row("lime, 5,000", 5000, 0.65, "as given")]
    (found,) = fidelity_bars.reached(rows, "terms", "LIME's weighted R2 of the probability")
    assert found.n_calls == 64
    assert found.lime_seconds[5000] / found.seconds == pytest.approx(5000 / 64)
    (missed,) = fidelity_bars.reached(rows, "tree", "LIME's weighted R2 of the probability")
    assert math.isinf(missed.n_calls)
    assert fidelity_bars.median_factor([missed], 5000) == 0


def test_texts_have_the_length_they_are_grouped_by(data: Path, tmp_path: Path) -> None:
    tasks = tasks_of("bank-router", Place(data, tmp_path), 20)
    assert len(tasks) == 40
    for task in tasks:
        least, most = SIZES[task.size]
        assert least <= len(task.text.split()) <= most


def test_a_game_answers_as_its_table_says(data: Path, tmp_path: Path) -> None:
    place = Place(data, tmp_path)
    task = tasks_of("games", place, 1)[0]
    values = np.load(data / "sentiment_games" / "values_signed_float32.npz")[task.game]
    box = load_box(task, place)
    signed = values[[0, 5, 2**14 - 1]].astype(float)
    answers = box.answer(["", "0 2", task.text]).probabilities[:, 1]
    assert np.allclose(answers, np.clip(np.where(signed > 0, signed, 1 + signed), 1e-4, 1 - 1e-4))


def test_a_path_is_searched_for_the_largest_model_that_shows_no_more() -> None:
    asked: list[float] = []

    def fit(c: float) -> Sized:
        asked.append(c)
        return Sized(int(10 * c), c)

    found = largest_within(fit, (50, 100, 10_000))
    assert found[50].shown == 50
    assert found[100].shown == 100
    assert found[10_000].shown <= 600
    assert len(asked) == len(set(asked)) < 40
    assert largest_within(lambda c: Sized(90, c), (50,))[50].shown == 0


def test_peers_learn_nothing_from_held_out_documents_and_show_no_more() -> None:
    fitted = (["lost card", "a fee", "my card", "the fee", "card", "fee"] * 4, np.array([0, 1] * 12))
    held_out = (["unheard card", "unheard fee"], np.array([0, 1]))
    matrices = tfidf(fitted, held_out)
    assert matrices.held_out.shape[1] == matrices.fitted.shape[1] == 5
    one = tree_path(matrices, (50,))[50]
    assert one.agreement == 1
    assert one.shown <= 50
    points = tree_leaves(*fitted, *held_out, n_leaves=8, min_leaf=1)
    assert [(row["coverage"], row["precision"]) for row in points[:2]] == [(1, 1), (1, 1)]


def test_coverage_and_precision_are_of_what_is_said() -> None:
    assert point(np.array([0, -1, 1, 1]), np.array([0, 0, 1, 0])) == {
        "coverage": 0.75,
        "precision": pytest.approx(2 / 3),
    }
    assert math.isnan(point(np.array([-1]), np.array([0]))["precision"])


def test_coverage_at_a_precision_lies_between_neighbouring_settings() -> None:
    assert global_bars.coverage_at([(0.6, 0.90), (0.4, 1.0)], 0.95) == pytest.approx(0.5)
    assert global_bars.coverage_at([(0.6, 0.90), (0.4, 0.94)], 0.95) == 0


def global_run(ours: float) -> list[dict]:
    def linear(method: str, agreement: float) -> dict:
        return {"part": "linear", "method": method, "seed": 0, "size": 200, "shown": 200, "agreement": agreement}

    def tree(method: str, agreement: float) -> dict:
        return {"part": "tree", "method": method, "seed": 0, "shown": 32, "agreement": agreement, "concepts": 16}

    return [
        linear(global_measure.OURS, ours),
        linear(global_measure.PEER_L1, 0.85),
        linear(global_measure.CONTROL, 0.87),
        {"part": "linear", "method": "MimicExplainer", "note": "not measured: interpret-community is not installed"},
        tree(global_measure.TREE_TERMS, 0.76),
        tree(global_measure.EMBEDDINGS["bank-router"], 0.80),
        {"part": "run", "minutes": 1.0, "machine": "a machine"},
    ]


def test_global_bars_are_judged_by_the_rows() -> None:
    good = {bar.what: bar.verdict for bar in global_bars.bars(global_run(0.90))}
    bad = {bar.what: bar.verdict for bar in global_bars.bars(global_run(0.875))}
    assert list(good.values()) == ["PASS", "PASS", "MISS"]
    assert list(bad.values()) == ["PASS", "MISS", "MISS"]
    assert any(global_measure.PEER_L1 in what for what in good)
    assert global_bars.Bar("nothing measured", float("nan"), 0.5).verdict == "MISS"


def test_the_global_page_names_the_peer_that_is_not_installed(tmp_path: Path) -> None:
    global_rules.write(global_run(0.90), tmp_path)
    text = (tmp_path / "global_rules.md").read_text()
    assert "MimicExplainer: not measured: interpret-community is not installed" in text
    assert "| 0.900 | ≥ 0.87 | PASS |" in text
    assert "| 0.040 | ≥ 0.05 | MISS |" in text
    assert (tmp_path / "global_rules.svg").read_text().startswith("<?xml")


def test_a_global_peer_that_is_not_installed_becomes_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(global_old_peers, "PACKAGES", dict.fromkeys(global_old_peers.PACKAGES, "no-such-package"))
    rows = global_old_peers.run([])
    assert [row["note"] for row in rows] == ["not measured: no-such-package is not installed"] * 2


def test_rules_of_a_peer_are_read_as_they_are_written() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert global_old_peers._cover("w0 > 0.5 and w1 <= 0.5", rows).tolist() == [True, False, False]
    with pytest.raises(ValueError, match="unknown form"):
        global_old_peers._cover("w0 is large", rows)


def test_the_classifier_of_another_corpus_is_trained_on_a_half() -> None:
    texts = tuple(f"{word} {number}" for number in range(30) for word in ("fair", "unfair"))
    model, accuracy = train_half(texts, ("fair", "unfair") * 30)
    assert accuracy == 1
    assert model.predict(["unfair terms"]).tolist() == ["unfair"]
    assert peer_agreement(texts, model.predict(list(texts))) == 1
