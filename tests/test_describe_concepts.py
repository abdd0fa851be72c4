"""Concepts found in embeddings, and concepts taught by examples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone

from surrogate.concept import Concept, Probe
from surrogate.describe import Concepts, Probes
from surrogate.describe.inputs import Inputs
from surrogate.describe.naming import Naming
from surrogate.describe.proportions import balanced_interval
from surrogate.errors import InputError

THEMES = ("card", "fee", "transfer", "exchange")


class Toy:
    """Embeds a text by its theme and a little of its length."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        theme = np.array([[float(theme in text) for theme in THEMES] for text in texts])
        return np.hstack([theme, 0.01 * np.array([[len(text)] for text in texts])]).astype(np.float32)


def corpus(n: int = 80) -> list[str]:
    return [f"the {THEMES[number % 4]} is {'not ' * (number % 3)}there {number // 4}" for number in range(n)]


def described(texts: list[str]) -> Inputs:
    return Inputs(len(texts), tuple(texts), Toy().embed(texts))


@pytest.mark.parametrize("method", ["kmeans", "nmf", "dictionary"])
def test_groups_are_found_and_named(method: str) -> None:
    concepts = Concepts(n_concepts=4, method=method).fit(described(corpus()))
    assert {concept.terms[0] for concept in concepts.concepts_} == set(THEMES)
    assert [feature.key for feature in concepts.features_] == ["1", "2", "3", "4"]
    assert concepts.transform(described(corpus())).sum(axis=1).min() == 1.0


def test_concepts_are_ordered_by_cohesion_and_count_their_documents() -> None:
    concepts = Concepts(n_concepts=4).fit(described(corpus(78)))
    cohesion = [concept.cohesion for concept in concepts.concepts_]
    assert cohesion == sorted(cohesion, reverse=True)
    presence = concepts.transform(described(corpus(78)))
    assert [concept.n_documents for concept in concepts.concepts_] == presence.toarray().sum(axis=0).tolist()


@pytest.mark.parametrize("method", ["kmeans", "nmf"])
def test_the_order_of_documents_does_not_matter(method: str) -> None:
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(60, 5))
    texts = np.array([f"word{number % 7} word{number % 5}" for number in range(60)])
    order = generator.permutation(60)
    first, second = (
        Concepts(n_concepts=4, method=method).fit(Inputs(60, tuple(texts[rows]), vectors[rows]))
        for rows in (np.arange(60), order)
    )
    assert first.features_ == second.features_
    for one, other in zip(first.concepts_, second.concepts_, strict=True):
        assert (one.label, one.cohesion, one.n_documents) == (other.label, other.cohesion, other.n_documents)
        assert list(one.typical) == order[list(other.typical)].tolist()
    assert (first.transform(vectors) != second.transform(vectors)).nnz == 0


def test_an_embedder_serves_texts_and_new_texts_fall_to_the_nearest() -> None:
    concepts = clone(Concepts(n_concepts=4, embedder=Toy())).fit(corpus())
    column = concepts.transform(["what a fee"]).toarray()[0].argmax()
    assert concepts.concepts_[column].terms[0] == "fee"
    assert concepts.transform([]).shape == (0, 4)


def test_typical_texts_come_once_each() -> None:
    texts = corpus(40) + ["the card is there 0"] * 20
    concepts = Concepts(n_concepts=4).fit(described(texts))
    for concept in concepts.concepts_:
        shown = [texts[row] for row in concept.typical]
        assert len(set(shown)) == len(shown) == 10


def test_embeddings_alone_give_concepts_without_names() -> None:
    concepts = Concepts(n_concepts=2).fit(np.array([[1.0, 0], [1, 0.1], [-1, 0], [-1, 0.1]]))
    assert [concept.label for concept in concepts.concepts_] == ["concept 1", "concept 2"]
    assert not concepts.concepts_[0].mixed
    assert concepts.concepts_[0].naming_share is None


def test_a_group_without_a_common_word_is_called_mixed() -> None:
    vectors = np.vstack([np.tile([[3.0, 0.0]], (6, 1)), np.tile([[-3.0, 0.1]], (6, 1))])
    vectors += np.arange(24).reshape(12, 2) * 1e-3
    texts = tuple(["a card"] * 6 + [f"w{number}" for number in range(6)])
    concepts = Concepts(n_concepts=2).fit(Inputs(12, texts, vectors))
    labels = {concept.label: concept.mixed for concept in concepts.concepts_}
    assert labels == {"card": False, "mixed: no common word": True}


def test_constant_dimensions_and_a_document_in_the_middle_of_all_do_no_harm() -> None:
    vectors = np.array([[1.0, 5, 0.1], [-1, 5, 0.1], [0, 5, 0.1]])
    presence = Concepts(n_concepts=2).fit_transform(vectors)
    assert presence.sum(axis=1).ravel().tolist() == [[1.0, 1.0, 1.0]]


