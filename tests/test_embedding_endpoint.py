"""Endpoints of embeddings: what is sent, what is read, what is refused, and what is kept."""

from __future__ import annotations

import json
import pickle
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surrogate.answers import Answers
from surrogate.blackbox import load_model
from surrogate.blackbox.embedding_sources import load_embedder
from surrogate.blackbox.endpoints import EmbeddingEndpoint
from surrogate.blackbox.function import FunctionBox
from surrogate.cli import main
from surrogate.corpus.audit import audit
from surrogate.corpus.concepts import find_concepts
from surrogate.corpus.distilling import distill
from surrogate.corpus.neighbours import find_precedents
from surrogate.corpus.space import Space
from surrogate.errors import InputError, ModelError
from surrogate.local import explain
from surrogate.perturb import Delete
from surrogate.query import Query, ask
from surrogate.store import MemoryStore, SqliteStore
from surrogate.store.canary import confirm
from tests.audit_toys import CLASSES, corpus, decide
from tests.endpoint_toys import Told, ToyServer, embedding, embeds, serving, told, vector

SECRET_TEXT = "Ms Quimby of Elm Street lost her violet card"
KEY = "key-0123456789-abcdef"
TEXTS = ["my card is lost", "I lost my card", "a lost card", "what are the fees", "why this fee", "fees again"]

TOML = """
schema = 1
name = "vectors"
kind = "embeddings-endpoint"
url = "{url}"
model = "e"
revision = "2026-05"
batch_size = 4

[manners]
concurrency = 2
first_wait = 0.001
"""


def write(folder: Path, toml: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text(toml, encoding="utf-8")
    return str(folder)


def asked(server: ToyServer) -> list[str]:
    return [text for seen in server.seen for text in seen.body["input"]]


def items(vectors: list[Any], **more: Any) -> Told:
    return told({"data": [{"index": place, "embedding": one} for place, one in enumerate(vectors)], **more})


def test_texts_are_sent_in_batches_and_told_apart_by_their_index() -> None:
    texts = [f"text {number}" for number in range(10)]
    with serving(embeds) as server:
        box = embedding(server.url, batch_size=4)
        found = box.embed([*texts, texts[3]])
    assert sorted(len(seen.body["input"]) for seen in server.seen) == [2, 4, 4]
    assert sorted(asked(server)) == sorted(texts)  # each distinct text once
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [vector(text) for text in [*texts, texts[3]]], rtol=1e-6)
    assert {seen.path for seen in server.seen} == {"/v1/embeddings"}
    assert server.seen[0].body == {"model": "e", "encoding_format": "float", "input": server.seen[0].body["input"]}
    assert box.spent == {"calls": 3, "tokens": 15, "cost": 0.0}


