"""The text cut into pieces, each with what the shown surrogate says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Piece", "copy_pieces", "mark_text", "shown_models", "unit_name"]

#: Texts with more units than this have long kept passages of their altered copies shortened.
_LONG_TEXT = 80

#: Kept units shown on either side of a removed one in a long text.
_CONTEXT = 8

Record = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A piece of the text: one unit, or what stands between two.

    Parameters
    ----------
    text : str
    unit : int or None
        Position of the unit; None between units.
    sign : {1, -1, 0}
        Whether its presence speaks for the target or against it; 0: no shown term names it.
    strength : {0, 1, 2, 3}
        In thirds of the largest coefficient.
    numbers : tuple of str
        Numbers of the terms that name it, each with the sign of its coefficient.
    asked : bool
        Whether a shown rule tree asks about it.
    removed : bool
        Removed in the altered copy that is shown.

    Examples
    --------
    >>> Piece("card", 3, sign=1, strength=3, numbers=("+1",)).marked
    True
    """

    text: str
    unit: int | None = None
    sign: int = 0
    strength: int = 0
    numbers: tuple[str, ...] = ()
    asked: bool = False
    removed: bool = False

    @property
    def marked(self) -> bool:
        """Whether a shown term names it."""
        return bool(self.numbers)


def shown_models(record: Record, kind: str) -> list[Record]:
    """The surrogates of a kind that passed and are in the record."""
    return [member for member in record["surrogates"] if member["kind"] == kind and member["model"] is not None]


def unit_name(record: Record, unit: int) -> str:
    """A unit as it stands in the text, in quotes; told apart where the same word occurs several times.

    Examples
    --------
    >>> unit_name({"document": {"text": "the card, the", "units": [[0, 3], [4, 8], [8, 9], [10, 13]]}}, 3)
    '“the” (2nd)'
    """
    text, spans = record["document"]["text"], record["document"]["units"]
    words = [text[start:end] for start, end in spans]
    word = words[unit]
    if words.count(word) == 1:
        return f"“{word}”"
    return f"“{word}” ({_ordinal(words[: unit + 1].count(word))})"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def mark_text(record: Record) -> list[Piece]:
    """The whole text, with the units marked that the shown surrogates name."""
    models = shown_models(record, "linear")
    named = _named(models[0]["model"]["terms"]) if models else {}
    asked = {node["unit"] for member in shown_models(record, "tree") for node in member["model"]["nodes"]}
    largest = max((abs(net) for net, _ in named.values()), default=0.0)
    pieces = []
    for piece in _pieces(record):
        net, numbers = named.get(piece.unit, (0.0, ()))
        sign = (net > 0) - (net < 0)
        pieces.append(
            Piece(piece.text, piece.unit, sign, _strength(net, largest), tuple(numbers), piece.unit in asked - {None})
        )
    return pieces


def _named(terms: Iterable[Record]) -> dict[int | None, tuple[float, list[str]]]:
    """By unit: what its presence adds by itself, and the numbers of the terms that say so.

    A unit that stands only in terms of several words is marked by those.
    """
    numbered = list(enumerate(terms, 1))
    alone = {term["literals"][0]["unit"] for _, term in numbered if len(term["literals"]) == 1}
    named: dict[int | None, tuple[float, list[str]]] = {}
    for number, term in numbered:
        coefficient = term["coefficient"]
        for literal in term["literals"]:
            if len(term["literals"]) > 1 and literal["unit"] in alone:
                continue
            net, numbers = named.setdefault(literal["unit"], (0.0, []))
            numbers.append(f"{'+' if coefficient >= 0 else chr(0x2212)}{number}")
            named[literal["unit"]] = (net + (coefficient if literal["kept"] else -coefficient), numbers)
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


def copy_pieces(record: Record, removed: Iterable[int]) -> list[Piece]:
    """The text with the removed units flagged; in a long text, kept passages far from any removed unit become "[…]"."""
    gone = set(removed)
    pieces = [Piece(piece.text, piece.unit, removed=piece.unit in gone) for piece in _pieces(record)]
    if len(record["document"]["units"]) <= _LONG_TEXT:
        return pieces
    near = {unit + step for unit in gone for step in range(-_CONTEXT, _CONTEXT + 1)}
    short: list[Piece] = []
    unit = -1
    for piece in pieces:
        unit = unit if piece.unit is None else piece.unit
        if unit in near:
            short.append(piece)
        elif not short or short[-1].text != " […] ":
            short.append(Piece(" […] "))
    return short
