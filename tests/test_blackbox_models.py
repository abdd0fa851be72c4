"""Laws of model folders: what is in them, whether it may be loaded, and under which name."""

from __future__ import annotations

import json
import sys

import pytest

from surrogate.blackbox import find, load_model, shipped_models
from surrogate.blackbox.spec import ModelSpec, Prompt, Reference, read_spec
from surrogate.errors import InputError, ModelError
from tests.blackbox_toys import LABELS, bert, describe, llama

pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture
def folder(tmp_path):
    return bert(tmp_path / "router")


@pytest.fixture
def shipped(folder, monkeypatch):
    describe(folder, "sequence-classifier")
    monkeypatch.setattr(find, "_models_folder", lambda: folder.parent)
    return folder


def refusal(model, **options) -> ModelError:
    with pytest.raises(ModelError) as raised:
        load_model(model, **options)
    return raised.value


def edit(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_model_toml_round_trip(tmp_path):
    spec = ModelSpec(
        'a "name"', "causal-lm", ("a", "b\\"), 9, {"model.safetensors": "0" * 64}, summary="line\nline \x7f 钱",
        prompt=Prompt("{instruction}\n{text}", "Say {text} or {x}", "<|end|>"),
        references=(Reference("", (1e-7, 0.9999999), 0.5), Reference("钱\u2028", (0.25, 0.75))),
    )  # fmt: skip
    (tmp_path / "model.toml").write_text(spec.to_toml(), encoding="utf-8")
    assert read_spec(tmp_path) == spec


def test_shipped_models_are_listed_without_torch(shipped):
    (model,) = shipped_models()
    assert (model.name, model.kind, model.labels) == ("router", "sequence-classifier", LABELS)
    assert model.size_bytes > 10_000


def test_shipped_model_is_loaded_by_name(shipped):
    box = load_model("router")
    assert box.name == "router"
    assert box.classes_.tolist() == list(LABELS)
    assert box.details["max_length"] == 48


def test_options_that_the_model_decides_are_refused(shipped):
    with pytest.raises(InputError, match="labels"):
        load_model("router", labels=["a", "b", "c"])


def test_changed_file_is_noticed(shipped):
    edit(shipped / "config.json", '"bert"', '"bert" ')
    assert refusal("router").code == "wrong-digest"


def test_missing_weights_are_noticed(shipped):
    (shipped / "model.safetensors").unlink()
    assert refusal("router").code == "no-weights"


def test_unlisted_file_is_noticed(shipped):
    (shipped / "chat_template.jinja").write_text("{{ messages }}")
    assert "chat_template.jinja" in refusal("router").message


def test_reference_texts_must_agree(shipped):
    answers = load_model("router").answer(["the card", "very bad"])
    good = [
        Reference(t, tuple(p)) for t, p in zip(["the card", "very bad"], answers.probabilities.tolist(), strict=True)
    ]
    describe(shipped, "sequence-classifier", references=tuple(good))
    load_model("router")
    swapped = Reference("very bad", good[1].probabilities[::-1])
    describe(shipped, "sequence-classifier", references=(good[0], swapped))
    error = refusal("router")
    assert error.code == "reference-mismatch"
    assert "reference text 1" in error.message
    assert "order of the labels" in error.message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("max_length", "maxlength", "max_length"),
        ("max_length = 48", "max_length = 0", "max_length"),
        ('kind = "sequence-classifier"', 'kind = "classifier"', "kind"),
        ("schema = 1", "schema = 2", "schema"),
        ('summary = "A toy."', "summary = 3", "summary"),
        ("[files]", "[[files]]", "files"),
        ('"config.json"', '"../config.json"', "plain name"),
        ("schema = 1", "schema = ", "TOML"),
    ],
)
def test_mistakes_in_model_toml_name_file_and_key(shipped, old, new, told):
    edit(shipped / "model.toml", old, new)
    error = refusal("router")
    assert error.code == "bad-model-file"
    assert "router/model.toml" in error.message
    assert told in error.message


