"""rules.py: a program of the standard library with the rules as literals."""

from __future__ import annotations

from surrogate.exporting.heading import Heading
from surrogate.exporting.logic import DecisionTable, Scorecard
from surrogate.exporting.members import Member
from surrogate.exporting.python_parts import HEAD, READ, SCORES, TABLE

__all__ = ["write_python"]


def write_python(member: Member, heading: Heading) -> bytes:
    """The program of a surrogate.

    What people wrote stands in it only as ``repr`` of strings: nothing of it can run, and hidden characters are escaped.

    Parameters
    ----------
    member : Member
    heading : Heading

    Examples
    --------
    >>> "import csv" in HEAD
    True
    """
    table = member.logic
    lines = [
        f"REPORT = {{{_pairs(member, heading)}}}",
        "CLASSES = (",
        *(f"    {label!r}," for label in table.classes),
        ")",
        "# Name of the column, and of the feature in it.",
        "COLUMNS = (",
        *(f"    ({column.name!r}, {column.feature.name!r})," for column in table.columns),
        ")",
        *(_rules(table) if isinstance(table, DecisionTable) else _scores(table)),
    ]
    runs = TABLE if isinstance(table, DecisionTable) else SCORES
    return (HEAD + "\n".join(lines) + "\n" + runs + READ).encode("utf-8")


def _pairs(member: Member, heading: Heading) -> str:
    said = {"record_sha256": heading.sha256, "model": heading.model, "surrogate": member.name, "banner": heading.banner}
    return ", ".join(f"{key!r}: {value!r}" for key, value in said.items())


def _rules(table: DecisionTable) -> list[str]:
    rows = [f"    ({row.id!r}, {row.class_index!r}, {_tuple(row.tests)})," for row in table.rows]
    about = (
        "# Heard from the top: identifier, place in CLASSES, and places in COLUMNS with whether they must be present."
    )
    return [about, "RULES = (", *rows, ")"]


def _scores(card: Scorecard) -> list[str]:
    rows = [
        f"    ({number}, {intercept!r}, {_tuple(weights)}),"
        for number, (intercept, weights) in enumerate(zip(card.intercepts, card.weights, strict=True))
    ]
    about = (
        "# Place in CLASSES, intercept (added last), and places in COLUMNS with the weight that is added when present."
    )
    return [about, "SCORES = (", *rows, ")"]


def _tuple(pairs: tuple[tuple[int, float], ...]) -> str:
    return repr(tuple((int(one), two) for one, two in pairs))
