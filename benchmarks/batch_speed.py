"""Seconds per row: a batch beside a loop over single explanations, and beside lime at its defaults with fidelity for both."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.batch_runs import Row, rows_of, run, write_rows
from benchmarks.fidelity_scores import draw_lime_masks, kernel
from surrogate.determination import r2
from surrogate.outcome import sigmoid
from surrogate.units import split_units

#: Calls of each text, and copies that nobody was fitted to.
CALLS, N_TEST = 64, 512

Masks = NDArray[np.bool_]


def loop(rows: Sequence[Row], box: Any) -> tuple[float, float]:
    """Seconds and calls per row of single explanations, one after the other in one process; the model is loaded already."""
    import surrogate

    surrogate.explain(rows[0][1], box, "batch", calls=CALLS, store=False)
    start = time.perf_counter()
    calls = sum(surrogate.explain(text, box, "batch", calls=CALLS, store=False).calls["total"] for _, text in rows)
    return (time.perf_counter() - start) / len(rows), calls / len(rows)


def batches(rows: Sequence[Row], folder: Path) -> list[dict[str, Any]]:
    """Batches of all rows, each a process of its own with its start and end."""
    source = write_rows(folder / "rows.csv", rows)
    found = []
    for name, options in {
        "batch, 1 worker": ("--workers", "1"),
        "batch, 2 workers": ("--workers", "2"),
        "batch, 2 workers, refits for every row": ("--workers", "2", "--stability", "all"),
    }.items():
        ran = run(source, folder / name.replace(" ", "-").replace(",", ""), *options)
        told = list(rows_of(ran.out))
        fidelity = [row["fidelity"] for row in told if row["fidelity"] is not None]
        found.append(
            {
                "name": name,
                "seconds": ran.seconds / len(rows),
                "calls": float(np.mean([row["calls"] for row in told])),
                "asked": ran.counts["asked"] / len(rows),
                "explained": float(np.mean([row["status"] == "explained" for row in told])),
                "fidelity": float(np.median(fidelity)),
            }
        )
    return found


def beside_lime(rows: Sequence[Row], box: Any) -> dict[str, Any]:
    """Lime at its defaults on some rows, and held-out fidelity of both on the same fresh copies."""
    plain, ours = plain_classifier(), our_classifier(box)
    seconds: dict[str, list[float]] = {"plain": [], "ours": []}
    scores: list[dict[str, float]] = []
    for number, (_, text) in enumerate(rows):
        label = int(np.argmax(ours([text])[0]))
        taken, explained = _lime(text, plain, label)
        seconds["plain"].append(taken)
        seconds["ours"].append(_lime(text, ours, label)[0])
        scores.append(_scores(text, box, label, explained, number))
    return {
        "plain": float(np.mean(seconds["plain"])),
        "ours": float(np.mean(seconds["ours"])),
        "scores": {name: float(np.median([score[name] for score in scores])) for name in scores[0]},
        "better": {
            name: float(np.mean([score[f"ours {name}"] >= score[f"lime {name}"] for score in scores]))
            for name in ("weighted", "unweighted")
        },
    }


def plain_classifier() -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """The model as lime's own tutorials call one: batches of 64, padded, through transformers."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = Path(__file__).parent.parent / "models" / "bank-router"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()

    def say(texts: Sequence[str]) -> NDArray[np.float64]:
        found = []
        with torch.inference_mode():
            for start in range(0, len(texts), 64):
                read = tokenizer(list(texts[start : start + 64]), padding=True, truncation=True, return_tensors="pt")
                found.append(torch.softmax(model(**read).logits, dim=-1).numpy())
        return np.concatenate(found).astype(np.float64)

    return say


def our_classifier(box: Any) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """The same model through our black box, which reads every distinct text once."""
    return lambda texts: np.asarray(box.answer(list(texts)).probabilities)


def _lime(text: str, classifier: Callable[..., Any], label: int) -> tuple[float, Any]:
    from lime.lime_text import LimeTextExplainer

    start = time.perf_counter()
    explained = LimeTextExplainer(random_state=0).explain_instance(text, classifier, labels=(label,))
    return time.perf_counter() - start, explained


def _scores(text: str, box: Any, label: int, explained: Any, seed: int) -> dict[str, float]:
    """R2 of the probability on fresh copies: with lime's weights on lime's distribution, and unweighted with sizes uniform."""
    import surrogate

    explanation = surrogate.explain(text, box, "batch", calls=CALLS, store=False)
    document, model = explanation.document, explanation.surrogates["linear"]
    masks = draw_lime_masks(document.n_units, N_TEST, seed)
    truth = np.exp(box.answer([document.keep(mask) for mask in masks]).log_probabilities[:, label])
    said = {"ours": sigmoid(model.predict(masks)), "lime": _lime_says(explained, label, document, masks)}
    weights = {"weighted": kernel(masks), "unweighted": np.ones(len(masks))}
    return {
        f"{who} {how}": r2(truth, prediction, weight)
        for who, prediction in said.items()
        for how, weight in weights.items()
    }


def _lime_says(explained: Any, label: int, document: Any, masks: Masks) -> NDArray[np.float64]:
    """What lime's linear model says: a word of lime counts as kept while any of its occurrences is."""
    kept = np.column_stack([_holds(word, document, masks) for word, _ in explained.as_list(label)])
    weights = np.array([weight for _, weight in explained.as_list(label)])
    return np.asarray(explained.intercept[label] + kept @ weights)


def _holds(word: str, document: Any, masks: Masks) -> NDArray[np.float64]:
    places = [number for number, unit in enumerate(document.units) if word in re.split(r"\W+", unit)]
    places = places or [number for number, unit in enumerate(document.units) if unit in word]
    return masks[:, places].any(axis=1).astype(float) if places else np.ones(len(masks))


def n_words(text: str) -> int:
    """Units of a text."""
    return split_units(text).n_units
