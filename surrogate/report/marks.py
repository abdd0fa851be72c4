"""The text cut into pieces, each with what the shown surrogate says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from surrogate.report.attributions import clear_values
from surrogate.report.excerpts import Piece, in_excerpts, is_long, merged
from surrogate.report.grading import quotable
from surrogate.report.groups import spread
from surrogate.report.language import message, say
from surrogate.report.visible import shorten

__all__ = ["KINDS", "Piece", "copy_pieces", "framed", "mark_text", "marked_by", "shown_models", "unit_name"]

#: Kinds of surrogate, each with a section of its own.
KINDS = ("linear", "tree", "rule_set", "anchor", "shapley")

#: Longest name of a unit; sentences and paragraphs are cut in the middle, since the text stands in the report.
_LONG_NAME = 80

Record = dict[str, Any]


def shown_models(record: Record, kind: str) -> list[Record]:
    """The surrogates of a kind that passed and are in the record."""
    return [member for member in record["surrogates"] if member["kind"] == kind and member["model"] is not None]


def unit_name(record: Record, unit: int, longest: int = _LONG_NAME) -> str:
    """A unit as it stands in the text, in quotes; told apart where the same one occurs several times.

    Examples
    --------
    >>> unit_name({"document": {"text": "the card, the", "units": [[0, 3], [4, 8], [8, 9], [10, 13]]}}, 3)
    '“the” (2nd)'
    """
    text, spans = record["document"]["text"], record["document"]["units"]
    names = [_on_one_line(text[start:end], longest) for start, end in spans]
    name = names[unit]
    if names.count(name) == 1:
        return f"“{name}”"
    number = names[: unit + 1].count(name)
    return say("“{name}” ({ordinal})", name=name, ordinal=_ordinal(number))


def _on_one_line(text: str, longest: int) -> str:
    return shorten(text, longest) if len(text) > longest or "\n" in text else text


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return say("{n}th", n=number)
    last = {1: message("{n}st"), 2: message("{n}nd"), 3: message("{n}rd")}
    return say(last.get(number % 10, "{n}th"), n=number)


def marked_by(record: Record) -> str | None:
    """Which kind of surrogate the marks in the text are from; None: nothing is marked."""
    for kind, units in _sources(record).items():
        if units:
            return kind
    return None


def _sources(record: Record) -> dict[str, Any]:
    """What can be marked, by kind of surrogate, the first that has anything being used: signed units, or plain ones."""
    linear, shapley = shown_models(record, "linear"), shown_models(record, "shapley")
    clauses = [rule["literals"] for member in shown_models(record, "rule_set") for rule in member["rules"]]
    nodes = [node for member in shown_models(record, "tree") for node in member["model"]["nodes"]]
    return {
        "linear": _spoken(linear[0]["model"]) if linear else {},
        "shapley": _valued(shapley[0]["model"]) if shapley else {},
        "rule_set": {literal["unit"] for literals in clauses for literal in literals},
        "tree": {node["unit"] for node in nodes} - {None},
        "anchor": {unit for member in shown_models(record, "anchor") for unit in _held(member["model"])},
    }


def mark_text(record: Record) -> list[Piece]:
    """The whole text, with the units marked that the shown surrogates name."""
    marks = _sources(record).get(marked_by(record) or "", {})
    named = marks if isinstance(marks, dict) else {}
    largest = max((abs(net) for net, _ in named.values()), default=0.0)
    pieces = []
    for piece in _pieces(record):
        net, numbers = named.get(piece.unit, (0.0, ()))
        sign = (net > 0) - (net < 0)
        asked = not named and piece.unit in marks
        pieces.append(Piece(piece.text, piece.unit, sign, _strength(net, largest), tuple(numbers), asked))
    return pieces


def _valued(model: Record) -> dict[int, tuple[float, list[str]]]:
    """By unit: its Shapley value, where that is clear of zero, and its number."""
    return {
        row["unit"]: (row["coefficient"], [f"{_sign(row['coefficient'])}{row['number']}"])
        for row in clear_values(model)
    }


def _held(model: Record) -> list[int]:
    """The units of a confirmed anchor."""
    chosen = model["chosen"]
    return [] if chosen is None else [literal["unit"] for literal in model["candidates"][chosen]["literals"]]


def _sign(number: float) -> str:
    return "+" if number >= 0 else chr(0x2212)


def _spoken(model: Record) -> dict[int, tuple[float, list[str]]]:
    """By unit: what it adds, and its number; where words stand in groups, the numbers of the groups."""
    if not model["effects"]:
        return _named(quotable(model["terms"]))
    return {
        effect["unit"]: (effect["coefficient"], [f"{_sign(effect['coefficient'])}{number}"])
        for number, effect in quotable(model["effects"])
    }


def _named(numbered: list[tuple[int, Record]]) -> dict[int, tuple[float, list[str]]]:
    """By unit: what its presence adds by itself, and the numbers of the terms that say so.

    A unit that stands only in terms of several words is marked by those.
    """
    alone = {unit for _, term in numbered if len(term["literals"]) == 1 for unit in spread(term)}
    named: dict[int, tuple[float, list[str]]] = {}
    for number, term in numbered:
        coefficient = term["coefficient"]
        for unit, part in spread(term).items():
            if len(term["literals"]) > 1 and unit in alone:
                continue
            net, numbers = named.setdefault(unit, (0.0, []))
            numbers.append(f"{_sign(coefficient)}T{number}")
            named[unit] = (net + part, numbers)
    return named


def _strength(net: float, largest: float) -> int:
    return 0 if net == 0 else 1 + int(abs(net) >= largest / 3) + int(abs(net) >= 2 * largest / 3)


def _pieces(record: Record) -> list[Piece]:
    text, end, pieces = record["document"]["text"], 0, []
    for unit, (start, stop) in enumerate(record["document"]["units"]):
        if start > end:
            pieces.append(Piece(text[end:start]))
        pieces.append(Piece(text[start:stop], unit))
        end = stop
    return [*pieces, Piece(text[end:])] if end < len(text) else pieces


def framed(record: Record) -> bool:
    """Whether something other than white space stands between the units: keys, labels."""
    return any(piece.unit is None and piece.text.strip() for piece in _pieces(record))


def copy_pieces(record: Record, removed: Iterable[int]) -> list[Piece]:
    """The text with the removed units flagged; of a long text, what is near to them."""
    gone = set(removed)
    pieces = [Piece(piece.text, piece.unit, removed=piece.unit in gone) for piece in _pieces(record)]
    if not is_long(record):
        return pieces
    pieces = merged(pieces)
    return in_excerpts(pieces, [piece.removed for piece in pieces])
