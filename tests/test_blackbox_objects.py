"""Laws of black boxes made from objects and saved files: functions, estimators, skops files."""

from __future__ import annotations

import pickle
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import joblib
import numpy as np
import pytest

from surrogate.blackbox import BlackBox, EstimatorBox, FunctionBox, as_black_box, load_model
from surrogate.errors import InputError, ModelError

TEXTS = ["good film", "bad film", "very good", "very bad"]
CLASSES = ["pos", "neg", "pos", "neg"]


def code(raised) -> str:
    return raised.value.code


def half(texts):
    return np.full((len(texts), 2), 0.5)


def fit(seed: int = 0):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), LogisticRegression(random_state=seed)).fit(TEXTS, CLASSES)


@pytest.fixture(scope="module")
def fitted():
    pytest.importorskip("sklearn")
    return fit()


def test_importing_black_boxes_is_light():
    heavy = "{'torch', 'transformers', 'sklearn', 'skops', 'huggingface_hub'}"
    program = f"import sys, surrogate.blackbox; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[1], check=False).returncode == 0


def test_function_answers_in_the_order_of_the_texts():
    box = load_model(lambda texts: [[len(t) / 10, 1 - len(t) / 10] for t in texts], classes=["long", "short"])
    assert box.answer(["abc", "a"]).probabilities[:, 0].tolist() == pytest.approx([0.3, 0.1])


def test_no_text_has_no_answer():
    assert FunctionBox(half, ["a", "b"]).answer([]).probabilities.shape == (0, 2)


def test_every_box_is_a_black_box(fitted):
    assert isinstance(FunctionBox(half, ["a", "b"]), BlackBox)
    assert isinstance(EstimatorBox(fitted), BlackBox)


def test_black_box_is_returned_as_it_is():
    box = FunctionBox(half, ["a", "b"])
    assert load_model(box) is box
    assert as_black_box(box) is box


def test_function_without_classes_is_refused():
    with pytest.raises(ModelError) as raised:
        load_model(half)
    assert code(raised) == "missing-labels"


@pytest.mark.parametrize("classes", [["a", "a"], ["a", ""], ["a"], "ab"])
def test_bad_classes_are_refused(classes):
    with pytest.raises(ModelError) as raised:
        FunctionBox(half, classes)
    assert code(raised) == "bad-labels"


@pytest.mark.parametrize("row", [[np.nan, 1.0], [-0.5, 1.5], [0.5, 0.1]])
def test_impossible_probabilities_are_refused(row):
    with pytest.raises(ModelError) as raised:
        FunctionBox(lambda texts: [row] * len(texts), ["a", "b"]).answer(["x"])
    assert code(raised) == "bad-answer-values"


@pytest.mark.parametrize("answer", [[[0.5, 0.5]], [[0.2, 0.3, 0.5]] * 2, [0.5, 0.5], "no"])
def test_wrong_shapes_are_refused(answer):
    with pytest.raises(ModelError) as raised:
        FunctionBox(lambda texts: answer, ["a", "b"]).answer(["x", "y"])
    assert code(raised) == "bad-answer-shape"


def test_multi_label_rows_need_not_sum_to_one():
    box = FunctionBox(lambda texts: [[0.9, 0.9]] * len(texts), ["a", "b"], multi_label=True)
    assert box.answer(["x"]).probabilities.sum() == pytest.approx(1.8)


def test_error_of_a_function_is_chained_and_its_text_is_not_told():
    def fails(texts):
        raise KeyError(texts[0])

    with pytest.raises(ModelError) as raised:
        FunctionBox(fails, ["a", "b"]).answer(["secret"])
    assert code(raised) == "model-failed"
    assert isinstance(raised.value.__cause__, KeyError)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("texts", "wanted"), [("one", "not-text"), ([1], "not-text"), (["a\ud800"], "not-utf8")])
def test_only_texts_are_asked(texts, wanted):
    with pytest.raises(InputError) as raised:
        FunctionBox(half, ["a", "b"]).answer(texts)
    assert code(raised) == wanted


def test_function_box_is_pickled_by_reference():
    box = pickle.loads(pickle.dumps(FunctionBox(half, ["a", "b"])))
    assert box.function is half


def test_estimator_answers_as_predict_proba(fitted):
    box = load_model(fitted)
    np.testing.assert_allclose(box.answer(TEXTS).probabilities, fitted.predict_proba(TEXTS), atol=1e-12)
    assert box.classes_.tolist() == ["neg", "pos"]


