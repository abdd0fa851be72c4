"""Long texts: what a dozen displayed terms say about 500 words after 1,200 calls, and about 5,000 words from coarse to fine.

Run ``python -m benchmarks.long_texts --data FOLDER``; FOLDER holds ``medical_abstracts/dev.csv``.  The first run trains a
small transformer and keeps it in the cache folder.  Prints Markdown tables and writes ``benchmarks/results/long_texts.md``.

Held-out abstracts are joined to texts of 480 to 520 words.  R2 is on the log-odds of the label that the model gives the text,
over 400 unseen word masks of either kind: complement pairs whose size is uniform, and masks with every word kept by the toss
of a coin.  Each method has the same number of calls in all, on its own draws; the masks it is measured on are the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from threadpoolctl import threadpool_limits

from benchmarks.abstracts import Abstracts, linear_model, trained_model
from benchmarks.sentiment import default_cache, default_data
from surrogate import explain, load
from surrogate.baselines import LimeBaseline, MaskedModel
from surrogate.coarse_to_fine import refine_units
from surrogate.fit.forward import forward_terms
from surrogate.fit.gaussian_process import fit_gaussian_process
from surrogate.fit.grouped import fit_grouped
from surrogate.fit.rule_tree import RuleTree
from surrogate.fit.word_types import distil_long, fit_word_types
from surrogate.query import Query
from surrogate.reference import REFERENCES, draw_pairs, reference_masks
from surrogate.rows import Rows
from surrogate.shares import product
from surrogate.units import Document, nest, split_units

ROOT = Path(__file__).parent.parent
N_TEST = 400
N_TERMS = 12
_LINEAR = "TF-IDF and logistic regression"
Predict = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True)
class Text:
    """One text to explain, as a function of masks, with the masks that every method is measured on."""

    model: MaskedModel
    number: int

    @property
    def document(self) -> Document:
        """Its words."""
        return self.model.document

    def draw(self, purpose: int, kind: str, n_masks: int) -> NDArray[np.bool_]:
        """Masks of a reference distribution, in complement pairs."""
        generator = np.random.default_rng([purpose, self.number, REFERENCES.index(kind)])
        return np.concatenate(list(islice(draw_pairs(self.document.n_units, generator, kind), n_masks // 2)))

    def both(self, n_masks: int) -> NDArray[np.bool_]:
        """Masks to fit to, half of either distribution: what holds on both is learned from both."""
        return np.concatenate([self.draw(0, kind, n_masks // 4 * 2) for kind in REFERENCES])

    def values(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Log-odds of the label."""
        return self.model.outcome.log_odds(self.model.answer(masks))

    def rows(self, masks: NDArray[np.bool_], reference: str) -> Rows:
        """The answers to masks, as a surrogate is fitted to them."""
        answers = self.model.answer(masks)
        numbers = np.arange(len(masks)) // 2
        values, margins = self.model.outcome.log_odds(answers), self.model.outcome.margin(answers)
        return Rows(masks, values, margins, np.ones(len(masks)), numbers, self.document.units, reference=reference)

    def score(self, predict: Predict) -> dict[str, float]:
        """R2 on unseen masks of either kind."""
        scores = {}
        for kind in REFERENCES:
            masks = self.draw(1, kind, N_TEST)
            scores[kind] = float(r2_score(self.values(masks), predict(masks)))
        return scores


def measure(text: Text, n_calls: int) -> tuple[dict[str, dict[str, float]], float]:
    """R2 of every method on one text, and the seconds ours took outside the model."""
    full = np.ones((1, text.document.n_units), dtype=bool)
    rows = text.rows(np.concatenate([full, ~full, text.both(n_calls - 2)]), "sizes")
    start = time.process_time()
    proxy = fit_word_types(rows)
    taught = distil_long(rows, proxy)
    shown = fit_grouped(taught, N_TERMS)
    seconds = time.process_time() - start
    said = {
        "**ours: at most 12 terms, up to 8 words each**": shown.predict,
        "ours: at most 12 terms, up to 4 words each": fit_grouped(taught, N_TERMS, 4).predict,
        "ours: at most 12 terms, one word each": fit_grouped(taught, N_TERMS, 1).predict,
        "our proxy, never shown": lambda masks: proxy.predict(masks)[:, 0],
        **_explained(text, n_calls),
        **_short_text_methods(rows),
        **_lime(text, n_calls),
    }
    return {name: text.score(predict) for name, predict in said.items()}, seconds


def _explained(text: Text, n_calls: int) -> dict[str, Predict]:
    """What a reader is shown, a third of whose calls went to test copies and confirmation."""
    box, outcome = text.model.query.black_box, text.model.outcome
    explanation = explain(text.document.text, box, "local-linear", target=outcome.target, calls=n_calls, store=False)
    model = explanation.members[0].model
    return {f"ours, as `surrogate explain --calls {n_calls}` shows it": model.predict}  # type: ignore[union-attr]


