"""The chart of a sparse linear surrogate as an SVG string: a point and an interval per term, and a zero line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET  # Only builds elements; nothing is parsed.

from surrogate.report.language import message, plural, say
from surrogate.report.letters import letters
from surrogate.report.number_format import decimal, signed
from surrogate.report.visible import shorten, visible

__all__ = ["Axis", "Sheet", "terms_chart"]

#: Width of a small letter, generously, in pixels; wide ones, such as Chinese, take twice as much.
_CHARACTER = 7.0

#: Text alternative, and name of the axis, by whether numbers are log-odds.
_LABELS = {
    True: message("Chart of {drawn} with 95 % intervals in log-odds; the table gives the numbers."),
    False: message("Chart of {drawn} with 95 % intervals in probability; the table gives the numbers."),
}
_UNITS = {True: message("log-odds, with 95 % interval"), False: message("probability, with 95 % interval")}


class Sheet:
    """An SVG drawing of fixed size; every text goes through the serialiser's escaping.

    Parameters
    ----------
    width, height : float
        Pixels at scale one.
    label : str
        Text alternative.

    Examples
    --------
    >>> sheet = Sheet(10, 10, "A <dot>")
    >>> sheet.add("circle", cx=5, cy=5, r=1.25)
    >>> str(sheet)
    '<svg viewBox="0 0 10 10" role="img" aria-label="A &lt;dot&gt;" style="max-width:10px"><circle cx="5" cy="5" r="1.2" /></svg>'
    """

    def __init__(self, width: float, height: float, label: str) -> None:
        size = f"{_number(width)} {_number(height)}"
        self.root = ET.Element("svg", {"viewBox": f"0 0 {size}", "role": "img", "aria-label": visible(label)})
        self.root.set("style", f"max-width:{_number(width)}px")

    def add(self, tag: str, **attributes: Any) -> None:
        """Add a shape; ``kind`` becomes its class."""
        ET.SubElement(self.root, tag, _attributes(attributes))

    def text(self, x: float, y: float, content: str, title: str = "", **attributes: Any) -> None:
        """Add a text with, if need be, a fuller one as its title."""
        element = ET.SubElement(self.root, "text", _attributes({"x": x, "y": y, **attributes}))
        if title and title != content:
            ET.SubElement(element, "title").text = visible(title)
            element[0].tail = visible(content)
        else:
            element.text = visible(content)

    def __str__(self) -> str:
        return ET.tostring(self.root, encoding="unicode")


def _attributes(values: dict[str, Any]) -> dict[str, str]:
    names = {"kind": "class"}
    return {
        names.get(name, name.replace("_", "-")): value if isinstance(value, str) else _number(value)
        for name, value in values.items()
    }


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Axis:
    """Linear map from values to pixels.

    Parameters
    ----------
    low, high : float
        Values at the ends.
    left, right : float
        Their places, in pixels.

    Examples
    --------
    >>> Axis(0.0, 1.0, 10.0, 30.0)(0.5)
    20.0
    """

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """Place of a value, in pixels."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def terms_chart(
    names: list[str],
    terms: list[dict[str, Any]],
    target: str,
    *,
    scale: str,
    narrow: bool = False,
    drawn: str | None = None,
    notes: Sequence[str] = (),
    bars: bool = False,
) -> str:
    """A chart of terms, or of other signed numbers, with their intervals.

    Parameters
    ----------
    names : list of str
        One per term.
    terms : list of dict
        Terms of a record.
    target : str
    scale : {"log_odds", "probability"}
    narrow : bool, default False
        For a phone: names above the intervals instead of beside them.
    drawn : str, optional
        How many of what are drawn; terms unless given.
    notes : sequence of str, optional
        A word for each, beside its number; none where it is empty.
    bars : bool, default False
        Bars from zero, for numbers that are shares of a whole.

    Returns
    -------
    str
        ``<svg>``; it has no fixed colours, the page's style sheet gives them by class.
    """
    width, row, top = (340.0, 46.0, 22.0) if narrow else (912.0, 32.0, 28.0)
    bottom = top + row * len(terms)
    ticks = _ticks(terms)
    axis = Axis(ticks[0], ticks[-1], *((14.0, 326.0) if narrow else (270.0, 830.0)))
    drawn = plural("{n} term", "{n} terms", len(terms)) if drawn is None else drawn
    is_odds = scale == "log_odds"
    sheet = Sheet(width, bottom + 44, say(_LABELS[is_odds], drawn=drawn))
    _draw_axis(sheet, axis, ticks, top, bottom, target, say(_UNITS[is_odds]))
    for number, (name, term) in enumerate(zip(names, terms, strict=True), 1):
        line = top + row * (number - 1) + (32.0 if narrow else row / 2)
        _draw_name(sheet, f"{number}  {name}", term, line, narrow)
        if notes and notes[number - 1]:
            x, y = (286.0, line - 14) if narrow else (862.0, line + 4.5)
            sheet.text(x, y, notes[number - 1], text_anchor="end", kind="small")
        if bars:
            _draw_bar(sheet, axis, term, line)
        _draw_term(sheet, axis, term, line)
    return str(sheet)


