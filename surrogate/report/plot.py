"""The terms of an explanation, or its Shapley values, as a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surrogate.errors import InputError
from surrogate.report import attributions, grading, words
from surrogate.report.marks import shown_models, unit_name
from surrogate.report.visible import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from surrogate.explanation import Explanation

__all__ = ["plot_terms"]

_PRO, _CON, _ASIDE = "#0b5cad", "#a8480a", "0.55"

Record = dict[str, Any]


def plot_terms(explanation: Explanation) -> Figure:
    """A point and an interval per term, largest first; those that are not reportable last, in grey.

    Where no sparse linear surrogate is shown, the Shapley values are drawn, if they are.

    Parameters
    ----------
    explanation : Explanation

    Returns
    -------
    matplotlib.figure.Figure
        Made without pyplot: no global figure is opened, none is closed.

    Raises
    ------
    InputError
        ``withheld`` when neither passed.

    Examples
    --------
    >>> import surrogate
    >>> explanation = surrogate.explain("pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                                 classes=["money", "other"], store=False)
    >>> len(plot_terms(explanation).axes)
    1
    """
    record = explanation.to_dict()
    lines, scale = _lines(record)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 1.4 + 0.36 * len(lines)), layout="constrained")
    axes = figure.add_subplot()
    _draw(axes, lines)
    _label(axes, record, scale)
    return figure


def _lines(record: Record) -> tuple[list[tuple[str, Record, bool]], str]:
    """Name, numbers, and whether it may be quoted, of each line; and the scale."""
    for member in shown_models(record, "linear")[:1]:
        lines = []
        for number, term in grading.numbered(member["model"]["terms"]):
            grade = grading.grade(term)
            note = f" ({grade})" if grade in ("weak", "not reportable") else ""
            name = f"{number}  {shorten(words.term_name(record, term, 40), 40)}{note}"
            lines.append((name, term, grading.is_quotable(term)))
        return lines, member["model"]["scale"]
    for member in shown_models(record, "shapley")[:1]:
        rows = attributions.shown_values(member["model"])
        named = [(f"{row['number']}  {shorten(unit_name(record, row['unit']), 40)}", row, True) for row in rows]
        return named, member["model"]["scale"]
    raise InputError(
        "withheld",
        "There is nothing to draw: no sparse linear surrogate and no Shapley values passed the gate. The report says why and "
        "what would settle it.",
    )


def _draw(axes: Axes, lines: list[tuple[str, Record, bool]]) -> None:
    axes.axvline(0.0, color="0.45", linewidth=1.0)
    for place, (_, term, quotable) in enumerate(lines):
        positive = term["coefficient"] >= 0
        color = (_PRO if positive else _CON) if quotable else _ASIDE
        if term["low"] is not None:
            axes.plot([term["low"], term["high"]], [place, place], color=color, linewidth=2.0, solid_capstyle="butt")
        face = color if positive else "white"
        axes.plot(term["coefficient"], place, "o" if positive else "D", color=color, markerfacecolor=face, markersize=6)
    axes.set_yticks(range(len(lines)), [name for name, _, _ in lines], parse_math=False)
    axes.set_ylim(len(lines) - 0.5, -0.5)


def _label(axes: Axes, record: Record, scale: str) -> None:
    decision = record["decision"]
    unit = "log-odds" if scale == "log_odds" else "probability"
    opposite = "all other labels" if decision["contrast"] is None else f"“{decision['contrast']}”"
    title = f"“{shorten(decision['target'], 30)}” against {shorten(opposite, 30)}"
    axes.set_title(title, loc="left", parse_math=False)
    what = "Change" if shown_models(record, "linear") else "Shapley value: average change"
    condition = "the term holds" if shown_models(record, "linear") else "it joins"
    axes.set_xlabel(f"{what} in {unit} when {condition}, with 95 % interval")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
