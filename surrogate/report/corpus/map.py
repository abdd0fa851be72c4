"""The map of a corpus as an SVG string: documents by where they lie in the embeddings, concepts by their numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from surrogate.report.language import say
from surrogate.report.svg import Axis, Sheet
from surrogate.report.visible import shorten

__all__ = ["MOST_DECISIONS", "corpus_map"]

#: Decisions with a mark of their own; the others share one.
MOST_DECISIONS = 8

_WIDTH, _HEIGHT, _LEGEND = 912.0, 560.0, 22.0

#: Points further out than this many standard deviations are drawn at the edge.
_EDGE = 2.6


def corpus_map(plane: dict[str, Any]) -> str:
    """A point for each document, marked by what the model decides, and each concept's number at its centre.

    Parameters
    ----------
    plane : dict
        ``record["plane"]``.

    Returns
    -------
    str
        ``<svg>``; shapes tell decisions apart as well as colours, which the page's style sheet gives by class.

    Examples
    --------
    >>> drawing = corpus_map({"points": [[0.0, 1.0], [1.0, 0.0]], "concepts": [1, 1], "decisions": [0, 1], "classes": ["a", "b"]})
    >>> drawing.count('class="spot')
    4
    """
    counts = Counter(plane["decisions"])
    order = [number for number, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    marks = {number: min(place, MOST_DECISIONS) for place, number in enumerate(order)}
    rows = -(-min(len(order), MOST_DECISIONS + 1) // 3)
    label = say("Map of {n} documents; the table of concepts gives what lies where.", n=len(plane["points"]))
    sheet = Sheet(_WIDTH, _HEIGHT + _LEGEND * rows + 14, label)
    across, up = Axis(-_EDGE, _EDGE, 12.0, _WIDTH - 12.0), Axis(-_EDGE, _EDGE, _HEIGHT - 12.0, 12.0)
    sheet.add("rect", x=0.5, y=0.5, width=_WIDTH - 1, height=_HEIGHT - 1, kind="frame")
    places = [(across(_inside(x)), up(_inside(y))) for x, y in plane["points"]]
    for (x, y), decision in zip(places, plane["decisions"], strict=True):
        _spot(sheet, x, y, marks[decision], 3.0)
    _draw_concepts(sheet, places, plane["concepts"])
    _draw_legend(sheet, plane["classes"], order, counts)
    return str(sheet)


def _inside(value: float) -> float:
    return min(max(value, -_EDGE), _EDGE)


def _spot(sheet: Sheet, x: float, y: float, mark: int, size: float) -> None:
    """A circle, a square, a triangle or a diamond; filled for the first four marks."""
    kind = f"spot d{mark}"
    if mark % 4 == 0:
        sheet.add("circle", cx=x, cy=y, r=size, kind=kind)
        return
    corners = {
        1: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        2: [(0, -1.3), (1.2, 0.9), (-1.2, 0.9)],
        3: [(0, -1.4), (1.3, 0), (0, 1.4), (-1.3, 0)],
    }[mark % 4]
    points = " ".join(f"{x + size * across:.1f},{y + size * down:.1f}" for across, down in corners)
    sheet.add("polygon", points=points, kind=kind)


def _draw_concepts(sheet: Sheet, places: list[tuple[float, float]], concepts: list[int]) -> None:
    for number in sorted(set(concepts) - {0}):
        own = [place for place, concept in zip(places, concepts, strict=True) if concept == number]
        x, y = (sorted(values)[len(own) // 2] for values in zip(*own, strict=True))
        sheet.add("circle", cx=x, cy=y, r=12, kind="flag")
        sheet.text(x, y + 5, str(number), text_anchor="middle", kind="strong")


def _draw_legend(sheet: Sheet, classes: list[str], order: list[int], counts: Counter[int]) -> None:
    named = [(shorten(classes[number], 26), counts[number]) for number in order[:MOST_DECISIONS]]
    if len(order) > MOST_DECISIONS:
        named.append((say("other decisions"), sum(counts[number] for number in order[MOST_DECISIONS:])))
    for place, (name, count) in enumerate(named):
        x, y = 12.0 + (place % 3) * 300.0, _HEIGHT + 24.0 + (place // 3) * _LEGEND
        _spot(sheet, x, y - 4, place, 5.0)
        sheet.text(x + 14, y, f"{name} ({count:,})", kind="small")
