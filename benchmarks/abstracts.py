"""Classifiers of medical abstracts to explain: a small transformer that reads 1,024 tokens, and a linear one.

Run ``python -m benchmarks.abstracts --data FOLDER`` to train the transformer and print its held-out accuracy;
``benchmarks.long_texts`` does so itself and keeps it in the cache folder.  FOLDER holds ``medical_abstracts/dev.csv`` with
the columns text and label (CC BY-SA 3.0; https://github.com/sebischair/Medical-Abstracts-TC-Corpus).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sentiment import default_cache, default_data
from training.classifier import Recipe, encode
from training.optimise import WeightAverage, adamw, batches, cosine, pad, set_seed, take_step
from training.vocabulary import word_piece

#: Chosen once on the accuracy on held-out abstracts.
RECIPE = Recipe(
    seed=1, vocab_size=4000, max_length=1024, width=128, layers=2, heads=4, feed_forward=256, dropout=0.1, pretrain_epochs=0,
    epochs=30, batch=20, lr=8e-4, weight_decay=0.1, altered_share=0.6, word_weight=0.0, average_decay=0.99,
)  # fmt: skip

#: Share of abstracts that are joined with others of their label, and of those that are cut to a passage.
_JOINED, _CUT = 0.06, 0.8

#: Tokens on either side that count as near, when the meaning of tokens is taken from their neighbours.
_NEAR = 5


@dataclass(frozen=True)
class Abstracts:
    """Abstracts with the condition that each is about."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def split(self, n_held_out: int, seed: int = 0) -> tuple[Abstracts, Abstracts]:
        """The rows to train on, and ``n_held_out`` rows to measure and explain."""
        order = np.random.default_rng(seed).permutation(len(self.texts))
        return self._take(order[n_held_out:]), self._take(order[:n_held_out])

    def _take(self, rows: np.ndarray) -> Abstracts:
        return Abstracts(tuple(self.texts[i] for i in rows), tuple(self.labels[i] for i in rows))

    def joined(self, n_texts: int, low: int, high: int, seed: int = 1) -> list[str]:
        """Texts of ``low`` to ``high`` words: random abstracts, one paragraph each."""
        rng = np.random.default_rng(seed)
        found: list[str] = []
        while len(found) < n_texts:
            words, parts = 0, []
            for i in rng.permutation(len(self.texts)):
                parts.append(self.texts[i])
                words += len(self.texts[i].split())
                if words >= low:
                    break
            if low <= words <= high:
                found.append("\n\n".join(parts))
        return found


def read_abstracts(folder: Path) -> Abstracts:
    """The rows of ``medical_abstracts/dev.csv``."""
    with (folder / "medical_abstracts" / "dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Abstracts(tuple(row["text"].strip() for row in rows), tuple(row["label"] for row in rows))


def build(tokenizer: Any, labels: list[str]) -> Any:
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
            classifier_dropout=0.2,
            max_position_embeddings=RECIPE.max_length,
            type_vocab_size=1,
            pad_token_id=tokenizer.pad_token_id,
            id2label=dict(enumerate(labels)),
            label2id={label: code for code, label in enumerate(labels)},
            problem_type="single_label_classification",
        )
    )


def token_meanings(rows: list[list[int]], n_tokens: int) -> np.ndarray:
    """Embeddings of tokens by the company they keep, shape (n_tokens, width); a few hundred texts teach no other.

    References
    ----------
    Levy and Goldberg, "Neural word embedding as implicit matrix factorization", NeurIPS 2014.
    """
    from scipy import sparse
    from scipy.sparse.linalg import svds

    met = sparse.csr_matrix((n_tokens, n_tokens))
    for gap in range(1, _NEAR + 1):
        left = np.concatenate([row[:-gap] for row in rows if len(row) > gap])
        right = np.concatenate([row[gap:] for row in rows if len(row) > gap])
        met += sparse.coo_matrix((np.full(len(left), 1.0 / gap), (left, right)), shape=met.shape).tocsr()
    met = (met + met.T).tocoo()
    total = np.asarray(met.sum(axis=1)).ravel() + 1.0
    information = np.log(met.data * total.sum() / (total[met.row] * total[met.col]))
    kept = information > 0
    matrix = sparse.coo_matrix((information[kept], (met.row[kept], met.col[kept])), shape=met.shape).tocsr()
    vectors, strengths, _ = svds(matrix, k=RECIPE.width, random_state=0)
    meanings = vectors * np.sqrt(strengths)
    return meanings / meanings.std() * 0.05


