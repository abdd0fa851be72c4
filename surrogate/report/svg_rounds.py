"""The learning curve as an SVG string: fidelity against calls, one line per surrogate."""

from __future__ import annotations

import math

from surrogate.report.language import say
from surrogate.report.number_format import decimal
from surrogate.report.svg import Axis, Sheet
from surrogate.report.visible import shorten

__all__ = ["rounds_chart"]

Points = list[tuple[int, float]]

#: Fidelity below this is not drawn: it would press the rest together; the table has the number.
_LOWEST = -0.5

_SHAPES = ("circle", "diamond", "square")
_GAP = 17.0


def rounds_chart(curves: dict[str, Points], *, ceiling: float | None = None, narrow: bool = False) -> str:
    """A chart of fidelity by the number of calls.

    Parameters
    ----------
    curves : dict of str to list of (int, float)
        Calls and R2 of each round, by the title of the surrogate.
    ceiling : float, optional
        The R2 that the model's own repeated answers allow.
    narrow : bool, default False
        For a phone: titles below the chart instead of beside the lines.

    Returns
    -------
    str
        ``<svg>``, coloured by the page's style sheet.

    Examples
    --------
    >>> chart = rounds_chart({"Rule tree": [(64, 0.4), (128, 0.7)]})
    >>> chart.count("<circle")
    3
    """
    drawn = {title: [point for point in points if point[1] >= _LOWEST] for title, points in curves.items()}
    width, height = (340.0, 220.0) if narrow else (912.0, 260.0)
    below = 22.0 * len(drawn) if narrow else 0.0
    label = say("Chart of fidelity R² by the number of calls; the table below gives the numbers.")
    sheet = Sheet(width, height + below, label)
    across, up = _axes(drawn, ceiling, narrow, height)
    _draw_frame(sheet, across, up, sorted({calls for points in drawn.values() for calls, _ in points}))
    if ceiling is not None:
        sheet.add("line", x1=across.left, x2=across.right, y1=up(ceiling), y2=up(ceiling), kind="ceiling")
        sheet.text(across.left + 4, up(ceiling) - 5, say("as far as repeated answers allow"), kind="small halo")
    for number, points in enumerate(drawn.values()):
        _draw_line(sheet, [(across(math.log2(calls)), up(r2)) for calls, r2 in points], number)
    _draw_titles(sheet, drawn, up, across.right, height, narrow)
    return str(sheet)


def _axes(drawn: dict[str, Points], ceiling: float | None, narrow: bool, height: float) -> tuple[Axis, Axis]:
    """Calls on a scale on which a doubling is one step, and R2 from its lowest (at most 0) to 1."""
    calls = [math.log2(number) for points in drawn.values() for number, _ in points] or [0.0]
    lowest = min([0.0, *(r2 for points in drawn.values() for _, r2 in points), *([] if ceiling is None else [ceiling])])
    low = math.floor(4 * lowest) / 4
    ends = (40.0, 326.0) if narrow else (52.0, 660.0)
    return Axis(min(calls), max(max(calls), min(calls) + 1), *ends), Axis(low, 1.0, height - 44, 26.0)


def _draw_frame(sheet: Sheet, across: Axis, up: Axis, calls: list[int]) -> None:
    for step in range(round(4 * up.low), 5):
        value = step / 4
        sheet.add("line", x1=across.left - 6, x2=across.right + 8, y1=up(value), y2=up(value), kind="grid")
        sheet.text(across.left - 12, up(value) + 4.5, decimal(value), text_anchor="end", kind="small")
    sheet.text(across.left - 12, up.right - 14, "R²", text_anchor="end", kind="small")
    written = -math.inf
    for number in calls:
        place = across(math.log2(number))
        if place - written >= 34:
            sheet.text(place, up(up.low) + 18, f"{number:,}", text_anchor="middle", kind="small")
            written = place
    sheet.text((across.left + across.right) / 2, up(up.low) + 38, say("calls"), text_anchor="middle", kind="small")


def _draw_line(sheet: Sheet, places: list[tuple[float, float]], number: int) -> None:
    """Told apart by dashes and by the shape of the points, not by colour."""
    if places:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        sheet.add("polyline", points=path, kind=f"curve c{number % len(_SHAPES)}")
    for x, y in places:
        _draw_point(sheet, x, y, number)


def _draw_point(sheet: Sheet, x: float, y: float, number: int) -> None:
    shape, kind = _SHAPES[number % len(_SHAPES)], f"dot c{number % len(_SHAPES)}"
    if shape == "circle":
        sheet.add("circle", cx=x, cy=y, r=4.5, kind=kind)
    elif shape == "square":
        sheet.add("rect", x=x - 4, y=y - 4, width=8, height=8, kind=kind)
    else:
        corners = [(x - 5.5, y), (x, y - 5.5), (x + 5.5, y), (x, y + 5.5)]
        sheet.add("polygon", points=" ".join(f"{left:.1f},{top:.1f}" for left, top in corners), kind=kind)


def _draw_titles(sheet: Sheet, drawn: dict[str, Points], up: Axis, right: float, height: float, narrow: bool) -> None:
    """Each title beside the end of its line, moved apart where lines end close together; on a phone below the chart."""
    ends = [(up(points[-1][1]), number, title) for number, (title, points) in enumerate(drawn.items()) if points]
    lowest = -math.inf
    for place, (end, number, title) in enumerate(sorted(ends)):
        line = height + 22.0 * place + 6 if narrow else max(end, lowest + _GAP)
        left = 40.0 if narrow else right + 26
        lowest = line
        _draw_point(sheet, left, line, number)
        sheet.text(left + 14, line + 4.5, shorten(title, 30), title=title)
