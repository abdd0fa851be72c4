"""The parity gate: recorded answers of the deployed system, and why a model does not give them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import surrogate
from surrogate.answers import Answers
from surrogate.blackbox import load_model
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.parity import Recorded, compare, read_recorded, require_parity
from surrogate.cli import main
from surrogate.errors import InputError, ModelError
from surrogate.query import ask_afresh
from surrogate.store import MemoryStore, SqliteStore, default_store_path
from tests.endpoint_toys import decides, decision, serving, share, told

LABELS = ("card", "transfer", "other")
TEXTS = [f"{'Card' if n % 3 else 'transfer'} {'lost ' * (n % 5)}number {n}" for n in range(30)]


def logits(texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array(
        [
            [2.0 * ("Card" in text) + 0.3 * text.count("lost"), 1.5 * ("transfer" in text), 0.02 * len(text)]
            for text in texts
        ]
    )


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def box(
    read: Callable[[Sequence[str]], NDArray[np.float64]] = lambda texts: softmax(logits(texts)),
) -> surrogate.blackbox.BlackBox:
    return load_model(read, classes=LABELS)


def recorded(shares: NDArray[np.float64]) -> list[Recorded]:
    return [
        Recorded(text, dict(zip(LABELS, row.tolist(), strict=True))) for text, row in zip(TEXTS, shares, strict=True)
    ]


def cause_of(shares: NDArray[np.float64]) -> str:
    found = compare(box(), recorded(shares))
    assert not found.agrees
    return found.causes[0]


def test_the_same_answers_agree() -> None:
    found = compare(box(), recorded(softmax(logits(TEXTS))))
    assert found.agrees
    assert (found.n_off, found.causes, found.same_label) == (0, (), 1.0)


def test_labels_in_another_order_are_named() -> None:
    assert "another order: 'card' here is 'transfer' there" in cause_of(softmax(logits(TEXTS))[:, [1, 0, 2]])


def test_sigmoid_where_softmax_was_meant_is_named() -> None:
    assert "(sigmoid)" in cause_of(1 / (1 + np.exp(-logits(TEXTS))))


def test_a_text_that_is_prepared_first_is_named() -> None:
    assert "lower case" in cause_of(softmax(logits([text.lower() for text in TEXTS])))


def test_a_temperature_is_named_with_its_factor() -> None:
    assert "times 0.5" in cause_of(softmax(logits(TEXTS) / 2))


def test_another_number_format_is_named() -> None:
    noisy = logits(TEXTS) + np.random.default_rng(0).normal(0, 0.01, (30, 3))
    assert "number format" in cause_of(softmax(noisy))


def test_what_cannot_be_explained_says_where_to_look() -> None:
    assert "prompt" in cause_of(np.random.default_rng(1).dirichlet(np.ones(3), 30))


class Cut(SharedBlackBox):
    """Reads so many characters."""

    def __init__(self, most: int) -> None:
        super().__init__(Identity("cut", "function", LABELS))
        self.most = most

    def answer(self, texts: Sequence[str]) -> Answers:
        from dataclasses import replace

        answers = Answers.from_probabilities(softmax(logits([text[: self.most] for text in texts])))
        return replace(answers, truncated=np.array([len(text) > self.most for text in texts]))


def test_texts_cut_elsewhere_are_named() -> None:
    theirs = Cut(30).answer(TEXTS).probabilities
    found = compare(Cut(24), recorded(theirs))
    assert "cut here" in found.causes[0]


def test_other_labels_are_refused_with_their_names() -> None:
    with pytest.raises(ModelError, match="does not name other and names fees") as raised:
        compare(box(), [Recorded("a", {"card": 0.5, "transfer": 0.3, "fees": 0.2})])
    assert raised.value.code == "reference-mismatch"


def write(path: Path, shares: NDArray[np.float64]) -> Path:
    lines = [json.dumps({"text": one.text, "probabilities": one.probabilities}) for one in recorded(shares)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_both_forms_of_a_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "recorded.jsonl"
    path.write_text(
        '{"text": "a", "probabilities": {"x": 0.5, "y": 0.5}}\n\n'
        '{"text": "b", "scores": [{"label": "y", "score": 0.75}, {"label": "x", "score": 0.25}]}\n'
    )
    assert read_recorded(path) == [Recorded("a", {"x": 0.5, "y": 0.5}), Recorded("b", {"x": 0.25, "y": 0.75})]


@pytest.mark.parametrize(
    "line",
    ["", "not json", '{"text": "a"}', '{"text": 3, "probabilities": {"x": 1}}', '{"text": "a", "probabilities": {"x": 7}}',
     '{"text": "a", "probabilities": {"x": NaN}}', "[1]", '{"text": "a", "probabilities": {"x": "much"}}'],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_which_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "recorded.jsonl"
    path.write_text(f"{line}\n{line and chr(10)}")
    with pytest.raises(InputError) as raised:
        read_recorded(path)
    assert raised.value.code == "bad-file"
    assert "probabilities" in str(raised.value)


def test_nothing_is_explained_by_a_model_that_answers_otherwise(tmp_path: Path) -> None:
    good, bad = (
        write(tmp_path / "good.jsonl", softmax(logits(TEXTS))),
        write(tmp_path / "bad.jsonl", softmax(logits(TEXTS) / 2)),
    )
    require_parity(box(), good)
    explanation = surrogate.explain(TEXTS[0], box(), calls=32, store=False, reference=good)
    assert explanation.decision.label in LABELS
    with pytest.raises(ModelError, match="temperature"):
        surrogate.explain(TEXTS[0], box(), calls=32, store=False, reference=bad)


def test_the_command_says_how_many_agree_and_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["I lost my card", "Where is my transfer?", "a fee"]
    model = load_model("bank-router")
    shares = model.answer(texts).probabilities
    labels = [str(label) for label in model.classes_]
    path = tmp_path / "recorded.jsonl"

    def save(rows: NDArray[np.float64]) -> None:
        lines = [
            json.dumps({"text": text, "probabilities": dict(zip(labels, row.tolist(), strict=True))})
            for text, row in zip(texts, rows, strict=True)
        ]
        path.write_text("\n".join(lines))

    save(shares)
    assert main(["models", "check", "bank-router", "--reference", str(path)]) == 0
    assert "3 of 3 texts agree" in capsys.readouterr().out
    save(shares[:, ::-1])
    assert main(["models", "check", "bank-router", "--reference", str(path)]) == 3
    assert "another order" in capsys.readouterr().out
    assert main(["models", "check", "bank-router", "--reference", str(tmp_path / "none")]) == 2


def test_what_an_endpoint_answers_to_a_check_is_kept_and_never_taken_from_the_store(tmp_path: Path) -> None:
    text, path = "I lost my card yesterday", tmp_path / "answers.sqlite"
    lines = [
        {"text": each, "probabilities": {"cards": share(each), "cash": 1 - share(each)}} for each in (text, "hello")
    ]
    reference = tmp_path / "recorded.jsonl"
    reference.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with serving(decides) as server:
        surrogate.explain(text, decision(server.url), reference=reference, store=path)
        assert server.texts.count(text) == server.texts.count("hello") == 1  # the explanation used what was paid for
        again = len(server.seen)
        require_parity(decision(server.url), reference, ask_afresh(decision(server.url), SqliteStore(path)))
        assert len(server.seen) == again + 2
    with serving(lambda *_: told({"model": "router-1", "answers": {}})) as server:
        box = decision(server.url)
        with pytest.raises(ModelError, match="without an answer"):
            require_parity(box, reference, ask_afresh(box, SqliteStore(path)))


def test_the_answers_of_a_local_model_to_a_check_are_not_kept() -> None:
    model, store = box(), MemoryStore()
    assert compare(model, recorded(softmax(logits(TEXTS))), ask=ask_afresh(model, store)).agrees
    assert store.get(model, TEXTS) == {}


def test_a_check_on_the_command_line_keeps_what_an_endpoint_is_paid_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, folder = tmp_path / "recorded.jsonl", tmp_path / "desk"
    folder.mkdir()
    texts = ["My CARD is lost", "hello"]
    lines = [{"text": each, "probabilities": {"cards": share(each), "cash": 1 - share(each)}} for each in texts]
    reference.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with serving(decides) as server:
        (folder / "model.toml").write_text(ENDPOINT.format(url=server.url), encoding="utf-8")
        assert main(["models", "check", str(folder), "--reference", str(reference)]) == 0
        assert "2 of 2 texts agree" in capsys.readouterr().out
        asked = len(server.seen)
        assert asked == 2
        stored = SqliteStore(default_store_path()).get(load_model(str(folder)), texts)
        assert set(stored) == set(texts)
    wrong = [{**line, "probabilities": {"cards": 0.5, "cash": 0.5}} for line in lines]
    reference.write_text("\n".join(map(json.dumps, wrong)), encoding="utf-8")
    with serving(decides) as server:
        (folder / "model.toml").write_text(ENDPOINT.format(url=server.url), encoding="utf-8")
        assert main(["models", "check", str(folder), "--reference", str(reference)]) == 3
        tried = {"my card is lost", *texts}  # in lower case, too, to find the cause
        assert set(server.texts) == tried
        assert set(SqliteStore(default_store_path()).get(load_model(str(folder)), sorted(tried))) == tried


ENDPOINT = """
schema = 1
name = "desk"
kind = "decision-endpoint"
url = "{url}"
model = "desk"

[questions.route]
type = "choice"
instructions = "Which desk?"
criteria = {{ cards = "lost cards", cash = "machines" }}
"""
