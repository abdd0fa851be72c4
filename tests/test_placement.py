"""Where and in which number format a model is computed, what that does to its answers, and texts that are too long for it."""

from __future__ import annotations

import json
import pickle
import random
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import surrogate
from surrogate.blackbox import load_model
from surrogate.blackbox.devices import move, resolve_device
from surrogate.blackbox.label_reader import LabelReader, LabelScores
from surrogate.blackbox.parity import Recorded, compare
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.precision import DTYPES
from surrogate.blackbox.prompt import Scoring
from surrogate.cli import main
from surrogate.errors import InputError, ModelError
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

ROOT = Path(__file__).parent.parent
HALF = ["bfloat16", "float16"]
KINDS = ["bert", "llama", "t5"]
LONG = "lost card " * 200


def make(kind: str, folder: Path) -> Path:
    return lms.t5(folder) if kind == "t5" else getattr(toys, kind)(folder)


def load(folder: Path, **options: Any) -> Any:
    return load_model(folder, labels=toys.LABELS, **options)


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(request.param, tmp_path_factory.mktemp("models") / request.param)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toys.bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="module")
def messages() -> list[str]:
    table = tomllib.loads((ROOT / "models" / "bank-router" / "model.toml").read_text(encoding="utf-8"))
    generator, texts = random.Random(0), []
    for reference in table["reference"]:
        words = reference["text"].split()
        texts += [reference["text"]] + [" ".join(w for w in words if generator.random() < 0.6) for _ in range(12)]
    return list(dict.fromkeys(texts))


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if torch saw two GPUs; nothing can be computed there."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Toy {device}")


# --- devices


def test_auto_is_the_cpu_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == "cpu"


def test_auto_is_the_first_cuda_device(two_gpus: None) -> None:
    assert [resolve_device(wanted) for wanted in ("auto", "cuda", "cuda:1", "cpu")] == [
        "cuda:0",
        "cuda:0",
        "cuda:1",
        "cpu",
    ]


def test_auto_never_chooses_apple_s_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_device("auto") == "cpu"
    assert resolve_device("mps") == "mps"


@pytest.mark.parametrize("wanted", ["gpu", "cuda:", "cuda:x", "CPU", "", None, "cuda:2", "mps"])
def test_unknown_or_absent_device_is_an_error_that_says_what_there_is(
    wanted: Any, two_gpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(InputError, match="cpu, cuda:0, cuda:1") as caught:
        resolve_device(wanted)
    assert caught.value.code == "no-device"
    assert repr(wanted) in str(caught.value)


def test_a_model_that_does_not_fit_is_an_error() -> None:
    class Full:
        def to(self, device: str) -> None:
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(InputError, match=r"cuda:0.*OutOfMemoryError.*half precision"):
        move(Full(), "cuda:0", "toy")


def test_settings_tell_devices_and_formats_apart(two_gpus: None) -> None:
    places = [Placement(device, dtype) for device in ("cpu", "cuda:0", "mps") for dtype in DTYPES]
    assert len({json.dumps(place.settings, sort_keys=True) for place in places}) == len(places)
    assert Placement("cuda:1").settings == {
        "dtype": "float32",
        "device": "cuda",
        "device_name": "Toy cuda:1",
        "rounded_to": 2**-10,
    }
    assert [place for place in places if place.may_pack] == [Placement()]


def test_float32_on_the_cpu_is_what_it_was(bert: Path) -> None:
    box = load(bert, device="cpu")
    assert box.fingerprint == load(bert).fingerprint
    assert {"rounded_to", "device_name"}.isdisjoint(box.details)
    assert (box.details["device"], box.details["dtype"]) == ("cpu", "float32")
    logits = box._reader.forward(np.array([[2, 6, 3]]), np.ones((1, 3), np.int64))[0].astype(np.float64)
    assert (logits * 2**10 != np.round(logits * 2**10)).any()


# --- rounding and half precision


def test_likelihoods_are_rounded_before_they_become_probabilities() -> None:
    class Scores:
        label_ids = ((1,), (2, 3))

        def scores(self, texts: list[str]) -> LabelScores:
            noise = np.array([[-1.2500001, -0.9999999]] * len(texts))
            return LabelScores(noise, np.zeros((len(texts), 2), np.float32), np.zeros(len(texts), bool))

    answers = LabelReader("toy", (Scores(),), Scoring(), 2**-10).read(["x"])  # type: ignore[arg-type]
    wanted = np.exp([[-1.25, -1.0]])
    assert answers.label_mass is not None
    np.testing.assert_allclose(answers.label_mass, wanted.sum(axis=1), atol=1e-15)
    np.testing.assert_allclose(answers.probabilities, wanted / wanted.sum(), atol=1e-15)


@pytest.mark.parametrize("dtype", HALF)
def test_half_precision_is_near_float32_and_has_a_fingerprint_of_its_own(folder: Path, dtype: str) -> None:
    plain, box = load(folder), load(folder, dtype=dtype)
    texts = ["", *sorted(toys.random_texts(12, seed=3, longest=20))]
    answers = box.answer(texts)
    np.testing.assert_allclose(answers.probabilities, plain.answer(texts).probabilities, atol=0.1)
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1.0, atol=1e-12)
    assert answers.log_probabilities.dtype == np.float64
    assert answers.embeddings.dtype == np.float32
    assert box.fingerprint != plain.fingerprint
    assert box.details["dtype"] == dtype
    assert box.details["rounded_to"] == 2**-6
    assert box.details["backend"] == f"torch-eager-{DTYPES[dtype]}-canonical-v1"
    assert box.details.get("scoring") == plain.details.get("scoring")