def test_what_is_sent_is_what_the_package_of_openai_sends() -> None:
    from openai import OpenAI

    with serving(embeds) as server:
        client = OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)
        listed = client.embeddings.create(model="e", input=["a", "b"], encoding_format="float", dimensions=4).data
        ours = embedding(server.url, dimensions=4).embed(["a", "b"])
    assert (server.seen[0].path, server.seen[0].body) == (server.seen[1].path, server.seen[1].body)
    theirs = [one.embedding for one in sorted(listed, key=lambda one: one.index)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_it_is_a_black_box_without_classes() -> None:
    with serving(embeds) as server:
        box = embedding(server.url, dimensions=3)
        answers = box.answer(["a", "b"])
        assert box.answer([]).log_probabilities.shape == (0, 0)
        assert box.embed([]).shape == (0, 0)
    assert server.seen[0].body["dimensions"] == 3
    assert answers.log_probabilities.shape == (2, 0)
    assert answers.embeddings.shape == (2, 3)
    assert not (answers.refused | answers.truncated).any()
    assert (box.classes_.tolist(), box.embeds, box.stochastic, box.kind) == ([], True, False, "embeddings-endpoint")
    assert not any("127.0.0.1" in str(value) for value in box.details.values())


def test_what_is_sent_has_the_form_that_the_model_wants() -> None:
    with serving(embeds) as server:
        box = embedding(server.url, text_form="query: {text}", request={"truncate": True})
        found = box.embed(["{text} {x}", ""])
    assert server.seen[0].body["input"] == ["query: {text} {x}", "query: "]
    assert server.seen[0].body["truncate"] is True
    assert box.accepts_empty
    assert found.shape == (2, 8)


def test_nothing_is_sent_of_an_empty_text_and_it_counts_as_refused(tmp_path: Path) -> None:
    with serving(embeds) as server:
        box, store = embedding(server.url), SqliteStore(tmp_path / "answers.sqlite")
        answers = ask(box, ["", "a card", " \n"], store)
        only = box.answer([""])
        again = ask(box, ["a card", ""], store)
        with pytest.raises(InputError, match=r"Text 2 of 2 is empty.*\[empty-text\]"):
            box.embed(["a card", " "])
    assert set(asked(server)) == {"a card"}
    assert not box.accepts_empty
    assert answers.refused.tolist() == [True, False, True]
    assert answers.embeddings is not None
    assert np.isnan(answers.embeddings[[0, 2]]).all()
    assert np.isfinite(answers.embeddings[1]).all()
    assert only.refused.tolist() == [True]
    assert again.refused.tolist() == [False, True]


def test_a_copy_without_an_embedding_is_left_out_of_a_fit() -> None:
    box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["no", "yes"])
    with serving(embeds) as server:
        query = Query(box, embedder=embedding(server.url))
        found = query.fit_transform(Delete(n_samples=8).fit_transform(["lost card"]))
    refused = dict(zip(found.texts, found.answers.refused.tolist(), strict=True))
    assert refused.pop("")
    assert not any(refused.values())