def _draw_axis(sheet: Sheet, axis: Axis, ticks: list[float], top: float, bottom: float, target: str, unit: str) -> None:
    for tick in ticks:
        sheet.add("line", x1=axis(tick), x2=axis(tick), y1=top, y2=bottom, kind="zero" if tick == 0 else "grid")
        sheet.text(axis(tick), bottom + 16, _tick_label(tick, ticks), text_anchor="middle", kind="small")
    sheet.text((axis.left + axis.right) / 2, bottom + 36, unit, text_anchor="middle", kind="small")
    name = shorten(target, 18)
    against, towards = say("← against “{label}”", label=name), say("for “{label}” →", label=name)
    if axis(0.0) > _width(against) + 8:
        sheet.text(axis(0.0) - 8, top - 9, against, text_anchor="end", kind="small")
    if axis.right - axis(0.0) > _width(towards) + 8:
        sheet.text(axis(0.0) + 8, top - 9, towards, kind="small")


def _width(text: str) -> float:
    """Width of a small text, in pixels."""
    return _CHARACTER * letters(text)


def _draw_name(sheet: Sheet, name: str, term: dict[str, Any], line: float, narrow: bool) -> None:
    value = signed(term["coefficient"])
    if narrow:
        sheet.text(0, line - 14, shorten(name, 32), title=name, kind="halo")
        sheet.text(340, line - 14, value, text_anchor="end", kind="halo value")
    else:
        sheet.text(0, line + 4.5, shorten(name, 34), title=name)
        sheet.text(912, line + 4.5, value, text_anchor="end", kind="value")


def _draw_bar(sheet: Sheet, axis: Axis, term: dict[str, Any], line: float) -> None:
    start, end = sorted([axis(0.0), axis(term["coefficient"])])
    sign = "pro" if term["coefficient"] >= 0 else "con"
    sheet.add("rect", x=start, y=line - 8, width=end - start, height=16, kind=f"bar {sign}")


def _draw_term(sheet: Sheet, axis: Axis, term: dict[str, Any], line: float) -> None:
    sign = "pro" if term["coefficient"] >= 0 else "con"
    place = axis(term["coefficient"])
    if term["low"] is not None and term["high"] is not None:
        low, high = axis(term["low"]), axis(term["high"])
        sheet.add("line", x1=low, x2=high, y1=line, y2=line, kind=f"range {sign}")
        for end in (low, high):
            sheet.add("line", x1=end, x2=end, y1=line - 5, y2=line + 5, kind=f"range {sign}")
    if sign == "pro":
        sheet.add("circle", cx=place, cy=line, r=5, kind="point pro")
    else:
        # Another shape as well as another colour: the sign is readable in black and white.
        corners = [(place - 6, line), (place, line - 6), (place + 6, line), (place, line + 6)]
        sheet.add("polygon", points=" ".join(f"{_number(x)},{_number(y)}" for x, y in corners), kind="point con")


def _ticks(terms: list[dict[str, Any]]) -> list[float]:
    """Round values that hold zero, every coefficient and every interval."""
    ends = [term[key] for term in terms for key in ("low", "high", "coefficient") if term[key] is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / 6)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(step * number, 10) for number in range(first, last + 1)]


def _tick_label(tick: float, ticks: list[float]) -> str:
    step = ticks[1] - ticks[0]
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return "0" if tick == 0 else signed(tick, digits) if tick > 0 else decimal(tick, digits)