def test_repeated_labels_are_refused(shipped):
    describe(shipped, "sequence-classifier", labels=("a", "b", "a"))
    assert refusal("router").code == "bad-labels"


def test_number_of_labels_must_fit(shipped):
    describe(shipped, "sequence-classifier", labels=("a", "b"))
    assert refusal("router").code == "bad-labels"


def test_a_shipped_model_is_found_by_name_and_others_by_where_they_are(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = bert(tmp_path / "other")
    assert find.find_model("router") == (shipped, "router", "shipped")
    assert find.find_model("./router") == (shipped.relative_to(tmp_path), str(shipped), "folder")
    assert find.find_model("router/model.toml").path == shipped.relative_to(tmp_path)
    assert not find.find_model(other).is_described


def test_misspelt_name_suggests_the_nearest(shipped):
    error = refusal("ruoter")
    assert error.code == "unknown-model"
    assert "Did you mean 'router'?" in error.message


def test_hub_name_that_cannot_be_fetched_is_unknown(shipped, monkeypatch, tmp_path):
    import huggingface_hub.constants

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    error = refusal("somebody/ruoter")
    assert error.code == "unknown-model"
    assert "Did you mean 'router'?" in error.message


def test_name_without_owner_never_reaches_the_network(shipped, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert refusal("nothing-like-it").code == "unknown-model"


def test_folder_without_weights_is_refused(folder):
    (folder / "model.safetensors").unlink()
    assert refusal(folder).code == "no-weights"
    (folder / "pytorch_model.bin").write_bytes(b"")
    assert refusal(folder).code == "unsafe-weights"


def test_untrained_head_is_refused(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    body = {key: value for key, value in weights.items() if not key.startswith("classifier")}
    save_file(body, folder / "model.safetensors", metadata={"format": "pt"})
    error = refusal(folder)
    assert error.code == "bad-model-file"
    assert "classifier" in error.message


@pytest.mark.parametrize("damage", [b"", b"no weights", b"version https://git-lfs.github.com/spec/v1\n"])
def test_damaged_weights_are_refused(folder, damage):
    (folder / "model.safetensors").write_bytes(damage)
    assert refusal(folder).code == "bad-model-file"


def test_missing_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    assert refusal(folder).code == "bad-model-file"


def test_weights_that_do_not_fit_are_refused(folder):
    edit(folder / "config.json", '"hidden_size": 32', '"hidden_size": 64')
    assert refusal(folder).code == "bad-model-file"


def test_code_in_a_model_is_never_run(folder):
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "made-up",
        "auto_map": dict.fromkeys(("AutoConfig", "AutoModelForSequenceClassification"), "code.Made"),
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "code.py").write_text("raise SystemExit('was run')")
    assert refusal(folder).code in {"unsafe-weights", "bad-model-file"}


@pytest.mark.parametrize("architectures", [["BertForMaskedLM"], []])
def test_other_architectures_are_refused(folder, architectures):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"architectures": architectures}))
    assert refusal(folder).code == "not-a-classifier"


def test_regression_is_refused(tmp_path):
    assert refusal(bert(tmp_path / "stars", problem_type="regression")).code == "not-a-classifier"


def test_model_in_memory_is_refused(folder):
    from transformers import AutoModelForSequenceClassification

    model = AutoModelForSequenceClassification.from_pretrained(folder)
    assert "save_pretrained" in refusal(model, classes=LABELS).message


def test_causal_model_needs_labels(tmp_path):
    assert refusal(llama(tmp_path / "lm")).code == "missing-labels"


def test_missing_torch_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    error = refusal(folder)
    assert error.code == "missing-package"
    assert "pip install torch" in error.message


def test_loading_is_silent_and_leaves_verbosity_alone(folder, capfd):
    from transformers.utils import logging

    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    capfd.readouterr()
    load_model(folder)
    assert capfd.readouterr() == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