CASES: dict[str, tuple[Callable[..., Told], str, str]] = {
    "401": (lambda *_: told({"error": {"message": f"Wrong key: {KEY}"}}, 401), "endpoint-refused", "api_key_env"),
    "echo": (lambda *_: told({"detail": f"Bad: {SECRET_TEXT}"}, 400), "endpoint-refused", "batch_size"),
    "too many": (lambda *_: told({"error": "batch size 2 > 1"}, 413), "endpoint-refused", "batch size 2 > 1"),
    "429 storm": (lambda *_: told({}, 429), "endpoint-busy", "requests_per_minute"),
    "no data": (lambda *_: told({"answers": {}}), "bad-reply", "data"),
    "too few": (lambda *_: items([[1.0, 2.0]]), "bad-reply", "1 embeddings to 2 texts"),
    "too many vectors": (lambda *_: items([[1.0]] * 3), "bad-reply", "3 embeddings to 2 texts"),
    "two sizes": (lambda *_: items([[1.0], [1.0, 2.0]]), "bad-reply", "of 1 and of 2 numbers"),
    "no numbers": (lambda *_: items(["AACAPw==", "AACAPw=="]), "bad-reply", "encoding_format"),
    "null": (lambda *_: items([[1.0, None], [1.0, 2.0]]), "bad-reply", "no list of numbers"),
    "true": (lambda *_: items([[True], [False]]), "bad-reply", "no list of numbers"),
    "nothing": (lambda *_: items([[], []]), "bad-reply", "of no numbers"),
    "NaN": (lambda *_: items([[1.0, float("nan")], [1.0, 2.0]]), "bad-reply", "NaN"),
    "infinite": (lambda *_: items([[1.0, 1e300], [1.0, 2.0]]), "bad-reply", "infinite"),
    "huge": (lambda *_: items([[10**400], [1]]), "bad-reply", "infinite"),
    "same index": (lambda *_: told({"data": [{"index": 0, "embedding": [1.0]}] * 2}), "bad-reply", "index"),
    "no index": (lambda *_: told({"data": [{"embedding": [1.0]}] * 2}), "bad-reply", "index"),
    "true index": (
        lambda *_: told({"data": [{"index": each, "embedding": [1.0]} for each in (True, False)]}),
        "bad-reply",
        "index",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_failure_is_a_sentence_without_text_or_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VECTOR_KEY", KEY)
    script, code, words = CASES[name]
    with serving(script) as server, pytest.raises(ModelError) as caught:
        embedding(server.url, api_key_env="VECTOR_KEY").answer([SECRET_TEXT, "another"])
    assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert caught.value.code == code
    assert words in str(caught.value)
    assert caught.value.message.endswith((".", "?"))
    said = "".join(traceback.format_exception(caught.value))
    assert not any(word in said for word in (KEY, "Quimby", "violet"))


def test_a_short_text_among_others_is_not_repeated_either() -> None:
    with serving(lambda *_: told({"detail": "Bad name: Quimby"}, 400)) as server, pytest.raises(ModelError) as caught:
        embedding(server.url).answer(["lost", "Quimby", "a long text about a card"])
    assert "Quimby" not in str(caught.value)


def test_one_text_needs_no_index() -> None:
    with serving(lambda *_: told({"data": [{"embedding": [1, 2.5]}]})) as server:
        assert embedding(server.url, batch_size=1).embed(["x", "y"]).tolist() == [[1.0, 2.5]] * 2


def test_another_number_of_dimensions_is_another_model_or_not_what_was_asked() -> None:
    def shrinks(path: str, body: dict[str, Any], number: int) -> Told:
        return items([vector(text, 8 - number) for text in body["input"]])

    with serving(shrinks) as server, pytest.raises(ModelError, match="of 8 numbers, and now of 7") as caught:
        embedding(server.url, batch_size=1, manners={"concurrency": 1}).answer(["a", "b"])
    assert caught.value.code == "model-changed"
    with serving(shrinks) as server, pytest.raises(ModelError, match="of 4 numbers and gives 8") as caught:
        embedding(server.url, dimensions=4).answer(["a"])
    assert caught.value.code == "bad-reply"


def test_a_model_that_names_itself_otherwise_is_noticed() -> None:
    def renamed(path: str, body: dict[str, Any], number: int) -> Told:
        return items([vector(text) for text in body["input"]], model=f"e-{number}")

    with serving(renamed) as server, pytest.raises(ModelError, match="e-1") as caught:
        embedding(server.url, batch_size=1, manners={"concurrency": 1}).answer(["a", "b"])
    assert caught.value.code == "model-changed"
    with serving(embeds) as server, pytest.raises(ModelError, match="e-9"):
        embedding(server.url, served_model="e-9").answer(["a"])


def test_a_busy_server_is_waited_for() -> None:
    def busy_first(path: str, body: dict[str, Any], number: int) -> Told:
        return told({}, 429, Retry_After="0.05") if number == 0 else embeds(path, body, number)

    with serving(busy_first) as server:
        assert embedding(server.url, manners={"patience": 5.0}).embed(["a", "b"]).shape == (2, 8)
    assert len(server.seen) == 2
    assert server.seen[1].at - server.seen[0].at >= 0.05


def test_what_came_before_a_failure_is_kept() -> None:
    def fails_late(path: str, body: dict[str, Any], number: int) -> Told:
        return told({}, 400) if number == 2 else embeds(path, body, number)

    store = MemoryStore()
    with serving(fails_late) as server:
        box = embedding(server.url, batch_size=2, manners={"concurrency": 1})
        with pytest.raises(ModelError, match="endpoint-refused"):
            ask(box, TEXTS, store)
        assert sorted(store.get(box, TEXTS)) == sorted(TEXTS[:4])
        ask(box, TEXTS, store)
    assert asked(server) == [*TEXTS, *TEXTS[4:]]


def test_a_budget_is_never_passed() -> None:
    with serving(embeds) as server, pytest.raises(ModelError, match="budget-spent"):
        embedding(server.url, batch_size=2, manners={"max_calls": 2}).answer(TEXTS)
    assert len(server.seen) == 2


def test_a_dead_endpoint_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelError, match="Is the server running") as caught:
        embedding(f"http://127.0.0.1:{port}").answer([SECRET_TEXT])
    assert caught.value.code == "endpoint-unreachable"
    assert "Quimby" not in str(caught.value)


def test_stored_embeddings_are_tried_on_one_text_before_they_are_used(tmp_path: Path) -> None:
    state = {"shift": 0.0, "dimensions": 8}

    def moving(path: str, body: dict[str, Any], number: int) -> Told:
        vectors = [vector(text, int(state["dimensions"])) for text in body["input"]]
        return items([[value + state["shift"] for value in one] for one in vectors])

    def asked_anew(**more: Any) -> int:
        before = len(asked(server))
        ask(embedding(server.url, **more), TEXTS, SqliteStore(tmp_path / "answers.sqlite"))
        return len(asked(server)) - before

    with serving(moving) as server:
        assert asked_anew() == 6
        assert asked_anew() == 1  # a canary
        assert asked_anew(expires_after=None) == 0
        state["shift"] = 1e-4
        assert asked_anew() == 1
        for changed in ({"shift": 3.0}, {"dimensions": 6}):
            state |= changed
            with pytest.warns(UserWarning, match="no longer answers"):
                assert asked_anew() == 6
        time.sleep(1.1)
        assert asked_anew(expires_after=0.01) == 6


def test_stored_embeddings_of_another_length_are_not_mixed_in_where_no_canary_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with serving(embeds) as server:
        box = embedding(server.url, expires_after=None)
        ask(box, ["a"], SqliteStore(path))
        server.script = lambda path, body, number: items([vector(text, 5) for text in body["input"]])
        with pytest.raises(ModelError, match="of 5 and of 8 numbers"):
            ask(embedding(server.url, expires_after=None), ["a", "b"], SqliteStore(path))


class Canary:
    """A model without classes, behind an address."""

    fingerprint, name, kind, expires_after, tolerance = "canary:1", "canary", "toy", 3600.0, 0.01

    def __init__(self, embedding: list[float]) -> None:
        self.embedding = embedding
        self.asked: list[str] = []

    def answer(self, texts: list[str]) -> Answers:
        self.asked += texts
        nobody = np.zeros(len(texts), dtype=bool)
        rows = np.array([self.embedding] * len(texts), dtype=np.float32)
        return Answers(np.empty((len(texts), 0)), rows, None, nobody, nobody)


@pytest.mark.parametrize(
    ("now", "same"),
    [
        ([3.0, 4.0], True),
        ([3.02, 4.0], True),
        ([3.0, 4.1], False),  # longer by more than a hundredth
        ([4.0, 3.0], False),  # as long, elsewhere
        ([3.0, 4.0, 0.0], False),
        ([0.0, 0.0], False),
    ],
)
def test_a_canary_without_classes_is_told_by_direction_and_length(tmp_path: Path, now: list[float], same: bool) -> None:
    store = SqliteStore(tmp_path / "answers.sqlite")
    before, later = Canary([3.0, 4.0]), Canary(now)
    store.put(before, ["a", "b"], before.answer(["a", "b"]))
    again = SqliteStore(store.path)
    known = again.get(later, ["a", "b"])
    if same:
        assert confirm(later, again, known) == known
    else:
        with pytest.warns(UserWarning, match="no longer answers"):
            assert len(confirm(later, again, known)) == 1
    assert len(later.asked) == 1


def test_an_empty_text_is_no_canary(tmp_path: Path) -> None:
    with serving(embeds) as server:
        ask(embedding(server.url), ["", "a"], SqliteStore(tmp_path / "answers.sqlite"))
        box, store = embedding(server.url), SqliteStore(tmp_path / "answers.sqlite")
        ask(box, [""], store)
        ask(box, ["a", ""], store)
        ask(box, ["a", ""], store)
    assert asked(server) == ["a", "a"]


def test_the_fingerprint_is_of_what_decides_an_embedding() -> None:
    def of(url: str = "http://localhost:1", **more: Any) -> str:
        return str(embedding(url, **more).fingerprint)

    assert of() == of("http://localhost:1/v1/", batch_size=1, manners={"concurrency": 3})
    others = [
        of("http://localhost:2"),
        of(revision="2"),
        of(dimensions=4),
        of(text_form="q: {text}"),
        of(request={"a": 1}),
    ]
    assert len({of(), *others}) == 6


def test_it_is_pickled_without_what_was_spent() -> None:
    with serving(embeds) as server:
        box = embedding(server.url)
        before = pickle.dumps(box)
        found = box.embed(["my card"])
        assert pickle.dumps(box) == before
        assert np.array_equal(pickle.loads(before).embed(["my card"]), found)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"batch_size": 0}, "bad-endpoint"),
        ({"batch_size": True}, "bad-endpoint"),
        ({"dimensions": 1.5}, "bad-endpoint"),
        ({"request": {"input": "x"}}, "bad-endpoint"),
        ({"text_form": "query:"}, "prompt-without-text"),
    ],
)
def test_settings_are_checked(options: dict[str, Any], code: str) -> None:
    with pytest.raises((InputError, ModelError)) as caught:
        embedding("http://localhost:1", **options)
    assert caught.value.code == code


