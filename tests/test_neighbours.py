"""Neighbours: the nearest texts of a corpus, and what the model decides on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from surrogate.answers import Answers
from surrogate.cli import main
from surrogate.corpus.neighbours import documents_of, find_precedents, nearest
from surrogate.corpus.space import space_of
from surrogate.documents import Documents
from surrogate.errors import InputError, ModelError
from surrogate.precedents import Precedents
from surrogate.store import MemoryStore
from tests.precedent_toys import Asked, CountEmbedder, Reading, counts, desks

CORPUS = (
    "my card is lost",
    "lost my card",
    "my fee",
    "the fee",
    "My Card  is LOST",
    "why the pin",
    "my card is lost",
    "card stolen",
)


def corpus() -> Documents:
    return Documents(CORPUS, tuple(f"d{number}" for number in range(1, 9)))


def by_hand(text: str) -> list[str]:
    """The different texts of the corpus by cosine, those equally near in the order of their texts."""
    own = counts([text])[0].astype(float)
    distinct = list(dict.fromkeys(CORPUS))
    vectors = counts(distinct).astype(float)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(own)
    cosines = (vectors @ own / np.where(lengths > 0, lengths, 1)).round(12)
    return [distinct[row] for row in sorted(range(len(distinct)), key=lambda row: (-cosines[row], distinct[row]))]


def test_the_nearest_are_those_of_an_exact_search_each_text_once() -> None:
    found = nearest("my card", corpus(), Reading(), n=5, store=False)
    assert [one.text for one in found] == by_hand("my card")[:5]
    assert [one.rank for one in found] == [1, 2, 3, 4, 5]
    similarity = [one.similarity for one in found]
    assert similarity == sorted(similarity, reverse=True)


def test_each_comes_with_the_model_s_decision_and_probability() -> None:
    for one in nearest("my card", corpus(), Reading(), n=7, store=False):
        shares = desks([one.text])[0]
        assert one.decision == ("cards", "fees", "other")[shares.argmax()]
        assert one.probability == pytest.approx(shares.max())
        assert one.id in corpus().ids


def test_the_text_itself_is_flagged_and_not_hidden() -> None:
    found = {one.text: one for one in nearest("my card is lost", corpus(), Reading(), store=False)}
    assert [found[text].same_text for text in ("my card is lost", "My Card  is LOST", "lost my card")] == [
        True,
        True,
        False,
    ]
    assert (found["my card is lost"].n_rows, found["my card is lost"].id) == (2, "d1")


def test_the_nearest_that_is_decided_otherwise_is_found_beyond_the_nearest() -> None:
    found = find_precedents("my lost card", corpus(), Reading(), n=2, n_otherwise=1, store=False)
    order = by_hand("my lost card")
    otherwise = [text for text in order if "card" not in text.lower()]
    assert found.n_alike == 2
    assert [one.text for one in found.otherwise] == otherwise[:1]
    assert found.otherwise[0].rank == order.index(otherwise[0]) + 1


def test_the_order_of_the_corpus_does_not_matter() -> None:
    backwards = corpus().take(list(range(len(CORPUS)))[::-1])
    first = find_precedents("my card", corpus(), Reading(), store=False)
    again = find_precedents("my card", backwards, Reading(), store=False)
    assert [one.text for one in first.nearest] == [one.text for one in again.nearest]
    assert first.texts_sha256 == again.texts_sha256


def test_answers_are_kept_in_the_store() -> None:
    store, box = MemoryStore(), Reading()
    find_precedents("my card", corpus(), box, store=store)
    n_asked = len(box.asked)
    find_precedents("my card", corpus(), box, store=store)
    assert len(box.asked) == n_asked == len(set(CORPUS)) + 1


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    find_precedents("my card", corpus(), Reading(), store=False, progress=lambda *now: told.append(now))
    assert told[-1] == (8, 8)


def test_a_model_without_embeddings_is_asked_only_about_the_nearest() -> None:
    texts = tuple(f"my card number {number}" for number in range(400))
    box = Asked()
    found = find_precedents("my card", list(texts), box, n=3, embeddings=CountEmbedder(), store=False)
    assert (len(found.nearest), found.otherwise, found.n_asked, found.n_distinct) == (3, (), 256, 400)
    assert len(set(box.asked)) == 257


def test_asking_stops_when_enough_is_known() -> None:
    texts = ["my fee", *(f"my card number {number}" for number in range(400))]
    box = Asked()
    found = find_precedents("my", texts, box, n=3, n_otherwise=2, embeddings=CountEmbedder(), store=False)
    assert len(found.otherwise) == 2
    assert len(set(box.asked)) <= 65


def test_texts_that_the_model_cuts_are_left_out_and_counted() -> None:
    found = find_precedents("my card", ["my card " * 40, "my card"], Reading(), store=False)
    assert ([one.text for one in found.nearest], found.n_unusable) == (["my card"], 1)
    assert find_precedents("my card " * 40, ["my card"], Reading(), store=False).truncated


class Shy(Reading):
    """Refuses to answer what holds a word."""

    def answer(self, texts: Sequence[str]) -> Answers:
        return replace(super().answer(texts), refused=np.array(["stolen" in text for text in texts], dtype=bool))


def test_refused_texts_are_left_out_and_a_refused_text_has_no_precedents() -> None:
    found = find_precedents("my card", corpus(), Shy(), store=False)
    assert "card stolen" not in [one.text for one in found.nearest]
    assert (found.n_unusable, found.n_asked, found.n_distinct) == (1, 6, 7)
    with pytest.raises(ModelError, match="declined"):
        find_precedents("my stolen card", corpus(), Shy(), store=False)


def test_what_was_found_is_read_back() -> None:
    found = find_precedents("my card", corpus(), Reading(), store=False)
    assert Precedents.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_numbers_that_are_none_are_refused(n: object) -> None:
    with pytest.raises(InputError, match="at least 1"):
        nearest("my card", corpus(), Reading(), n=n, store=False)  # type: ignore[arg-type]


def test_one_document_and_more_asked_for_than_there_are() -> None:
    assert [one.text for one in nearest("a card", ["my card"], Reading(), n=50, store=False)] == ["my card"]


@pytest.mark.parametrize(
    ("given", "code"), [([], "bad-corpus"), (3, "bad-corpus"), (["a", 1], "not-text"), ("no.csv", "bad-file")]
)
def test_what_is_no_corpus_is_refused(given: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        documents_of(given)
    assert caught.value.code == code


def test_a_model_without_embeddings_names_the_option() -> None:
    with pytest.raises(InputError, match="--embeddings NAME") as caught:
        nearest("my card", corpus(), Asked(), store=False)
    assert caught.value.code == "missing-embedder"
    with pytest.raises(InputError, match="no text is near another"):
        space_of(Reading(), "none", store=None)
    with pytest.raises(InputError, match="load_embedder"):
        space_of(Reading(), object(), store=None)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        nearest("  ", corpus(), Reading(), store=False)


def write(folder: Path) -> str:
    path = folder / "corpus.csv"
    path.write_text("n,message\n1,I lost my card\n2,what is the fee\n3,my card was stolen\n", encoding="utf-8")
    return str(path)


def test_the_verb_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["neighbours", "lost card", write(tmp_path), "-n", "2"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Of the 2 nearest of 3 texts" in printed
    assert "not a reason" in printed


def test_the_verb_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["neighbours", "lost card", write(tmp_path), "--id", "n", "--json", "--embeddings", "bank-router@2"]) == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert {one["id"] for one in found["nearest"]} == {"1", "2", "3"}
    assert (found["text"], found["embeddings"]["details"]["layer"]) == ("lost card", 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--text", "none"], "no column 'none'"),
        (["--id", "none"], "no column 'none'"),
        (["--embeddings", "none"], "near another"),
    ],
)
def test_the_verb_refuses_what_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["neighbours", "lost card", write(tmp_path), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_verb_refuses_an_empty_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("text\n", encoding="utf-8")
    assert main(["neighbours", "lost card", str(path)]) == 2
    assert "bad-corpus" in capsys.readouterr().err
