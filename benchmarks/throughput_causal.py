"""Throughput of label scoring with a causal language model: one instruction, many texts, several labels.

Run ``python -m benchmarks.throughput_causal``; it prints a Markdown table.  The model is a Llama with random weights.
All ways are asked about the same texts in turn, several rounds, and the shortest time of each counts.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox import BlackBox, load_model
from surrogate.blackbox.prompt import Prompt

#: Labels of one to three tokens, and as many of one token, which is all that the decision pipeline reads.
LABELS = ("cards", "top up", "cash", "bank transfers", "fees", "foreign exchange rates", "identity", "security")
LETTERS = tuple("ABCDEFGH")
WORDS = tuple(f"w{index}" for index in range(8_000))
TARGET, TOLERANCE = 4.0, 1e-5
_Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what : str
    ours, theirs : float
        Seconds.
    difference : float
        Largest absolute difference in probability.
    """

    what: str
    ours: float
    theirs: float
    difference: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.theirs / self.ours

    def cells(self) -> list[str]:
        """What stands in the table."""
        bar = f">= {TARGET:g} times, <= {TOLERANCE:g}"
        met = self.ratio >= TARGET and self.difference <= TOLERANCE
        times = (f"{self.ours:.2f} s", f"{self.theirs:.2f} s", f"{self.ratio:.1f} times", f"{self.difference:.1g}")
        return [self.what, *times, bar, "met" if met else "MISSED"]


def save_model(folder: Path, n_layers: int, width: int) -> Path:
    """Save a Llama with random weights and a tokenizer that makes one token of a word."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    known = [
        "<pad>",
        "<unk>",
        "</s>",
        "Answer",
        ":",
        *LETTERS,
        *{word: None for label in LABELS for word in label.split()},
    ]
    core = Tokenizer(models.WordLevel({word: i for i, word in enumerate([*known, *WORDS])}, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>", pad_token="<pad>", eos_token="</s>")
    config = LlamaConfig(
        vocab_size=len(tokenizer) + 2, hidden_size=width, num_hidden_layers=n_layers, num_attention_heads=width // 64,
        intermediate_size=width * 8 // 3, max_position_embeddings=1024, pad_token_id=0, eos_token_id=2, bos_token_id=None,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plain_scores(box: BlackBox, texts: list[str], batch_size: int = 32) -> _Probabilities:
    """Score one left-padded row per text and label, whole prompts, no cache: the usual way of evaluation harnesses."""
    import torch

    reader = box._loaded().orders[0]  # type: ignore[attr-defined]
    prompts, _ = reader.encoder.encode(texts)
    rows = [(text, column) for text in range(len(texts)) for column in range(len(reader.label_ids))]
    rows.sort(key=lambda row: len(prompts[row[0]]) + len(reader.label_ids[row[1]]))
    scores, longest = np.empty((len(texts), len(reader.label_ids))), max(map(len, reader.label_ids))
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        whole = [[*prompts[text], *reader.label_ids[column]] for text, column in batch]
        length = max(map(len, whole))
        ids = torch.tensor([[0] * (length - len(row)) + row for row in whole])
        mask = torch.tensor([[0] * (length - len(row)) + [1] * len(row) for row in whole])
        with torch.inference_mode():
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
            output = reader.model(
                input_ids=ids, attention_mask=mask, position_ids=positions, logits_to_keep=longest + 1
            )
            logs = output.logits.double().log_softmax(dim=-1)
        for place, (text, column) in enumerate(batch):
            label = reader.label_ids[column]
            kept = logs[place, -len(label) - 1 : -1]
            scores[text, column] = kept[torch.arange(len(label)), list(label)].sum().item()
    return _relative(scores)


def decision_loop(folder: Path, instruction: str, texts: list[str]) -> Callable[[], _Probabilities]:
    """Ask transformers' own pipeline about each text, with the same prompt."""
    from transformers import pipeline
    from transformers.decision import DecisionConfig

    template = "{{ question.instructions }} {{ state }} Answer:"
    config = DecisionConfig(labels={"choice": list(LETTERS)}, chat_template=template)
    decide = pipeline("decision", model=str(folder), device="cpu", dtype="float32", decision_config=config)
    question = {"type": "choice", "instructions": instruction, "criteria": dict.fromkeys(LETTERS, "")}

    def loop() -> _Probabilities:
        answers = [decide({"state": text, "questions": {"route": question}})["route"] for text in texts]
        return np.array([[answer["probabilities"][letter] for letter in LETTERS] for answer in answers])

    return loop


def timed(ways: dict[str, Callable[[], _Probabilities]], n_rounds: int) -> dict[str, tuple[float, _Probabilities]]:
    """Shortest seconds and the answers of each way, asked in turn."""
    best: dict[str, tuple[float, _Probabilities]] = {}
    for _ in range(n_rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            answers = way()
            seconds = time.perf_counter() - start
            best[name] = (min(seconds, best[name][0]) if name in best else seconds, answers)
    return best


def rows(n_texts: int = 48, n_rounds: int = 3, n_layers: int = 6, width: int = 384, n_words: int = 300) -> list[Row]:
    """Measure all ways; 60 words to a text, give or take ten."""
    generator = random.Random(0)
    instruction = " ".join(generator.choices(WORDS, k=n_words))
    texts = [" ".join(generator.choices(WORDS, k=generator.randint(50, 70))) for _ in range(n_texts)]
    prompt = Prompt("{instruction} {text} Answer:", instruction)
    with tempfile.TemporaryDirectory() as place:
        folder = save_model(Path(place), n_layers, width)
        box, letters = (load_model(folder, labels=labels, prompt=prompt) for labels in (LABELS, LETTERS))
        uncached: Any = box._loaded().orders[0].by("label-trie")  # type: ignore[attr-defined]
        ways = {
            "ours": lambda: box.answer(texts).probabilities,
            "rows": lambda: plain_scores(box, texts),
            "uncached": lambda: _relative(replace(uncached).scores(texts).scores),
            "ours, letters": lambda: letters.answer(texts).probabilities,
            "decision": decision_loop(folder, instruction, texts),
        }
        found = timed(ways, n_rounds)
    what = f"causal LM, {n_words}-token instruction, {n_texts} texts of 60 tokens"
    pairs = [
        (f"{what}, {len(LABELS)} labels of 1 to 3 tokens, against one uncached row per text and label", "ours", "rows"),
        ("the same, against all labels after one uncached row per text (ours without the cache)", "ours", "uncached"),
        (f'{len(LETTERS)} labels of one token, against `pipeline("decision")` in a loop', "ours, letters", "decision"),
    ]
    return [
        Row(
            name,
            found[ours][0],
            found[theirs][0],
            float(np.abs(found[ours][1] - found[theirs][1]).max()),
        )
        for name, ours, theirs in pairs
    ]


def table(measured: list[Row]) -> str:
    """Write the rows as a Markdown table."""
    head = ["what", "ours", "theirs", "faster", "max abs difference in probability", "bar", ""]
    lines = [head, ["---"] * len(head), *(row.cells() for row in measured)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _relative(scores: _Probabilities) -> _Probabilities:
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(table(rows(options.texts, options.rounds)))


if __name__ == "__main__":
    main()
