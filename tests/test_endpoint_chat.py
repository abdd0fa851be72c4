"""Chat endpoints: probabilities from listed tokens and from votes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate import explain
from surrogate.blackbox import load_model
from surrogate.blackbox.endpoints.top_logprobs import label_masses
from surrogate.errors import InputError, ModelError
from surrogate.query import ask
from surrogate.store import MemoryStore
from tests.endpoint_toys import Told, asked_text, chat, chats, serving, share, told


def listed(*places: dict[str, float]) -> list[dict[str, Any]]:
    """Places of an answer; the first token of each is the one answered."""
    content = []
    for place in places:
        tops = [{"token": token, "logprob": math.log(p), "bytes": None} for token, p in place.items()]
        content.append({**tops[0], "top_logprobs": tops})
    return content


def logprobs(*places: dict[str, float]) -> dict[str, Any]:
    return {"content": listed(*places)}


def test_tokens_that_begin_one_label_only_are_its_mass() -> None:
    masses = label_masses(listed({"cards": 0.6, "cash": 0.3, "I": 0.05}), ["cards", "cash"])
    assert masses.listed.round(6).tolist() == [0.6, 0.3]
    assert masses.probabilities().round(6).tolist() == [0.666667, 0.333333]
    assert masses.label_mass == pytest.approx(0.9)


def test_spellings_of_a_label_are_added_up() -> None:
    place = {" Cards": 0.4, "cards": 0.2, '"ca': 0.1, "cash": 0.1}
    assert label_masses(listed(place), ["cards", "top-up"]).listed.round(6).tolist() == [0.7, 0.0]


def test_labels_are_told_apart_at_the_place_where_they_differ() -> None:
    content = listed({"ca": 0.8, "top": 0.2}, {"rds": 0.75, "sh": 0.25}, {"<end>": 1.0})
    masses = label_masses(content, ["cards", "cash", "top-up"])
    assert masses.listed.round(6).tolist() == [0.6, 0.2, 0.2]


def test_a_label_that_another_begins_with_ends_where_something_else_follows() -> None:
    content = listed({"card": 0.9, "cash": 0.1}, {"<end>": 0.75, "s": 0.25})
    assert label_masses(content, ["card", "cards", "cash"]).listed.round(6).tolist() == [0.675, 0.225, 0.1]
    assert label_masses(listed({"card": 0.9, "cash": 0.1}), ["card", "cards", "cash"]).listed.round(6).tolist() == [
        0.9,
        0.0,
        0.1,
    ]


def test_a_token_that_several_labels_begin_with_is_shared_where_it_was_not_answered() -> None:
    masses = label_masses(listed({"cards": 0.6, "to": 0.3}), ["cards", "top-up", "tokens"])
    assert masses.listed.round(6).tolist() == [0.6, 0.15, 0.15]


def test_labels_beyond_the_list_have_no_more_than_it_leaves_over() -> None:
    masses = label_masses(listed({"cards": 0.9, "hm": 0.06}), ["cards", "cash", "top-up"])
    assert masses.unlisted.round(6).tolist() == [0.0, 0.02, 0.02]


def test_a_label_that_is_not_listed_is_given_the_least_listed_probability() -> None:
    masses = label_masses(listed({"cards": 0.9, "hm": 0.04}), ["cards", "cash"])
    assert masses.listed.tolist() == pytest.approx([0.9, 0.0])
    assert masses.unlisted[1] == pytest.approx(0.04)
    almost = label_masses(listed({"cards": 0.9, "hm": 0.09}), ["cards", "cash"])
    assert almost.unlisted[1] == pytest.approx(0.01)  # the list leaves no more over


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text("abc", min_size=1, max_size=4), min_size=2, max_size=5, unique=True), st.data())
def test_masses_are_those_of_a_model_whose_tokens_are_letters(labels: list[str], data: st.DataObject) -> None:
    """With full lists of letter tokens the answered label has its exact probability, and no mass is lost."""
    weights = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(labels), max_size=len(labels))), float)
    p = dict(zip(labels, weights / weights.sum(), strict=True))
    answer = data.draw(st.sampled_from(labels))
    places = []
    for at in range(len(answer) + 1):
        going = {label: q for label, q in p.items() if label.startswith(answer[:at])}
        tokens: dict[str, float] = {}
        for label, q in going.items():
            token = label[at] if len(label) > at else "<end>"
            tokens[token] = tokens.get(token, 0.0) + q / sum(going.values())
        own = answer[at] if len(answer) > at else "<end>"
        places.append({own: tokens.pop(own), **tokens})
    masses = label_masses(listed(*places), labels)
    assert masses.listed[labels.index(answer)] == pytest.approx(p[answer])
    assert masses.listed.sum() == pytest.approx(1)


def test_log_probabilities_of_an_answer_are_read_and_the_mass_is_stated() -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        p = share(asked_text(body)) * 0.9
        return chats("cards", logprobs({"cards": p, "cash": 0.9 - p, "I": 0.05}))

    with serving(script) as server:
        box = chat(server.url)
        answers = box.answer(["my card", "a machine"])
    assert answers.probabilities.round(6).tolist() == [[0.9, 0.1], [0.2, 0.8]]
    assert answers.label_mass is not None
    assert answers.label_mass.round(6).tolist() == [0.9, 0.9]
    body = server.seen[0].body
    assert (body["logprobs"], body["top_logprobs"], body["temperature"]) == (True, 20, 0.0)
    assert not box.stochastic
    assert "least listed" in str(box.details["unlisted_labels"])


@pytest.mark.parametrize(
    "reply",
    [chats(None, refusal="I cannot."), chats("Sorry", logprobs({"Sorry": 0.9, "I": 0.1}))],
    ids=["refusal", "no label"],
)
def test_an_answer_without_a_label_counts_as_refused(reply: Told) -> None:
    with serving(lambda *_: reply) as server:
        answers = chat(server.url).answer(["x"])
    assert answers.refused.tolist() == [True]
    assert answers.label_mass is not None
    assert answers.label_mass.tolist() == [0.0]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (chats("cards"), 'method = "votes"'),
        (chats("cards", {"content": []}), 'method = "votes"'),
        (chats("cards", {"content": [{"token": "cards"}]}), "another form"),
        (chats("cards", logprobs({"cards": 3.0})), "another form"),
        (chats("cards", [1]), "another form"),
        (told({"choices": []}), "no choices"),
        (told({"error": "x"}), "no choices"),
    ],
)
def test_a_chat_reply_that_cannot_be_read_says_what_to_do(reply: Told, words: str) -> None:
    with serving(lambda *_: reply) as server, pytest.raises(ModelError, match=words) as caught:
        chat(server.url).answer(["x"])
    assert caught.value.code == "bad-reply"


def test_votes_are_counted_smoothed_and_their_refusals_stated() -> None:
    said = ["cards", " Cards.", "cash", "I would say cards", "cards"]
    with serving(lambda path, body, number: chats(said[number % 5])) as server:
        box = chat(server.url, decoding={"method": "votes", "n_votes": 5}, manners={"concurrency": 1})
        answers = box.answer(["x"])
    assert answers.probabilities.round(6).tolist() == [[3.5 / 5, 1.5 / 5]]
    assert answers.label_mass is not None
    assert answers.label_mass.tolist() == [0.8]
    assert box.stochastic
    assert "0.224" in str(box.details["noise"])
    assert server.seen[0].body["temperature"] == 1.0
    assert "logprobs" not in server.seen[0].body


def test_a_text_whose_votes_mostly_name_no_label_counts_as_refused() -> None:
    with serving(lambda path, body, number: chats("cards" if number == 0 else "no idea")) as server:
        answers = chat(server.url, decoding={"method": "votes", "n_votes": 3}, manners={"concurrency": 1}).answer(["x"])
    assert answers.refused.tolist() == [True]


def test_each_draw_has_votes_and_seeds_of_its_own() -> None:
    with serving(lambda path, body, number: chats("cards" if body["seed"] < 14 else "cash")) as server:
        box = chat(server.url, decoding={"method": "votes", "n_votes": 4, "seed": 10})
        store = MemoryStore()
        first, second = (ask(box, ["x"], store, draw=draw) for draw in (0, 1))
        assert ask(box, ["x"], store, draw=1).probabilities.tolist() == second.probabilities.tolist()
    assert [seen.body["seed"] for seen in server.seen] == list(range(10, 18))
    assert first.probabilities.tolist() != second.probabilities.tolist()


def test_votes_of_a_text_that_could_not_be_finished_are_not_paid_again() -> None:
    fails = {2: told({}, 400)}
    with serving(lambda path, body, number: fails.get(number) or chats("cards")) as server:
        box = chat(server.url, decoding={"method": "votes", "n_votes": 3}, manners={"concurrency": 1})
        with pytest.raises(ModelError):
            box.answer(["x"])
        box.answer(["x"])
    assert len(server.seen) == 4


def test_structured_answers_are_asked_for_and_read() -> None:
    with serving(lambda *_: chats(json.dumps({"label": "cash"}))) as server:
        box = chat(server.url, decoding={"method": "votes", "n_votes": 1, "structured": True})
        assert box.answer(["x"]).probabilities[0].round(6).tolist() == [0.25, 0.75]
    schema = server.seen[0].body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["label"]["enum"] == ["cards", "cash"]
    with pytest.raises(InputError, match="votes"):
        chat(server.url, decoding={"structured": True})


def test_embeddings_are_asked_for_where_a_model_is_named() -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if path == "/v1/embeddings":
            return told({"data": [{"embedding": [1.0, float(len(body["input"]))]}], "usage": {"prompt_tokens": 3}})
        return chats("cards", logprobs({"cards": 0.5, "cash": 0.5}))

    with serving(script) as server:
        box = chat(server.url, embedding_model="e", manners={"concurrency": 1})
        embeddings = box.answer(["abc", "x"]).embeddings
    assert box.embeds
    assert embeddings is not None
    assert embeddings.tolist() == [[1.0, 3.0], [1.0, 1.0]]
    assert embeddings.dtype == np.float32


def test_request_fields_of_the_server_are_passed_on_and_ours_are_not_taken() -> None:
    more = {"max_tokens": None, "max_completion_tokens": 4, "chat_template_kwargs": {"enable_thinking": False}}
    with serving(lambda *_: chats("cards", logprobs({"cards": 0.5, "cash": 0.5}))) as server:
        chat(server.url, request=more, system="Be brief.").answer(["x"])
    body = server.seen[0].body
    assert "max_tokens" not in body
    assert body["max_completion_tokens"] == 4
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Which desk?\nx"},
    ]
    with pytest.raises(InputError, match="'seed'"):
        chat(server.url, request={"seed": 1})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"method": "guess"}, "logprobs, votes"),
        ({"n_votes": 0}, "n_votes"),
        ({"temperature": 5}, "temperature"),
        ({"smoothing": "none"}, "jeffreys"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_wrong_decoding_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        chat("http://localhost:1", decoding=wrong)


def test_labels_that_differ_in_case_only_cannot_be_told_apart() -> None:
    with pytest.raises(ModelError, match="case"):
        chat("http://localhost:1", labels=("Card", "card"))


TOML = """
schema = 1
name = "chat-router"
kind = "chat-endpoint"
url = "{url}"
model = "m"
labels = ["cards", "cash"]
[prompt]
user = "Which desk?\\n{{text}}"
[decoding]
method = "votes"
n_votes = 2
"""


@pytest.mark.parametrize("calls", ["auto", 128])
def test_votes_are_explained_with_their_noise(tmp_path: Path, calls: str | int) -> None:
    (tmp_path / "model.toml").write_text(TOML, encoding="utf-8")

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        sure = number % 10 != 9  # not the first ones, among which is the text itself
        return chats("cards" if ("card" in asked_text(body)) == sure else "cash")

    with serving(script) as server:
        (tmp_path / "model.toml").write_text(TOML.format(url=server.url), encoding="utf-8")
        box = load_model(str(tmp_path))
        told_: list[str] = []
        explanation = explain(
            "I lost my card in the city yesterday and need another one soon please",
            str(tmp_path),
            calls=calls,
            budget=128,
            store=False,
            announce=told_.append,
        )
    assert box.stochastic
    assert explanation.decision.label == "cards"
    assert "noise" not in explanation.calls  # that of votes is known
    assert explanation.stopping.noise_ceiling is not None
    assert told_ == [box.announcement(128)]
    assert len(server.seen) <= 2 * 128
    assert "127.0.0.1" not in json.dumps(explanation.to_dict())


def test_copies_that_the_model_refuses_are_counted_and_left_out(tmp_path: Path) -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        text = asked_text(body)
        if "bomb" in text and "bath" not in text:
            return chats(None, refusal="I cannot.")
        return chats("cards", logprobs({"cards": share(text), "cash": 1 - share(text)}))

    with serving(script) as server:
        explanation = explain("there is a bath bomb in my card wallet", chat(server.url), calls=64, store=False)
        with pytest.raises(ModelError, match="no decision") as caught:
            explain("there is a bomb in my card wallet", chat(server.url), calls=64, store=False)
    assert caught.value.code == "declined"
    record = explanation.to_dict()
    assert record["production"]["n_refused"] > 8
    assert not explanation.passed  # about a quarter of the copies is more than the policy allows
    explanation.report(tmp_path / "out", ("html", "md", "text"))
    assert "refused" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
