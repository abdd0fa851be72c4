"""Drift: what differs between two batches, in their summaries and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical
from surrogate.comparing.changes import ADDED, REMOVED
from surrogate.corpus.batch.summary.matched_rows import match_rows
from surrogate.corpus.batch.summary.opened import open_batch
from surrogate.corpus.batch.summary.row_tally import STATUSES
from surrogate.corpus.batch.summary.shifts import compare_counts, compare_histograms, share_of
from surrogate.corpus.batch.summary.summarizing import WORDS, Summary, summarize

__all__ = ["SHOWN_WORDS", "Drift", "compare_summaries", "drift_between"]

Record = dict[str, Any]

#: Words of a decision that are looked for in the other batch: the most frequent ones.
SHOWN_WORDS = 10

#: Settings of which a difference is told first.
_TOLD = ("recipe_name", "calls", "budget", "target", "contrast", "units", "policy", "stability", "proxy_sha256")


@dataclass(frozen=True)
class Drift:
    """What differs between an earlier batch and a later one.

    Parameters
    ----------
    before, after : dict
        What each batch is, as its summary says it, with its counts.
    told_first : list of dict
        What a reader must know before any number: "what" differs ("model", "recipe", "versions", a setting, "incomplete"),
        before and after.
    decisions, statuses : dict
        Shares before and after, how far they lie apart, and a test, as of
        :func:`~surrogate.corpus.batch.summary.shifts.compare_counts`.
    fidelity : dict
        Quantiles before and after, and a test.
    reasons : list of dict
        For each decision, words that are new among the most frequent, or gone from them, or changed their sign.
    matched : dict or None
        Text by text and id by id; None: only the summaries were compared.

    Examples
    --------
    >>> Drift.from_dict(Drift({}, {}).to_dict()) == Drift({}, {})
    True
    """

    before: Record
    after: Record
    told_first: list[Record] = field(default_factory=list)
    decisions: Record = field(default_factory=dict)
    statuses: Record = field(default_factory=dict)
    fidelity: Record = field(default_factory=dict)
    reasons: list[Record] = field(default_factory=list)
    matched: Record | None = None

    def to_dict(self) -> Record:
        """JSON form."""
        told: Record = canonical(asdict(self))
        return told

    @classmethod
    def from_dict(cls, data: Record) -> Drift:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


def drift_between(before: str | Path, after: str | Path, summary: Summary | None = None) -> Drift:
    """Compare two folders of batches: their summaries, and the rows that match.

    Parameters
    ----------
    before, after : str or Path
    summary : Summary, optional
        Of the later one, where it was made already.

    Raises
    ------
    InputError
        ``bad-batch``.
    """
    first, second = open_batch(before), open_batch(after)
    matched = match_rows(first, second)
    return compare_summaries(summarize(before), summarize(after) if summary is None else summary, matched)


def compare_summaries(before: Summary, after: Summary, matched: Record | None = None) -> Drift:
    """Compare two summaries.

    Parameters
    ----------
    before, after : Summary
    matched : dict, optional
        What :func:`~surrogate.corpus.batch.summary.matched_rows.match_rows` found.

    Examples
    --------
    >>> counts = {"rows": 0, "explained": 0, "withheld": 0, "error": 0}
    >>> empty = Summary({"is_complete": True, "model": {"fingerprint": "f"}}, counts)
    >>> compare_summaries(empty, empty).told_first
    []
    """
    labels = _labels(before, after)
    counts = [{one["label"]: one["rows"] for one in each.decisions} for each in (before, after)]
    drift = Drift(
        before={**before.batch, "counts": before.counts},
        after={**after.batch, "counts": after.counts},
        told_first=list(_told_first(before, after)),
        decisions=compare_counts(labels, *([own.get(label, 0) for label in labels] for own in counts)),
        statuses=compare_counts(STATUSES, *([each.counts[name] for name in STATUSES] for each in (before, after))),
        fidelity=_fidelity(before, after),
        reasons=[one for label in labels for one in _reasons(label, before, after)],
        matched=matched,
    )
    return Drift.from_dict(drift.to_dict())


def _labels(before: Summary, after: Summary) -> list[str]:
    """Decisions of either, in the order of the later batch."""
    later = [one["label"] for one in after.decisions]
    return later + [one["label"] for one in before.decisions if one["label"] not in later]


def _told_first(before: Summary, after: Summary) -> Iterator[Record]:
    one, other = before.batch, after.batch
    for side, batch in (("before", one), ("after", other)):
        if not batch.get("is_complete"):
            yield {"what": "incomplete", "before": side == "before", "after": side == "after"}
    models = [(batch.get("model") or {}).get("fingerprint") for batch in (one, other)]
    if None in models:
        yield {"what": "no fingerprint", "before": models[0], "after": models[1]}
    elif models[0] != models[1]:
        yield {"what": "model", "before": models[0], "after": models[1]}
    if one.get("recipe_sha256") != other.get("recipe_sha256"):
        yield {"what": "recipe", "before": one.get("recipe_sha256"), "after": other.get("recipe_sha256")}
    settings = [batch.get("settings") or {} for batch in (one, other)]
    for name in _TOLD:
        sides = [own.get(name) for own in settings]
        if sides[0] != sides[1]:
            yield {"what": name, "before": sides[0], "after": sides[1]}
    if one.get("versions") != other.get("versions"):
        yield {"what": "versions", "before": one.get("versions"), "after": other.get("versions")}


def _fidelity(before: Summary, after: Summary) -> Record:
    sides = [
        {name: value for name, value in each.fidelity.items() if name != "thousandths"} for each in (before, after)
    ]
    histograms = [each.fidelity.get("thousandths", []) for each in (before, after)]
    return {"before": sides[0], "after": sides[1], "test": compare_histograms(*histograms)}


def _reasons(label: str, before: Summary, after: Summary) -> Iterator[Record]:
    """Words for a decision that came, went, or speak for the other side now."""
    sides = [_words(label, each) for each in (before, after)]
    if not sides[0] or not sides[1]:
        return
    for target in sides[1]:
        if target not in sides[0]:
            continue
        (n_before, one), (n_after, other) = sides[0][target], sides[1][target]
        for text in dict.fromkeys([*_frequent(other), *_frequent(one)]):
            change = _change(text, one, other)
            if change is not None:
                shares = {
                    "before": _share(one.get(text), n_before, one),
                    "after": _share(other.get(text), n_after, other),
                }
                yield {"decision": label, "target": target[0], "text": text, "change": change, **shares}


def _words(label: str, summary: Summary) -> dict[tuple[str, str], tuple[int, dict[str, Record]]]:
    """Words for a decision by target and scale, with the number of explained rows; the most frequent first."""
    return {
        (one["target"], one["scale"]): (one["rows"], {word["text"]: word for word in one["words"]})
        for one in summary.reasons
        if one["decision"] == label
    }


def _frequent(words: dict[str, Record]) -> list[str]:
    """The most frequent words that speak clearly at all."""
    return [text for text, word in words.items() if word["clear"]][:SHOWN_WORDS]


def _change(text: str, before: dict[str, Record], after: dict[str, Record]) -> str | None:
    """What became of a word; one that was rarer is neither new nor gone."""
    one, other = before.get(text), after.get(text)
    if one is None or other is None:
        return ADDED if one is None else REMOVED
    return "sign" if one["mean"] * other["mean"] < 0 and one["clear"] and other["clear"] else None


def _share(word: Record | None, total: int, listed: dict[str, Record]) -> Record:
    """In what share of the explained rows a word speaks clearly; of one that a full list leaves out, that is not known."""
    if word is None and len(listed) >= WORDS:
        return {"n": None, "total": total, "value": None, "low": None, "high": None, "mean": None}
    told = share_of(0 if word is None else word["clear"], total)
    return {**told, "mean": None if word is None else word["mean"]}
