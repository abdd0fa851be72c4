"""Whole audits: of other corpora without a change, and of 10,000 documents with their time and memory."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.global_peers import l1_path, tfidf
from benchmarks.global_tasks import as_documents, read_texts
from surrogate import recipes
from surrogate.corpus.audit import audit
from surrogate.documents import Documents
from surrogate.perturb import role_of

Row = dict[str, Any]
ROOT = Path(__file__).parent.parent

#: Corpora, and the terms of the classifier that is explained.
CORPORA: dict[str, Row] = {
    "unfair_tos_en": {},
    "medical_abstracts": {},
    "thucnews_titles_zh": {"analyzer": "char", "ngram_range": (1, 2)},
}
PEER_SIZE = 200


def train_half(texts: tuple[str, ...], labels: tuple[str, ...], **terms: Any) -> tuple[Any, float]:
    """TF-IDF and logistic regression as scikit-learn sets them, trained on a half of the rows, and its accuracy on the other."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    in_half = [hashlib.sha256(text.encode()).digest()[0] % 2 == 0 for text in texts]
    rows = list(zip(texts, labels, in_half, strict=True))
    model = make_pipeline(TfidfVectorizer(**terms), LogisticRegression())
    model.fit([text for text, _, taught in rows if taught], [label for _, label, taught in rows if taught])
    others = [(text, label) for text, label, taught in rows if not taught]
    return model, float(model.score([text for text, _ in others], [label for _, label in others]))


def corpus_row(data: Path, name: str) -> Row:
    """The audit of one corpus with a small classifier of it, as it comes."""
    with (data / name / "dev.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    texts, labels = tuple(row["text"] for row in read), tuple(row["label"] for row in read)
    model, accuracy = train_half(texts, labels, **CORPORA[name])
    start = time.perf_counter()
    corpus = Documents(texts, tuple(row["id"] for row in read), labels)
    found = audit(corpus, model, store=False)
    row: Row = {"part": "corpora", "corpus": name, "accuracy": accuracy, "seconds": time.perf_counter() - start}
    row |= {"n": found.documents["n_documents"], "held_out": found.documents["n_test"]}
    row |= {"classes": len(found.documents["decisions"]), "calls": found.production["n_calls"]}
    row["members"] = {member.name: _member(member) for member in found.members}
    row["peer"] = peer_agreement(texts, model.predict(list(texts)), **CORPORA[name])
    return row


def peer_agreement(texts: tuple[str, ...], says: Any, **terms: Any) -> float:
    """Agreement of scikit-learn's L1 on the classifier's own terms, fitted to and measured on the documents of the audit."""
    perturb = recipes.load("audit").named_steps["perturb"]
    roles = np.array([role_of(text, tuple(perturb.split), int(perturb.random_state)) for text in texts])
    _, decisions = np.unique(says, return_inverse=True)

    def part(rows: Any) -> tuple[list[str], Any]:
        return [texts[row] for row in np.flatnonzero(rows)], decisions[rows]

    given = tfidf(part(roles != "test"), part(roles == "test"), **terms)
    return l1_path(given, (PEER_SIZE,))[PEER_SIZE].agreement


def _member(member: Any) -> Row:
    fidelity = member.fidelity.to_dict()
    return {"kind": member.kind, "passed": member.verdict.passed, "reason": member.verdict.reason, "fidelity": fidelity}


def concept_rows(data: Path, model: str) -> tuple[list[Row], list[tuple[str, list[str]]]]:
    """The concepts of an audit, the most cohesive first; and for each its label with its typical texts."""
    texts = read_texts(data / "banking77", "test.csv")
    found = audit(as_documents(texts), model, store=False)
    rows, shown = [], []
    for one in found.concepts[:10]:
        concept = one.concept
        rows.append(
            {
                "part": "concepts",
                "label": concept.label,
                "n": sum(n for _, n in one.decisions),
                "naming_share": concept.naming_share,
                "cohesion": concept.cohesion,
                "mixed": concept.mixed,
                "decisions": [list(pair) for pair in one.decisions[:2]],
            }
        )
        shown.append((concept.label, [found.quoted[place].text for place in concept.typical]))
    return rows, shown


def cost_row(data: Path, model: str, n_documents: int) -> Row:
    """Wall time and peak memory of a process that audits so many documents: imports, loading and asking included."""
    # As a user starts it: with as many threads as there are cores.
    env = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.global_corpora", str(data), model, str(n_documents)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**env, "PYTHONPATH": str(ROOT)},
    )
    return {"part": "cost", "seconds": time.perf_counter() - start, **json.loads(done.stdout.splitlines()[-1])}


def _audit_here(data: Path, model: str, n_documents: int) -> Row:
    import resource

    texts = read_texts(data / "banking77", "test.csv", "train.csv")[:n_documents]
    found = audit(as_documents(texts), model, store=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row: Row = {"n": found.documents["n_documents"], "calls": found.production["n_calls"], "megabytes": peak}
    row |= {name: value for name, value in found.run.items() if name.endswith("_s")}
    row["members"] = {member.name: _member(member) for member in found.members}
    return row


if __name__ == "__main__":
    print(json.dumps(_audit_here(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
