"""What is counted of the rows of a batch while they pass: in flat memory, and the same whatever their order."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Set
from typing import Any

from surrogate.corpus.batch.summary.grouped_counts import UNIT, GroupedCounts
from surrogate.corpus.batch.summary.worst_rows import WorstRows

__all__ = ["COLUMNS", "STATUSES", "RowTally"]

Row = dict[str, Any]

STATUSES = ("explained", "withheld", "error")

#: Columns that are read.
COLUMNS = [
    *("id", "text_sha256", "status", "error_code", "error", "decision", "target", "probability", "margin"),
    *("truncated", "refused", "calls", "exhaustive", "proxy_used", "fidelity", "fidelity_low", "fidelity_high"),
    *("verdict", "reason", "surrogates", "terms", "words", "findings", "record_sha256"),
]

#: Numbers in a sentence: sentences that differ in nothing else say the same.
_NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d[\d,]*(?:\.\d+)?")

#: The lowest fidelity that has a bin of its own, in thousandths.
_LOWEST = -1000


class RowTally:
    """Counts of rows.

    Parameters
    ----------
    grouped : GroupedCounts
        Where words, reasons and errors are counted.
    adverse : set of str, optional
        Labels of adverse decisions.
    """

    def __init__(self, grouped: GroupedCounts, adverse: Set[str] = frozenset()) -> None:
        self.grouped = grouped
        self.worst = WorstRows(adverse)
        #: Rows, and distinct texts, by what they are.
        self.counts: Counter[str] = Counter()
        #: Rows by decision and status.
        self.decisions: Counter[tuple[str, str]] = Counter()
        #: Sums of the probabilities of decisions, in units of 1e-9.
        self.probabilities: Counter[str] = Counter()
        #: Rows by surrogate, its kind and its verdict.
        self.surrogates: Counter[tuple[str, str, str]] = Counter()
        #: Rows by fidelity in thousandths, rounded down.
        self.fidelity: Counter[int] = Counter()
        self._text: str | None = None
        self._content = hashlib.sha256()

    @property
    def rows_sha256(self) -> str:
        """SHA-256 over the digests of the rows, as the index states it."""
        return self._content.hexdigest()

    def add(self, rows: list[Row]) -> None:
        """Count rows; those of one text come one after the other."""
        for row in rows:
            self._add(row)

    def _add(self, row: Row) -> None:
        self._content.update(f"{row['row_sha256']}\n".encode())
        self.counts["rows"] += 1
        self.counts[row["status"]] += 1
        if row["text_sha256"] != self._text:
            self._text = row["text_sha256"]
            self._add_text(row)
        if row["status"] == "error":
            self.grouped.add("error", "", row["error_code"] or "", example=row["error"] or "")
            return
        for name in ("truncated", "refused", "exhaustive", "proxy_used"):
            self.counts[name] += bool(row[name])
        self._add_decision(row)
        self._add_verdicts(row)
        for finding in row["findings"] or ():
            self.grouped.add("finding", "", _NUMBER.sub("#", finding), example=finding)

    def _add_text(self, row: Row) -> None:
        """What is counted of each text once, in however many rows it stands."""
        self.counts["texts"] += 1
        self.counts["calls"] += row["calls"] or 0
        self.counts["reports"] += row["record_sha256"] is not None
        self.worst.add(row)

    def _add_decision(self, row: Row) -> None:
        decision = row["decision"]
        self.decisions[decision, row["status"]] += 1
        self.probabilities[decision] += round((row["probability"] or 0.0) / UNIT)
        if row["fidelity"] is None:
            self.counts["unmeasured"] += 1
        else:
            self.fidelity[max(_LOWEST, int(1000 * row["fidelity"] // 1))] += 1
        if row["status"] == "explained":
            spoken = _spoken(row)
            place = json.dumps([decision, row["target"], _scale(row, spoken)], ensure_ascii=False)
            for name, (coefficient, clear) in _reasons(spoken).items():
                self.grouped.add("word", place, name, coefficient=coefficient, clear=clear)

    def _add_verdicts(self, row: Row) -> None:
        if row["status"] == "withheld":
            reason = row["reason"] or ""
            self.grouped.add("withheld", "", _NUMBER.sub("#", reason), example=reason)
        for one in row["surrogates"] or ():
            self.surrogates[one["name"], one["kind"], one["verdict"]] += 1
            if one["verdict"] != "pass":
                place = json.dumps([one["name"], one["kind"], one["verdict"]], ensure_ascii=False)
                self.grouped.add("verdict", place, _NUMBER.sub("#", one["reason"] or ""), example=one["reason"] or "")


def _spoken(row: Row) -> list[Row]:
    """The words of a row, else its terms: of the surrogate that is shown first, since others tell of the same once more."""
    told = row["words"] or row["terms"] or []
    return [one for one in told if one["surrogate"] == told[0]["surrogate"]]


def _scale(row: Row, spoken: list[Row]) -> str:
    """Whether coefficients are log-odds or probabilities."""
    of = spoken[0]["surrogate"] if spoken else None
    return next((one["scale"] for one in row["surrogates"] if one["name"] == of and one["scale"]), "log_odds")


def _reasons(spoken: list[Row]) -> dict[str, tuple[float, bool]]:
    """What each word adds, all its places together, and whether some place's interval excludes zero.

    Capital and small letters are taken as one.
    """
    found: dict[str, tuple[float, bool]] = {}
    for one in spoken:
        if one["coefficient"] is None or one["grade"] == "not reportable":
            continue
        before = found.get(one["text"].lower(), (0.0, False))
        found[one["text"].lower()] = (before[0] + one["coefficient"], before[1] or _is_clear(one))
    return found


def _is_clear(one: Row) -> bool:
    """Whether a coefficient is told apart from zero, as reports tell it."""
    if one["low"] is None or one["low"] == one["high"]:
        return abs(one["coefficient"]) >= 0.0005
    return not (one["low"] < 0.0005 and one["high"] > -0.0005)
