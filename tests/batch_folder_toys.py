"""Folders of batches made up from dicts, as a batch writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.corpus.batch.rows.index import seal_batch, write_index
from surrogate.corpus.batch.rows.part_files import part_bytes, part_name
from surrogate.corpus.batch.rows.rows import row_digest
from surrogate.corpus.batch.rows.schema import fields_of

Row = dict[str, Any]

LABELS = ("fees", "cards", "transfers")
WORDS = {
    "fees": ("fee", "charged", "abroad"),
    "cards": ("card", "lost", "stolen"),
    "transfers": ("send", "money", "sent"),
}

REASONS = {
    "pass": "Fidelity R2 is {0:.2f} (95 % interval {1:.2f} to {2:.2f}); the policy asks for a lower end of at least 0.50.",
    "fail": "Fidelity R2 is {0:.2f} (95 % interval {1:.2f} to {2:.2f}): below the 0.50 that the policy asks for.",
    "insufficient evidence": "Fidelity R2 is {0:.2f} (95 % interval {1:.2f} to {2:.2f}): the interval reaches below the 0.50 "
    "that the policy asks for. About 256 calls would settle it.",
}  # fmt: skip

BATCH: dict[str, Any] = {
    "schema": "surrogate-batch-row/1",
    "settings": {
        "recipe": "name = 'batch'\n",
        "recipe_name": "batch",
        "calls": 64,
        "stability": "reported",
        "adverse": ["fees"],
        "policy": {"min_r2": 0.5},
    },
    "model": {
        "name": "bank-router",
        "kind": "sequence-classifier",
        "fingerprint": "sequence-classifier:sha256:" + 64 * "a",
    },
    "part_texts": 500,
    "versions": {"surrogate-explainer": "0.1.0", "torch": "2.13"},
}


def blank(name: str, text: str, **values: Any) -> Row:
    """A row that holds nothing but what is given."""
    empty: Row = {field: [] if kind.type.startswith("list") else None for field, kind in fields_of()}
    made = canonical({**empty, "id": name, "text_sha256": digest(text), "status": "error", **values})
    return {**made, "row_sha256": row_digest({**made, "row_sha256": ""})}


def error_row(
    name: str, code: str = "text-too-long", error: str = "The text has 90,000 words. Explain a passage."
) -> Row:
    return blank(name, f"error {name}", error_code=code, error=error)


def row(name: str, decision: str = "fees", *, fidelity: float = 0.8, text: str | None = None, **values: Any) -> Row:
    """An explained row; withheld where the fidelity is low."""
    verdict = "pass" if fidelity >= 0.6 else "insufficient evidence" if fidelity >= 0.4 else "fail"
    reason = REASONS[verdict].format(fidelity, fidelity - 0.1, min(1.0, fidelity + 0.1))
    words = [
        word(text, coefficient, start=10 * place)
        for place, (text, coefficient) in enumerate(
            zip(WORDS.get(decision, ("x", "y", "z")), (2.5, 1.0, -0.5), strict=True)
        )
    ]
    shown = verdict == "pass"
    second = ("pass" if fidelity > 0.7 else "fail", REASONS["fail"].format(0.2, 0.1, 0.3))
    told: Row = {
        "status": "explained" if shown else "withheld",
        "decision": decision, "target": decision, "opposite": f"not {decision}",
        "probability": 0.9, "log_odds": 2.2, "margin": 1.5, "truncated": False, "refused": False, "n_units": 12,
        "unit_kind": "word", "calls": 64, "exhaustive": False, "fidelity": fidelity, "fidelity_low": fidelity - 0.1,
        "fidelity_high": min(1.0, fidelity + 0.1), "agreement": 0.95, "verdict": verdict, "reason": reason,
        "probabilities": [{"label": label, "probability": 0.9 if label == decision else 0.05} for label in LABELS],
        "surrogates": [surrogate("linear", verdict, reason, fidelity), surrogate("tree", *second, fidelity)],
        "words": words if shown else [],
    }  # fmt: skip
    return blank(name, text or f"text {name}", **{**told, **values})


def surrogate(name: str, verdict: str, reason: str, r2: float | None) -> Row:
    return {
        "name": name, "kind": name, "verdict": verdict, "reason": reason, "calls_needed": None, "scale": "log_odds",
        "r2": r2, "r2_low": r2, "r2_high": r2, "agreement": 0.9, "majority": 0.6, "n_test": 24, "taught_by": "calls",
        "n_refits": 0, "stability": None,
    }  # fmt: skip


def word(text: str, coefficient: float, *, start: int = 0, half: float = 0.2, grade: str | None = None) -> Row:
    ends = {"low": coefficient - half, "high": coefficient + half}
    place = {"surrogate": "linear", "text": text, "start": start, "end": start + len(text)}
    return {**place, "coefficient": coefficient, **ends, "grade": grade}


def many(n: int, seed: int = 0, shares: Sequence[float] = (0.5, 0.3, 0.2), fidelity: float = 0.8) -> list[Row]:
    """Rows that differ, as those of a real batch do."""
    drawn = np.random.default_rng(seed)
    rows = []
    for number in range(1, n + 1):
        decision = LABELS[int(drawn.choice(len(LABELS), p=shares))]
        one = float(np.clip(drawn.normal(fidelity, 0.15), -0.4, 0.99))
        margin = float(drawn.exponential(2.0))
        made = row(
            str(number), decision, fidelity=round(one, 6), margin=margin, probability=1 / (1 + float(np.exp(-margin)))
        )
        rows.append(
            error_row(str(number), ("empty-text", "text-too-long")[number % 2]) if drawn.random() < 0.02 else made
        )
    return rows


def batch(
    folder: Path, rows: list[Row], *, n_parts: int = 1, complete: bool = True, n_rows: int | None = None, **told: Any
) -> Path:
    """Write the folder of a batch: its rows by the hash of their texts, in parts."""
    texts = sorted({one["text_sha256"] for one in rows})
    (folder / "rows").mkdir(parents=True)
    ids: list[list[str]] = []
    for number in range(n_parts):
        own = set(texts[number * len(texts) // n_parts : (number + 1) * len(texts) // n_parts])
        part = sorted(
            (one for one in rows if one["text_sha256"] in own), key=lambda one: (one["text_sha256"], one["id"])
        )
        (folder / part_name(number)).write_bytes(part_bytes(part, number))
        ids.append([one["id"] for one in part])
    source = {"content_sha256": 64 * "b", "n_rows": len(rows) if n_rows is None else n_rows, "n_texts": len(texts)}
    identity = {**BATCH, "input": source, **told}
    (folder / "batch.json").write_bytes(canonical_bytes(identity))
    if complete:
        numbers = {name: number for number, name in enumerate((one["id"] for one in rows), 1)}
        seal_batch(
            folder, write_index(folder, range(n_parts), lambda part: [(name, numbers[name]) for name in ids[part]])
        )
    return folder
