"""Laws of sequence classifiers, on tiny transformers models with random weights."""

from __future__ import annotations

import pickle
import weakref

import joblib
import numpy as np
import pytest

from surrogate.blackbox import BlackBox, load_model
from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.packed import EXACT
from surrogate.errors import ModelError
from tests import blackbox_toys as toys

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

KINDS = ["bert", "multi_label", "one_logit", "roberta", "gpt2", "mixtral"]


@pytest.fixture(scope="module", params=KINDS)
def box(request, tmp_path_factory):
    return load_model(getattr(toys, request.param)(tmp_path_factory.mktemp("models") / request.param))


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return load_model(toys.bert(tmp_path_factory.mktemp("models") / "bert"))


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def plain_logits(box, texts):
    """Transformers alone, one text at a time."""
    folder = box._source["model"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        return torch.cat([model(**tokenizer(text, return_tensors="pt")).logits for text in texts]).double()


def test_every_model_is_a_black_box(box):
    assert isinstance(box, BlackBox)
    assert box.kind == "sequence-classifier"
    assert box.fingerprint.startswith("sequence-classifier:sha256:")


def test_matches_plain_transformers(box):
    texts = toys.random_texts(12, seed=1, longest=20)
    logits = plain_logits(box, texts)
    if box.multi_label:
        wanted = logits.sigmoid()
    elif logits.shape[1] == 1:
        wanted = torch.cat([1 - logits.sigmoid(), logits.sigmoid()], dim=1)
    else:
        wanted = logits.softmax(dim=-1)
    np.testing.assert_allclose(box.answer(texts).probabilities, wanted.numpy(), atol=1e-5)


def test_answers_do_not_depend_on_batch_mates(box):
    texts = toys.random_texts(90, seed=2)
    whole = box.answer(texts)
    generator = np.random.default_rng(3)
    for n_parts in (1, 4, 23, 90):
        order = generator.permutation(len(texts))
        for part in np.array_split(order, n_parts):
            answers = box.answer([texts[row] for row in part])
            assert (answers.log_probabilities == whole.log_probabilities[part]).all()
            assert (answers.embeddings == whole.embeddings[part]).all()


def test_answers_do_not_depend_on_threads(box, one_thread):
    texts = toys.random_texts(60, seed=4)
    one = box.answer(texts)
    torch.set_num_threads(2)
    two = box.answer(texts)
    assert (one.log_probabilities == two.log_probabilities).all()
    assert (one.embeddings == two.embeddings).all()


def test_answering_leaves_the_number_of_threads_alone(bert, one_thread):
    bert.answer(["the card"])
    assert torch.get_num_threads() == 1


def test_rows_share_no_batch_where_tokens_are_sent_to_experts(box):
    shapes = box._loaded().shapes
    assert (shapes.rows(8) == 1) == (box.name == "mixtral")


def test_truncated_text_is_flagged(box):
    answers = box.answer(["the card", "lost " * 200, "my money"])
    assert answers.truncated.tolist() == [False, True, False]
    assert not answers.refused.any()


def test_text_that_just_fits_is_not_flagged(bert):
    assert bert.answer(["card " * 62, "card " * 63]).truncated.tolist() == [False, True]


def test_truncated_text_is_answered_as_its_beginning(bert):
    long, start = bert.answer(["card " * 62 + "lost", "card " * 62]).log_probabilities
    assert (long == start).all()


def test_empty_text_is_answered(box):
    answers = box.answer([""])
    assert box.accepts_empty
    assert np.isfinite(answers.log_probabilities).all()
    assert np.isfinite(answers.embeddings).all()
    assert not answers.truncated.any()


def test_no_text_has_no_answer(box):
    answers = box.answer([])
    assert answers.log_probabilities.shape == (0, len(box.classes_))
    assert answers.embeddings.shape == (0, 32)


def test_probabilities_and_embeddings_come_from_one_forward_pass(box):
    calls = []
    hook = box._loaded().model.base_model.register_forward_hook(lambda *_: calls.append(1))
    texts = ["the card", "my money", "i want"]
    answers = box.answer(texts)
    hook.remove()
    shapes = box._loaded().shapes
    lengths = [shapes.length(len(ids)) for ids in box._loaded().encode(texts)[0]]
    assert len(calls) == sum(-(-lengths.count(length) // shapes.rows(length)) for length in set(lengths))
    assert answers.embeddings.shape == (3, 32)
    assert answers.embeddings.dtype == np.float32


def test_embedding_is_the_hidden_state_that_the_head_reads(bert):
    model = bert._loaded().model
    answers = bert.answer(["the card was lost"])
    with torch.inference_mode():
        logits = model.classifier(model.bert.pooler(torch.tensor(answers.embeddings)[:, None]))
    np.testing.assert_allclose(logits.softmax(-1).numpy(), answers.probabilities, atol=1e-5)


def test_embedding_of_a_decoder_is_that_of_its_last_token(tmp_path):
    box = load_model(toys.gpt2(tmp_path / "gpt2"))
    answers = box.answer(["the card was lost", "no"])
    with torch.inference_mode():
        logits = box._loaded().model.score(torch.tensor(answers.embeddings))
    np.testing.assert_allclose(logits.softmax(-1).numpy(), answers.probabilities, atol=1e-5)
    assert box.details["pooling"] == "last-token"


def test_multi_label_probabilities_are_independent(tmp_path):
    box = load_model(toys.multi_label(tmp_path / "multi"))
    assert box.multi_label
    assert not np.allclose(box.answer(["the card"]).probabilities.sum(), 1.0, atol=0.01)


def test_one_output_has_two_classes(tmp_path):
    folder = toys.one_logit(tmp_path / "one")
    box = load_model(folder)
    assert box.classes_.tolist() == ["not spam", "spam"]
    assert not box.multi_label
    np.testing.assert_allclose(box.answer(["the card"]).probabilities.sum(), 1.0)
    assert load_model(folder, labels=["ham", "spam"]).classes_.tolist() == ["ham", "spam"]


def test_labels_come_from_the_configuration(bert):
    assert bert.classes_.tolist() == list(toys.LABELS)


def test_mask_token_is_read_as_such(bert):
    assert bert.mask_token == "[MASK]"
    assert [list(ids) for ids in bert._loaded().encode(["[MASK]"])[0]] == [[2, 4, 3]]


def test_roberta_positions_leave_room_for_padding(tmp_path):
    assert load_model(toys.roberta(tmp_path / "roberta")).details["max_length"] == 64


def test_clone_shares_the_black_box(bert):
    base = pytest.importorskip("sklearn.base")
    assert base.clone(bert, safe=False) is bert


def test_pickle_holds_no_weights(bert):
    assert len(pickle.dumps(bert)) < 10_000


def test_pickled_box_loads_itself_again(bert):
    again = pickle.loads(pickle.dumps(bert))
    assert again._reader is None
    assert (again.answer(["the card"]).log_probabilities == bert.answer(["the card"]).log_probabilities).all()


def test_hash_does_not_change_with_use_or_pickle(bert):
    again = pickle.loads(pickle.dumps(bert))
    before = joblib.hash(again)
    again.answer(["the card"])
    assert before == joblib.hash(again) == joblib.hash(bert)


def test_pickled_box_notices_a_changed_model(tmp_path):
    saved = pickle.dumps(load_model(toys.bert(tmp_path / "bert")))
    toys.bert(tmp_path / "bert", seed=1)
    with pytest.raises(ModelError) as raised:
        pickle.loads(saved).answer(["the card"])
    assert raised.value.code == "wrong-digest"


def test_fingerprint_follows_weights_labels_and_limit(tmp_path):
    folder = toys.bert(tmp_path / "bert")
    found = {load_model(folder).fingerprint, load_model(toys.bert(tmp_path / "copy")).fingerprint}
    assert len(found) == 1
    found.add(load_model(folder, labels=["a", "b", "c"]).fingerprint)
    found.add(load_model(folder, max_length=20).fingerprint)
    found.add(load_model(toys.bert(tmp_path / "other", seed=1)).fingerprint)
    assert len(found) == 4


def test_details_name_no_path(bert):
    assert not [value for value in bert.details.values() if isinstance(value, str) and "/" in value]


def test_padding_that_changes_answers_is_noticed(tmp_path, monkeypatch):
    from surrogate.blackbox import sequence_reader

    folder = toys.bert(tmp_path / "bert")
    monkeypatch.setattr(
        sequence_reader,
        "read_in_batches",
        lambda *args, **options: list(reversed_rows(read_in_batches(*args, **options))),
    )
    with pytest.raises(ModelError) as raised:
        load_model(folder)
    assert raised.value.code == "reference-mismatch"


def reversed_rows(outputs):
    return [output[::-1] for output in outputs]


def test_damaged_weights_are_noticed(tmp_path):
    folder = toys.bert(tmp_path / "bert")
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"][0] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError) as raised:
        load_model(folder)
    assert raised.value.code == "bad-answer-values"


def test_shapes_of_batches_are_few_and_their_rows_are_multiples_of_eight():
    shapes = Shapes(512)
    lengths = [shapes.length(n_tokens) for n_tokens in range(1, 513)]
    assert all(length >= n_tokens for n_tokens, length in enumerate(lengths, start=1))
    assert len(set(lengths)) < 30
    assert len({Shapes(512, step=4).length(n_tokens) for n_tokens in range(1, 513)}) < 45
    assert all(shapes.rows(length) % 8 == 0 for length in lengths)


def test_batches_come_back_in_order():
    generator = np.random.default_rng(0)
    sequences = [list(range(1, n + 1)) for n in generator.integers(1, 60, size=100)]
    sums, nothing = read_in_batches(sequences, lambda ids, mask: [(ids * mask).sum(axis=1), None], Shapes(64), pad_id=9)
    assert sums.tolist() == [sum(sequence) for sequence in sequences]
    assert nothing is None


@pytest.fixture(scope="module", params=["bert", "roberta", "multi_label", "mixtral"])
def plain_and_packed(request, tmp_path_factory):
    folder = getattr(toys, request.param)(tmp_path_factory.mktemp("models") / request.param)
    plain = load_model(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("surrogate.blackbox.sequence.SMALL", 1)
        return plain, load_model(folder)


def test_packed_layers_agree_and_are_another_model_to_the_store(plain_and_packed):
    plain, packed = plain_and_packed
    texts = toys.random_texts(60, seed=11)
    assert packed.details["backend"].startswith("torch-onednn-packed")
    assert packed._loaded().shapes.exact == (packed.details["backend"] == EXACT)
    assert packed.fingerprint != plain.fingerprint
    np.testing.assert_allclose(packed.answer(texts).probabilities, plain.answer(texts).probabilities, atol=1e-5)


def test_packed_layers_do_not_depend_on_batch_mates_or_threads(plain_and_packed, one_thread):
    _, packed = plain_and_packed
    texts = toys.random_texts(120, seed=12)
    whole = packed.answer(texts)
    generator = np.random.default_rng(13)
    for n_parts in (1, 3, 40, 120):
        torch.set_num_threads(1 + n_parts % 2)
        order = generator.permutation(len(texts))
        for part in np.array_split(order, n_parts):
            answers = packed.answer([texts[row] for row in part])
            assert (answers.log_probabilities == whole.log_probabilities[part]).all()
            assert (answers.embeddings == whole.embeddings[part]).all()


def test_a_model_that_does_not_take_packed_layers_keeps_its_own(tmp_path, monkeypatch):
    from surrogate.blackbox import backends, packed, sequence

    def broken(model):
        undo = packed.pack_linears(model)
        for module in model.modules():
            if hasattr(module, "n_weights"):
                module.bias = torch.nn.Parameter(torch.ones(module.out_features))
        return undo

    folder = toys.bert(tmp_path / "bert")
    texts = toys.random_texts(20, seed=14)
    wanted = load_model(folder)
    monkeypatch.setattr(sequence, "SMALL", 1)
    monkeypatch.setattr(backends, "pack_linears", broken)
    box = load_model(folder)
    assert box.details["backend"] == packed.EAGER
    assert (box.answer(texts).log_probabilities == wanted.answer(texts).log_probabilities).all()


def test_each_distinct_text_is_read_once(bert, monkeypatch):
    read = []
    reader = bert._loaded()
    whole = bert.answer(["card", "lost"])
    monkeypatch.setattr(
        bert, "_reader", type("Counting", (), {"read": lambda _, texts: read.extend(texts) or reader.read(texts)})()
    )
    answers = bert.answer(["card", "lost", "card", "card"])
    assert read == ["card", "lost"]
    assert (answers.log_probabilities == whole.log_probabilities[[0, 1, 0, 0]]).all()


def test_tuning_writes_the_quickest_down_and_it_is_used(tmp_path, monkeypatch):
    from surrogate.blackbox import packed
    from surrogate.blackbox.tune import tune_classifier
    from surrogate.blackbox.tuned import record_choice, record_path

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = toys.bert(tmp_path / "bert")
    before = load_model(folder)
    timings, path = tune_classifier(str(folder))
    assert path == record_path()
    assert sorted(one.backend for one in timings) == sorted(packed.BACKENDS)
    assert all(one.difference <= 1e-5 for one in timings)
    assert load_model(folder).details["backend"] == timings[0].backend
    from surrogate.blackbox.fingerprint import file_digests

    record_choice(file_digests(folder), packed.PACKED)
    after = load_model(folder)
    assert after.details["backend"] == packed.PACKED
    assert after.fingerprint != before.fingerprint
    other = load_model(toys.roberta(tmp_path / "roberta"))
    assert other.details["backend"] == packed.EAGER, "what was measured for one model says nothing of another"


def test_a_damaged_record_of_tuning_is_said(tmp_path, monkeypatch):
    from surrogate.blackbox.tuned import record_path
    from surrogate.errors import InputError

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    record_path().parent.mkdir(parents=True)
    record_path().write_text('{"a": "another-backend"}')
    with pytest.raises(InputError, match="Remove the file"):
        load_model(toys.bert(tmp_path / "bert"))


def test_kernels_whose_rows_are_not_alone_get_canonical_shapes(tmp_path, monkeypatch):
    from surrogate.blackbox import backends, packed, sequence

    monkeypatch.setattr(sequence, "SMALL", 1)
    monkeypatch.setattr(backends, "rows_stand_alone", lambda reader: False)
    box = load_model(toys.bert(tmp_path / "bert"))
    assert box.details["backend"] == packed.PACKED
    assert not box._loaded().shapes.exact


def test_rows_that_depend_on_their_number_are_noticed(bert):
    from surrogate.blackbox.backends import rows_stand_alone

    reader = bert._loaded()

    class Leaning:
        model, max_length = reader.model, reader.max_length

        def forward(self, ids, mask):
            return [ids.sum(axis=1, keepdims=True) + 1e-9 * len(ids), None]

    assert not rows_stand_alone(Leaning())


def test_exact_shapes_pad_nothing():
    generator = np.random.default_rng(0)
    sequences = [list(range(1, n + 1)) for n in generator.integers(1, 30, size=200)]
    seen = []

    def forward(ids, mask):
        seen.append(mask.all())
        return [(ids * mask).sum(axis=1)]

    (sums,) = read_in_batches(sequences, forward, Shapes(64, max_rows=8, exact=True), pad_id=9)
    assert sums.tolist() == [sum(sequence) for sequence in sequences]
    assert all(seen)


def test_what_was_computed_for_one_batch_is_let_go_before_the_next():
    computed = []

    def forward(ids, mask):
        assert not any(reference() is not None for reference in computed), "an earlier batch is still in memory"
        hidden = np.zeros((*ids.shape, 64), np.float32)
        computed.append(weakref.ref(hidden))
        return [hidden[:, 0, :2]]

    (first,) = read_in_batches([[1] * 8] * 100, forward, Shapes(8), pad_id=0)
    assert first.shape == (100, 2)
    assert len(computed) > 3
