"""Tiny language models with random weights, saved as any fine-tuned model is saved."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = [
    "the",
    "card",
    "was",
    "lost",
    "and",
    "i",
    "want",
    "my",
    "money",
    "back",
    "please",
    "help",
    "me",
    "now",
    "good",
    "bad",
    "film",
    "very",
    "not",
    "yes",
    "no",
]
LABELS = ("card lost", "card arrival", "refund")


def random_texts(n_texts: int, seed: int, longest: int = 40) -> list[str]:
    """Distinct texts of 1 to ``longest`` words."""
    generator = random.Random(seed)
    texts: set[str] = set()
    while len(texts) < n_texts:
        texts.add(" ".join(generator.choices(WORDS, k=generator.randint(1, longest))))
    return sorted(texts, key=lambda text: generator.random())


def word_tokenizer(max_length: int = 64) -> Any:
    """A BERT-like tokenizer of whole words, with [CLS], [SEP] and [MASK]."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: index for index, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=max_length,
    )


def byte_tokenizer(specials: Sequence[str], *, frame: tuple[str, str] | None = None, **names: Any) -> Any:
    """A byte-level BPE tokenizer; ``frame`` is put around every text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + len(specials) + 60,
        special_tokens=list(specials),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator([" ".join(WORDS), *LABELS], trainer)
    if frame is not None:
        pair = [(token, core.token_to_id(token)) for token in frame]
        core.post_processor = processors.TemplateProcessing(single=f"{frame[0]} $A {frame[1]}", special_tokens=pair)
    return PreTrainedTokenizerFast(tokenizer_object=core, **names)


def save(model_class: str, config: Any, tokenizer: Any, folder: Path, seed: int = 0) -> Path:
    """A model with random weights, large enough for clear answers, and its tokenizer in one folder."""
    import torch
    import transformers

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = getattr(transformers, model_class)(config)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() > 1:
                    parameter.normal_(0.0, 0.3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


_SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


def bert(folder: Path, *, seed: int = 0, **settings: Any) -> Path:
    """A BERT classifier of three classes."""
    from transformers import BertConfig

    tokenizer = word_tokenizer()
    settings = {
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: i for i, label in enumerate(LABELS)},
        **settings,
    }
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **_SMALL, **settings)
    return save("BertForSequenceClassification", config, tokenizer, folder, seed)


def multi_label(folder: Path) -> Path:
    """A BERT classifier whose labels are independent."""
    return bert(folder, problem_type="multi_label_classification")


def one_logit(folder: Path) -> Path:
    """A BERT classifier with one output."""
    return bert(folder, id2label={0: "spam"}, label2id={"spam": 0}, num_labels=1)


def roberta(folder: Path) -> Path:
    """A RoBERTa classifier: its positions start after the padding id."""
    from transformers import RobertaConfig

    tokenizer = byte_tokenizer(
        ["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        frame=("<s>", "</s>"),
        cls_token="<s>",
        bos_token="<s>",
        sep_token="</s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=66, num_labels=3, pad_token_id=1, type_vocab_size=1, **_SMALL
    )
    return save("RobertaForSequenceClassification", config, tokenizer, folder)


def gpt2(folder: Path) -> Path:
    """A GPT-2 classifier: no padding token, and no token at all for the empty text."""
    from transformers import GPT2Config

    tokenizer = byte_tokenizer(["<|endoftext|>"], eos_token="<|endoftext|>", bos_token="<|endoftext|>")
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=64,
        n_embd=32,
        n_layer=2,
        n_head=4,
        num_labels=3,
        bos_token_id=0,
        eos_token_id=0,
    )
    return save("GPT2ForSequenceClassification", config, tokenizer, folder)


CHAT = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>\n"
    "{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


def mixtral(folder: Path) -> Path:
    """A Mixtral classifier: every token is read by two of four experts."""
    from transformers import MixtralConfig

    tokenizer = chat_tokenizer(chat=False)
    config = MixtralConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        num_local_experts=4,
        num_experts_per_tok=2,
        max_position_embeddings=64,
        num_labels=3,
        bos_token_id=0,
        eos_token_id=2,
    )
    return save("MixtralForSequenceClassification", config, tokenizer, folder)


def chat_tokenizer(chat: bool = True) -> Any:
    """A byte-level tokenizer with turns."""
    specials = ["<s>", "<pad>", "<|end|>", "<|user|>", "<|assistant|>"]
    tokenizer = byte_tokenizer(
        specials,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="<|end|>",
        additional_special_tokens=["<|user|>", "<|assistant|>"],
    )
    if chat:
        tokenizer.chat_template = CHAT
    return tokenizer


def llama(folder: Path, *, chat: bool = True, **settings: Any) -> Path:
    """A Llama language model."""
    from transformers import LlamaConfig

    tokenizer = chat_tokenizer(chat)
    settings = {**_SMALL, "max_position_embeddings": 256, **settings}
    config = LlamaConfig(vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=2, pad_token_id=1, **settings)
    return save("LlamaForCausalLM", config, tokenizer, folder)


def mistral(folder: Path) -> Path:
    """A language model whose attention sees a window only."""
    from transformers import MistralConfig

    tokenizer = chat_tokenizer()
    config = MistralConfig(
        vocab_size=len(tokenizer), sliding_window=16, num_key_value_heads=2, max_position_embeddings=256,
        bos_token_id=0, eos_token_id=2, pad_token_id=1, **_SMALL,
    )  # fmt: skip
    return save("MistralForCausalLM", config, tokenizer, folder)


def bloom(folder: Path) -> Path:
    """A language model whose positions are slopes in the attention mask."""
    from transformers import BloomConfig

    tokenizer = chat_tokenizer()
    config = BloomConfig(
        vocab_size=len(tokenizer), hidden_size=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=2, pad_token_id=1
    )
    return save("BloomForCausalLM", config, tokenizer, folder)


def describe(folder: Path, kind: str, **changes: Any) -> Path:
    """Write a model.toml, with true digests, into a model folder."""
    from surrogate.blackbox.fingerprint import file_digests
    from surrogate.blackbox.spec import SPEC_FILE, ModelSpec

    given: dict[str, Any] = {"name": folder.name, "kind": kind, "labels": LABELS, "max_length": 48, "summary": "A toy."}
    given["files"] = file_digests(folder)
    (folder / SPEC_FILE).write_text(ModelSpec(**{**given, **changes}).to_toml(), encoding="utf-8")
    return folder


def masked_lm(folder: Path, *, seed: int = 0, tokenizer: Any = None) -> Path:
    """A BERT that fills masked words in."""
    from transformers import BertConfig

    tokenizer = word_tokenizer() if tokenizer is None else tokenizer
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **_SMALL)
    return save("BertForMaskedLM", config, tokenizer, folder, seed)
