"""The terms of an explanation as a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surrogate.errors import InputError
from surrogate.report import words
from surrogate.report.marks import shown_models
from surrogate.report.visible import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from surrogate.explanation import Explanation

__all__ = ["plot_terms"]

_PRO, _CON = "#0b5cad", "#a8480a"


def plot_terms(explanation: Explanation) -> Figure:
    """A point and an interval per term, largest first.

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
        ``withheld`` when no sparse linear surrogate passed.

    Examples
    --------
    >>> import surrogate
    >>> explanation = surrogate.explain("pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                                 classes=["money", "other"], store=False)
    >>> len(plot_terms(explanation).axes)
    1
    """
    record = explanation.to_dict()
    members = shown_models(record, "linear")
    if not members:
        raise InputError(
            "withheld",
            "There are no terms to draw: no sparse linear surrogate passed the gate. The report says why and what would "
            "settle it.",
        )
    from matplotlib.figure import Figure

    model = members[0]["model"]
    figure = Figure(figsize=(8.0, 1.4 + 0.36 * len(model["terms"])), layout="constrained")
    axes = figure.add_subplot()
    names = [f"{number}  {words.term_name(record, term)}" for number, term in enumerate(model["terms"], 1)]
    _draw(axes, names, model["terms"])
    _label(axes, record, model["scale"])
    return figure


def _draw(axes: Axes, names: list[str], terms: list[dict[str, Any]]) -> None:
    axes.axvline(0.0, color="0.45", linewidth=1.0)
    for place, term in enumerate(terms):
        positive = term["coefficient"] >= 0
        color = _PRO if positive else _CON
        if term["low"] is not None:
            axes.plot([term["low"], term["high"]], [place, place], color=color, linewidth=2.0, solid_capstyle="butt")
        face = color if positive else "white"
        axes.plot(term["coefficient"], place, "o" if positive else "D", color=color, markerfacecolor=face, markersize=6)
    axes.set_yticks(range(len(names)), [shorten(name, 40) for name in names], parse_math=False)
    axes.set_ylim(len(names) - 0.5, -0.5)


def _label(axes: Axes, record: dict[str, Any], scale: str) -> None:
    decision = record["decision"]
    unit = "log-odds" if scale == "log_odds" else "probability"
    opposite = "all other labels" if decision["contrast"] is None else f"“{decision['contrast']}”"
    title = f"“{shorten(decision['target'], 30)}” against {shorten(opposite, 30)}"
    axes.set_title(title, loc="left", parse_math=False)
    axes.set_xlabel(f"Change in {unit} when the term holds, with 95 % interval")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