def altered(rows: list[list[int]], codes: np.ndarray, rng: np.random.Generator) -> Iterator[list[int]]:
    """Token ids as an epoch sees them: joined with others of the label, cut to a passage, tokens deleted."""
    for row, code in zip(rows, codes, strict=True):
        draw, ids = rng.random(), np.array(row)
        if draw < _JOINED:
            others = rng.choice(np.flatnonzero(codes == code), rng.integers(1, 3))
            ids = np.concatenate([ids, *(rows[i] for i in others)])
        elif draw < _JOINED + _CUT:
            length = int(rng.integers(20, 160))
            start = int(rng.integers(0, max(1, len(ids) - length)))
            ids = ids[start : start + length]
        if rng.random() < RECIPE.altered_share:
            ids = ids[rng.random(len(ids)) < rng.random()]
        yield ids[: RECIPE.max_length - 2].tolist()


def fine_tune(model: Any, tokenizer: Any, rows: list[list[int]], codes: np.ndarray) -> None:
    """Train the classifier in place; texts begin at a random position, so that every position is learned."""
    import torch

    rng = np.random.default_rng(RECIPE.seed + 1)
    optimiser = adamw([model], lr=RECIPE.lr, weight_decay=RECIPE.weight_decay)
    steps = RECIPE.epochs * -(-len(rows) // RECIPE.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: cosine(step, steps))
    average = WeightAverage(model, RECIPE.average_decay)
    entropy = torch.nn.CrossEntropyLoss(label_smoothing=RECIPE.label_smoothing)
    labels = torch.from_numpy(codes)
    model.train()
    for _ in range(RECIPE.epochs):
        seen = [[tokenizer.cls_token_id, *ids, tokenizer.sep_token_id] for ids in altered(rows, codes, rng)]
        for batch in batches(np.array([len(ids) for ids in seen]), RECIPE.batch, rng):
            ids = pad([seen[i] for i in batch], tokenizer.pad_token_id)
            offset = int(rng.integers(0, RECIPE.max_length - ids.shape[1] + 1))
            places = torch.arange(ids.shape[1])[None] + offset
            places[:, 0] = 0
            attention = (ids != tokenizer.pad_token_id).long()
            logits = model(input_ids=ids, attention_mask=attention, position_ids=places).logits
            take_step(entropy(logits, labels[batch]), optimiser, schedule)
            average.update(model)
    average.copy_to(model)
    model.eval()


def train(abstracts: Abstracts, folder: Path) -> None:
    """Train on all given rows and save model and tokenizer as ``from_pretrained`` reads them."""
    import torch

    set_seed(RECIPE.seed, threads=1)
    labels = sorted(set(abstracts.labels))
    codes = np.array([labels.index(label) for label in abstracts.labels])
    tokenizer = word_piece(abstracts.texts, vocab_size=RECIPE.vocab_size, max_length=RECIPE.max_length)
    rows = [row[1:-1] for row in encode(tokenizer, abstracts.texts, RECIPE.max_length)]
    model = build(tokenizer, labels)
    with torch.no_grad():
        meanings = torch.from_numpy(token_meanings(rows, len(tokenizer)).astype(np.float32))
        model.bert.embeddings.word_embeddings.weight += meanings
    fine_tune(model, tokenizer, rows, codes)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def trained_model(data: Path, cache: Path, n_held_out: int = 120) -> tuple[Any, Abstracts, float]:
    """The loaded transformer, the rows it has not seen, and its accuracy on them; trained unless the cache has it."""
    import surrogate

    known, held_out = read_abstracts(data).split(n_held_out)
    key = hashlib.sha256(repr((asdict(RECIPE), _JOINED, _CUT, _NEAR, known)).encode()).hexdigest()[:12]
    folder = cache / f"abstracts-{key}"
    if not (folder / "model.safetensors").exists():
        train(known, folder)
    box = surrogate.load_model(folder)
    return box, held_out, accuracy(box, held_out)


def linear_model(data: Path, n_held_out: int = 120) -> tuple[Any, Abstracts, float]:
    """A logistic regression on weighted words, with the same rows held out."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    import surrogate

    known, held_out = read_abstracts(data).split(n_held_out)
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    box = surrogate.load_model(
        make_pipeline(vectors, LogisticRegression(C=20.0, max_iter=500)).fit(list(known.texts), list(known.labels))
    )
    return box, held_out, accuracy(box, held_out)


def accuracy(box: Any, abstracts: Abstracts) -> float:
    """Share of rows whose most probable label is right."""
    guesses = box.classes_[box.answer(list(abstracts.texts)).log_probabilities.argmax(axis=1)]
    return float((guesses == np.array(abstracts.labels)).mean())


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    _, held_out, share = trained_model(options.data, options.cache)
    print(f"held-out accuracy {share:.3f} on {len(held_out.texts)} abstracts")


if __name__ == "__main__":
    main()
