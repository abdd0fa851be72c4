"""The pipeline as scikit-learn knows it."""

from __future__ import annotations

import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn import set_config
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from surrogate import SameTexts, explanation_of, load
from surrogate.blackbox.function import FunctionBox
from surrogate.store import MemoryStore
from tests.toys import MESSAGE, card_box, conjunction

OTHER = "my transfer of money is late and I want to know where the new card is as well"


def pipe(box: object = None, **params: object) -> Pipeline:
    return load("local", card_box() if box is None else box).set_params(**params)


def test_fit_score_predict() -> None:
    fitted = pipe().fit([MESSAGE, OTHER])
    assert fitted.score([MESSAGE, OTHER]) > 0.8
    assert fitted.predict([MESSAGE, OTHER]).shape == (2,)
    with pytest.raises(NotFittedError):
        fitted.score(["a text that was not fitted"])


def test_fit_asks_fitting_texts_and_score_asks_select_texts() -> None:
    box = card_box()
    fitted = pipe(box).fit([MESSAGE])
    sample = fitted.named_steps["perturb"].draw([MESSAGE])
    texts = {
        role: {t for t, own in zip(sample.texts, sample.roles, strict=True) if own == role}
        for role in ("fit", "select", "test")
    }
    assert set(box.asked) == texts["fit"]
    fitted.score([MESSAGE])
    assert set(box.asked) == texts["fit"] | texts["select"]
    explanation = explanation_of(fitted, MESSAGE)
    drawn = texts["fit"] | texts["select"] | texts["test"]
    assert drawn <= set(box.asked)
    assert len(set(box.asked) - drawn) == explanation.calls.get("confirm", 0)
    assert len(box.asked) == len(set(box.asked))


def test_clone_shares_the_black_box_and_its_answers() -> None:
    first = pipe().fit([MESSAGE])
    second = clone(first)
    box = first.named_steps["query"].black_box
    assert second.named_steps["query"].black_box is box
    second.fit([MESSAGE])
    assert len(box.asked) == len(set(box.asked))


def test_parameters_reach_every_step() -> None:
    changed = pipe().set_params(surrogate__tree__max_leaves=3, weigh__kernel="mask_cosine", perturb__n_samples=64)
    params = changed.get_params()
    assert params["surrogate__tree__max_leaves"] == 3
    assert params["perturb__n_samples"] == 64
    changed.fit([MESSAGE])
    assert changed.named_steps["surrogate"].members_["tree"].max_leaves == 3


def test_grid_search_chooses_on_select_masks_and_asks_nothing_twice() -> None:
    box = card_box()
    search = GridSearchCV(
        pipe(box), {"surrogate__linear__max_terms": [1, 3], "weigh__kernel": ["uniform", "mask_cosine"]}, cv=SameTexts()
    )
    search.fit([MESSAGE, OTHER])
    assert search.best_params_["surrogate__linear__max_terms"] == 3
    assert len(box.asked) == len(set(box.asked))


def test_memory_keeps_the_steps_and_hashes_little(tmp_path: Path) -> None:
    cached = pipe(FunctionBox(conjunction, classes=["cards", "other"], fingerprint="toy:1"), perturb__n_samples=64)
    cached.memory = joblib.Memory(tmp_path, verbose=0)
    first = cached.fit([MESSAGE])
    second = clone(cached).set_params(query__store=MemoryStore()).fit([MESSAGE])
    assert first.predict([MESSAGE]) == second.predict([MESSAGE])
    again = clone(cached).fit([MESSAGE])
    assert again.named_steps["query"] is not first.named_steps["query"]
    sizes = [path.stat().st_size for path in tmp_path.rglob("output.pkl")]
    assert len(sizes) == 3
    assert max(sizes) < 100_000


def test_a_neighborhood_s_hash_survives_pickling() -> None:
    sample = pipe().named_steps["perturb"].draw([MESSAGE])
    assert joblib.hash(pickle.loads(pickle.dumps(sample))) == joblib.hash(sample)


def test_html_diagram_set_output_and_tags() -> None:
    fitted = pipe().fit([MESSAGE])
    assert "Panel" in fitted._repr_html_()
    assert fitted.set_output(transform="pandas") is fitted
    set_config(transform_output="default")
    for _, step in fitted.steps:
        tags = step.__sklearn_tags__()
        assert (tags.input_tags.two_d_array, tags.no_validation, tags.requires_fit) == (False, True, False)
    assert fitted.named_steps["perturb"].__sklearn_tags__().input_tags.string


def test_scikit_learn_s_progress_callbacks_work(capsys: pytest.CaptureFixture[str]) -> None:
    watched = pipe()
    watched.set_callbacks(ProgressBar())
    watched.fit([MESSAGE])
    assert np.isfinite(watched.predict([MESSAGE])).all()
    assert "Pipeline" in capsys.readouterr().out


def test_black_boxes_are_not_unfitted_or_copied_by_fit() -> None:
    box = card_box()
    one = pipe(box)
    one.fit([MESSAGE])
    assert one.named_steps["query"].black_box is box


def test_a_fitted_pipeline_is_explained_as_it_was_fitted_and_explain_teaches_with_the_select_part_too() -> None:
    import surrogate

    fitted = pipe().fit([MESSAGE])
    direct = surrogate.explain(MESSAGE, card_box(), calls=None, store=False)
    by_hand = explanation_of(fitted, MESSAGE, recipe_name="local")
    assert by_hand.surrogates["linear"].predict(np.ones((1, by_hand.document.n_units), bool)) == pytest.approx(
        fitted.predict([MESSAGE])
    )
    for part in ("document", "decision", "model", "stopping"):
        assert by_hand.to_dict()[part] == direct.to_dict()[part]
    roles = ("original", "fit", "select", "test")
    assert [by_hand.calls[role] for role in roles] == [direct.calls[role] for role in roles]
    assert by_hand.to_dict()["production"]["recipe"] == direct.to_dict()["production"]["recipe"]
