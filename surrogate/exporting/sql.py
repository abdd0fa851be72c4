"""SQL: a query with CASE over a table of features, in the words that all databases share."""

from __future__ import annotations

from surrogate.errors import InputError
from surrogate.exporting.columns import Column
from surrogate.exporting.heading import Heading
from surrogate.exporting.logic import NO_RULE, DecisionRow, DecisionTable, Scorecard
from surrogate.exporting.members import Member
from surrogate.exporting.plain import in_comment

__all__ = ["CLASS", "RULE", "write_sql"]

#: Columns that the answer has beside those of the table of features.
CLASS, RULE = "surrogate_class", "surrogate_rule"


def write_sql(member: Member, heading: Heading) -> bytes:
    """The query of a surrogate: the table "features" with the class, and the rule that gave it.

    Parameters
    ----------
    member : Member
    heading : Heading

    Raises
    ------
    InputError
        ``not-exported`` when the name of a class has a NUL, which no literal of SQL holds.

    Examples
    --------
    >>> quoted("it's"), identifier('a"b')
    ("'it''s'", '"a""b"')
    """
    if any("\0" in label for label in member.logic.classes):
        raise InputError("not-exported", "The name of a class has a NUL character, which no literal of SQL can hold.")
    query = _table(member.logic) if isinstance(member.logic, DecisionTable) else _scores(member.logic)
    return "\n".join([*_comments(member, heading), *query, ""]).encode("utf-8")


def quoted(text: str) -> str:
    """A literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name of a column or table."""
    return '"' + name.replace('"', '""') + '"'


def _comments(member: Member, heading: Heading) -> list[str]:
    lines = [
        heading.banner,
        f"Surrogate {in_comment(member.name)} of the model {in_comment(heading.model)}.",
        f"Record: SHA-256 {heading.sha256}",
        'The table "features" has a Boolean column, never NULL, for each feature; features.json says how to compute them:',
        *(f"  {column.name}: {in_comment(column.feature.name)}" for column in member.logic.columns),
    ]
    if isinstance(member.logic, DecisionTable) and not member.logic.complete:
        lines.append(f"Where no rule holds, {CLASS} is NULL and {RULE} says {NO_RULE!r}.")
    return [f"-- {line}" for line in lines]


def _table(table: DecisionTable) -> list[str]:
    """One CASE finds the rule, another its class: each condition stands there once."""
    heard = [f"      WHEN {_condition(table.columns, row)} THEN {quoted(row.id)}" for row in table.rows]
    classes: dict[str, str] = {}
    for row in table.rows:
        # Of two rules with the same condition only the first is ever heard.
        classes.setdefault(row.id, f"    WHEN {quoted(row.id)} THEN {quoted(table.classes[row.class_index])}")
    found = ["    CASE", *heard, f"      ELSE {quoted(NO_RULE)}", f"    END AS {identifier(RULE)}"]
    if not table.rows:
        found = [f"    {quoted(NO_RULE)} AS {identifier(RULE)}"]
    named = [f"  CASE {_of('heard', RULE)}", *classes.values(), f"  END AS {identifier(CLASS)}"]
    if not classes:
        named = [f"  NULL AS {identifier(CLASS)}"]
    return [
        "SELECT",
        '  "heard".*,',
        *named,
        "FROM (",
        "  SELECT",
        '    "features".*,',
        *found,
        '  FROM "features"',
        ') AS "heard"',
    ]


def _condition(columns: tuple[Column, ...], row: DecisionRow) -> str:
    tests = [f"{'' if present else 'NOT '}{_of('features', columns[place].name)}" for place, present in row.tests]
    return " AND ".join(tests) or "1 = 1"


def _of(table: str, name: str) -> str:
    return f"{identifier(table)}.{identifier(name)}"


def _scores(card: Scorecard) -> list[str]:
    """A column of sums for each class, added in one order; the first of the highest."""
    names = [f"surrogate_score_{number}" for number in range(1, len(card.classes) + 1)]
    sums = [f"    {_sum(card, number)} AS {identifier(name)}" for number, name in enumerate(names)]
    cases = []
    for number, name in enumerate(names[:-1]):
        above = [f"{_of('scored', name)} >= {_of('scored', other)}" for other in names if other != name]
        cases.append(f"    WHEN {' AND '.join(above)} THEN {quoted(card.classes[number])}")
    last = quoted(card.classes[-1])
    named = ["  CASE", *cases, f"    ELSE {last}", f"  END AS {identifier(CLASS)}"] if cases else []
    return [
        "SELECT",
        '  "scored".*,',
        *(named or [f"  {last} AS {identifier(CLASS)}"]),
        "FROM (",
        "  SELECT",
        '    "features".*,',
        ",\n".join(sums),
        '  FROM "features"',
        ') AS "scored"',
    ]


def _sum(card: Scorecard, number: int) -> str:
    """Exponents make the numbers 64-bit floating point in every database; brackets keep the order."""
    parts = [
        f"CASE WHEN {_of('features', card.columns[place].name)} THEN {_number(weight)} ELSE 0e0 END"
        for place, weight in card.weights[number]
    ]
    inner = "\n      + ".join(["0e0", *parts])
    return f"({inner}) + ({_number(card.intercepts[number])})"


def _number(value: float) -> str:
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"
