"""Tiny language models of many architectures, with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import blackbox_toys as toys

_SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
_ROPE = {**_SIZE, "max_position_embeddings": 256, "num_key_value_heads": 2}
_GPT = {"n_positions": 256, "n_embd": 32, "n_layer": 2, "n_head": 4}
_LINEAR = {
    "linear_num_value_heads": 4, "linear_num_key_heads": 2, "linear_key_head_dim": 8, "linear_value_head_dim": 8,
    "layer_types": ["linear_attention", "full_attention"],
}  # fmt: skip
_EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}

#: Configuration class, its settings, and the way in which labels are scored.
ARCHITECTURES: dict[str, tuple[str, dict[str, Any], str]] = {
    "llama": ("LlamaConfig", _ROPE, "prefix-label-trie"),
    "qwen2": ("Qwen2Config", _ROPE, "prefix-label-trie"),
    "qwen3": ("Qwen3Config", {**_ROPE, "head_dim": 8}, "prefix-label-trie"),
    "qwen3_moe": ("Qwen3MoeConfig", {**_ROPE, **_EXPERTS, "head_dim": 8}, "prefix-label-trie"),
    "gpt2": ("GPT2Config", _GPT, "prefix-label-trie"),
    "gptj": ("GPTJConfig", {**_GPT, "rotary_dim": 4}, "prefix-label-trie"),
    "opt": (
        "OPTConfig",
        {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "ffn_dim": 64,
         "max_position_embeddings": 256, "word_embed_proj_dim": 32},
        "prefix-label-trie",
    ),
    "opt_350m": (
        "OPTConfig",
        {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "ffn_dim": 64,
         "max_position_embeddings": 256, "word_embed_proj_dim": 16, "do_layer_norm_before": False},
        "prefix-label-trie",
    ),
    "bloom": ("BloomConfig", {"hidden_size": 32, "n_layer": 2, "n_head": 4}, "prefix-label-rows"),
    "gemma2": ("Gemma2Config", {**_ROPE, "head_dim": 8, "sliding_window": 90}, "prefix-label-trie"),
    "gemma3": (
        "Gemma3TextConfig",
        {**_ROPE, "head_dim": 8, "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"]},
        "prefix-copies",
    ),
    "mamba": ("MambaConfig", {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}, "label-rows"),
    "rwkv": (
        "RwkvConfig", {"hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32}, "prefix-copies"
    ),
    "qwen3_next": (
        "Qwen3NextConfig",
        {**_ROPE, **_EXPERTS, **_LINEAR, "head_dim": 8, "shared_expert_intermediate_size": 16},
        "prefix-copies",
    ),
}  # fmt: skip


def causal(folder: Path, kind: str, *, chat: bool = False) -> Path:
    """A causal language model of one of :data:`ARCHITECTURES`."""
    import transformers

    config_class, settings, _ = ARCHITECTURES[kind]
    tokenizer = toys.chat_tokenizer(chat)
    config = getattr(transformers, config_class)(
        vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=2, pad_token_id=1, **settings
    )
    model_class = type(transformers.AutoModelForCausalLM.from_config(config)).__name__
    return toys.save(model_class, config, tokenizer, folder)


def t5(folder: Path, **settings: Any) -> Path:
    """A T5."""
    from tokenizers import processors
    from transformers import T5Config

    tokenizer = toys.byte_tokenizer(
        ["<pad>", "</s>", "<extra_id_0>"],
        pad_token="<pad>",
        eos_token="</s>",
        additional_special_tokens=["<extra_id_0>"],
    )
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    shape = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, **settings}
    config = T5Config(vocab_size=len(tokenizer), pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, **shape)
    return toys.save("T5ForConditionalGeneration", config, tokenizer, folder)


def bart(folder: Path) -> Path:
    """A BART: learned positions, and a frame of two tokens around every string."""
    from transformers import BartConfig

    tokenizer = toys.byte_tokenizer(
        ["<s>", "<pad>", "</s>"], frame=("<s>", "</s>"), bos_token="<s>", pad_token="<pad>", eos_token="</s>"
    )
    config = BartConfig(
        vocab_size=len(tokenizer), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=128,
        bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2,
    )  # fmt: skip
    return toys.save("BartForConditionalGeneration", config, tokenizer, folder)