def test_a_folder_with_a_model_toml_is_an_embedder(tmp_path: Path) -> None:
    with serving(embeds) as server:
        folder = write(tmp_path / "vectors", TOML.format(url=server.url))
        box = load_embedder(folder)
        assert isinstance(box, EmbeddingEndpoint)
        assert box.embed(["my card"]).shape == (1, 8)
    assert (box.name, box.batch_size, box.details["revision"]) == ("vectors", 4, "2026-05")
    with pytest.raises(ModelError, match="--embeddings vectors") as refused:
        load_model(folder)
    assert refused.value.code == "not-a-classifier"
    with pytest.raises(InputError, match="leave out layer"):
        load_embedder(f"{folder}@2")


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('model = "e"\n', "", "bad-model-file", "'model'"),
        ("batch_size", "batchsize", "bad-model-file", "Did you mean 'batch_size'"),
        ("batch_size = 4", "batch_size = 0", "bad-endpoint", "batch_size"),
        ("batch_size = 4", 'text_form = "x"', "prompt-without-text", "text_form"),
        ("embeddings-endpoint", "chat-endpoint", "bad-model-file", "must be embeddings-endpoint"),
        ("schema = 1", "schema = 2", "bad-model-file", "'schema'"),
    ],
)
def test_a_wrong_model_toml_says_where(tmp_path: Path, old: str, new: str, code: str, words: str) -> None:
    toml = TOML.format(url="http://127.0.0.1:1/")
    assert old in toml
    with pytest.raises((InputError, ModelError)) as caught:
        load_embedder(write(tmp_path / "vectors", toml.replace(old, new)))
    assert caught.value.code == code
    assert words in str(caught.value)