@pytest.mark.parametrize("dtype", HALF)
def test_differences_of_log_probabilities_are_multiples_of_the_step(bert: Path, dtype: str) -> None:
    logs = load(bert, dtype=dtype).answer(toys.random_texts(10, seed=4)).log_probabilities
    steps = (logs - logs[:, :1]) * 2**6
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)


@pytest.mark.parametrize(
    ("name", "dtype", "n_batchings"),
    # float16 is many times slower than bfloat16 on a CPU
    [
        ("bank-router", "bfloat16", 200),
        ("bank-router", "float16", 10),
        ("bank-router-lm", "bfloat16", 30),
        ("bank-router-lm", "float16", 10),
    ],
)
def test_nearly_all_answers_of_shipped_models_agree_over_random_batchings(
    name: str, dtype: str, n_batchings: int, messages: list[str]
) -> None:
    box, generator = load_model(name, device="cpu", dtype=dtype), np.random.default_rng(1)
    whole, n_rows, n_off = box.answer(messages), 0, 0
    for _ in range(n_batchings):
        rows = generator.choice(len(messages), size=generator.integers(1, 17))
        answers = box.answer([messages[row] for row in rows])
        n_off += int((answers.log_probabilities != whole.log_probabilities[rows]).any(axis=1).sum())
        n_rows += len(rows)
    assert n_off <= 0.01 * n_rows


@pytest.mark.parametrize("kind", ["mamba", "qwen3_next", "rwkv"])
@pytest.mark.parametrize("dtype", HALF)
def test_noise_does_not_hide_a_way_of_scoring_that_is_wrong(kind: str, dtype: str, tmp_path: Path) -> None:
    folder = lms.causal(tmp_path / kind, kind)
    assert load(folder, dtype=dtype).details["scoring"] == lms.ARCHITECTURES[kind][2]


@pytest.mark.parametrize("dtype", HALF)
def test_reference_texts_pass_in_half_precision_and_wrong_ones_still_refuse(dtype: str, tmp_path: Path) -> None:
    from surrogate.blackbox.spec import Reference

    folder = toys.bert(tmp_path / "bert")
    shares = tuple(load(folder).answer(["lost card"]).probabilities[0].tolist())
    for wrong, allowed in ((False, True), (True, False)):
        recorded = shares[::-1] if wrong else shares
        toys.describe(folder, "sequence-classifier", references=(Reference("lost card", recorded),))
        if allowed:
            assert load_model(folder, dtype=dtype).parity_tolerance > 1e-4
        else:
            with pytest.raises(ModelError, match="reference-mismatch"):
                load_model(folder, dtype=dtype)


def test_recorded_answers_are_compared_within_what_the_number_format_allows(bert: Path) -> None:
    box, text = load(bert, dtype="bfloat16"), "lost card"
    shares = dict(zip(toys.LABELS, load(bert).answer([text]).probabilities[0], strict=True))
    assert compare(box, [Recorded(text, shares)]).agrees
    assert compare(box, [Recorded(text, shares)]).tolerance == box.parity_tolerance


@pytest.mark.parametrize("dtype", HALF)
def test_pickled_and_loaded_again_it_is_the_same(bert: Path, dtype: str) -> None:
    box = load(bert, dtype=dtype, too_long="error")
    again = pickle.loads(pickle.dumps(box))
    assert (again.answer(["lost card"]).log_probabilities == box.answer(["lost card"]).log_probabilities).all()
    with pytest.raises(InputError, match="too-many-tokens"):
        again.answer([LONG])


def test_what_is_loaded_again_is_on_the_device_that_was_found(bert: Path) -> None:
    assert load(bert)._source["device"] == "cpu"


def test_store_keeps_number_formats_apart(bert: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"classes": toys.LABELS, "store": tmp_path / "answers.sqlite", "calls": 16}
    asked = [
        surrogate.explain("lost card", bert, dtype=dtype, **options).run["n_asked"] for dtype in ("float32", *HALF)
    ]
    again = surrogate.explain("lost card", bert, dtype="bfloat16", **options).run["n_asked"]
    assert min(asked) > 0
    assert again == 0


