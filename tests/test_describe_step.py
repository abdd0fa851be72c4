"""Describe: the step, and its parts among scikit-learn's own containers."""

from __future__ import annotations

import doctest
import pickle
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from surrogate.answers import Answers
from surrogate.describe import Columns, Concepts, Describe, Lexicon, Patterns, Probes, Terms
from surrogate.describe.base import Describer
from surrogate.describe.inputs import Inputs
from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.perturb import Delete
from surrogate.table import table_of

TEXTS = ["a lost card", "the lost cards", "a fee for cash", "fees for cash", "a lost fee", "my card"]


class Toy:
    def __repr__(self) -> str:
        return "Toy()"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, 3), dtype=np.float32)
        return np.array([["card" in text, "fee" in text, len(text) / 100] for text in texts], dtype=np.float32)


PARTS: list[Describer] = [
    Terms(),
    Lexicon({"loss": ["lost", "stolen"]}),
    Patterns({"plural": r"s\b"}),
    Concepts(n_concepts=2, embedder=Toy()),
    Probes({"card": {"examples": TEXTS[:2], "counterexamples": TEXTS[2:5]}}, embedder=Toy()),
]


def answered(texts: list[str] = TEXTS, n_samples: int = 8) -> Neighborhood:
    sample = Delete(n_samples=n_samples, accepts_empty=False).fit_transform(texts)
    card = np.array(["card" in text for text in sample.texts])
    answers = Answers.from_probabilities(np.column_stack([0.1 + 0.8 * card, 0.9 - 0.8 * card]))
    embedded = Answers(answers.log_probabilities, Toy().embed(sample.texts), None, answers.refused, answers.truncated)
    columns = {"channel": tuple("app" if number % 2 else "web" for number in range(len(texts)))}
    return sample.replace(answers=embedded, classes=("card", "other"), metadata=columns)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
class TestManners:
    def test_clone_and_parameters_come_back(self, part: Describer) -> None:
        copy = clone(part)
        assert copy is not part
        assert repr(copy) == repr(part)
        assert copy.get_params(deep=False).keys() == part.get_params(deep=False).keys()

    def test_fit_leaves_parameters_as_they_are(self, part: Describer) -> None:
        copy = clone(part)
        before = copy.get_params(deep=False)
        assert copy.fit(TEXTS) is copy
        assert all(copy.get_params(deep=False)[name] is value for name, value in before.items())

    def test_rows_columns_and_names_agree(self, part: Describer) -> None:
        copy = clone(part)
        presence = copy.fit_transform(TEXTS)
        assert issparse(presence)
        assert presence.format == "csr"
        assert presence.dtype == np.float32
        assert presence.shape == (len(TEXTS), len(copy.features_))
        assert list(copy.get_feature_names_out()) == [feature.name for feature in copy.features_]
        assert (presence != copy.transform(TEXTS)).nnz == 0

    def test_rows_do_not_depend_on_each_other(self, part: Describer) -> None:
        copy = clone(part).fit(TEXTS)
        together = copy.transform(TEXTS).toarray()
        for row, text in enumerate(TEXTS):
            assert copy.transform([text]).toarray()[0].tolist() == together[row].tolist()
        assert copy.transform([]).shape == (0, len(copy.features_))

    def test_before_the_fit_there_is_nothing(self, part: Describer) -> None:
        with pytest.raises(NotFittedError):
            clone(part).transform(TEXTS)
        with pytest.raises(NotFittedError):
            clone(part).get_feature_names_out()

    def test_an_empty_corpus_is_told(self, part: Describer) -> None:
        with pytest.raises(InputError, match="no documents"):
            clone(part).fit([])


def test_parts_stand_in_a_feature_union_a_pipeline_and_a_grid_search() -> None:
    union = FeatureUnion([("terms", Terms()), ("lexicon", Lexicon({"loss": ["lost"]}))])
    model = make_pipeline(union, LogisticRegression())
    labels = [1, 1, 0, 0, 0, 1]
    search = GridSearchCV(model, {"featureunion__terms__min_documents": [1, 2]}, cv=2).fit(TEXTS, labels)
    assert search.best_estimator_.predict(["a card"]).tolist() == [1]
    assert "lexicon__lexicon:loss" in union.fit(TEXTS).get_feature_names_out()


def test_parts_stand_in_a_column_transformer() -> None:
    table = np.array([[text, "app" if number % 2 else "web"] for number, text in enumerate(TEXTS)], dtype=object)
    columns = ColumnTransformer([("terms", Terms(), 0), ("columns", Columns(), [1])])
    presence = columns.fit_transform(table)
    assert presence.shape[0] == len(TEXTS)
    assert list(columns.get_feature_names_out()[-2:]) == ["columns__column:x0=app", "columns__column:x0=web"]