def test_a_url_alone_is_told_how_to_be_written_down() -> None:
    with pytest.raises(InputError, match=r'kind = "embeddings-endpoint"') as caught:
        load_embedder("http://user:secret@127.0.0.1:8000/v1")
    assert "secret" not in str(caught.value)


def test_another_machine_needs_leave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "vectors", TOML.format(url="https://models.example"))
    with pytest.raises(InputError, match=r"models\.example.*remote-not-allowed"):
        load_embedder(folder)
    assert load_embedder(folder, allow_remote=True).name == "vectors"
    texts = tmp_path / "texts.csv"
    texts.write_text("text\n" + "\n".join(corpus().texts) + "\n", encoding="utf-8")
    for verb in (["audit", str(texts)], ["concepts", str(texts)], ["neighbours", "lost card", str(texts)]):
        assert main([*verb, "--embeddings", folder, "--no-store"]) == 2
        assert "--allow-remote" in capsys.readouterr().err


def test_neighbours_and_concepts_are_found_in_its_embeddings(tmp_path: Path) -> None:
    said: list[str] = []
    with serving(embeds) as server:
        folder = write(tmp_path / "vectors", TOML.format(url=server.url))
        found = find_precedents(
            "a lost card", TEXTS, "bank-router", n=2, embeddings=folder, store=False, announce=said.append
        )
        concepts = find_concepts([*TEXTS, " "], n=2, embeddings=folder, store=False, announce=said.append)
    assert found.nearest[0].text == "a lost card"
    assert found.embeddings["name"] == "vectors"
    assert concepts.n_unusable == 1
    assert sum(concept.n_documents for concept in concepts.concepts) == 6
    place = server.url.removeprefix("http://")
    assert said == [
        f"Up to 7 texts (yours and the corpus, for their embeddings) may be sent to {place} in up to 2 requests.",
        f"Up to 7 texts (the corpus, for their embeddings) may be sent to {place} in up to 2 requests.",
    ]


