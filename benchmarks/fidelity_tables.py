"""The tables of the fidelity benchmark, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks import fidelity_bars as bars
from benchmarks.fidelity_measure import COLUMNS, OURS
from benchmarks.fidelity_ours import FORMS

Rows = list[dict[str, Any]]

HEAD = (
    "method", "size", "calls sent", "distinct", "R2, LIME's kernel, probability", "R2, unweighted, probability",
    "R2, unweighted, log-odds", "seconds", "outside the model", "top-5 Jaccard",
)  # fmt: skip


def group_table(rows: Rows) -> list[str]:
    """One group's table: medians over its texts, a line for each method and form."""
    lines = []
    n_texts = len({row["number"] for row in rows})
    for method, form in dict.fromkeys((row["method"], row["form"]) for row in rows):
        own = [row for row in rows if (row["method"], row["form"]) == (method, form)]
        lines.append(_method_line(method, form, own, n_texts))
    return table(HEAD, lines)


def _method_line(method: str, form: str, rows: Rows, n_texts: int) -> list[str]:
    told = [row for row in rows if "note" not in row]
    name = _name(method, form)
    if not told:
        return [f"{name}: {rows[0]['note']}", *["–"] * (len(HEAD) - 1)]
    n_told = len({row["number"] for row in told})
    timed = [row for row in told if row.get("given") == ("log_odds" if method.startswith(OURS) else "probability")]
    return [
        name if n_told == n_texts else f"{name} ({n_told} texts)",
        number(bars.median(row.get("size_shown") for row in told), 0),
        number(bars.median(row.get("sent") for row in timed), 0),
        number(bars.median(row.get("distinct") for row in timed), 0),
        *(number(bars.median(row.get(column) for row in told)) for column in COLUMNS),
        number(bars.median(row.get("seconds") for row in timed)),
        number(bars.median(row["seconds"] - row["model_seconds"] for row in timed if "seconds" in row)),
        number(bars.median(row.get("jaccard") for row in told)),
    ]


def _name(method: str, form: str) -> str:
    if method == "reference":
        return f"*reference: {FORMS[form]}, many answers known*"
    if method.startswith(OURS):
        return f"**ours, {FORMS[form]}, {method.split(', ')[1]} calls**"
    return method if form == "as given" else f"{method}, {form}"


def bars_table(rows: Rows) -> list[str]:
    """Calls and time to the fidelity of the largest lime, with the bars."""
    lines = []
    for model, size in bars.groups(rows):
        own = bars.of_group(rows, model, size)
        if size not in bars.MOST_CALLS or not any(row["method"].startswith("lime,") for row in own):
            continue
        for form, shown in FORMS.items():
            for measure in bars.MEASURES:
                lines.append(_bar_line(model, size, own, form, shown, measure))
    least = [f"{factor:g}" for factor in bars.LEAST_FACTORS.values()]
    head = (
        "model, texts", "shown", "measure", "median calls", "bar", "share of texts within the bar",
        f"times faster than lime at the most samples (bar {least[0]})", f"than lime at 500 (bar {least[1]})",
        "the same if lime's repeats were read once",
    )  # fmt: skip
    return table(head, lines)


def _bar_line(model: str, size: str, rows: Rows, form: str, shown: str, measure: str) -> list[str]:
    texts, limit = bars.reached(rows, form, measure), bars.MOST_CALLS[size]
    calls = bars.median(text.n_calls for text in texts)
    samples = bars.largest_lime(rows)
    factors = {n: bars.median_factor(texts, n) for n in (samples, 500)}
    once = [bars.median_factor(texts, n, distinct=True) for n in (samples, 500)]
    return [
        f"{model}, {size}, {len(texts)}",
        shown,
        measure,
        _judged("more than measured" if math.isinf(calls) else f"{calls:g}", calls <= limit),
        f"{limit}",
        f"{100 * bars.share_within(texts, limit):.0f} %",
        _judged(f"{factors[samples]:.1f}", factors[samples] >= bars.LEAST_FACTORS[5000]),
        _judged(f"{factors[500]:.1f}", factors[500] >= bars.LEAST_FACTORS[500]),
        ", ".join(f"{factor:.1f}" for factor in once),
    ]


def _judged(text: str, good: bool) -> str:
    return text if good else f"{text} (missed)"


def number(value: float, decimals: int = 2) -> str:
    """A number for a table; a dash where there is none."""
    return "–" if math.isnan(value) else f"{round(value, decimals) + 0.0:.{decimals}f}"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return [f"| {' | '.join(row)} |" for row in rows]
