"""Summarise a batch: decisions, verdicts, fidelity, reasons and errors, counted over its rows part by part."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical, digest
from surrogate.corpus.batch.summary.grouped_counts import UNIT, GroupedCounts
from surrogate.corpus.batch.summary.opened import OpenedBatch, open_batch
from surrogate.corpus.batch.summary.row_tally import COLUMNS, STATUSES, RowTally
from surrogate.errors import InputError

__all__ = ["SCHEMA", "WORDS", "Summary", "summarize"]

#: Name and version of the schema of a summary.
SCHEMA = "surrogate-batch-summary/1"

#: Words that are listed for each decision, and sentences for each surrogate.
WORDS, _SENTENCES = 50, 10

Record = dict[str, Any]


@dataclass(frozen=True)
class Summary:
    """What became of the rows of a batch.

    Parameters
    ----------
    batch : dict
        What the batch is: model, recipe, settings, input, digests, and whether every row of the input is there.
    counts : dict of str to int
        Rows that are there, by status; distinct texts among them; calls; full reports; rows cut, refused, exhausted.
    decisions : list of dict
        For each label, the most frequent first: rows by status, and the mean probability.
    surrogates : list of dict
        For each surrogate: rows by verdict, and why it did not pass.
    withheld : list of dict
        Why rows are withheld, with an example and how many.
    fidelity : dict
        Rows by R2 in thousandths, rounded down (below -1: at -1), and quantiles.
    reasons : list of dict
        For each decision and target, the words that most often speak clearly.
    errors : list of dict
        Rows by error code, with an example.
    findings : list of dict
    worst : dict of str to list of dict
        Rows to look at first: "errors", "adverse" (adverse decisions that are withheld), "withheld" (both with the lowest
        fidelity first), "closest" (smallest margin first); of rows with the same text the first.

    Examples
    --------
    >>> Summary.from_dict(Summary({}).to_dict()) == Summary({})
    True
    """

    batch: Record
    counts: dict[str, int] = field(default_factory=dict)
    decisions: list[Record] = field(default_factory=list)
    surrogates: list[Record] = field(default_factory=list)
    withheld: list[Record] = field(default_factory=list)
    fidelity: Record = field(default_factory=dict)
    reasons: list[Record] = field(default_factory=list)
    errors: list[Record] = field(default_factory=list)
    findings: list[Record] = field(default_factory=list)
    worst: dict[str, list[Record]] = field(default_factory=dict)

    def to_dict(self) -> Record:
        """JSON form."""
        return {"schema": SCHEMA, **canonical(asdict(self))}

    @classmethod
    def from_dict(cls, data: Record) -> Summary:
        """Inverse of :meth:`to_dict`."""
        return cls(**{name: value for name, value in data.items() if name != "schema"})


def summarize(folder: str | Path) -> Summary:
    """Summarise the folder of a batch, finished or not; the order of its parts does not matter.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Summary

    Raises
    ------
    InputError
        ``bad-batch``: the folder holds no batch, or one that is damaged.
    """
    opened = open_batch(folder)
    with GroupedCounts() as grouped:
        tally = RowTally(grouped, opened.adverse)
        for rows in opened.rows(COLUMNS):
            tally.add(rows)
        _check_complete(opened, tally)
        return _summary(opened, tally)


def _check_complete(opened: OpenedBatch, tally: RowTally) -> None:
    n_rows = tally.counts["rows"]
    if opened.has_index and opened.n_rows not in (None, n_rows):
        raise InputError(
            "bad-batch",
            f"{str(opened.folder)!r} is said to be complete, but {n_rows:,} of {opened.n_rows:,} rows are there. Run the same "
            "`surrogate batch` command again: parts that are whole are kept.",
        )


def _summary(opened: OpenedBatch, tally: RowTally) -> Summary:
    names = ("rows", *STATUSES, "texts", "calls", "reports", "truncated", "refused", "exhaustive", "proxy_used")
    summary = Summary(
        batch=_identity(opened, tally),
        counts={name: tally.counts[name] for name in (*names, "unmeasured")},
        decisions=_decisions(tally),
        surrogates=_surrogates(tally),
        withheld=_sentences(tally.grouped, "withheld"),
        fidelity=_fidelity(tally),
        reasons=_reasons(tally),
        errors=[
            {"code": name, "rows": n, "example": example}
            for name, n, _, _, _, example in tally.grouped.most("error", "", 1000)
        ],
        findings=_sentences(tally.grouped, "finding"),
        worst=tally.worst.to_dict(),
    )
    # As it is read back, so that what is written from it never depends on where it came from.
    return Summary.from_dict(summary.to_dict())


def _identity(opened: OpenedBatch, tally: RowTally) -> Record:
    batch, settings = opened.batch, opened.batch.get("settings") or {}
    recipe = settings.get("recipe")
    return {
        "model": batch.get("model"),
        "settings": {name: value for name, value in settings.items() if name != "recipe"},
        "recipe_sha256": None if recipe is None else digest(recipe),
        "input": batch.get("input"),
        "part_texts": batch.get("part_texts"),
        "versions": batch.get("versions"),
        "is_complete": opened.has_index or opened.n_rows == tally.counts["rows"],
        "n_parts": len(opened.parts),
        "batch_sha256": opened.batch_sha256,
        "rows_sha256": tally.rows_sha256,
    }


def _decisions(tally: RowTally) -> list[Record]:
    found = []
    for label in {label for label, _ in tally.decisions}:
        explained, withheld = (tally.decisions[label, status] for status in STATUSES[:2])
        rows = explained + withheld
        found.append(
            {
                "label": label,
                "rows": rows,
                "explained": explained,
                "withheld": withheld,
                "mean_probability": tally.probabilities[label] * UNIT / rows,
                "is_adverse": label in tally.worst.adverse,
            }
        )
    return sorted(found, key=lambda one: (-one["rows"], one["label"]))


def _surrogates(tally: RowTally) -> list[Record]:
    found = []
    for name, kind in sorted({(name, kind) for name, kind, _ in tally.surrogates}):
        verdicts = {each: n for (*of, each), n in sorted(tally.surrogates.items()) if of == [name, kind]}
        reasons = [
            {"verdict": verdict, **one}
            for verdict in verdicts
            for one in _sentences(tally.grouped, "verdict", json.dumps([name, kind, verdict], ensure_ascii=False))
        ]
        found.append({"name": name, "kind": kind, "verdicts": verdicts, "reasons": reasons})
    return found


def _sentences(grouped: GroupedCounts, section: str, place: str = "") -> list[Record]:
    """Sentences that differ in numbers only, counted together, with one of them."""
    return [{"example": example, "rows": n} for _, n, _, _, _, example in grouped.most(section, place, _SENTENCES)]


def _fidelity(tally: RowTally) -> Record:
    bins = sorted(tally.fidelity.items())
    n = sum(tally.fidelity.values())
    quantiles = {f"q{share}": _quantile(bins, n * share / 100) for share in (5, 10, 25, 50, 75, 90, 95)}
    return {"n": n, "thousandths": [list(one) for one in bins], **quantiles}


def _quantile(bins: list[tuple[int, int]], rank: float) -> float | None:
    """The lower end of the bin in which so many rows are reached."""
    reached = 0
    for thousandths, n in bins:
        reached += n
        if reached >= rank:
            return thousandths / 1000
    return None


def _reasons(tally: RowTally) -> list[Record]:
    found = []
    for place, n_words in tally.grouped.places("word"):
        decision, target, scale = json.loads(place)
        words = [
            {"text": text, "rows": n, "clear": clear, "positive": positive, "mean": total / n}
            for text, n, clear, positive, total, _ in tally.grouped.most("word", place, WORDS)
        ]
        named = {"decision": decision, "target": target, "scale": scale, "n_words": n_words}
        found.append({**named, "rows": tally.decisions[decision, "explained"], "words": words})
    return sorted(found, key=lambda one: (-one["rows"], one["decision"], one["target"], one["scale"]))