def test_report_says_what_half_precision_and_rounding_do(bert: Path) -> None:
    options: dict[str, Any] = {"classes": toys.LABELS, "store": False, "calls": 16}
    limits = " ".join(surrogate.explain("lost card", bert, dtype="bfloat16", **options).limits)
    assert "computed in bfloat16, not in float32" in limits
    assert "multiples of 1/64" in limits
    assert "rounded" not in " ".join(surrogate.explain("lost card", bert, **options).limits)


# --- long texts


def test_long_texts_are_cut_and_flagged_unless_they_are_refused(folder: Path) -> None:
    cut, strict = load(folder), load(folder, too_long="error")
    assert cut.fingerprint == strict.fingerprint
    long = LONG if cut.kind != "seq2seq-lm" else LONG * 2
    assert cut.answer(["lost card", long]).truncated.tolist() == [False, True]
    with pytest.raises(InputError) as caught:
        strict.answer(["lost card", long])
    assert caught.value.code == "too-many-tokens"
    assert str(cut.details["max_length"]) in str(caught.value)
    assert "lost" not in str(caught.value)
    assert (strict.answer(["lost card"]).probabilities == cut.answer(["lost card"]).probabilities).all()


def test_the_limit_itself_is_not_too_long(bert: Path) -> None:
    strict = load(bert, too_long="error")
    assert not strict.answer(["card " * 62]).truncated.any()
    with pytest.raises(InputError, match=r"65 tokens.*reads 64.*by 1 tokens"):
        strict.answer(["card " * 63])


def test_reference_texts_may_be_long_where_texts_are_refused(tmp_path: Path) -> None:
    from surrogate.blackbox.spec import Reference

    folder = toys.bert(tmp_path / "bert")
    shares = tuple(load(folder, max_length=48).answer([LONG]).probabilities[0].tolist())
    toys.describe(folder, "sequence-classifier", references=(Reference(LONG, shares),))
    assert load_model(folder, too_long="error").name == "bert"


def test_a_long_text_is_refused_even_where_the_store_knows_it(bert: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"classes": toys.LABELS, "store": tmp_path / "answers.sqlite", "calls": 8}
    text = "card " * 70
    surrogate.explain(text, bert, **options)
    with pytest.raises(InputError, match="too-many-tokens"):
        surrogate.explain(text, bert, too_long="error", **options)


# --- what is refused


def test_a_loaded_model_stays_where_it_is(bert: Path) -> None:
    box = load(bert, device="cpu")
    assert load_model(box) is load_model(box, device="cpu") is box
    box._identity.details["device"] = "cuda:0"
    with pytest.raises(InputError, match="device") as caught:
        load_model(box, device="cpu")
    assert caught.value.code == "bad-parameter"


def test_an_endpoint_computes_where_it_likes(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text('kind = "decision-endpoint"\n', encoding="utf-8")
    with pytest.raises(InputError, match="device") as caught:
        load_model(tmp_path, device="cpu")
    assert caught.value.code == "bad-parameter"


@pytest.mark.parametrize("option", [{"dtype": "float64"}, {"dtype": "int8"}, {"too_long": "drop"}])
def test_unknown_options_are_refused(option: dict[str, str]) -> None:
    with pytest.raises(InputError, match="must be") as caught:
        load_model("bank-router", **option)  # type: ignore[arg-type]
    assert caught.value.code == "bad-parameter"


@pytest.mark.parametrize("option", [{"dtype": "bfloat16"}, {"too_long": "error"}, {"device": "cuda"}])
def test_options_of_torch_are_refused_for_other_models(option: dict[str, str]) -> None:
    with pytest.raises(InputError, match=next(iter(option))) as caught:
        load_model(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"], **option)  # type: ignore[arg-type]
    assert caught.value.code == "bad-parameter"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--device", "gpu"], ["no-device", "'gpu'", "cuda:N", "cpu"]),
        (["--device", "cuda:97"], ["no-device", "cuda:97"]),
        (["--dtype", "int8"], ["--dtype", "bfloat16"]),
        (["--too-long", "drop"], ["--too-long", "error"]),
    ],
)
def test_command_line_says_what_is_wrong(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "a card", "--no-store", *arguments]) == 2
    err = capsys.readouterr().err
    assert all(word in err for word in words)


def test_command_line_passes_them_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    common = ["explain", "--no-store", "--json", "--calls", "16", "--device", "cpu"]
    assert main([*common, "my lost card", "--dtype", "float16"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["model"]["details"]["dtype"] == "float16"
    assert main([*common, LONG, "--too-long", "error"]) == 2
    assert "too-many-tokens" in capsys.readouterr().err
