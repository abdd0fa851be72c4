"""A sentiment classifier to explain: a small transformer, trained from scratch on sentence polarities in minutes.

Run ``python -m benchmarks.sentiment --data FOLDER`` to train it and print its held-out accuracy; ``benchmarks.fidelity`` does
so itself and keeps the model in the cache folder.  FOLDER holds ``rt_polarity/dev.csv`` with the columns text and label.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.augment import alter_all
from training.classifier import Recipe, encode
from training.optimise import WeightAverage, adamw, batches, cosine, pad, set_seed, take_step
from training.vocabulary import word_piece

ROOT = Path(__file__).parent.parent
LABELS = ("negative", "positive")

#: Chosen once on a validation part of the training rows.
RECIPE = Recipe(
    seed=5, vocab_size=2500, max_length=96, width=96, layers=2, heads=4, feed_forward=192, dropout=0.1, pretrain_epochs=0,
    epochs=25, batch=32, lr=2e-3, altered_share=0.5, word_weight=0.0, average_decay=0.95,
)  # fmt: skip


@dataclass(frozen=True)
class Reviews:
    """Sentences about films and whether they praise (1) or not (0)."""

    texts: tuple[str, ...]
    labels: tuple[int, ...]

    def split(self, n_held_out: int, seed: int = 7) -> tuple[Reviews, Reviews]:
        """The rows to train on, and ``n_held_out`` rows to measure and explain."""
        order = np.random.default_rng(seed).permutation(len(self.texts))
        return self._take(order[n_held_out:]), self._take(order[:n_held_out])

    def _take(self, rows: np.ndarray) -> Reviews:
        return Reviews(tuple(self.texts[i] for i in rows), tuple(self.labels[i] for i in rows))


def read_reviews(folder: Path) -> Reviews:
    """The rows of ``rt_polarity/dev.csv``."""
    with (folder / "rt_polarity" / "dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Reviews(tuple(row["text"].strip() for row in rows), tuple(LABELS.index(row["label"]) for row in rows))


def build(tokenizer: Any) -> Any:
    """The classifier with fresh weights."""
    from transformers import BertConfig, BertForSequenceClassification

    return BertForSequenceClassification(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=RECIPE.width,
            num_hidden_layers=RECIPE.layers,
            num_attention_heads=RECIPE.heads,
            intermediate_size=RECIPE.feed_forward,
            hidden_dropout_prob=RECIPE.dropout,
            attention_probs_dropout_prob=RECIPE.dropout,
            classifier_dropout=RECIPE.dropout,
            max_position_embeddings=RECIPE.max_length,
            type_vocab_size=1,
            pad_token_id=tokenizer.pad_token_id,
            id2label=dict(enumerate(LABELS)),
            label2id={label: code for code, label in enumerate(LABELS)},
            problem_type="single_label_classification",
        )
    )


def fine_tune(model: Any, tokenizer: Any, reviews: Reviews) -> None:
    """Train the classifier in place, half of the sentences with words deleted."""
    import torch

    rng = np.random.default_rng(RECIPE.seed + 1)
    optimiser = adamw([model], lr=RECIPE.lr, weight_decay=RECIPE.weight_decay)
    steps = RECIPE.epochs * -(-len(reviews.texts) // RECIPE.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: cosine(step, steps))
    average = WeightAverage(model, RECIPE.average_decay)
    labels = torch.tensor(reviews.labels)
    entropy = torch.nn.CrossEntropyLoss(label_smoothing=RECIPE.label_smoothing)
    model.train()
    for _ in range(RECIPE.epochs):
        texts, _ = alter_all(reviews.texts, rng, share=RECIPE.altered_share)
        rows = encode(tokenizer, texts, RECIPE.max_length)
        for batch in batches(np.array([len(row) for row in rows]), RECIPE.batch, rng):
            ids = pad([rows[i] for i in batch], tokenizer.pad_token_id)
            logits = model(input_ids=ids, attention_mask=(ids != tokenizer.pad_token_id).long()).logits
            take_step(entropy(logits, labels[batch]), optimiser, schedule)
            average.update(model)
    average.copy_to(model)
    model.eval()


def train(reviews: Reviews, folder: Path) -> None:
    """Train on all given rows and save model and tokenizer as ``from_pretrained`` reads them."""
    set_seed(RECIPE.seed, threads=1)
    tokenizer = word_piece(reviews.texts, vocab_size=RECIPE.vocab_size, max_length=RECIPE.max_length)
    model = build(tokenizer)
    fine_tune(model, tokenizer, reviews)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def accuracy(box: Any, reviews: Reviews) -> float:
    """Share of rows whose most probable label is right."""
    guesses = box.answer(list(reviews.texts)).log_probabilities.argmax(axis=1)
    return float((guesses == np.array(reviews.labels)).mean())


def trained_model(data: Path, cache: Path, n_held_out: int = 150) -> tuple[Any, Reviews, float]:
    """The loaded model, the rows it has not seen, and its accuracy on them; trained unless the cache has it."""
    import surrogate

    known, held_out = read_reviews(data).split(n_held_out)
    key = hashlib.sha256(repr((asdict(RECIPE), known)).encode()).hexdigest()[:12]
    folder = cache / f"sentiment-{key}"
    if not (folder / "model.safetensors").exists():
        train(known, folder)
    box = surrogate.load_model(folder)
    return box, held_out, accuracy(box, held_out)


def default_data() -> Path:
    """``$SURROGATE_DATA``, or ``../shared/data`` beside the repository."""
    return Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data"))


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/surrogate/benchmarks``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "surrogate" / "benchmarks"


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    _, held_out, share = trained_model(options.data, options.cache)
    print(f"held-out accuracy {share:.3f} on {len(held_out.texts)} sentences")


if __name__ == "__main__":
    main()
