"""Throughput of the black boxes: the same model and texts through transformers' own pipeline and through ours, in one run.

Run ``python -m benchmarks.throughput --data FOLDER``; FOLDER holds ``rt_polarity``.  Prints Markdown tables and writes
``benchmarks/results/throughput.md``.

The encoder has the size of MiniLM (6 layers, 384 wide) and random weights.  Every way of reading gets the same texts; times are
the least of several alternating runs, since a busy machine only ever makes a run longer.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sentiment import default_data

ROOT = Path(__file__).parent.parent
MAX_LENGTH = 256


def save_encoder(folder: Path, n_layers: int = 6) -> Path:
    """A BERT of MiniLM's size with random weights and the tokenizer of the shipped classifier."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(ROOT / "models" / "bank-router")
    tokenizer.model_max_length = MAX_LENGTH
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=384,
        num_hidden_layers=n_layers,
        num_attention_heads=12,
        intermediate_size=1536,
        num_labels=3,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = BertForSequenceClassification(config)
    # the usual initial weights give every text about the same answer
    torch.nn.init.normal_(model.classifier.weight, std=0.5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def passages(data: Path, n_words: int) -> list[str]:
    """Texts of about so many words, cut from the sentences of the data set joined together."""
    files = sorted((data / "rt_polarity").glob("*.csv"))
    with files[0].open(encoding="utf-8", newline="") as stream:
        words = [word for row in csv.DictReader(stream) for word in row["text"].split()]
    return [" ".join(words[start : start + n_words]) for start in range(0, len(words) - n_words, n_words)]


def altered(texts: list[str], n_copies: int, seed: int = 0, *, lime: bool = False) -> list[str]:
    """Copies of texts with words removed: sizes uniform, or as LIME draws them, duplicates and all."""
    generator = np.random.default_rng(seed)
    copies = []
    for number in range(n_copies):
        words = np.array(texts[number * len(texts) // n_copies].split())
        n_removed = generator.integers(1, len(words) + 1) if lime else generator.integers(0, len(words))
        kept = np.sort(generator.permutation(len(words))[n_removed:])
        copies.append(" ".join(words[kept]))
    return copies


def alternating(ways: dict[str, Callable[[], Any]], n_runs: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Least seconds of each way over alternating runs, and what each returned."""
    seconds: dict[str, float] = dict.fromkeys(ways, float("inf"))
    results: dict[str, Any] = {}
    for _ in range(n_runs):
        for name, way in ways.items():
            start = time.perf_counter()
            results[name] = way()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds, results


def pipeline_reader(folder: Path) -> Callable[[list[str]], np.ndarray]:
    """The text-classification pipeline of transformers, batches of 32, all labels."""
    from transformers import pipeline

    reader = pipeline(
        "text-classification", model=str(folder), top_k=None, device="cpu", batch_size=32, truncation=True
    )
    labels = [reader.model.config.id2label[number] for number in range(reader.model.config.num_labels)]

    def read(texts: list[str]) -> np.ndarray:
        return np.array(
            [[{one["label"]: one["score"] for one in row}[label] for label in labels] for row in reader(texts)]
        )

    return read


def matrix_rate(n_tokens: int = 512) -> float:
    """Floating point operations a second of the encoder's own matrix product, the best of many."""
    import torch

    left, right = torch.randn(n_tokens, 384), torch.randn(384, 1536)
    best = float("inf")
    with torch.inference_mode():
        for _ in range(200):
            start = time.perf_counter()
            left @ right
            best = min(best, time.perf_counter() - start)
    return 2 * n_tokens * 384 * 1536 / best


def forward_share(box: Any, texts: list[str]) -> tuple[float, float]:
    """Seconds of one reading, and of the forward passes in it."""
    reader = box._loaded()
    forward, inside = type(reader).forward, [0.0]

    def timed(self: Any, ids: Any, mask: Any) -> Any:
        start = time.perf_counter()
        outputs = forward(self, ids, mask)
        inside[0] += time.perf_counter() - start
        return outputs

    type(reader).forward = timed
    try:
        start = time.perf_counter()
        box.answer(texts)
        return time.perf_counter() - start, inside[0]
    finally:
        type(reader).forward = forward


def encoder_rows(folder: Path, data: Path, n_texts: int, n_runs: int) -> list[str]:
    """Ours beside the pipeline at three lengths, and what part of it is the forward pass."""
    from surrogate.blackbox import load_model

    box, theirs = load_model(folder), pipeline_reader(folder)
    lines = [
        f"Backend: {box.details['backend']}.",
        "",
        "| texts | pipeline, batches of 32 | ours | times faster | largest difference in probability | bar |",
        "|---|---|---|---|---|---|",
    ]
    for name, n_words, lime, bar, factor in (
        ("~34 words, sizes uniform", 34, False, 3, 1),
        ("~10 words, as LIME draws them, duplicates too", 10, True, 8, 1),
        ("~10 words, as LIME draws them by default", 10, True, 8, 5),
        ("~120 words, sizes uniform", 120, False, 3, 1),
    ):
        # LIME asks about one text; the others are of several, so that there are no duplicates to gain by.
        sources = passages(data, n_words)[: 1 if lime else 50]
        texts = altered(sources, factor * n_texts, lime=lime)
        ways = {
            "pipeline": lambda texts=texts: theirs(texts),
            "ours": lambda texts=texts: box.answer(texts).probabilities,
        }
        seconds, said = alternating(ways, n_runs)
        off = float(np.abs(said["pipeline"] - said["ours"]).max())
        faster = seconds["pipeline"] / seconds["ours"]
        told = f"{len(texts):,} ({len(set(texts)):,} distinct) of {name}"
        lines.append(
            f"| {told} | {seconds['pipeline']:.2f} s | {seconds['ours']:.2f} s | {faster:.1f} | {off:.1e} | ≥ {bar}, ≤ 1e-5 |"
        )
    texts = altered(passages(data, 34)[:50], n_texts)
    whole, inside = min(forward_share(box, texts) for _ in range(n_runs))
    n_tokens = sum(len(ids) for ids in box._loaded().encode(texts)[0])
    ideal = 2 * n_tokens * 6 * (4 * 384 * 384 + 2 * 384 * 1536) / matrix_rate()
    lines += [
        "",
        f"Of {whole:.2f} s, {100 * inside / whole:.0f} % is in the forward pass (bar: 90 %). At the rate of the largest "
        f"matrix product alone the same tokens would take {ideal:.2f} s: {whole / ideal:.2f} times the ideal (bar: 1.8).",
    ]
    return lines


_MEMORY = """
import resource, sys
from surrogate.blackbox import load_model
box = load_model(sys.argv[1])
box.answer(["warm up"] * 8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
words = open(sys.argv[2], encoding="utf-8").read().split()
texts = [" ".join(words[(i * 7) % 5000 : (i * 7) % 5000 + 150]) + f" {i}" for i in range(int(sys.argv[3]))]
box.answer(texts)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def memory_row(folder: Path, data: Path, n_texts: int) -> str:
    """Peak memory beyond the loaded model while many long texts are read, megabytes."""
    with tempfile.TemporaryDirectory() as scratch:
        words = Path(scratch) / "words.txt"
        words.write_text(" ".join(passages(data, 34)), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, str(folder), str(words), str(n_texts)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
    return (
        f"{n_texts:,} texts of about 200 tokens, read by an encoder of the same width and one layer: "
        f"{int(done.stdout) / 1024:.0f} MB beyond the loaded model (bar: 1,000)."
    )


def store_row(n_answers: int, n_runs: int) -> str:
    """Seconds to read stored answers back, each with an embedding of 384 numbers."""
    from surrogate.answers import Answers
    from surrogate.query import ask
    from surrogate.store import SqliteStore

    class Box:
        fingerprint, name, kind, classes_ = "benchmark:1", "benchmark", "benchmark", np.array(["a", "b", "c"])

        def answer(self, texts: list[str]) -> Answers:
            generator = np.random.default_rng(0)
            shares = Answers.from_probabilities(generator.dirichlet(np.ones(3), len(texts)))
            vectors = generator.normal(size=(len(texts), 384)).astype(np.float32)
            return Answers(shares.log_probabilities, vectors, None, shares.refused, shares.truncated)

    texts = [f"text number {number}" for number in range(n_answers)]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "answers.sqlite"
        ask(Box(), texts, SqliteStore(path))
        seconds, _ = alternating({"read": lambda: ask(Box(), texts, SqliteStore(path))}, n_runs)
    return f"{n_answers:,} stored answers read back in {seconds['read']:.2f} s (bar: 0.2)."


def causal_table(n_texts: int, n_runs: int) -> str:
    """Labels scored after an instruction of 300 tokens, ours beside others."""
    from benchmarks.throughput_causal import rows, table

    return table(rows(n_texts, n_runs))


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--long-texts", type=int, default=20_000, help="texts for the measure of memory")
    parser.add_argument("--causal-texts", type=int, default=48, help="texts for the causal language model")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "throughput.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = save_encoder(Path(scratch) / "encoder")
        lines = ["# Throughput", "", *(__doc__ or "").split("\n\n")[2].strip().splitlines()]
        lines += [f"{platform.machine()}, {os.cpu_count()} cores.", "", "## Sequence classifier", ""]
        lines += encoder_rows(folder, options.data, options.texts, options.runs)
        if options.long_texts:
            shallow = save_encoder(Path(scratch) / "shallow", n_layers=1)
            lines += ["", "## Memory", "", memory_row(shallow, options.data, options.long_texts)]
    if options.causal_texts:
        lines += ["", "## Causal language model", "", causal_table(options.causal_texts, options.runs)]
    lines += ["", "## Store", "", store_row(5000, options.runs), ""]
    options.out.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
