"""What a reviewer of a batch should look at first, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surrogate.evidence.binomial import binomial_interval
from surrogate.report.batch.context import count_of, short
from surrogate.report.batch.drift_headline import drift_headline, has_moved
from surrogate.report.language import message, plural, say
from surrogate.report.number_format import percent

__all__ = ["PARTS", "look_first", "needs_attention"]

Told = Iterator[tuple[str, str]]
Record = dict[str, Any]

#: Headings of the parts of the page that a sentence leads to.
PARTS = {
    "settings": message("What was asked, and with which settings"),
    "errors": message("Errors"),
    "decisions": message("What the model decides"),
    "adverse": message("Adverse decisions that are withheld"),
    "closest": message("Explained, the closest decisions first"),
    "drift": message("Against the earlier batch"),
}

#: Withheld rows of a decision from which on its share is compared with the others.
_FEWEST = 5


def look_first(record: Record) -> list[tuple[str, str]]:
    """What stands out, the most pressing first: the part of the page about it, and a sentence.

    Parameters
    ----------
    record : dict

    Examples
    --------
    >>> from surrogate.report.batch.examples import EMPTY
    >>> [part for part, _ in look_first(EMPTY)]
    ['settings']
    """
    told = [*_unfinished(record), *_drift(record), *_errors(record), *_adverse(record)]
    told += [*_withheld_most(record), *_read_in_part(record)]
    if record["worst"]["closest"]:
        told.append(
            ("closest", say("The decisions that were closest are listed: a small change of a text may turn them."))
        )
    return told


def needs_attention(record: Record) -> bool:
    """Whether more stands out than that some decisions are always the closest, and that nothing moved.

    Examples
    --------
    >>> from surrogate.report.batch.examples import EMPTY
    >>> needs_attention(EMPTY)
    True
    """
    calm = {"closest"} if has_moved(record["drift"]) else {"closest", "drift"}
    return any(part not in calm for part, _ in look_first(record)) or not record["counts"]["rows"]


def _unfinished(record: Record) -> Told:
    batch, n = record["batch"], record["counts"]["rows"]
    if not batch["is_complete"]:
        total = count_of((batch["input"] or {}).get("n_rows"))
        told = say(
            "The batch is not finished: {n} of {total} rows are there, and every number here is about those. The same command "
            "goes on where it stopped.",
            n=f"{n:,}",
            total=total,
        )
        yield "settings", told


def _drift(record: Record) -> Told:
    if record["drift"]:
        yield "drift", say("{told}.", told=drift_headline(record["drift"]))


def _errors(record: Record) -> Told:
    if record["errors"]:
        most = max(record["errors"], key=lambda one: one["rows"])
        told = plural(
            "{n} row has an error and no explanation: “{code}”.",
            "{n} rows have an error and no explanation, most often “{code}”.",
            record["counts"]["error"],
            code=short(most["code"]),
        )
        yield "errors", told


def _adverse(record: Record) -> Told:
    for one in record["decisions"]:
        if one["is_adverse"] and one["withheld"]:
            told = plural(
                "{n} of {total} rows with the adverse decision “{name}” is withheld: for it there are no reasons to give.",
                "{n} of {total} rows with the adverse decision “{name}” are withheld: for them there are no reasons to give.",
                one["withheld"],
                name=short(one["label"]),
                total=count_of(one["rows"]),
            )
            yield "adverse", told


def _withheld_most(record: Record) -> Told:
    """The decision that is withheld clearly more often than all rows together.

    Each is compared at a level by which all of them together err in one of twenty batches (Bonferroni).
    """
    decided = sum(one["rows"] for one in record["decisions"])
    overall = record["counts"]["withheld"] / decided if decided else 0.0
    level = 1 - 0.05 / max(1, len(record["decisions"]))
    found = [
        (one["withheld"] / one["rows"], one["label"])
        for one in record["decisions"]
        if one["withheld"] >= _FEWEST and binomial_interval(one["withheld"], one["rows"], level)[0] > overall
    ]
    if found:
        share, label = max(found)
        told = say(
            "“{name}” is withheld clearly more often than the rest: {share} of its rows, {overall} of all that were decided.",
            name=short(label),
            share=percent(share),
            overall=percent(overall),
        )
        yield "decisions", told


def _read_in_part(record: Record) -> Told:
    n = record["counts"]["truncated"]
    if n:
        told = plural(
            "{n} row has a text of which the model read a part only.",
            "{n} rows have texts of which the model read a part only.",
            n,
        )
        yield "settings", told
