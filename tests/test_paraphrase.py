"""Paraphrase: rewordings that can be used, and a count of those that cannot."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from sklearn.base import clone

from surrogate.blackbox.endpoints import Access, ChatRewriter, Manners
from surrogate.errors import InputError, ModelError
from surrogate.perturb import Paraphrase
from surrogate.rewriting import Rewriter, RewriteTask
from surrogate.units import split_units
from tests.endpoint_toys import FAST, Told, chats, serving, told
from tests.toys import MESSAGE


class Keeping:
    """Says the words to keep, and how often it was asked for them."""

    name, fingerprint = "keeping", "toy:1"

    def __init__(self, refuse_every: int = 0) -> None:
        self.tasks: list[RewriteTask] = []
        self.refuse_every = refuse_every

    def __sklearn_clone__(self) -> Keeping:
        return self

    def rewrite(self, tasks: Sequence[RewriteTask]) -> list[str | None]:
        said: list[str | None] = []
        for task in tasks:
            self.tasks.append(task)
            refuse = self.refuse_every and len(self.tasks) % self.refuse_every == 0
            said.append(None if refuse else " ".join(["well", *task.keep, "then" * task.number]))
        return said


def test_rewordings_come_after_the_text_each_once() -> None:
    drawn = Paraphrase(Keeping(), n_samples=48).draw([MESSAGE])
    assert drawn.texts[0] == MESSAGE
    assert len(set(drawn.texts)) == drawn.n_samples == 48
    assert set(drawn.roles) == {"fit", "select", "test"}
    assert drawn.perturbation == "paraphrase"


def test_a_mask_says_what_occurs_and_not_what_was_asked_for() -> None:
    drawn = Paraphrase(lambda text: ["a LOST card", "nothing of it"], n_samples=8).draw(["my lost card"])
    assert drawn.masks[0].tolist() == [[True] * 3, [False, True, True], [False] * 3]


def test_a_word_is_not_both_kept_and_avoided() -> None:
    rewriter = Keeping()
    Paraphrase(rewriter, n_samples=32).draw(["no no no card, card! no card"])
    assert all(not set(task.keep) & set(task.remove) for task in rewriter.tasks)
    assert not any("," in (*task.keep, *task.remove) for task in rewriter.tasks)


def test_what_cannot_be_used_is_counted_by_reason() -> None:
    sampler = Paraphrase(lambda text: [None, " ", text, "new", "new", None, "other"], n_samples=8)
    assert sampler.draw(["my card"]).texts == ("my card", "new", "other")
    assert sampler.discarded_ == {"refused": 2, "empty": 1, "copy of the text": 1, "copy of another": 1}


def test_refused_rewordings_are_asked_for_again_but_not_for_ever() -> None:
    some, all_refused = Keeping(refuse_every=3), Keeping(refuse_every=1)
    assert Paraphrase(some, n_samples=32).draw([MESSAGE]).n_samples == 32
    sampler = Paraphrase(all_refused, n_samples=32)
    assert sampler.draw([MESSAGE]).texts == (MESSAGE,)
    assert sampler.discarded_["refused"] == len(all_refused.tasks) == 62


def test_draws_are_the_same_again_and_a_longer_one_begins_with_the_shorter() -> None:
    short, long = (Paraphrase(Keeping(), n_samples=number).draw([MESSAGE]) for number in (24, 48))
    assert long.texts[:24] == short.texts
    assert (long.roles[:24] == short.roles).all()


@pytest.mark.parametrize("text", ["card", "😀", "我的卡在哪里"])
def test_hard_texts_are_reworded(text: str) -> None:
    drawn = Paraphrase(Keeping(), n_samples=16).draw([text])
    assert drawn.n_samples > 2
    assert drawn.texts[0] == text


def test_what_is_no_rewriter_is_refused_and_no_mask_is_rendered() -> None:
    with pytest.raises(InputError, match="needs a rewriter"):
        Paraphrase().draw([MESSAGE])
    with pytest.raises(InputError, match="said in other words"):
        Paraphrase(Keeping()).render(split_units(MESSAGE))


def rewriter(url: str, **more: Any) -> ChatRewriter:
    manners = Manners(**{**FAST, **more.pop("manners", {})})
    return ChatRewriter(Access.to(url, manners=manners), "m", **more)


def says(path: str, body: dict[str, Any], number: int) -> Told:
    wishes = body["messages"][0]["content"].splitlines()
    kept = next((line for line in wishes if line.startswith("Use every")), ": nothing.")
    return chats(f'"Well, {kept.split(": ")[1][:-1]}"' + " again" * body.get("seed", 0))


def test_a_chat_model_is_told_which_words_to_keep_and_which_to_avoid() -> None:
    task = RewriteTask("my lost card", keep=("card",), remove=("my", "lost"), number=2)
    with serving(says) as server:
        said = rewriter(server.url, request={"temperature": 0.5}).rewrite([task])
    (asked,) = [seen.body for seen in server.seen]
    assert said == ['"Well, card" again again']
    assert asked["seed"] == 2
    assert asked["temperature"] == 0.5
    for wanted in ("Use every one of these words: card.", "Use none of these words", "my, lost", "my lost card"):
        assert wanted in asked["messages"][0]["content"]


def test_quotation_marks_around_the_answer_are_taken_off() -> None:
    with serving(lambda path, body, number: chats(" “Where is it?” ")) as server:
        assert rewriter(server.url).rewrite([RewriteTask("a", ("a",), ())]) == ["Where is it?"]


def test_a_task_is_paid_for_once() -> None:
    tasks = [RewriteTask("my card", ("card",), (), number) for number in (0, 1, 0)]
    with serving(says) as server:
        box = rewriter(server.url)
        assert box.rewrite(tasks) == box.rewrite(tasks)
    assert len(server.seen) == 2


def test_refusals_and_empty_answers_are_discarded_and_counted() -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if number % 3 == 0:
            return chats(None, refusal="I cannot do that.")
        return chats("") if number % 3 == 1 else says(path, body, number)

    with serving(script) as server:
        sampler = Paraphrase(rewriter(server.url), n_samples=24)
        drawn = sampler.draw([MESSAGE])
    assert sampler.discarded_["refused"] > 2
    assert sampler.discarded_["empty"] > 2
    assert all(text.strip() for text in drawn.texts)


@pytest.mark.parametrize("reply", [{"choices": []}, {"choices": [{"message": {"content": 3}}]}, {"answer": "x"}])
def test_an_answer_without_a_message_is_an_error(reply: dict[str, Any]) -> None:
    with (
        serving(lambda path, body, number: told(reply)) as server,
        pytest.raises(ModelError, match="chat server") as caught,
    ):
        rewriter(server.url).rewrite([RewriteTask("a", ("a",), ())])
    assert caught.value.code == "bad-reply"


def test_a_text_does_not_leave_the_machine_unasked() -> None:
    with pytest.raises(InputError) as caught:
        ChatRewriter(Access.to("https://rewriter.example"), "m")
    assert caught.value.code == "remote-not-allowed"


def test_fields_that_are_set_here_are_refused() -> None:
    with pytest.raises(InputError, match="messages"):
        rewriter("http://127.0.0.1:1", request={"messages": []})


def test_a_rewriter_is_shared_by_clones_and_pickled_without_what_it_heard() -> None:
    one = rewriter("http://127.0.0.1:1")
    assert isinstance(one, Rewriter)
    assert clone(Paraphrase(one)).rewriter is one
    again = pickle.loads(pickle.dumps(one))
    assert again.fingerprint == one.fingerprint
    assert rewriter("http://127.0.0.1:1", revision="2").fingerprint != one.fingerprint