def test_clone_shares_the_black_box(fitted):
    from sklearn.base import clone

    box = EstimatorBox(fitted)
    assert clone(box, safe=False) is box
    assert deepcopy(box) is box


def test_estimator_box_survives_pickle(fitted):
    box = EstimatorBox(fitted)
    again = pickle.loads(pickle.dumps(box))
    np.testing.assert_array_equal(again.answer(TEXTS).log_probabilities, box.answer(TEXTS).log_probabilities)
    assert again.fingerprint == box.fingerprint


def test_fingerprint_of_an_estimator_follows_what_it_learned(fitted):
    from sklearn.base import clone

    box = EstimatorBox(fitted)
    assert EstimatorBox(fit()).fingerprint == box.fingerprint
    assert EstimatorBox(clone(fitted).fit(TEXTS, CLASSES[::-1])).fingerprint != box.fingerprint
    fitted.predict_proba(["asked"])
    assert EstimatorBox(fitted).fingerprint == box.fingerprint


def test_fingerprint_of_an_estimator_is_the_same_in_another_process(fitted):
    program = "import tests.test_blackbox_objects as t; print(t.EstimatorBox(t.fit()).fingerprint)"
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(here.parent)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == EstimatorBox(fitted).fingerprint


def test_models_without_probabilities_are_refused(fitted):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    for last, advice in [(LinearSVC(), "CalibratedClassifierCV"), (LinearRegression(), "predict_proba")]:
        with pytest.raises(ModelError, match=advice) as raised:
            load_model(make_pipeline(TfidfVectorizer(), last).fit(TEXTS, [0, 1, 0, 1]))
        assert code(raised) == "not-a-classifier"


def test_unfitted_estimator_is_refused(fitted):
    from sklearn.base import clone

    with pytest.raises(ModelError, match="fit") as raised:
        load_model(clone(fitted))
    assert code(raised) == "not-a-classifier"


@pytest.mark.parametrize("model", [None, 3, ["a"]])
def test_other_objects_are_refused(model):
    with pytest.raises(ModelError) as raised:
        load_model(model)
    assert code(raised) == "not-a-classifier"


def test_skops_file_answers_as_what_was_saved(fitted, tmp_path):
    skops = pytest.importorskip("skops.io")
    skops.dump(fitted, tmp_path / "film.skops")
    box = load_model(tmp_path / "film.skops")
    assert box.name == "film"
    np.testing.assert_array_equal(box.answer(TEXTS).probabilities, EstimatorBox(fitted).answer(TEXTS).probabilities)


def test_untrusted_types_are_listed(fitted, tmp_path):
    skops = pytest.importorskip("skops.io")
    fitted = fit()
    fitted.steps[0][1].tokenizer = subprocess.check_output
    skops.dump(fitted, tmp_path / "film.skops")
    with pytest.raises(ModelError, match="check_output") as raised:
        load_model(tmp_path / "film.skops")
    assert code(raised) == "untrusted-types"


def test_damaged_skops_file_is_refused(tmp_path):
    pytest.importorskip("skops")
    (tmp_path / "film.skops").write_bytes(b"no archive")
    with pytest.raises(ModelError) as raised:
        load_model(tmp_path / "film.skops")
    assert code(raised) == "bad-model-file"


@pytest.mark.parametrize("suffix", ["pkl", "joblib", "pt"])
def test_pickles_are_not_opened(suffix, tmp_path):
    path = tmp_path / f"film.{suffix}"
    joblib.dump({}, path)
    with pytest.raises(ModelError, match="skops") as raised:
        load_model(path)
    assert code(raised) == "unsafe-weights"


def test_missing_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "skops", None)
    (tmp_path / "film.skops").write_bytes(b"")
    with pytest.raises(ModelError, match="pip install skops") as raised:
        load_model(tmp_path / "film.skops")
    assert code(raised) == "missing-package"


def test_labels_for_a_model_that_names_its_own_are_refused_not_dropped(tmp_path: Path) -> None:
    import skops.io
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(["good", "bad"], ["p", "n"])
    skops.io.dump(model, tmp_path / "model.skops")
    for given in (model, EstimatorBox(model), tmp_path / "model.skops"):
        with pytest.raises(InputError) as caught:
            load_model(given, classes=["x", "y"], labels=["x", "y"])
        assert caught.value.code == "bad-parameter"
