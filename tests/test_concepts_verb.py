"""Concepts alone: groups of texts that a model reads alike, without asking it for a decision."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from surrogate.cli import main
from surrogate.corpus.concepts import find_concepts
from surrogate.errors import InputError
from surrogate.report.concepts_text import print_concepts
from tests.precedent_toys import Asked, CountEmbedder, Reading

TEXTS = ["my card", "card lost", "my lost card", "the fee", "why the fee", "fee fee why", "my card"]


def test_groups_are_found_named_and_counted() -> None:
    found = find_concepts(TEXTS, embeddings=CountEmbedder(), n=2, store=False)
    assert sorted(concept.n_documents for concept in found.concepts) == [3, 3]
    assert {concept.terms[0] for concept in found.concepts} == {"card", "fee"}
    assert (found.n_documents, len(found.documents)) == (7, 6)
    for concept in found.concepts:
        assert all(concept.terms[0] in text for _, text in found.typical(concept, 3))


def test_no_model_is_loaded_where_embeddings_are_named() -> None:
    found = find_concepts(TEXTS, "no-such-model", embeddings=CountEmbedder(), n=2, store=False)
    assert found.embeddings["name"] == "counts"


def test_a_model_that_gives_embeddings_is_enough() -> None:
    box = Reading()
    assert len(find_concepts(TEXTS, box, n=2, store=False).concepts) == 2
    assert len(box.asked) == 6


def test_a_small_corpus_has_fewer_concepts_by_default() -> None:
    assert len(find_concepts(TEXTS, embeddings=CountEmbedder(), store=False).concepts) == 1


def test_texts_that_are_cut_are_left_out_and_counted() -> None:
    found = find_concepts([*TEXTS, "my card " * 40], Reading(), n=2, store=False)
    assert (found.n_unusable, len(found.documents)) == (1, 6)
    stream = StringIO()
    print_concepts(found.to_dict(), Console(file=stream, width=100), 1)
    assert "too long to be embedded whole" in stream.getvalue()


def test_the_order_of_the_corpus_does_not_matter() -> None:
    first = find_concepts(TEXTS, embeddings=CountEmbedder(), n=2, store=False).to_dict()
    again = find_concepts(TEXTS[::-1], embeddings=CountEmbedder(), n=2, store=False).to_dict()
    assert [one["label"] for one in first["concepts"]] == [one["label"] for one in again["concepts"]]
    assert first["texts_sha256"] == again["texts_sha256"]


@pytest.mark.parametrize(
    ("texts", "n", "code", "said"),
    [
        ([], 2, "bad-corpus", "no text"),
        (["one"], 1, "bad-corpus", "only one text"),
        (TEXTS, 20, "bad-parameter", "at most 6"),
        (TEXTS, 0, "bad-parameter", "at least 1"),
    ],
)
def test_what_cannot_be_grouped_is_refused(texts: list[str], n: int, code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        find_concepts(texts, embeddings=CountEmbedder(), n=n, store=False)
    assert caught.value.code == code


def test_a_model_without_embeddings_names_the_option() -> None:
    with pytest.raises(InputError, match="--embeddings") as caught:
        find_concepts(TEXTS, Asked(), store=False)
    assert caught.value.code == "missing-embedder"


def write(folder: Path) -> str:
    path = folder / "corpus.jsonl"
    lines = [json.dumps({"id": f"t{number}", "text": text}) for number, text in enumerate(TEXTS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_the_verb_prints_a_table_with_typical_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["concepts", write(tmp_path), "-n", "2", "--texts", "1"]) == 0
    printed = capsys.readouterr().out
    assert "Concepts of 6 texts (7 rows) in bank-router (layer 2)" in printed
    assert any(text in printed for text in TEXTS)


def test_the_verb_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["concepts", write(tmp_path), "-n", "2", "--id", "id", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["number"] for one in found["concepts"]] == [1, 2]
    assert {one["id"] for concept in found["concepts"] for one in concept["typical"]} == {f"t{n}" for n in range(6)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["-n", "99"], "at most 6"), (["--text", "none"], "no column 'none'"), (["-n", "0"], "range")],
)
def test_the_verb_refuses_what_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["concepts", write(tmp_path), *arguments]) == 2
    assert said in capsys.readouterr().err
