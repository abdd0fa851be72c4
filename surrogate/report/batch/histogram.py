"""The distribution of fidelity as an SVG string."""

from __future__ import annotations

import math
from typing import Any

from surrogate.report.language import say
from surrogate.report.number_format import decimal
from surrogate.report.svg import Axis, Sheet

__all__ = ["fidelity_chart"]

Bins = list[dict[str, Any]]


def fidelity_chart(bins: Bins, needed: float | None = None, *, narrow: bool = False) -> str:
    """A histogram of rows by fidelity.

    Parameters
    ----------
    bins : list of dict
        As of :func:`~surrogate.report.batch.context.fidelity_bins`.
    needed : float, optional
        What the policy asks of the lower end of the interval of R2: marked by a line.
    narrow : bool, default False
        For a phone.

    Returns
    -------
    str
        ``<svg>``, coloured by the page's style sheet.

    Examples
    --------
    >>> from surrogate.report.batch.context import fidelity_bins
    >>> fidelity_chart(fidelity_bins([[800, 3]])).count("bar pro")
    1
    """
    width, height = (340.0, 210.0) if narrow else (912.0, 270.0)
    sheet = Sheet(width, height, _label(bins))
    step = _step(max(one["rows"] for one in bins), 3 if narrow else 4)
    most = step * max(1, math.ceil(max(one["rows"] for one in bins) / step))
    up = Axis(0.0, most, height - 46, 30.0)
    left, right = (46.0, width - 8) if narrow else (76.0, width - 12)
    bar = (right - left) / (len(bins) + 0.5)
    # Left of zero, with a gap, the bar of all that lies below it.
    across = Axis(0.0, 1.0, left + 1.5 * bar, right)
    _draw_frame(sheet, across, up, step, left, narrow)
    if bins[0]["rows"]:
        # On a phone it would run into the 0 of the axis.
        place, anchor = (left + bar - 6, "end") if narrow else (left + bar / 2, "middle")
        sheet.text(place, up(0) + 18, "<\u00a00", text_anchor=anchor, kind="small")
    for one in bins:
        _draw_bar(sheet, one, left if one["low"] is None else across(one["low"]), bar, up)
    if needed is not None and 0 < needed < 1:
        place = across(needed)
        sheet.add("line", x1=place, x2=place, y1=up.right - 8, y2=up(0), kind="ceiling")
        told = say("the policy asks for {number}", number=decimal(needed))
        sheet.text(place - 6, up.right - 10, told, text_anchor="end", kind="small halo")
    return str(sheet)


def _label(bins: Bins) -> str:
    fullest = max(bins, key=lambda one: (one["rows"], one["high"]))
    high = decimal(fullest["high"])
    where = say("below {high}", high=high)
    if fullest["low"] is not None:
        where = say("{low} to {high}", low=decimal(fullest["low"]), high=high)
    return say(
        "Histogram of rows by fidelity R²; the most have {where}. The table below gives the numbers.", where=where
    )


def _step(most: int, n_steps: int) -> float:
    """A round number of rows between two lines."""
    power = 10.0 ** max(0, math.floor(math.log10(max(most, 1) / n_steps)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * n_steps >= most)


def _draw_bar(sheet: Sheet, one: dict[str, Any], left: float, width: float, up: Axis) -> None:
    if not one["rows"]:
        return
    # Never too low to be seen: a single row among a million is there.
    high = min(up(one["rows"]), up(0) - 1.5)
    kind = "bar con" if one["low"] is None else "bar pro"
    sheet.add("rect", x=left + 1, y=high, width=width - 2, height=up(0) - high, kind=kind)


def _draw_frame(sheet: Sheet, across: Axis, up: Axis, step: float, left: float, narrow: bool) -> None:
    for number in range(round(up.high / step) + 1):
        line = up(number * step)
        sheet.add("line", x1=left - 4, x2=across.right, y1=line, y2=line, kind="grid")
        sheet.text(left - 10, line + 4.5, f"{int(number * step):,}", text_anchor="end", kind="small")
    sheet.text(left - 10, up.right - 14, say("rows"), text_anchor="end", kind="small")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0) if narrow else [number / 10 for number in range(11)]:
        anchor = "end" if tick == 1 else "middle"
        sheet.text(
            across(tick),
            up(0) + 18,
            "0" if tick == 0 else decimal(tick, 2 if narrow else 1),
            text_anchor=anchor,
            kind="small",
        )
    middle = (across.left + across.right) / 2
    sheet.text(middle, up(0) + 38, say("fidelity R²"), text_anchor="middle", kind="small")
