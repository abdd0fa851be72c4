"""Locality kernels, and LIME's algorithm as a recipe."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances

from surrogate import explain, recipes
from surrogate.answers import Answers
from surrogate.errors import InputError
from surrogate.fit.selection import select_lime
from surrogate.outcome import Outcome
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.rows import usable_rows
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, Counting, card_box, logistic


def test_the_mask_kernel_is_lime_s() -> None:
    neighborhood = Weigh(kernel="mask_cosine").fit_transform(Delete().draw([MESSAGE]))
    masks = neighborhood.masks[0].astype(float)
    distance = pairwise_distances(masks, np.ones((1, masks.shape[1])), metric="cosine").ravel() * 100
    assert neighborhood.sample_weight == pytest.approx(np.sqrt(np.exp(-(distance**2) / 25**2)))


def test_the_embedding_kernel_is_one_at_the_text_and_falls_with_distance() -> None:
    class Embedding(Counting):
        def answer(self, texts):  # type: ignore[no-untyped-def]
            vectors = np.array([[len(text), 10.0 * text.count("card")] for text in texts], dtype=np.float32)
            return Answers.from_probabilities(self.function(texts), embeddings=vectors)

    box = Embedding(logistic({"card": 1.0}))
    sample = Query(box).fit_transform(Delete().draw([MESSAGE]))
    step = Weigh(kernel="embedding_cosine").fit(sample)
    weight = step.transform(sample).sample_weight
    assert weight is not None
    assert weight[0] == pytest.approx(1.0)
    assert weight.min() < 0.9
    select = step.transform(sample.role("select"))
    assert select.sample_weight == pytest.approx(weight[sample.roles == "select"])


def test_the_embedding_kernel_needs_embeddings() -> None:
    sample = Query(card_box()).fit_transform(Delete().draw([MESSAGE]))
    with pytest.raises(InputError, match="embeddings"):
        Weigh(kernel="embedding_cosine").fit_transform(sample)


@pytest.mark.parametrize("params", [{"kernel": "gaussian"}, {"kernel_width": 0.0}])
def test_bad_parameters_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="kernel"):
        Weigh(**params).fit(Delete().draw([MESSAGE]))  # type: ignore[arg-type]


@pytest.mark.parametrize("n_features", [4, 10])
def test_the_lime_recipe_agrees_with_the_lime_package(n_features: int) -> None:
    from lime.lime_base import LimeBase

    weights = {word: np.sin(i) for i, word in enumerate(sorted(set(MESSAGE.split())))}
    pipe = recipes.load("lime", Counting(logistic(weights)))
    pipe.set_params(perturb__n_samples=400, surrogate__max_terms=n_features)
    pipe.fit([MESSAGE])
    sample = pipe[:-1].transform([MESSAGE])  # warms nothing that matters: the select part
    assert set(sample.roles) == {"select"}

    part = pipe.named_steps["perturb"].draw([MESSAGE], ("fit",))
    for name in ("query", "weigh"):
        part = pipe.named_steps[name].transform(part)
    outcome = pipe.named_steps["surrogate"].outcomes_[MESSAGE]
    rows = usable_rows(part, outcome, "probability")
    assert rows.masks[0].all()
    width = 25.0
    peer = LimeBase(lambda distance: np.sqrt(np.exp(-(distance**2) / width**2)))
    distance = pairwise_distances(rows.masks.astype(float), np.ones((1, rows.n_units)), metric="cosine").ravel() * 100
    labels = np.column_stack([rows.values, 1 - rows.values])
    intercept, local, _, prediction = peer.explain_instance_with_data(
        rows.masks.astype(float), labels, distance, 0, n_features, feature_selection="auto"
    )
    model = pipe.named_steps["surrogate"].models_[MESSAGE]
    assert {term.units[0]: term.coefficient for term in model.terms} == pytest.approx(dict(local), abs=1e-9)
    assert model.intercept == pytest.approx(intercept, abs=1e-9)
    assert pipe.predict([MESSAGE])[0] == pytest.approx(prediction[0], abs=1e-9)


def test_lime_s_choice_of_few_features_is_forward() -> None:
    generator = np.random.default_rng(0)
    masks = (generator.random((80, 9)) < 0.5).astype(float)
    values = masks @ np.array([3.0, 0, 0, -2, 0, 0, 0, 1, 0])
    assert select_lime(masks, values, np.ones(80), 3).tolist() == [0, 3, 7]


def test_an_outcome_is_symmetric() -> None:
    answers = Answers.from_probabilities([[0.3, 0.7], [1.0, 0.0]])
    one, other = Outcome(("a", "b"), "a"), Outcome(("a", "b"), "b")
    assert one.log_odds(answers) == pytest.approx(-other.log_odds(answers))
    assert one.clipped(answers).tolist() == [False, True]


def test_the_kernel_goes_by_an_embedder_that_is_named() -> None:
    from sklearn.pipeline import Pipeline

    import surrogate
    from surrogate.fit import SparseLinear
    from surrogate.perturb import Delete
    from surrogate.query import Query
    from tests.toys import card_box

    class Lengths:
        """Embeds a text as its length and its number of words."""

        name, fingerprint, classes_, kind = "lengths", None, (), "embedder"

        def answer(self, texts: list[str]) -> Answers:
            vectors = np.array([[len(text) + 1.0, len(text.split())] for text in texts], dtype=np.float32)
            nobody = np.zeros(len(texts), dtype=bool)
            return Answers(np.empty((len(texts), 0)), vectors, None, nobody, nobody)

        def __sklearn_clone__(self) -> Lengths:
            return self

    weigh = Weigh(kernel="embedding_cosine", kernel_width=0.05)
    steps = [("perturb", Delete()), ("query", Query()), ("weigh", weigh), ("surrogate", SparseLinear())]
    explanation = surrogate.explain(
        "i lost my new card today", card_box(), Pipeline(steps), calls=32, embeddings=Lengths(), store=False
    )
    assert explanation.production["embeddings"] == {"name": "lengths", "fingerprint": None}
    assert explanation.members[0].fidelity is not None


@pytest.mark.parametrize("kernel_width", [0.001, 1e-9])
def test_a_kernel_at_which_no_copy_weighs_anything_is_refused(kernel_width: float) -> None:
    pipe = recipes.load("local").set_params(weigh__kernel="mask_cosine", weigh__kernel_width=kernel_width)
    with pytest.raises(InputError, match="so narrow that no altered copy weighs anything") as told:
        explain(MESSAGE, card_box(), pipe, calls=64, store=False)
    assert told.value.code == "bad-parameter"
