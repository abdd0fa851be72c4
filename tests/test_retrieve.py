"""Retrieve: the nearest real texts, as they are, each in one role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.perturb import Retrieve
from surrogate.perturb.observed import shared_units
from surrogate.perturb.retrieve import nearest
from surrogate.units import split_units
from tests.blackbox_toys import random_texts
from tests.toys import MESSAGE


class Letters:
    """Counts of letters: near texts are written with the same ones."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([[text.lower().count(letter) for letter in "abcdefghilmnoprstuvwy"] for text in texts], float)


CORPUS = random_texts(300, seed=5, longest=14)


def retrieve(corpus: Any = CORPUS, **params: Any) -> Retrieve:
    return Retrieve(corpus, **{"embedder": Letters(), "n_samples": 64, **params})


def test_the_text_comes_first_and_then_the_nearest_in_order() -> None:
    drawn = retrieve().draw([MESSAGE])
    assert drawn.texts[0] == MESSAGE
    assert drawn.masks[0][0].all()
    assert set(drawn.texts[1:]) <= set(CORPUS)
    vectors = Letters().embed([MESSAGE, *drawn.texts[1:]])
    cosine = (vectors[1:] @ vectors[0]) / np.linalg.norm(vectors[1:], axis=1) / np.linalg.norm(vectors[0])
    assert (np.diff(cosine) <= 1e-9).all()
    rest = Letters().embed([text for text in CORPUS if text not in drawn.texts])
    assert ((rest @ vectors[0]) / np.linalg.norm(rest, axis=1) / np.linalg.norm(vectors[0])).max() <= cosine[-1] + 1e-9


def test_roles_hang_on_the_text_alone_and_none_has_two() -> None:
    short, long = retrieve().draw([MESSAGE]), retrieve(CORPUS[::-1], n_samples=128).draw([MESSAGE])
    assert long.texts[:64] == short.texts
    assert (long.roles[:64] == short.roles).all()
    assert len(set(long.texts)) == long.n_samples == 128
    assert set(long.roles) == {"fit", "select", "test"}
    other = retrieve().draw(["my money is lost"])
    roles = dict(zip(other.texts[1:], other.roles[1:], strict=True))
    assert all(roles.get(text, role) == role for text, role in zip(short.texts[1:], short.roles[1:], strict=True))


def test_the_explained_text_and_doubles_in_the_corpus_are_no_neighbours() -> None:
    drawn = retrieve([MESSAGE, *CORPUS[:80], *CORPUS[:80]], n_samples=81).draw([MESSAGE])
    assert len(set(drawn.texts)) == 81
    assert drawn.texts.count(MESSAGE) == 1


def test_a_mask_says_which_units_occur_in_the_neighbour() -> None:
    drawn = retrieve().draw([MESSAGE])
    for mask, text in zip(drawn.masks[0][1:], drawn.texts[1:], strict=True):
        assert mask.tolist() == [word.lower() in text.split() for word in MESSAGE.split()]


@pytest.mark.parametrize(
    ("text", "other", "wanted"),
    [
        ("Card", "my CARD!", [True]),
        ("card", "cards", [False]),
        ("😀 card", "😀", [True, False]),
        ("我的卡在哪里", "卡丢了", [False, False, True, False, False]),
        ("no no", "no", [True, True]),
        ("lost", "", [False]),
    ],
)
def test_units_are_found_as_words_whatever_their_case(text: str, other: str, wanted: list[bool]) -> None:
    document = split_units(text)
    found = shared_units(document, other).tolist()
    assert len(found) == document.n_units
    if len(found) == len(wanted):
        assert found == wanted
    else:
        assert any(found)


def test_a_phrase_occurs_where_its_words_follow_each_other() -> None:
    document = split_units("I lost my card. Help me.", "sentence")
    assert shared_units(document, "yes i lost my card. thanks").tolist() == [True, False]
    assert shared_units(document, "i lost a card. help me.").tolist() == [False, True]


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    vectors, texts = generator.normal(size=(500, 7)), [str(number) for number in range(500)]
    whole = nearest(vectors[0], vectors, texts, 50)
    monkeypatch.setattr("surrogate.perturb.retrieve._BLOCK", 3)
    assert nearest(vectors[0], vectors, texts, 50) == whole
    assert whole[0] == 0


def test_a_corpus_that_is_too_small_says_how_many_texts_are_needed() -> None:
    with pytest.raises(
        InputError, match="needs 63 different texts beside the explained one, and the corpus has 10"
    ) as caught:
        retrieve(Documents(tuple(CORPUS[:10]), tuple("abcdefghij"))).draw([MESSAGE])
    assert caught.value.code == "bad-corpus"


@pytest.mark.parametrize("corpus", [None, "one text"])
def test_what_is_no_corpus_is_refused(corpus: Any) -> None:
    with pytest.raises(InputError, match="needs a corpus"):
        retrieve(corpus).draw([MESSAGE])


class Broken:
    def __init__(self, vectors: Any) -> None:
        self.vectors = vectors

    def embed(self, texts: Sequence[str]) -> Any:
        return self.vectors


@pytest.mark.parametrize("vectors", [np.ones(3), np.ones((2, 4)), np.full((301, 2), np.nan)])
def test_an_embedder_must_give_a_row_of_numbers_for_each_text(vectors: Any) -> None:
    with pytest.raises(InputError, match="one for each text"):
        retrieve(embedder=Broken(vectors)).draw([MESSAGE])


def test_without_an_embedder_nothing_is_near() -> None:
    with pytest.raises(InputError, match="needs an embedder"):
        retrieve(embedder=None).draw([MESSAGE])


def test_no_mask_is_turned_into_a_real_text() -> None:
    with pytest.raises(InputError, match="Use Delete or Infill"):
        retrieve().render(split_units(MESSAGE))
