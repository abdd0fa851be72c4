"""Laws of the options of label scoring: length, priors, orders of the labels; and of prompts that cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.blackbox.label_reader import LabelReader, LabelScores
from surrogate.blackbox.prefix import common_start
from surrogate.blackbox.prompt import CONTENT_FREE, Prompt, Scoring
from surrogate.blackbox.spec import read_spec
from surrogate.errors import InputError, ModelError
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

PROMPT = Prompt("{instruction}\n{text}", "One of {labels}.", "<|end|>")


class Scores:
    """Scores labels by a table."""

    encoder = None

    def __init__(self, table, label_ids=((1,), (1, 2))):
        self.table, self.label_ids = table, label_ids

    def scores(self, texts):
        return LabelScores(
            np.log([self.table[text] for text in texts]).reshape(len(texts), -1),
            np.full((len(texts), 1), len(self.table), np.float32),
            np.zeros(len(texts), bool),
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toys.llama(tmp_path_factory.mktemp("models") / "llama")


def test_plain_scoring_normalises_over_the_labels():
    answers = LabelReader("toy", (Scores({"x": (0.3, 0.1)}),), Scoring()).read(["x"])
    np.testing.assert_allclose(answers.probabilities, [[0.75, 0.25]])
    np.testing.assert_allclose(answers.label_mass, [0.4])


def test_length_normalisation_compares_means_per_token():
    answers = LabelReader("toy", (Scores({"x": (0.3, 0.09)}),), Scoring(length_normalised=True)).read(["x"])
    np.testing.assert_allclose(answers.probabilities, [[0.5, 0.5]])
    np.testing.assert_allclose(answers.label_mass, [0.39])


def test_prior_correction_divides_by_what_empty_inputs_get():
    table = {"x": (0.3, 0.1), "N/A": (0.2, 0.2), "": (0.4, 0.0001)}
    answers = LabelReader("toy", (Scores(table),), Scoring(content_free=("N/A", ""))).read(["x"])
    prior = (np.array([0.5, 0.5]) + np.array([0.4, 0.0001]) / 0.4001) / 2
    wanted = np.array([0.75, 0.25]) / prior
    np.testing.assert_allclose(answers.probabilities, [wanted / wanted.sum()])
    np.testing.assert_allclose(answers.label_mass, [0.4])


def test_a_content_free_text_has_no_preference_left():
    reader = LabelReader("toy", (Scores({"N/A": (0.3, 0.1)}),), Scoring(content_free=("N/A",)))
    np.testing.assert_allclose(reader.read(["N/A"]).probabilities, [[0.5, 0.5]])


def test_orders_are_averaged_as_probabilities():
    orders = (Scores({"x": (0.3, 0.1)}), Scores({"x": (0.1, 0.1), "y": (1, 1)}))
    answers = LabelReader("toy", orders, Scoring(n_orders=2)).read(["x"])
    np.testing.assert_allclose(answers.probabilities, [[0.625, 0.375]])
    np.testing.assert_allclose(answers.label_mass, [0.3])
    assert answers.embeddings.tolist() == [[1.5]]


def test_orders_of_labels_in_the_prompt_are_rotations(folder):
    box = load_model(folder, labels=toys.LABELS, prompt=PROMPT, scoring=Scoring(n_orders=3))
    first, second, third = toys.LABELS
    shown = [order.encoder.before for order in box._loaded().orders]
    for text, order in zip(
        shown, [(first, second, third), (second, third, first), (third, first, second)], strict=True
    ):
        assert f"One of {', '.join(order)}." in text
    alone = [
        load_model(folder, labels=toys.LABELS, prompt=Prompt(PROMPT.user, f"One of {', '.join(order)}.", PROMPT.end))
        for order in (toys.LABELS, (second, third, first), (third, first, second))
    ]
    texts = ["the card", "lost"]
    mean = np.mean([other.answer(texts).probabilities for other in alone], axis=0)
    np.testing.assert_allclose(box.answer(texts).probabilities, mean, atol=1e-6)


def test_default_prompt_lists_the_labels_and_can_be_turned(folder):
    box = load_model(folder, labels=toys.LABELS, scoring=Scoring(n_orders=2))
    assert "only: card lost, card arrival, refund." in box._loaded().orders[0].encoder.before


def test_answers_with_all_options_do_not_depend_on_the_batch(folder):
    scoring = Scoring(True, CONTENT_FREE, 3)
    box = load_model(folder, labels=toys.LABELS, prompt=PROMPT, scoring=scoring)
    texts = toys.random_texts(20, seed=6, longest=20)
    whole = box.answer(texts)
    again = load_model(folder, labels=toys.LABELS, prompt=PROMPT, scoring=scoring)
    for row in range(0, 20, 5):
        answers = again.answer(texts[row : row + 1])
        assert (answers.log_probabilities == whole.log_probabilities[row]).all()
        assert (answers.embeddings == whole.embeddings[row]).all()


def test_options_are_stated_and_part_of_the_fingerprint(folder):
    options = [
        Scoring(),
        Scoring(True),
        Scoring(content_free=("",)),
        Scoring(content_free=("N/A",)),
        Scoring(n_orders=2),
    ]
    boxes = [load_model(folder, labels=toys.LABELS, prompt=PROMPT, scoring=scoring) for scoring in options]
    assert len({box.fingerprint for box in boxes}) == len(options)
    assert boxes[1].details["length_normalised"] is True
    assert boxes[3].details["content_free"] == '["N/A"]'
    assert boxes[4].details["n_orders"] == 2


def test_options_stand_in_model_toml(tmp_path):
    folder = toys.llama(tmp_path / "router")
    scoring = Scoring(True, ("N/A", ""), 2)
    toys.describe(folder, "causal-lm", prompt=PROMPT, scoring=scoring, max_length=128)
    assert read_spec(folder).scoring == scoring
    box = load_model(folder)
    assert box.details["n_orders"] == 2
    with pytest.raises(InputError, match="scoring"):
        load_model(folder, scoring=Scoring())


@pytest.mark.parametrize(
    ("line", "told"),
    [("n_orders = 0", "n_orders"), ("length_normalized = true", "length_normalised"), ('content_free = "N/A"', "list")],
)
def test_mistakes_in_model_toml_name_the_key(tmp_path, line, told):
    folder = toys.describe(toys.llama(tmp_path / "router"), "causal-lm", prompt=PROMPT)
    with (folder / "model.toml").open("a") as file:
        file.write(f"\n[scoring]\n{line}\n")
    with pytest.raises(ModelError, match=told) as raised:
        load_model(folder)
    assert raised.value.code == "bad-model-file"


@pytest.mark.parametrize(
    "options",
    [{"n_orders": 0}, {"n_orders": True}, {"content_free": "N/A"}, {"content_free": (1,)}, {"length_normalised": 1}],
)
def test_bad_options_are_refused(options):
    with pytest.raises(InputError) as raised:
        Scoring(**options)
    assert raised.value.code == "bad-parameter"


def test_orders_need_a_list_of_labels_and_as_many_labels(folder):
    for prompt, n_orders in [(Prompt("Which? {text}"), 2), (Prompt("{text}", "One of {labels}."), 2), (PROMPT, 4)]:
        with pytest.raises(InputError, match="n_orders") as raised:
            load_model(folder, labels=toys.LABELS, prompt=prompt, scoring=Scoring(n_orders=n_orders))
        assert raised.value.code == "bad-parameter"


def test_a_sequence_classifier_is_asked_nothing(tmp_path):
    folder = toys.bert(tmp_path / "bert")
    for options in ({"prompt": "Which? {text}"}, {"scoring": Scoring()}):
        with pytest.raises(InputError, match="sequence classifier"):
            load_model(folder, **options)


def test_common_start_leaves_a_token_to_read():
    assert common_start([(1, 2, 3), (1, 2, 3)]) == (1, 2)
    assert common_start([(1,), (2, 3)]) == ()


def test_the_start_is_what_all_prompts_share(folder):
    reader = load_model(folder, labels=toys.LABELS, prompt=PROMPT)._loaded().orders[0]
    shared = reader.prefix.tokens
    prompts, _ = reader.encoder.encode([*toys.random_texts(50, seed=7), "", "\n", "<s>", "<|end|>", "钱", ". a"])
    assert all(tuple(prompt[: len(shared)]) == shared for prompt in prompts)
    assert len(shared) > 10


def test_a_prompt_that_starts_otherwise_is_read_whole(folder):
    from dataclasses import replace

    reader = load_model(folder, labels=toys.LABELS, prompt=PROMPT)._loaded().orders[0]
    whole = reader.scores(["the card"])
    other = replace(reader.prefix, tokens=(*reader.prefix.tokens[:-1], 0))
    alone = replace(reader, prefix=other).scores(["the card"])
    np.testing.assert_allclose(alone.scores, whole.scores, atol=1e-4)
    np.testing.assert_allclose(alone.embeddings, whole.embeddings, atol=1e-4)


def test_labels_out_of_sight_of_the_start_are_read_label_by_label(tmp_path):
    box = load_model(
        lms.causal(tmp_path / "gemma2", "gemma2"), labels=["a", "b"], prompt="Which desk?\n{text}\nAnswer:"
    )
    reader = box._loaded().orders[0]
    (short, long), _ = reader.encoder.encode(["the card", "lost card " * 60])
    assert reader.fits(short)
    assert not reader.fits(long)


def test_without_a_start_in_common_the_prompt_is_read_whole(tmp_path):
    folder = toys.llama(tmp_path / "plain", chat=False)
    box = load_model(folder, labels=toys.LABELS, prompt="{text}\nWhich desk?")
    assert box.details["scoring"] == "label-trie"
    assert box.details["prefix_tokens"] == 0


@pytest.mark.parametrize("chat", [True, False])
def test_a_start_token_that_the_tokenizer_adds_is_read_once(tmp_path, chat):
    from tokenizers import processors

    folder = toys.llama(tmp_path / "framed", chat=chat)
    tokenizer = toys.chat_tokenizer(chat)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 0)]
    )
    tokenizer.save_pretrained(folder)
    box = load_model(folder, labels=toys.LABELS, prompt=PROMPT)
    reader = box._loaded().orders[0]
    (prompt,), _ = reader.encoder.encode(["the card"])
    assert prompt[0] == 0
    assert prompt.count(0) == 1
    assert reader.prefix.tokens[0] == 0
