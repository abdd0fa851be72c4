"""What the page of a batch is told in: bins, shares, links, and values of settings."""

from __future__ import annotations

import json
import re
from typing import Any

from surrogate.report.language import say
from surrogate.report.number_format import decimal, interval
from surrogate.report.visible import shorten, visible

__all__ = [
    "SHOWN",
    "count_of",
    "fidelity_bins",
    "is_cut",
    "measured",
    "report_link",
    "setting_value",
    "short",
    "stated",
    "table_bins",
]

Record = dict[str, Any]

#: Characters of an id, a label or a word that are shown; the whole stands in its title and in summary.csv.
SHOWN = 40

#: What a batch states beside its model and its settings.
_STATED = ("recipe_sha256", "input", "part_texts", "batch_sha256", "rows_sha256", "versions")

_LONGEST, _DIGEST = 400, re.compile(r"[0-9a-f]{64}")

#: Thousandths of R2 in a bar of the chart.
_WIDTH = 50


def count_of(number: int | None) -> str:
    """A count with a comma between thousands.

    Examples
    --------
    >>> count_of(12000), count_of(None)
    ('12,000', '–')
    """
    return "–" if number is None else f"{number:,}"


def short(text: str, most: int = SHOWN) -> str:
    """A text on one line, cut in the middle when it is long.

    Examples
    --------
    >>> short("fees"), len(short("x" * 900))
    ('fees', 40)
    """
    # More than this cannot show, and an id may be very long.
    return shorten(text if len(text) <= 8 * most else f"{text[: 4 * most]}…{text[-4 * most :]}", most)


def is_cut(text: str, most: int = SHOWN) -> bool:
    """Whether a text is shown in part, or otherwise than it is.

    Examples
    --------
    >>> is_cut("fees"), is_cut("x" * 900)
    (False, True)
    """
    return len(text) > 8 * most or short(text, most) != visible(text)


def fidelity_bins(thousandths: list[list[int]], width: int = _WIDTH) -> list[Record]:
    """Rows by fidelity in bins of one width from 0 to 1, before them those below 0.

    Parameters
    ----------
    thousandths : list of (int, int)
        R2 in thousandths, rounded down, and rows.
    width : int, default 50
        Of a bin, in thousandths.

    Examples
    --------
    >>> bins = fidelity_bins([[-300, 2], [849, 1], [1000, 4]])
    >>> [(one["low"], one["high"], one["rows"]) for one in bins if one["rows"]]
    [(None, 0.0, 2), (0.8, 0.85, 1), (0.95, 1.0, 4)]
    """
    rows = [0] * (1 + 1000 // width)
    for place, n in thousandths:
        rows[0 if place < 0 else 1 + min(place, 999) // width] += n
    ends: list[tuple[float | None, float]] = [(None, 0.0)]
    ends += [(low / 1000, (low + width) / 1000) for low in range(0, 1000, width)]
    return [{"low": low, "high": high, "rows": n} for (low, high), n in zip(ends, rows, strict=True)]


def table_bins(thousandths: list[list[int]]) -> list[tuple[str, int]]:
    """The same in tenths, the highest first, each with its name.

    Examples
    --------
    >>> table_bins([[849, 1]])[1]
    ('0.80 to 0.90', 1)
    """
    return [(_bin_name(one), one["rows"]) for one in reversed(fidelity_bins(thousandths, 100))]


def _bin_name(one: Record) -> str:
    if one["low"] is None:
        return say("below {high}", high=decimal(one["high"]))
    return say("{low} to {high}", low=decimal(one["low"]), high=decimal(one["high"]))


def report_link(row: Record, links: bool) -> str | None:
    """Where the full report of a row lies beside the page; None: there is none, or it lies elsewhere.

    Examples
    --------
    >>> report_link({"has_report": True, "text_sha256": 64 * "a"}, True)
    'reports/aaaaaaaaaaaaaaaa/report.html'
    """
    if not links or not row["has_report"] or not _DIGEST.fullmatch(row["text_sha256"]):
        return None
    return f"reports/{row['text_sha256'][:16]}/report.html"


def measured(row: Record) -> str:
    """The fidelity of a row with its interval.

    Examples
    --------
    >>> measured({"fidelity": 0.5, "fidelity_low": 0.4, "fidelity_high": 0.6}), measured({"fidelity": None})
    ('0.50 (0.40 to 0.60)', '–')
    """
    value = decimal(row["fidelity"])
    if row["fidelity"] is None or row["fidelity_low"] is None or row["fidelity_high"] is None:
        return value
    return f"{value} ({interval({'low': row['fidelity_low'], 'high': row['fidelity_high']})})"


def stated(batch: Record) -> list[tuple[str, Any]]:
    """What a batch states about itself, the model first; what is left at nothing is not told.

    Examples
    --------
    >>> stated({"model": {"name": "m"}, "settings": {"calls": 64, "budget": None}, "input": None})
    [('model', 'm'), ('calls', 64)]
    """
    # What is long is told last: the details of the model, and versions.
    model = {name: value for name, value in (batch.get("model") or {}).items() if name != "details"}
    details = (batch.get("model") or {}).get("details")
    told = [
        ("model" if name == "name" else name, model[name])
        for name in sorted(model, key=lambda one: (one != "name", one))
    ]
    told += sorted((batch.get("settings") or {}).items())
    told += [(name, batch.get(name)) for name in _STATED]
    told.append(("details", details))
    return [(name, value) for name, value in told if value not in (None, [], {}, "")]


def setting_value(value: Any) -> str:
    """A setting as it is stated.

    Examples
    --------
    >>> setting_value(None), setting_value(64), setting_value(True), setting_value(["a", "b"])
    ('–', '64', 'yes', 'a, b')
    >>> setting_value({"min_r2": 0.5})
    'min_r2 = 0.5'
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return short(", ".join(value), _LONGEST)
    if isinstance(value, dict):
        return short(", ".join(f"{name} = {_plain(one)}" for name, one in sorted(value.items())), _LONGEST)
    return short(_plain(value), _LONGEST)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