def test_too_many_concepts_are_told_with_the_number_that_there_can_be() -> None:
    with pytest.raises(InputError, match=r"5 concepts need .* there are 2. Ask for at most 2"):
        Concepts(n_concepts=5).fit(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]]))


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["a", "b"], "missing-embedder", "came without"),
        (np.zeros((0, 3)), "bad-corpus", "no documents"),
        (np.array([[1.0, np.nan], [0, 1]]), "bad-embeddings", "row 0"),
        (Inputs(2, ("a", "b"), np.ones((3, 2))), "bad-embeddings", r"\(3, 2\)"),
    ],
)
def test_wrong_embeddings_are_told(given: object, code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Concepts(n_concepts=2).fit(given)
    assert caught.value.code == code


def test_embeddings_of_another_model_are_told() -> None:
    concepts = Concepts(n_concepts=2).fit(np.eye(4))
    with pytest.raises(InputError, match="3 dimensions; the corpus was embedded in 4"):
        concepts.transform(np.eye(3))


def test_names_leave_out_stop_words_denials_and_what_is_as_frequent_elsewhere() -> None:
    texts = ["the card is not mine today", "my cards today", "no fee today", "the fees today"]
    naming = Naming(texts)
    assert naming.terms(np.array([True, True, False, False])) == ()
    assert naming.terms(np.array([False, False, True, True])) == ()
    assert Naming(texts, listed=()).terms(np.array([True, False, True, False])) == ()
    assert Naming(["card card", "card", "x"]).terms(np.array([True, True, False])) == ("card",)


def test_concepts_and_probes_come_back_from_json() -> None:
    concept = Concepts(n_concepts=4).fit(described(corpus())).concepts_[0]
    assert Concept.from_dict(concept.to_dict()) == concept
    probe = Probes({"card": {"examples": corpus(8)[::4]}}, embedder=Toy()).fit(corpus()).probes_[0]
    assert Probe.from_dict(probe.to_dict()) == probe


def test_a_probe_learns_what_its_examples_share() -> None:
    examples = [text for text in corpus(48) if "card" in text]
    others = [text for text in corpus(48) if "card" not in text]
    probes = Probes({"cards": {"examples": examples, "counterexamples": others}}, embedder=Toy()).fit(corpus())
    (probe,) = probes.probes_
    # Texts that are embedded alike count once.
    assert (probe.n_examples, probe.n_counterexamples, probe.drawn) == (5, 15, False)
    assert probe.balanced_accuracy == 1.0
    assert probe.reportable
    assert probes.transform(["a card", "a fee"]).toarray().ravel().tolist() == [1.0, 0.0]
    assert probes.features_[0].name == "probe:cards"


def test_a_probe_of_nothing_is_flagged() -> None:
    generator = np.random.default_rng(1)
    examples, others = generator.normal(size=(2, 20, 6))
    probes = Probes({"noise": {"examples": examples, "counterexamples": others}}).fit(np.vstack([examples, others]))
    assert not probes.probes_[0].reportable


def test_examples_from_the_documents_need_no_embedder_and_counterexamples_are_drawn() -> None:
    examples = [text for text in corpus() if "card" in text][:8]
    probes = Probes({"cards": {"examples": examples}}).fit(described(corpus()))
    assert probes.probes_[0].drawn
    backwards = Probes({"cards": {"examples": examples[::-1]}}).fit(described(corpus()[::-1]))
    assert backwards.probes_ == probes.probes_


@pytest.mark.parametrize(
    ("concepts", "code", "said"),
    [
        ({}, "bad-parameter", "at least one concept"),
        ({"a": {"counterexamples": ["x"]}}, "bad-parameter", "'a' needs 'examples'"),
        ({"a": ["x"]}, "bad-parameter", "'a' needs 'examples'"),
        ({"a": {"examples": ["never seen", "nor this"]}}, "missing-embedder", "2 of 2 examples of 'a'"),
        ({"a": {"examples": corpus()[:1]}}, "bad-parameter", "at least 2 different"),
        ({"a": {"examples": corpus()[:3], "counterexamples": corpus()[2:9]}}, "bad-parameter", "Decide for one"),
        ({"a": {"examples": np.eye(3)}}, "bad-embeddings", "3 dimensions, the documents 5"),
    ],
)
def test_wrong_probes_are_told(concepts: dict[str, dict[str, object]], code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Probes(concepts).fit(described(corpus()))
    assert caught.value.code == code


def test_the_interval_of_a_balanced_accuracy_narrows_with_trials() -> None:
    few, many = balanced_interval((8, 10), (9, 10), 5), balanced_interval((80, 100), (90, 100), 5)
    assert few[0] == many[0] == pytest.approx(0.85)
    assert few[1] < many[1] < 0.85 < many[2] < few[2]