def test_a_text_without_an_embedding_is_no_neighbour() -> None:
    with serving(embeds) as server:
        box = embedding(server.url)
        found = find_precedents("lost card", [*TEXTS, " "], "bank-router", n=9, embeddings=box, store=False)
    assert len(found.nearest) == 6
    assert found.n_unusable == 1


class Declining(Canary):
    """An embedder that declines a text."""

    embeds, details = True, {}

    def answer(self, texts: list[str]) -> Answers:
        answers = super().answer(texts)
        declined = np.array([text == "lost card" for text in texts])
        vectors = np.where(declined[:, None], np.nan, answers.embeddings)
        return Answers(answers.log_probabilities, vectors, None, declined, answers.truncated)

    @property
    def classes_(self) -> np.ndarray:  # type: ignore[type-arg]
        return np.array([], dtype=str)


def test_a_text_that_is_declined_itself_has_no_neighbours() -> None:
    with pytest.raises(InputError, match="The text itself was given no embedding"):
        find_precedents("lost card", TEXTS, "bank-router", embeddings=Declining([1.0, 2.0]), store=False)
    with pytest.raises(InputError, match="text 1 holds"):
        Space(Declining([1.0, 2.0]), MemoryStore()).embed(["a", "lost card"])


def test_an_explanation_says_what_is_sent_for_embeddings() -> None:
    said: list[str] = []
    with serving(embeds) as server:
        box = embedding(server.url)
        more = {"corpus": TEXTS, "embeddings": box, "store": False, "announce": said.append}
        explanation = explain("my lost card", "bank-router", calls=16, **more)
    assert explanation.precedents is not None
    assert [words.split(" may")[0] for words in said] == ["Up to 7 texts (yours and the corpus, for their embeddings)"]


def test_an_audit_finds_concepts_in_its_embeddings_and_asks_once(tmp_path: Path) -> None:
    said: list[str] = []
    box = FunctionBox(decide, classes=CLASSES, fingerprint="toy:1")
    with serving(embeds) as server:
        folder = write(tmp_path / "vectors", TOML.format(url=server.url).replace("batch_size = 4", "batch_size = 64"))
        options = {"embeddings": folder, "store": tmp_path / "answers.sqlite", "announce": said.append}
        first = audit(corpus(), box, **options)  # type: ignore[arg-type]
        n_texts = len(asked(server))
        again = audit(corpus(), box, **options)  # type: ignore[arg-type]
        assert len(asked(server)) == n_texts + 1  # the canary
    record = json.loads(json.dumps(first.to_dict()))
    assert record["production"]["embeddings"]["name"] == "vectors"
    assert record["concepts"]
    assert "127.0.0.1" not in json.dumps(record)
    assert again.to_dict()["concepts"] == record["concepts"]
    assert said[0].startswith(f"Up to {n_texts:,} texts (yours and altered copies of them, for their embeddings)")


def test_a_student_is_measured_without_asking_twice() -> None:
    box = FunctionBox(decide, classes=CLASSES, fingerprint="toy:1")
    with serving(embeds) as server:
        found = distill(corpus(), box, kinds=("tree",), embeddings=embedding(server.url), store=False)
        texts = asked(server)
        assert len(texts) == len(set(texts))
        predicted = found.pipeline.predict(corpus().take([0, 1]))
    assert len(predicted) == 2
    assert "embeddings" in found.to_dict()["student"]["reads"]


def test_the_command_line_says_what_it_sends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts.csv"
    texts.write_text("text\n" + "\n".join(TEXTS) + "\n", encoding="utf-8")
    with serving(embeds) as server:
        folder = write(tmp_path / "vectors", TOML.format(url=server.url))
        assert main(["concepts", str(texts), "-n", "2", "--embeddings", folder, "--no-store", "--json"]) == 0
        shown = capsys.readouterr()
    assert "Up to 6 texts (the corpus, for their embeddings)" in shown.err
    assert json.loads(shown.out)["embeddings"]["name"] == "vectors"
