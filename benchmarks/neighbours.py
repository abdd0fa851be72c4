"""In which embeddings are the nearest texts about the same?  Neighbours of unseen messages among the training rows.

Run ``python -m benchmarks.neighbours --data FOLDER``; FOLDER holds ``banking77/train.csv`` and ``banking77/test.csv``.
Prints a Markdown table and writes ``benchmarks/results/neighbours.md``.

The model is bank-router, which was taught eight routes and knows nothing of the 77 intents.  Counted over the test messages:
of the ten nearest training messages, the share with the same intent, and with the same decision of the model; exact search by
cosine, of the embeddings as they are or standardised on the training messages.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox import load_model
from surrogate.blackbox.embedding_sources import load_embedder
from surrogate.describe.embedding import Directions

ROOT = Path(__file__).parent.parent
NEAREST = 10
LAYERS = {"layer 1": 1, "layer 2 (concepts of an audit)": 2}


def read(path: Path, n_rows: int | None) -> tuple[list[str], NDArray[np.str_]]:
    """Texts and intents, spread over the file."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows = rows[:: max(1, len(rows) // n_rows)][:n_rows] if n_rows else rows
    return [row["text"] for row in rows], np.array([row["label"] for row in rows])


def nearest(queries: NDArray[np.float64], corpus: NDArray[np.float64]) -> NDArray[np.intp]:
    """The nearest rows of the corpus to each query, shape (n_queries, 10)."""
    similarity = _unit(queries) @ _unit(corpus).T
    return np.argsort(-similarity, axis=1, kind="stable")[:, :NEAREST]


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1.0)


def measure(data: Path, n_rows: int | None) -> list[str]:
    """The lines of the table."""
    texts, intents = read(data / "train.csv", n_rows)
    asked, meant = read(data / "test.csv", n_rows)
    box = load_model("bank-router")
    answers, own = box.answer(texts), box.answer(asked)
    decided, said = answers.probabilities.argmax(axis=1), own.probabilities.argmax(axis=1)
    spaces = {
        name: [load_embedder(f"bank-router@{layer}").embed(one) for one in (texts, asked)]
        for name, layer in LAYERS.items()
    }
    spaces["the model's own answers (auto)"] = [answers.embeddings, own.embeddings]  # type: ignore[list-item]
    lines = [
        f"{len(asked):,} test messages, {len(texts):,} training messages. At random: same intent "
        f"{np.mean(meant[:, None] == intents):.1%}, same decision {np.mean(said[:, None] == decided):.1%}.",
        "",
        "| Embeddings | Cosine of | Same intent | Same decision |",
        "| --- | --- | ---: | ---: |",
    ]
    for name, pair in spaces.items():
        corpus, queries = (vectors.astype(np.float64) for vectors in pair)
        scale = Directions.of(corpus)
        for how, rows in (
            ("embeddings as they are", nearest(queries, corpus)),
            ("standardised", nearest(scale.standardised(queries), scale.standardised(corpus))),
        ):
            intent, decision = np.mean(intents[rows] == meant[:, None]), np.mean(decided[rows] == said[:, None])
            lines.append(f"| {name} | {how} | {intent:.1%} | {decision:.1%} |")
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, help="rows of each file; all by default")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    given = parser.parse_args(arguments)
    lines = ["# The ten nearest messages, by embeddings", "", *measure(given.data / "banking77", given.rows)]
    lines += ["", "Written by `python -m benchmarks.neighbours`."]
    print("\n".join(lines))
    (given.out / "neighbours.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