def _short_text_methods(rows: Rows) -> dict[str, Predict]:
    """What is used for short texts, on the same calls: a Gaussian process, and single units distilled from it."""
    process = fit_gaussian_process(rows)
    masks, weights = reference_masks(rows.n_units, 4096, np.random.default_rng(0))
    values, margins = process.predict(masks).T
    taught = Rows(masks, values, margins, weights * len(weights), np.arange(len(masks)), rows.units)
    terms = forward_terms(taught, N_TERMS, 2)

    def columns(some: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.column_stack([*(product(term, some) for term in terms), np.ones(len(some))])

    found = np.linalg.lstsq(columns(masks), values, rcond=None)[0]
    return {
        "as for short texts: at most 12 terms of one or two units": lambda some: columns(some) @ found,
        "as for short texts: tree of at most 16 leaves": RuleTree().fit_one(rows, taught).predict,
        "as for short texts: the proxy, a Gaussian process": lambda some: process.predict(some)[:, 0],
    }


def _lime(text: Text, n_calls: int) -> dict[str, Predict]:
    """The lime package on log-odds, 12 features; and its additive form, ridge on every unit, on the same calls."""
    result = LimeBaseline(num_features=N_TERMS, num_samples=n_calls, scale="log_odds").explain(text.model)
    ridge = RidgeCV(alphas=np.logspace(0, 4, 13)).fit(result.asked.astype(float), text.values(result.asked))
    return {
        "LIME, 12 features": result.model.predict,
        "LIME's form with every unit, ridge on LIME's calls": lambda masks: ridge.predict(masks.astype(float)),
    }


def coarse_first(text: Text, n_calls: int, share: float = 0.25) -> Predict:
    """Sentences first, words inside those that matter; a word mask is read as the share kept of each unit."""
    box = text.model.query.black_box
    document = refine_units(text.document.text, load("local", box), round(n_calls * share)).document
    part = Text(MaskedModel(document, text.model.outcome, text.model.query), text.number)
    rows = part.rows(part.both(n_calls - round(n_calls * share)), "sizes")
    shown = fit_grouped(distil_long(rows, fit_word_types(rows)), N_TERMS)
    holder = np.array(nest(document, text.document))
    member = np.eye(document.n_units)[holder] / np.bincount(holder)[holder][:, None]

    def predict(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        shares = masks.astype(float) @ member
        return shown.intercept + sum(term.coefficient * product(term.literals, shares) for term in shown.terms)  # type: ignore[arg-type]

    return predict


def measure_very_long(box: Any, abstracts: Abstracts, n_calls: int) -> list[str]:
    """5,000 words: what coarse to fine finds, how faithful a dozen terms over its units are, and the time it takes."""
    lines = []
    for number, words in enumerate(abstracts.joined(2, 4900, 5100)):
        start = time.process_time()
        refined = refine_units(words, load("local", box), n_calls // 4)
        part = Text(MaskedModel.of(refined.document, Query(box)), number)
        rows = part.rows(part.both(n_calls - refined.calls), "sizes")
        shown = fit_grouped(distil_long(rows, fit_word_types(rows)), N_TERMS)
        seconds = time.process_time() - start
        scores = part.score(shown.predict)
        lines.append(
            f"| {len(words.split()):,} | {' → '.join(f'{stage.n_units} ({stage.calls} calls)' for stage in refined.stages)} "
            f"→ {refined.document.n_units} | {' | '.join(f'{scores[kind]:.2f}' for kind in REFERENCES)} | {seconds:.1f} |"
        )
    return lines


def table(box: Any, texts: list[str], n_calls: int, *, coarse: bool) -> tuple[list[str], float]:
    """Mean R2 of every method over texts as lines of a table, and the mean seconds outside the model."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    seconds = []
    for number, words in enumerate(texts):
        text = Text(MaskedModel.of(split_units(words), Query(box)), number)
        scores, taken = measure(text, n_calls)
        seconds.append(taken)
        if coarse:
            scores["sentences first, then words in those that matter: at most 12 terms"] = text.score(
                coarse_first(text, n_calls)
            )
        for name, score in scores.items():
            found[name].append(score)
    lines = ["| method | R², uniform sizes | R², uniform masks |", "|---|---|---|"]
    for name, score in found.items():
        lines.append(
            f"| {name} | " + " | ".join(f"{np.mean([one[kind] for one in score]):.2f}" for kind in REFERENCES) + " |"
        )
    return lines, float(np.mean(seconds))


def report(data: Path, cache: Path, n_texts: int, n_calls: int) -> list[str]:
    """All tables, as lines of Markdown."""
    lines = ["# Long texts", "", *(__doc__ or "").split("\n\n")[2].strip().splitlines()]
    lines.append(f"{n_calls:,} calls; {platform.machine()}, {os.cpu_count()} cores.")
    for name, is_linear, number in (("A transformer of two layers", False, n_texts), (_LINEAR, True, 2 * n_texts)):
        box, held_out, share = linear_model(data) if is_linear else trained_model(data, cache)
        rows, seconds = table(box, held_out.joined(number, 480, 520), n_calls, coarse=is_linear)
        lines += ["", f"## {name}, {number} texts, held-out accuracy {share:.2f}", "", *rows]
        lines += ["", f"Fitting ours takes {seconds:.1f} seconds of processor time for a text."]
    lines += ["", f"## 5,000 words, {_LINEAR}", ""]
    lines += ["R² here is on copies made of the units found: paragraphs, sentences, and words where it matters.", ""]
    lines += [
        "| words | units of each stage → in the end | R², uniform sizes | R², uniform masks | seconds, with model |"
    ]
    return [*lines, "|---|---|---|---|---|", *measure_very_long(box, held_out, n_calls)]


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--texts", type=int, default=4, help="texts of about 500 words for the transformer")
    parser.add_argument("--calls", type=int, default=1200)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "long_texts.md")
    options = parser.parse_args()
    with threadpool_limits(1):
        text = "\n".join([*report(options.data, options.cache, options.texts, options.calls), ""])
    options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