def test_parts_stand_in_a_column_transformer_of_a_data_frame() -> None:
    frame = pandas.DataFrame({"text": TEXTS, "amount": [1.0, 2, 3, 4, np.nan, np.nan], "day": ["Mon", pandas.NA] * 3})
    columns = ColumnTransformer([("terms", Terms(), "text"), ("columns", Columns(n_bins=2), ["amount", "day"])])
    assert columns.fit_transform(frame).shape == (6, len(columns.get_feature_names_out()))
    assert columns.named_transformers_["terms"].features_ == Terms().fit(TEXTS).features_
    assert [feature.key for feature in columns.named_transformers_["columns"].features_] == [
        "amount > 2", "amount missing", "day=Mon", "day missing",
    ]  # fmt: skip


def test_fitted_parts_travel_between_processes() -> None:
    for part in PARTS:
        fitted = clone(part).fit(TEXTS)
        copy = pickle.loads(pickle.dumps(fitted))
        assert (copy.transform(TEXTS) != fitted.transform(TEXTS)).nnz == 0


def test_features_are_learnt_from_unaltered_fitting_documents_alone() -> None:
    sample = answered()
    describe = Describe([("terms", Terms(prefixes=None))]).fit(sample)
    assert describe.features_ == Terms(prefixes=None).fit(TEXTS).features_
    assert describe.fitted_documents_.tolist() == list(range(len(TEXTS)))


def test_documents_of_other_roles_teach_nothing() -> None:
    sample = answered()
    starts = np.cumsum([0, *(len(masks) for masks in sample.masks[:-1])])
    roles = sample.roles.astype("<U6")
    roles[starts[2] : starts[3]] = "test"
    describe = Describe([("terms", Terms(prefixes=None))]).fit(sample.replace(roles=roles))
    assert describe.fitted_documents_.tolist() == [0, 1, 3, 4, 5]
    assert "stem:cash" not in [feature.name for feature in describe.features_]


def test_every_row_is_described_and_the_table_of_a_global_surrogate_follows() -> None:
    sample = answered()
    parts = [("terms", Terms(prefixes=None)), ("concepts", Concepts(n_concepts=2)), ("columns", Columns())]
    described = Describe(parts).fit_transform(sample)
    assert described.features is not None
    assert described.features.presence.shape == (sample.n_samples, len(described.features.named))
    assert described.features.presence.dtype == np.float32
    assert {feature.kind for feature in described.features.named} == {"stem", "concept", "column"}
    table = table_of(described)
    assert table.originals().n_rows == len(TEXTS)
    assert table.of_kinds(("concept",)).features.presence.sum() == sample.n_samples


def test_another_sample_is_described_with_what_was_learnt() -> None:
    describe = Describe([("terms", Terms(prefixes=None))]).fit(answered())
    other = describe.transform(answered(["a card of mine", "unseen words"]))
    assert other.features is not None
    assert other.features.named == describe.features_
    assert describe.transform(answered()).features is not None


def test_parameters_of_parts_are_set_by_name_and_clones_are_unfitted() -> None:
    describe = Describe([("terms", Terms()), ("concepts", Concepts())])
    describe.set_params(terms__min_documents=3, concepts="drop").fit(answered())
    assert list(describe.parts_) == ["terms"]
    assert describe.get_params()["terms__min_documents"] == 3
    assert not hasattr(describe.parts[0][1], "features_")
    with pytest.raises(NotFittedError):
        clone(describe).transform(answered())


def test_the_step_stands_in_a_pipeline() -> None:
    pipe = Pipeline([("describe", Describe([("terms", Terms())]))]).set_output(transform="default")
    assert pipe.fit_transform(answered()).features is not None


@pytest.mark.parametrize(
    ("parts", "code", "said"),
    [
        ([], "bad-parameter", "Describe needs parts"),
        ([("terms", "passthrough")], "bad-parameter", "terms is none"),
        ([("regression", LogisticRegression())], "bad-parameter", "regression is none"),
        ([("one", Terms()), ("two", Terms())], "bad-parameter", "Two parts have the same feature"),
        ([("terms", Terms(min_documents=100))], "bad-corpus", "No part found a feature in the 6 documents"),
    ],
)
def test_wrong_parts_are_told(parts: list[tuple[str, Any]], code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Describe(parts).fit(answered())
    assert caught.value.code == code


def test_a_sample_without_fitting_documents_is_told() -> None:
    sample = answered()
    with pytest.raises(InputError, match="No document is for fitting"):
        Describe([("terms", Terms())]).fit(sample.replace(roles=np.full(sample.n_samples, "test")))


def test_inputs_are_taken_by_rows() -> None:
    inputs = Inputs(2, ("a", "b"), np.eye(2), {"n": (1.0, None)}).take([1, 1])
    assert (inputs.n_rows, inputs.texts, inputs.metadata["n"]) == (2, ("b", "b"), (None, None))


def test_the_guide_s_examples_run() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "describing.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/describing.md", None, None)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0
