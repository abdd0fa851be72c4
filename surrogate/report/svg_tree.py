"""A rule tree as an SVG string: root at the left, leaves at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.report.grading import is_quotable, numbered
from surrogate.report.language import plural, say
from surrogate.report.marks import unit_name
from surrogate.report.nouns import label_name
from surrogate.report.number_format import percent
from surrogate.report.svg import Sheet
from surrogate.report.visible import shorten

__all__ = ["MAX_DEPTH", "tree_chart", "tree_depth"]

#: Deeper trees do not fit on a page from left to right; they are shown as an indented list.
MAX_DEPTH = 4

Record = dict[str, Any]

_WIDTH, _ROW, _LEAF_WIDTH, _BOX_HEIGHT = 912.0, 62.0, 240.0, 32.0
_CHARACTER = 8.0


@dataclass(frozen=True)
class _Place:
    """Where a node is drawn: left edge, middle, width of its box."""

    left: float
    middle: float
    width: float


def tree_depth(nodes: list[Record], number: int = 0) -> int:
    """Most questions on a path from the root to a leaf."""
    node = nodes[number]
    if node["unit"] is None:
        return 0
    return 1 + max(tree_depth(nodes, node["kept"]), tree_depth(nodes, node["removed"]))


def tree_chart(record: Record, member: Record) -> str:
    """A chart of a shown rule tree.

    Parameters
    ----------
    record : dict
    member : dict
        A surrogate of the record, of kind "tree", that is not withheld.

    Returns
    -------
    str
        ``<svg>``, coloured by the page's style sheet.
    """
    nodes = member["model"]["nodes"]
    rules = {rule["leaf"]: (number, rule) for number, rule in numbered(member["rules"])}
    places = _lay_out(nodes)
    height = _ROW * sum(node["unit"] is None for node in nodes)
    label = say("Drawing of the rule tree with {n} leaves; the list of rules says the same.", n=len(rules))
    sheet = Sheet(_WIDTH, height, label)
    for number, node in enumerate(nodes):
        if node["unit"] is not None:
            _draw_edge(sheet, places[number], places[node["kept"]], "kept")
            _draw_edge(sheet, places[number], places[node["removed"]], "removed")
    for number, node in enumerate(nodes):
        if node["unit"] is not None:
            _draw_question(sheet, places[number], unit_name(record, node["unit"]))
        elif number in rules:
            _draw_leaf(sheet, places[number], *rules[number], record["decision"])
    return str(sheet)


def _lay_out(nodes: list[Record]) -> dict[int, _Place]:
    depth = max(tree_depth(nodes), 1)
    column = (_WIDTH - _LEAF_WIDTH) / depth
    places: dict[int, _Place] = {}
    rows = iter(range(len(nodes)))

    def place(number: int, level: int) -> float:
        node = nodes[number]
        if node["unit"] is None:
            middle = _ROW * (next(rows) + 0.5)
            places[number] = _Place(_WIDTH - _LEAF_WIDTH, middle, _LEAF_WIDTH)
            return middle
        middle = (place(node["kept"], level + 1) + place(node["removed"], level + 1)) / 2
        places[number] = _Place(column * level, middle, min(column - 78.0, 170.0))
        return middle

    place(0, 0)
    return places


def _draw_edge(sheet: Sheet, parent: _Place, child: _Place, name: str) -> None:
    start, end = parent.left + parent.width, child.left
    bend = start + 14
    path = f"M{start:.1f} {parent.middle:.1f}H{bend:.1f}V{child.middle:.1f}H{end:.1f}"
    sheet.add("path", d=path, kind=f"edge {name}")
    sheet.text(bend + 5, child.middle - 5, say("kept") if name == "kept" else say("removed"), kind="small")


def _draw_question(sheet: Sheet, place: _Place, name: str) -> None:
    top = place.middle - _BOX_HEIGHT / 2
    sheet.add("rect", x=place.left + 0.75, y=top, width=place.width - 1.5, height=_BOX_HEIGHT, rx=5, kind="box")
    short = shorten(name, max(int((place.width - 14) / _CHARACTER), 5))
    sheet.text(place.left + place.width / 2, place.middle + 5, short, title=name, text_anchor="middle")


def _draw_leaf(sheet: Sheet, place: _Place, number: int, rule: Record, decision: Record) -> None:
    kind = "pro" if rule["consequent"] == decision["target"] else "con"
    if not is_quotable(rule):
        kind = "aside"
    top, height = place.middle - 24, 48
    sheet.add("rect", x=place.left + 0.75, y=top, width=place.width - 1.5, height=height, rx=5, kind=f"leaf {kind}")
    label = label_name(decision, rule["consequent"])
    facts = f"{percent(rule['probability'])} · {plural('{n} copy', '{n} copies', rule['support'])}"
    sheet.text(place.left + 14, place.middle - 4, f"R{number}  {shorten(label, 24)}", title=label, kind="strong")
    told = facts if is_quotable(rule) else f"{facts} · {say('not reportable')}"
    sheet.text(place.left + 14, place.middle + 15, told, kind="small")
